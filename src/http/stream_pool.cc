#include "http/stream_pool.h"

#include <algorithm>
#include <system_error>

namespace srehub::http {

void StreamPool::Reap() {
  for (auto it = streams_.begin(); it != streams_.end();) {
    if (!it->done.load(std::memory_order_acquire)) {
      ++it;
      continue;
    }
    it->thread.join();
    it = streams_.erase(it);
  }
}

bool StreamPool::Start(std::function<void()> run) {
  const std::lock_guard lock(mutex_);
  Reap();
  if (closed_ || streams_.size() >= max_streams_) return false;
  Stream& stream = streams_.emplace_back();
  try {
    stream.thread = std::thread([&stream, run = std::move(run)] {
      run();
      stream.done.store(true, std::memory_order_release);
    });
  } catch (const std::system_error&) {
    streams_.pop_back();  // the system has no thread to spare
    return false;
  }
  return true;
}

size_t StreamPool::running() const {
  const std::lock_guard lock(mutex_);
  return static_cast<size_t>(std::count_if(streams_.begin(), streams_.end(),
                                           [](const Stream& stream) { return !stream.done; }));
}

void StreamPool::Join() {
  std::list<Stream> rest;
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    rest.swap(streams_);
  }
  for (Stream& stream : rest) stream.thread.join();
}

}  // namespace srehub::http
