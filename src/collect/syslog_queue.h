// Messages on their way from the sockets to the hub, and the thread that delivers them.
// Thread-safe.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

#include "base/clock.h"
#include "collect/sink.h"
#include "collect/syslog_receiver.h"

namespace srehub::collect {

class SyslogQueue {
 public:
  SyslogQueue(size_t max_bytes, Sink* sink, const Clock* clock, SyslogStats* stats,
              std::function<void(const std::string&)> report);
  ~SyslogQueue() { Stop(); }

  bool full() const;
  // Takes the message, also past the limit: whoever asked full() first is at most one read over.
  void Add(std::string_view message);
  void Stop();

 private:
  void Run(const std::stop_token& stop);
  // A batch's body once one is due; empty when stopped and nothing is left.
  std::string TakeBatch(const std::stop_token& stop);

  const size_t max_bytes_;
  Sink* const sink_;
  const Clock* const clock_;
  SyslogStats* const stats_;
  const std::function<void(const std::string&)> report_;
  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  std::deque<std::string> bodies_;  // the last one is still filled
  size_t bytes_ = 0;
  std::chrono::steady_clock::time_point first_{};  // when the oldest one was begun
  std::jthread thread_;                            // last: it uses all of the above
};

}  // namespace srehub::collect
