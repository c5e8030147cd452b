// A raw socket client for tests: it sends exactly the bytes it is given.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/text.h"

namespace srehub::http {

struct RawResponse {
  int status = 0;  // 0: the connection ended before a whole answer
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;

  std::string Header(std::string_view name) const {
    for (const auto& [key, value] : headers)
      if (EqualsIgnoreCase(key, name)) return value;
    return {};
  }
};

class TestClient {
 public:
  explicit TestClient(uint16_t port) : fd_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connected_ = connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
    SetTimeout(std::chrono::seconds(10));
  }
  ~TestClient() {
    if (fd_ >= 0) close(fd_);
  }
  TestClient(TestClient&& other) noexcept
      : fd_(std::exchange(other.fd_, -1)), connected_(other.connected_) {}
  TestClient(const TestClient&) = delete;

  bool connected() const { return connected_; }
  int fd() const { return fd_; }

  void SetTimeout(std::chrono::milliseconds timeout) const {
    timeval value{};
    value.tv_sec = timeout.count() / 1000;
    value.tv_usec = (timeout.count() % 1000) * 1000;
    setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &value, sizeof value);
  }

  // False when the peer has gone.
  bool Send(std::string_view bytes) const {
    while (!bytes.empty()) {
      const ssize_t sent = send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<size_t>(sent));
    }
    return true;
  }

  // One answer with Content-Length, chunked, or up to the end of the connection.
  RawResponse Receive(bool head_only = false) {
    RawResponse response;
    while (buffer_.find("\r\n\r\n") == std::string::npos)
      if (!Fill()) return response;
    const size_t end = buffer_.find("\r\n\r\n");
    size_t at = buffer_.find("\r\n");
    const int status = std::stoi(buffer_.substr(9, 3));
    while (at < end) {
      const size_t eol = buffer_.find("\r\n", at + 2);
      const std::string line = buffer_.substr(at + 2, eol - at - 2);
      const size_t colon = line.find(": ");
      response.headers.emplace_back(line.substr(0, colon), line.substr(colon + 2));
      at = eol;
    }
    buffer_.erase(0, end + 4);
    if (!head_only && status >= 200 && status != 204 && status != 304 && !ReadBody(&response))
      return response;
    response.status = status;
    return response;
  }

  RawResponse Call(std::string_view request) {
    Send(request);
    return Receive();
  }

  // True when the peer closes before the timeout; what still came is dropped.
  bool Closed() {
    for (;;) {
      char bytes[4096];
      const ssize_t got = recv(fd_, bytes, sizeof bytes, 0);
      if (got == 0) return true;
      if (got < 0) return errno == ECONNRESET;
    }
  }

  // Everything up to `text`, which is included; empty when it does not come.
  std::string ReadUntil(std::string_view text) {
    while (buffer_.find(text) == std::string::npos)
      if (!Fill()) return {};
    const size_t end = buffer_.find(text) + text.size();
    std::string out = buffer_.substr(0, end);
    buffer_.erase(0, end);
    return out;
  }

 private:
  bool Fill() {
    char bytes[16384];
    const ssize_t got = recv(fd_, bytes, sizeof bytes, 0);
    if (got <= 0) return false;
    buffer_.append(bytes, static_cast<size_t>(got));
    return true;
  }

  bool ReadBody(RawResponse* response) {
    if (response->Header("transfer-encoding") == "chunked") {
      for (;;) {
        const std::string line = ReadUntil("\r\n");
        if (line.empty()) return false;
        const size_t size = std::stoul(line, nullptr, 16);
        while (buffer_.size() < size + 2)
          if (!Fill()) return false;
        response->body += buffer_.substr(0, size);
        buffer_.erase(0, size + 2);
        if (size == 0) return true;
      }
    }
    const size_t length = std::stoul("0" + response->Header("content-length"));
    while (buffer_.size() < length)
      if (!Fill()) return false;
    response->body = buffer_.substr(0, length);
    buffer_.erase(0, length);
    return true;
  }

  int fd_;
  bool connected_ = false;
  std::string buffer_;
};

}  // namespace srehub::http
