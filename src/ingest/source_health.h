// Freshness, lateness and refusals per feed (a source and a format). Thread-safe.
#pragma once

#include <array>
#include <mutex>
#include <string>
#include <vector>

#include "base/time.h"
#include "model/delivery.h"
#include "model/observation.h"
#include "store/records.h"

namespace srehub::ingest {

class SourceHealth {
 public:
  // What an earlier process remembered; counters go on from there.
  void Load(std::vector<store::SourceHealthRow> rows);
  // One record was taken: `timestamp` is that of its newest event.
  void Accepted(model::Source source, model::Format format, Instant received, Instant timestamp,
                bool duplicate);
  // One record was refused. `ahead`: how far in the future it claimed to be, else zero.
  void Refused(model::Source source, model::Format format, Instant received,
               const model::Refusal& refusal, Duration ahead);
  // By source, then format. `max_lateness_1h` is over the hour up to each feed's last receipt.
  std::vector<store::SourceHealthRow> Snapshot() const;

 private:
  static constexpr size_t kLatenessMinutes = 60;
  struct Feed {
    store::SourceHealthRow row;
    Instant newest_accepted{};  // receipt of the delivery that `row.lateness` speaks of
    // Greatest lateness by minute of receipt, a ring over the last hour.
    struct Slot {
      Minute minute = INT64_MIN;
      Duration lateness{};
    };
    std::array<Slot, kLatenessMinutes> lateness{};
  };
  Feed& FeedOf(model::Source source, model::Format format);  // mutex held

  mutable std::mutex mutex_;
  std::vector<Feed> feeds_;  // a handful
};

}  // namespace srehub::ingest
