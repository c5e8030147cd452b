// A blocking HTTP/1.1 client over one kept-alive connection, as thin as a load generator must be:
// what it costs must not be mistaken for the server's. Linux sockets; IPv4.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace srehub::bench {

struct Answer {
  int status = 0;  // 0: the connection broke; `body` says how
  std::string body;
  int retry_after_s = 0;  // as the server asked; 0: it did not
};

class HttpClient {
 public:
  // `host`: a dotted address. Connects at the first request.
  HttpClient(std::string host, uint16_t port) : host_(std::move(host)), port_(port) {}
  ~HttpClient();
  HttpClient(HttpClient&& other) noexcept;
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  Answer Get(std::string_view target) { return Exchange("GET", target, {}, {}); }
  Answer Post(std::string_view target, std::string_view content_type, std::string_view body) {
    return Exchange("POST", target, content_type, body);
  }

 private:
  Answer Exchange(std::string_view method, std::string_view target, std::string_view content_type,
                  std::string_view body);
  bool Connect();
  void Close();
  bool WriteAll(std::string_view head, std::string_view body);
  bool ReadAnswer(Answer* answer);
  bool ReadMore();  // appends to buffer_
  bool ReadChunked(size_t at, std::string* body, size_t* end);

  std::string host_;
  uint16_t port_;
  int socket_ = -1;
  std::string buffer_;
};

// "http://127.0.0.1:8484" -> host and port; false for anything else.
bool ParseOrigin(std::string_view url, std::string* host, uint16_t* port);

// The first integer behind `"name":` in a JSON text; -1 when there is none.
int64_t IntegerField(std::string_view json, std::string_view name);

}  // namespace srehub::bench
