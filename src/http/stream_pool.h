// A thread per open event stream, up to a cap. Thread-safe.
#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <list>
#include <mutex>
#include <thread>

namespace srehub::http {

class StreamPool {
 public:
  explicit StreamPool(size_t max_streams) : max_streams_(max_streams) {}
  ~StreamPool() { Join(); }

  // False at the cap, after Join, or when the system has no thread: nothing was started.
  bool Start(std::function<void()> run);
  // Waits for every stream to end; whoever calls this has told them to. Idempotent.
  void Join();
  size_t running() const;

 private:
  struct Stream {
    std::thread thread;
    std::atomic<bool> done{false};
  };
  void Reap();  // mutex held

  const size_t max_streams_;
  mutable std::mutex mutex_;
  std::list<Stream> streams_;
  bool closed_ = false;
};

}  // namespace srehub::http
