#include "app/background.h"

#include <utility>

namespace srehub::app {

void Background::Add(Duration interval, std::function<void()> job) {
  threads_.emplace_back([this, interval, run = std::move(job)] {
    for (;;) {
      {
        std::unique_lock lock(mutex_);
        if (ready_.wait_for(lock, interval, [this] { return stopping_; })) return;
      }
      run();
    }
  });
}

void Background::Stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  ready_.notify_all();
  for (std::thread& thread : threads_)
    if (thread.joinable()) thread.join();
}

}  // namespace srehub::app
