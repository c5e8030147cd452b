// The newest events this process took in, for streams: a bounded ring with an id per event.
// Thread-safe. Kept only while somebody listens and for a while after, so that a stream that broke
// can go on where it stopped.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "model/event.h"
#include "store/records.h"

namespace srehub::api {

struct FeedLimits {
  size_t max_events = 10'000;
  size_t max_bytes = 32 * 1024 * 1024;
  // Events copied from one batch; of a larger one the rest is reported as skipped.
  size_t max_events_per_batch = 2'000;
  Duration keep_without_listener = std::chrono::minutes(5);
};

class EventFeed {
 public:
  using Limits = FeedLimits;
  // `epoch`: differs between processes, so that an id of another one is recognised.
  explicit EventFeed(uint64_t epoch, Limits limits = {}) : epoch_(epoch), limits_(limits) {}

  // The pipeline's tap: keeps the new events of a batch. Never blocks for long.
  void Publish(std::span<const model::Event> events, std::span<const store::AppendResult> results);

  struct Item {
    uint64_t sequence = 0;
    model::Event event;
    size_t bytes = 0;
  };
  struct Batch {
    std::vector<std::shared_ptr<const Item>> items;  // ascending
    uint64_t position = 0;                           // continue behind this
    uint64_t skipped = 0;  // events between `after` and the first item that are gone
  };

  // Registers somebody who listens, for as long as it lives.
  class Listener {
   public:
    explicit Listener(EventFeed* feed);
    ~Listener();
    Listener(const Listener&) = delete;
    Listener& operator=(const Listener&) = delete;

    // What came behind `after`, at most `limit` items; waits up to `timeout` for the first.
    Batch Next(uint64_t after, size_t limit, Duration timeout);

   private:
    EventFeed* const feed_;
  };

  uint64_t newest() const;
  // "<epoch>-<sequence>" in hexadecimal and decimal; nothing for the id of another process or for
  // a position that lies ahead.
  std::string IdOf(uint64_t sequence) const;
  std::optional<uint64_t> PositionOf(std::string_view id) const;

 private:
  using Steady = std::chrono::steady_clock;
  bool Wanted() const;  // mutex held

  const uint64_t epoch_;
  const Limits limits_;
  mutable std::mutex mutex_;
  std::condition_variable published_;
  std::deque<std::shared_ptr<const Item>> items_;
  size_t bytes_ = 0;
  uint64_t newest_ = 0;  // sequence of the newest event, kept or not
  size_t listeners_ = 0;
  std::optional<Steady::time_point> last_listener_left_;
};

}  // namespace srehub::api
