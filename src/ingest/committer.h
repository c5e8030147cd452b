// The one writer: a bounded queue of prepared deliveries and a thread that groups them into
// batches, each made durable by one Store::Append. Thread-safe.
//
// While one batch is being synced the next one gathers in the queue, so the size of a batch
// follows the load and an idle hub acknowledges after a single sync. Deliveries that are being
// prepared when a batch could begin are waited for, a moment: each incident that a batch touches
// is written once, however many of its events speak of it.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "ingest/limits.h"
#include "ingest/prepare.h"
#include "ingest/receipt.h"
#include "ingest/source_health.h"
#include "store/store.h"

namespace srehub::ingest {

struct Submission {
  Prepared prepared;
  Instant received{};
  std::string idempotency_key;  // empty: none
  std::string feed{};           // of the delivery; empty: none of its own
  bool log_rejects = true;      // false for a replay: its rows are in the reject log already
  bool counts_refusals = true;  // false where they were counted when first refused
};

// A record that only the store could refuse. Its bytes are the submitter's, who logs it.
struct LateRefusal {
  model::Refusal refusal;
  std::string service_id;
};
struct Settled {
  Receipt receipt;
  std::vector<LateRefusal> late;
};

class Committer {
 public:
  using OnChange = std::function<void(const std::vector<std::string>& services)>;
  // Every batch that became durable and what became of each of its events.
  using Tap = std::function<void(std::span<const model::Event> events,
                                 std::span<const store::AppendResult> results)>;

  Committer(store::Store* store, const Clock* clock, Limits limits, SourceHealth* health,
            OnChange on_change);
  ~Committer();  // Stop()
  Committer(const Committer&) = delete;
  Committer& operator=(const Committer&) = delete;

  // A delivery that is being prepared and will be submitted, or not, before this goes.
  class Coming {
   public:
    explicit Coming(Committer* committer);
    ~Coming();
    Coming(const Coming&) = delete;
    Coming& operator=(const Coming&) = delete;

   private:
    Committer* const committer_;
  };

  // Cheap look before the work of decoding. Errors: kOverloaded, kUnavailable (stopped).
  Status CheckRoom() const;
  // Errors: kOverloaded, kUnavailable (stopped); then nothing of it was queued. The future holds
  // what became of it once everything of it is durable, or the store's error. A submission larger
  // than the whole queue is taken when the queue is empty.
  Result<std::future<Result<Settled>>> Submit(Submission submission);
  // Called by the committer's thread, so it must not block. Set it before the first Submit.
  void SetTap(Tap tap) { tap_ = std::move(tap); }
  void Stop();  // takes nothing more, commits what is queued, joins. Idempotent.

 private:
  struct Queued {
    Submission submission;
    std::promise<Result<Settled>> done;
  };
  using Batch = std::vector<Queued>;

  Status RoomFor(size_t events, size_t bytes) const;  // mutex held
  void Run();
  Batch TakeBatch();      // blocks; empty: stopped and drained
  bool Gathered() const;  // mutex held: nothing more is worth waiting for
  void Commit(Batch& batch);
  enum class EventFate : uint8_t { kNew, kDuplicate, kServiceCap, kPoison };
  // What one batch appends. Slot i of `first_event` and `answered` belongs to delivery i.
  struct Plan {
    store::AppendBatch append;
    std::vector<std::string> services;  // of each event, for messages
    std::vector<size_t> first_event;
    std::vector<bool> answered;  // told already: a known key, or the store could not say
  };
  Plan MakePlan(Batch& batch);
  // One fate per event. An event that the store refuses for its own sake is singled out, so that
  // it does not take the others down with it. Errors: the store's.
  Result<std::vector<EventFate>> Append(store::AppendBatch batch);
  Status AppendApart(std::span<const model::Event> events, std::span<EventFate> fates);
  void TakeOutcome(std::span<const model::Event> events, const store::AppendOutcome& outcome,
                   std::span<EventFate> fates);
  Settled Settle(Submission& submission, const Plan& plan, size_t first_event,
                 std::span<const EventFate> fates);

  store::Store* const store_;
  const Clock* const clock_;
  const Limits limits_;
  SourceHealth* const health_;
  const OnChange on_change_;
  Tap tap_;

  mutable std::mutex mutex_;
  std::condition_variable ready_;
  std::deque<Queued> queue_;
  size_t held_events_ = 0;  // queued and being committed: what bounds memory
  size_t held_bytes_ = 0;
  size_t queued_events_ = 0;
  size_t coming_ = 0;
  bool stopping_ = false;
  std::vector<std::string> changed_;  // committer thread only
  std::mutex stop_mutex_;
  std::thread thread_;
};

}  // namespace srehub::ingest
