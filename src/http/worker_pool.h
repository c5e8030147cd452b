// Threads that run handlers, with a bounded queue per lane and workers that only one lane gets, so
// that a flood of ingest never keeps a question or a probe waiting.
// Thread-safe.
#pragma once

#include <array>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "http/router.h"

namespace srehub::http {

struct WorkerLimits {
  size_t shared = 32;  // any lane, oldest first; ingest handlers wait for a disk sync
  std::array<size_t, kLaneCount> reserved = {1, 2, 0};  // probe, question, ingest
  std::array<size_t, kLaneCount> max_queued = {64, 1024, 4096};
};

class WorkerPool {
 public:
  explicit WorkerPool(const WorkerLimits& limits);
  ~WorkerPool();  // Stop()

  // False: the lane's queue is full, or the pool stops; the task was not taken.
  bool Submit(Lane lane, std::function<void()> task);
  // Takes nothing more, runs what is queued, joins. Idempotent.
  void Stop();

  size_t Queued(Lane lane) const;

 private:
  struct Task {
    uint64_t order = 0;
    std::function<void()> run;
  };
  void Work(int only_lane);
  // The lane whose front is the oldest among those this worker serves; -1: nothing to do.
  int NextLane(int only_lane) const;

  const WorkerLimits limits_;
  mutable std::mutex mutex_;
  // One per kind of worker (a lane's own, then the shared ones), so that a task wakes one that may
  // take it.
  std::array<std::condition_variable, kLaneCount + 1> wake_;
  std::array<size_t, kLaneCount + 1> idle_{};
  std::array<std::deque<Task>, kLaneCount> queues_;
  uint64_t next_order_ = 0;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace srehub::http
