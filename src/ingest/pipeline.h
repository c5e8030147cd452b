// Delivery -> decoded -> classified -> admitted -> durable. The one way in for every feed.
// Thread-safe: Ingest may be called from any number of threads; one committer groups their
// events into batches, each synced once.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "classify/classifier.h"
#include "ingest/source_health.h"
#include "model/delivery.h"
#include "store/store.h"

namespace srehub::ingest {

struct Limits {
  size_t max_queued_events = 100'000;           // past it: kOverloaded
  size_t max_queued_bytes = 128 * 1024 * 1024;
  size_t max_batch_events = 10'000;
  Duration commit_timeout = std::chrono::seconds(30);  // a caller waits at most so long: kUnavailable
};

// What became of one delivery, by record.
struct Receipt {
  uint64_t accepted = 0;   // at least one new event
  uint64_t duplicate = 0;  // every event known already, or a record that says nothing new
  uint64_t rejected = 0;
  uint64_t ignored = 0;    // understood and empty by nature: BOOKMARK, DELETED, a confirmation
  std::vector<model::Refusal> errors;  // the first limits::kMaxReportedErrors
  std::vector<std::string> notices;
};

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

  // Takes events that are classified already (the unified schema is not: it goes through Ingest).
  void SetClassifier(std::shared_ptr<const classify::Classifier> classifier);  // reload
  // Re-ingests the reject log's rows, all or by id; taken ones leave the log.
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
