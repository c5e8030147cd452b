#include "http/worker_pool.h"

namespace srehub::http {
namespace {

constexpr int kShared = static_cast<int>(kLaneCount);

}  // namespace

WorkerPool::WorkerPool(const WorkerLimits& limits) : limits_(limits) {
  for (size_t lane = 0; lane < kLaneCount; ++lane)
    for (size_t i = 0; i < limits_.reserved[lane]; ++i)
      threads_.emplace_back([this, lane] { Work(static_cast<int>(lane)); });
  for (size_t i = 0; i < limits_.shared; ++i) threads_.emplace_back([this] { Work(kShared); });
}

WorkerPool::~WorkerPool() { Stop(); }

bool WorkerPool::Submit(Lane lane, std::function<void()> task) {
  const size_t index = static_cast<size_t>(lane);
  const std::lock_guard lock(mutex_);
  if (stopping_ || queues_[index].size() >= limits_.max_queued[index]) return false;
  queues_[index].push_back({next_order_++, std::move(task)});
  // A worker of the lane's own keeps the shared ones free for the others.
  wake_[idle_[index] > 0 ? index : kLaneCount].notify_one();
  return true;
}

int WorkerPool::NextLane(int only_lane) const {
  if (only_lane != kShared) return queues_[static_cast<size_t>(only_lane)].empty() ? -1 : only_lane;
  int best = -1;
  for (size_t lane = 0; lane < kLaneCount; ++lane) {
    if (queues_[lane].empty()) continue;
    if (best < 0 || queues_[lane].front().order < queues_[static_cast<size_t>(best)].front().order)
      best = static_cast<int>(lane);
  }
  return best;
}

void WorkerPool::Work(int only_lane) {
  const size_t kind = static_cast<size_t>(only_lane);
  std::unique_lock lock(mutex_);
  for (;;) {
    const int lane = NextLane(only_lane);
    if (lane >= 0) {
      auto& queue = queues_[static_cast<size_t>(lane)];
      const std::function<void()> run = std::move(queue.front().run);
      queue.pop_front();
      lock.unlock();
      run();
      lock.lock();
      continue;
    }
    if (stopping_) return;
    ++idle_[kind];
    wake_[kind].wait(lock);
    --idle_[kind];
  }
}

size_t WorkerPool::Queued(Lane lane) const {
  const std::lock_guard lock(mutex_);
  return queues_[static_cast<size_t>(lane)].size();
}

void WorkerPool::Stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    for (std::condition_variable& wake : wake_) wake.notify_all();
  }
  for (std::thread& thread : threads_)
    if (thread.joinable()) thread.join();
}

}  // namespace srehub::http
