// Delivery -> decoded -> classified -> admitted -> durable. The one way in for every feed.
// Thread-safe: Ingest may be called from any number of threads; one committer groups their
// events into batches, each synced once.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "classify/classifier.h"
#include "ingest/limits.h"
#include "ingest/prepare.h"
#include "ingest/receipt.h"
#include "ingest/source_health.h"
#include "model/delivery.h"
#include "store/store.h"

namespace srehub::ingest {

class Pipeline {
 public:
  // `on_change` is called from the committer after each commit with the services whose state may
  // have changed; it must not block.
  Pipeline(store::Store* store, std::shared_ptr<const classify::Classifier> classifier,
           const Clock* clock, Limits limits,
           std::function<void(const std::vector<std::string>& services)> on_change);
  ~Pipeline();  // stops taking, commits what is queued

  // Returns when every accepted event is durable. Errors: kMalformed, kTooLarge (the whole
  // body); kOverloaded, kUnavailable (nothing of it is promised; sending it again is safe).
  Result<Receipt> Ingest(const model::Delivery& delivery);

  // Reload: deliveries that arrive from now on are read with these rules.
  void SetClassifier(std::shared_ptr<const classify::Classifier> classifier);
  void SetDistrustedClocks(DistrustedClocks distrusted);
  void SetFeedRules(FeedRulesByName rules);
  // Sees every batch that became durable, with what became of each event: the live stream. Called
  // by the committer's thread, so it must not block. Set it before the first Ingest.
  void SetTap(std::function<void(std::span<const model::Event> events,
                                 std::span<const store::AppendResult> results)>
                  tap);
  // Re-ingests the reject log's rows, all or by id, each with its first receipt instant; taken ones
  // leave the log. Errors: the store's, and kUnavailable once stopped; rows done until then are
  // done.
  struct ReplayReport {
    uint64_t tried = 0, accepted = 0, duplicate = 0, still_refused = 0, not_replayable = 0;
  };
  Result<ReplayReport> ReplayRejects(const std::vector<std::string>& ids);  // empty: all

  SourceHealth& health();
  void Stop();  // drains; later Ingest calls get kUnavailable. Idempotent.

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace srehub::ingest
