#include "collect/syslog_receiver.h"

#include <netdb.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <thread>
#include <utility>

#include "collect/syslog_framer.h"
#include "collect/syslog_queue.h"

namespace srehub::collect {
namespace {

using Steady = std::chrono::steady_clock;

constexpr int kBacklog = 128;
constexpr int kUdpBuffer = 8 * 1024 * 1024;  // asked for; the kernel's limit may be lower
constexpr size_t kMaxDatagram = 65'536;
constexpr size_t kReadBytes = 64 * 1024;
constexpr int kDatagramsPerTurn = 256;
constexpr int kPollMilliseconds = 1000;
constexpr Duration kAcceptPause = 500ms;
constexpr int kFullPollMilliseconds = 10;  // while the hub is behind

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Descriptor() {
    if (fd_ >= 0) close(fd_);
  }
  int get() const { return fd_; }

 private:
  int fd_;
};

struct UdpSocket {
  Descriptor fd;
  uint32_t kernel_dropped = 0;
};

struct Connection {
  Descriptor fd;
  SyslogFramer framer;
  Steady::time_point heard;
};

Result<Descriptor> Bind(const SyslogAddress& address, int type) {
  const std::string text = address.host + ":" + std::to_string(address.port);
  addrinfo hints{};
  hints.ai_socktype = type;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  if (const int error =
          getaddrinfo(address.host.c_str(), std::to_string(address.port).c_str(), &hints, &found);
      error != 0)
    return Fail(ErrorCode::kUnavailable, "cannot listen on " + text + ": " + gai_strerror(error));
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> list(found, freeaddrinfo);
  Descriptor fd(socket(list->ai_family, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  const int on = 1;
  if (type == SOCK_STREAM) setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (type == SOCK_DGRAM) {
    setsockopt(fd.get(), SOL_SOCKET, SO_RCVBUF, &kUdpBuffer, sizeof kUdpBuffer);
    setsockopt(fd.get(), SOL_SOCKET, SO_RXQ_OVFL, &on, sizeof on);
  }
  if (fd.get() < 0 || bind(fd.get(), list->ai_addr, list->ai_addrlen) != 0 ||
      (type == SOCK_STREAM && listen(fd.get(), kBacklog) != 0))
    return Fail(ErrorCode::kUnavailable, "cannot listen on " + text + ": " + std::strerror(errno));
  return fd;
}

uint16_t PortOf(int fd) {
  sockaddr_storage address{};
  socklen_t length = sizeof address;
  std::array<char, 16> port{};
  if (getsockname(fd, reinterpret_cast<sockaddr*>(&address), &length) != 0 ||
      getnameinfo(reinterpret_cast<sockaddr*>(&address), length, nullptr, 0, port.data(),
                  port.size(), NI_NUMERICSERV | NI_DGRAM) != 0)
    return 0;
  return static_cast<uint16_t>(std::atoi(port.data()));
}

}  // namespace

struct SyslogReceiver::Impl {
  Impl(SyslogOptions chosen, Sink* sink, const Clock* clock, SyslogStats* counters,
       std::function<void(const std::string&)> report)
      : options(std::move(chosen)),
        stats(counters),
        queue(options.max_queue, sink, clock, counters, std::move(report)) {}

  Status Listen();
  void Run(const std::stop_token& stop);
  void Accept(int listener);
  // False: the connection is over.
  bool Read(Connection* connection);
  void Drain(Connection* connection);
  void Receive(UdpSocket* socket);
  void CloseIdle();

  SyslogOptions options;
  SyslogStats* const stats;
  SyslogQueue queue;
  Descriptor wake{eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
  std::vector<Descriptor> listeners;
  std::vector<UdpSocket> sockets;
  std::vector<Connection> connections;
  Steady::time_point accept_after{};
  std::string buffer = std::string(std::max(kReadBytes, kMaxDatagram), '\0');
  std::jthread thread;
};

Status SyslogReceiver::Impl::Listen() {
  for (SyslogAddress& address : options.tcp) {
    SREHUB_TRY(Descriptor fd, Bind(address, SOCK_STREAM));
    address.port = PortOf(fd.get());
    listeners.push_back(std::move(fd));
  }
  for (SyslogAddress& address : options.udp) {
    SREHUB_TRY(Descriptor fd, Bind(address, SOCK_DGRAM));
    address.port = PortOf(fd.get());
    sockets.push_back({std::move(fd), 0});
  }
  if (listeners.empty() && sockets.empty())
    return Fail(ErrorCode::kInvalidArgument, "no address to take syslog on");
  return {};
}

void SyslogReceiver::Impl::Accept(int listener) {
  for (;;) {
    Descriptor fd(accept4(listener, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (fd.get() < 0) {
      // Out of descriptors: a connection that stays in the backlog would be reported at once again.
      if (errno != EAGAIN) accept_after = Steady::now() + kAcceptPause;
      return;
    }
    if (connections.size() >= options.max_connections) {
      ++stats->connections_refused;
      continue;
    }
    const int on = 1;
    setsockopt(fd.get(), SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
    connections.push_back({std::move(fd), SyslogFramer(options.max_message), Steady::now()});
  }
}

void SyslogReceiver::Impl::Drain(Connection* connection) {
  while (const auto message = connection->framer.Next()) {
    ++stats->tcp_messages;
    stats->cut += message->cut;
    queue.Add(message->text);
  }
}

bool SyslogReceiver::Impl::Read(Connection* connection) {
  const ssize_t got = recv(connection->fd.get(), buffer.data(), kReadBytes, 0);
  if (got < 0) return errno == EAGAIN || errno == EINTR;
  if (got == 0) {
    if (const auto rest = connection->framer.Finish()) {
      ++stats->tcp_messages;
      stats->cut += rest->cut;
      queue.Add(rest->text);
    }
    return false;
  }
  connection->heard = Steady::now();
  connection->framer.Feed(std::string_view(buffer.data(), static_cast<size_t>(got)));
  Drain(connection);
  return true;
}

void SyslogReceiver::Impl::Receive(UdpSocket* socket) {
  for (int i = 0; i < kDatagramsPerTurn; ++i) {
    iovec part{.iov_base = buffer.data(), .iov_len = kMaxDatagram};
    alignas(cmsghdr) std::array<char, 64> control{};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    const ssize_t got = recvmsg(socket->fd.get(), &message, 0);
    if (got < 0) return;
    for (cmsghdr* c = CMSG_FIRSTHDR(&message); c != nullptr; c = CMSG_NXTHDR(&message, c)) {
      if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SO_RXQ_OVFL) continue;
      uint32_t dropped = 0;  // since the socket was made, and it wraps
      std::memcpy(&dropped, CMSG_DATA(c), sizeof dropped);
      stats->udp_kernel_dropped += dropped - socket->kernel_dropped;
      socket->kernel_dropped = dropped;
    }
    if (queue.full()) {
      ++stats->udp_dropped;
      continue;
    }
    ++stats->udp_messages;
    queue.Add(std::string_view(buffer.data(), static_cast<size_t>(got)));
  }
}

void SyslogReceiver::Impl::CloseIdle() {
  const auto now = Steady::now();
  stats->connections_idle += std::erase_if(connections, [&](const Connection& connection) {
    return now - connection.heard > options.max_idle;
  });
}

void SyslogReceiver::Impl::Run(const std::stop_token& stop) {
  std::vector<pollfd> waiting;
  const auto add = [&waiting](int fd, bool reads) {
    waiting.push_back({.fd = fd, .events = static_cast<short>(reads ? POLLIN : 0), .revents = 0});
  };
  while (!stop.stop_requested()) {
    const bool full = queue.full();
    waiting.clear();
    add(wake.get(), true);
    for (const UdpSocket& socket : sockets) add(socket.fd.get(), true);
    const bool accepts = Steady::now() >= accept_after;
    for (const Descriptor& listener : listeners) add(accepts ? listener.get() : -1, accepts);
    const size_t known = connections.size();
    // While the hub is behind, TCP is not looked at, not even for its end: a negative descriptor.
    for (const Connection& connection : connections) add(full ? -1 : connection.fd.get(), !full);
    poll(waiting.data(), waiting.size(), full ? kFullPollMilliseconds : kPollMilliseconds);
    size_t at = 1;
    for (UdpSocket& socket : sockets)
      if (waiting[at++].revents != 0) Receive(&socket);
    for (const Descriptor& listener : listeners)
      if (waiting[at++].revents != 0) Accept(listener.get());
    size_t index = 0;
    const size_t first = at;
    std::erase_if(connections, [&](Connection& connection) {
      const size_t i = index++;
      if (i >= known || waiting[first + i].revents == 0 || queue.full()) return false;
      return !Read(&connection);
    });
    CloseIdle();
    stats->connections = connections.size();
  }
}

SyslogReceiver::SyslogReceiver(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

SyslogReceiver::~SyslogReceiver() { Stop(); }

Result<std::unique_ptr<SyslogReceiver>> SyslogReceiver::Start(
    SyslogOptions options, Sink* sink, const Clock* clock, SyslogStats* stats,
    std::function<void(const std::string&)> report) {
  auto impl = std::make_unique<Impl>(std::move(options), sink, clock, stats, std::move(report));
  SREHUB_CHECK_OK(impl->Listen());
  Impl* const raw = impl.get();
  impl->thread = std::jthread([raw](const std::stop_token& stop) { raw->Run(stop); });
  return std::unique_ptr<SyslogReceiver>(new SyslogReceiver(std::move(impl)));
}

const std::vector<SyslogAddress>& SyslogReceiver::tcp() const { return impl_->options.tcp; }
const std::vector<SyslogAddress>& SyslogReceiver::udp() const { return impl_->options.udp; }

void SyslogReceiver::Stop() {
  impl_->thread.request_stop();
  const uint64_t one = 1;
  if (write(impl_->wake.get(), &one, sizeof one) < 0) return;  // never full: it is read by nobody
  if (impl_->thread.joinable()) impl_->thread.join();
  impl_->queue.Stop();
}

}  // namespace srehub::collect
