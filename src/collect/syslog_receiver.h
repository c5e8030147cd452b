// Syslog over TCP and UDP (RFC 6587, RFC 5426). Syslog has no authentication: whoever reaches the
// port is believed. What comes is delivered in batches at most 200 ms old. While the hub is behind,
// TCP is not read, so its senders wait; UDP cannot wait, and what is dropped is counted.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "collect/sink.h"

namespace srehub::collect {

struct SyslogAddress {
  std::string host;  // without brackets
  uint16_t port = 0;
};

struct SyslogOptions {
  std::vector<SyslogAddress> tcp, udp;
  size_t max_connections = 1'024;
  size_t max_message = 256 * 1024;  // bytes; a longer one is cut
  // A connection on which nothing came for so long is closed. Long, because a sender learns of a
  // closed connection only by losing a message.
  Duration max_idle = std::chrono::hours(24);
  size_t max_queue = 16 * 1024 * 1024;  // bytes that wait for the hub
};

// Thread-safe.
struct SyslogStats {
  std::atomic<uint64_t> tcp_messages{0}, udp_messages{0};
  std::atomic<uint64_t> udp_dropped{0};         // the queue was full
  std::atomic<uint64_t> udp_kernel_dropped{0};  // the socket's buffer was full
  std::atomic<uint64_t> cut{0}, refused{0};     // refused: by the hub, as records
  std::atomic<uint64_t> lost{0};                // in batches that the hub refused as a whole
  std::atomic<uint64_t> connections{0};         // open now
  std::atomic<uint64_t> connections_refused{0}, connections_idle{0};
};

class SyslogReceiver {
 public:
  // Binds and starts. The pointers outlive the receiver. Errors: kUnavailable (an address is taken
  // or not this machine's), kInvalidArgument (no address).
  static Result<std::unique_ptr<SyslogReceiver>> Start(
      SyslogOptions options, Sink* sink, const Clock* clock, SyslogStats* stats,
      std::function<void(const std::string&)> report);
  ~SyslogReceiver();

  // As bound: port 0 became a real one.
  const std::vector<SyslogAddress>& tcp() const;
  const std::vector<SyslogAddress>& udp() const;

  // Takes no more, delivers what it has, unless the hub is not taking it. Idempotent.
  void Stop();

 private:
  struct Impl;
  explicit SyslogReceiver(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace srehub::collect
