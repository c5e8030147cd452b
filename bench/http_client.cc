#include "http_client.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <utility>

namespace srehub::bench {
namespace {

constexpr size_t kReadBytes = 64 * 1024;

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool SameName(std::string_view a, std::string_view lower) {
  if (a.size() != lower.size()) return false;
  for (size_t i = 0; i < a.size(); ++i)
    if (Lower(a[i]) != lower[i]) return false;
  return true;
}

// The value of a header field in the head; empty when absent.
std::string_view Field(std::string_view head, std::string_view lower_name) {
  size_t at = head.find("\r\n");
  while (at != std::string_view::npos && at + 2 < head.size()) {
    const size_t begin = at + 2;
    at = head.find("\r\n", begin);
    const std::string_view line = head.substr(begin, at - begin);
    const size_t colon = line.find(':');
    if (colon == std::string_view::npos || !SameName(line.substr(0, colon), lower_name)) continue;
    const size_t value = line.find_first_not_of(' ', colon + 1);
    return value == std::string_view::npos ? std::string_view() : line.substr(value);
  }
  return {};
}

template <typename T>
T Number(std::string_view text, int base, T fallback) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  return error == std::errc{} && end != text.data() ? value : fallback;
}

}  // namespace

HttpClient::~HttpClient() { Close(); }

HttpClient::HttpClient(HttpClient&& other) noexcept
    : host_(std::move(other.host_)),
      port_(other.port_),
      socket_(std::exchange(other.socket_, -1)),
      buffer_(std::move(other.buffer_)) {}

void HttpClient::Close() {
  if (socket_ >= 0) ::close(socket_);
  socket_ = -1;
  buffer_.clear();
}

bool HttpClient::Connect() {
  socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (socket_ < 0) return false;
  const int on = 1;
  ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port_);
  if (::inet_pton(AF_INET, host_.c_str(), &address.sin_addr) != 1) return false;
  return ::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
}

bool HttpClient::WriteAll(std::string_view head, std::string_view body) {
  while (!head.empty() || !body.empty()) {
    std::array<iovec, 2> parts = {{{const_cast<char*>(head.data()), head.size()},
                                   {const_cast<char*>(body.data()), body.size()}}};
    msghdr message{};
    message.msg_iov = parts.data();
    message.msg_iovlen = parts.size();
    const ssize_t sent = ::sendmsg(socket_, &message, MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) return false;
    const size_t of_head = std::min(head.size(), static_cast<size_t>(sent));
    head.remove_prefix(of_head);
    body.remove_prefix(static_cast<size_t>(sent) - of_head);
  }
  return true;
}

bool HttpClient::ReadMore() {
  const size_t size = buffer_.size();
  buffer_.resize(size + kReadBytes);
  ssize_t got = 0;
  do {
    got = ::recv(socket_, buffer_.data() + size, kReadBytes, 0);
  } while (got < 0 && errno == EINTR);
  buffer_.resize(size + static_cast<size_t>(std::max<ssize_t>(got, 0)));
  return got > 0;
}

bool HttpClient::ReadChunked(size_t at, std::string* body, size_t* end) {
  for (;;) {
    size_t line_end = 0;
    while ((line_end = buffer_.find("\r\n", at)) == std::string::npos)
      if (!ReadMore()) return false;
    const size_t size =
        Number<size_t>(std::string_view(buffer_).substr(at, line_end - at), 16, SIZE_MAX);
    if (size == SIZE_MAX) return false;
    at = line_end + 2;
    while (buffer_.size() < at + size + 2)
      if (!ReadMore()) return false;
    body->append(buffer_, at, size);
    at += size + 2;
    if (size == 0) {
      *end = at;
      return true;
    }
  }
}

bool HttpClient::ReadAnswer(Answer* answer) {
  size_t head_end = 0;
  while ((head_end = buffer_.find("\r\n\r\n")) == std::string::npos)
    if (!ReadMore()) return false;
  const std::string head = buffer_.substr(0, head_end + 2);
  if (head.size() < 12 || !head.starts_with("HTTP/1.")) return false;
  answer->status = Number<int>(std::string_view(head).substr(9, 3), 10, 0);
  answer->retry_after_s = Number<int>(Field(head, "retry-after"), 10, 0);
  size_t end = head_end + 4;
  if (SameName(Field(head, "transfer-encoding"), "chunked")) {
    if (!ReadChunked(end, &answer->body, &end)) return false;
  } else {
    const size_t length = Number<size_t>(Field(head, "content-length"), 10, 0);
    while (buffer_.size() < end + length)
      if (!ReadMore()) return false;
    answer->body.assign(buffer_, end, length);
    end += length;
  }
  buffer_.erase(0, end);
  if (SameName(Field(head, "connection"), "close")) Close();
  return answer->status != 0;
}

Answer HttpClient::Exchange(std::string_view method, std::string_view target,
                            std::string_view content_type, std::string_view body) {
  Answer answer;
  if (socket_ < 0 && !Connect()) {
    answer.body = fmt::format("cannot connect to {}:{}: {}", host_, port_, std::strerror(errno));
    Close();
    return answer;
  }
  std::string head = fmt::format("{} {} HTTP/1.1\r\nHost: {}:{}\r\n", method, target, host_, port_);
  if (method == "POST") {
    head += fmt::format("Content-Type: {}\r\nContent-Length: {}\r\n", content_type, body.size());
  }
  head += "\r\n";
  if (!WriteAll(head, body) || !ReadAnswer(&answer)) {
    answer.status = 0;
    answer.body = "the connection broke off";
    Close();
  }
  return answer;
}

bool ParseOrigin(std::string_view url, std::string* host, uint16_t* port) {
  constexpr std::string_view kScheme = "http://";
  if (!url.starts_with(kScheme)) return false;
  url.remove_prefix(kScheme.size());
  const size_t colon = url.find(':');
  if (colon == std::string_view::npos) return false;
  *host = url.substr(0, colon);
  *port = Number<uint16_t>(url.substr(colon + 1), 10, 0);
  return *port != 0;
}

int64_t IntegerField(std::string_view json, std::string_view name) {
  const std::string key = fmt::format("\"{}\":", name);
  size_t at = json.find(key);
  if (at == std::string_view::npos) return -1;
  at = json.find_first_not_of(' ', at + key.size());
  if (at == std::string_view::npos) return -1;
  return Number<int64_t>(json.substr(at), 10, -1);
}

}  // namespace srehub::bench
