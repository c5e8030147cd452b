// Freshness, lateness, refusals and rhythm per feed: a source and a format, and the configured
// source that it came for. Thread-safe.
#pragma once

#include <array>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "model/delivery.h"
#include "model/observation.h"
#include "store/records.h"

namespace srehub::ingest {

// What the hub says of itself comes in under this name; it is no feed of anybody's.
inline constexpr std::string_view kOwnFeed = "srehub";

struct FeedKey {
  model::Source source = model::Source::kLogs;
  model::Format format = model::Format::kAuto;
  std::string_view feed{};  // empty: none of its own
};
struct TakenRecord {
  Instant newest{};  // timestamp of its newest event
  bool duplicate = false;
  bool unresolved = false;  // its service could not be told
};

class SourceHealth {
 public:
  // What an earlier process remembered; counters go on from there.
  void Load(std::vector<store::SourceHealthRow> rows);
  void Accepted(const FeedKey& key, Instant received, const TakenRecord& record);
  // One record was refused. `ahead`: how far in the future it claimed to be, else zero.
  void Refused(const FeedKey& key, Instant received, const model::Refusal& refusal, Duration ahead);
  // One record was left out by the source's own rules.
  void Dropped(const FeedKey& key, Instant received, std::string_view reason);
  // By source, format and feed. What speaks of an hour is about the one up to each feed's last
  // receipt.
  std::vector<store::SourceHealthRow> Snapshot() const;

 private:
  static constexpr size_t kLatenessMinutes = 60;
  struct Feed {
    store::SourceHealthRow row;
    Instant newest_accepted{};  // receipt of the delivery that `row.lateness` speaks of
    // By minute of receipt, a ring over the last hour.
    struct Slot {
      Minute minute = INT64_MIN;
      Duration lateness{};                       // the greatest
      std::optional<Duration> least_lateness{};  // signed: negative when the sender is ahead
      uint64_t accepted = 0;
    };
    std::array<Slot, kLatenessMinutes> lateness{};
  };
  Feed& FeedOf(const FeedKey& key);  // mutex held
  static void Hear(Feed* feed, Instant received);

  mutable std::mutex mutex_;
  std::vector<Feed> feeds_;  // a handful
};

}  // namespace srehub::ingest
