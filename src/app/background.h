// What the hub does on its own: a few jobs, each on a thread, each again after its interval.
// Thread-safe.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "base/time.h"

namespace srehub::app {

class Background {
 public:
  Background() = default;
  ~Background() { Stop(); }
  Background(const Background&) = delete;
  Background& operator=(const Background&) = delete;

  // Runs `job` on a thread of its own, first after one interval.
  void Add(Duration interval, std::function<void()> job);
  // Lets every job finish its current run. Idempotent.
  void Stop();

 private:
  std::mutex mutex_;
  std::condition_variable ready_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace srehub::app
