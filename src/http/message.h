// Requests and responses as plain values: what handlers see. No socket, no library type.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace srehub::http {

struct Request {
  std::string method;             // upper case
  std::string path;               // percent-decoded once per segment by the router; raw here
  std::vector<std::pair<std::string, std::string>> query;    // decoded, in order
  std::vector<std::pair<std::string, std::string>> headers;  // names in lower case
  std::string body;               // inflated
  std::string remote;             // "127.0.0.1:53210", or "local" for in-process calls
  bool loopback = true;

  std::string_view Header(std::string_view lower_case_name) const;
  std::optional<std::string_view> Query(std::string_view name) const;  // first of that name
};

// A stream of server-sent events: called on a thread of its own until it returns false or the
// peer is gone; `write` returns false when the peer is gone.
using StreamBody = std::function<void(const std::function<bool(std::string_view)>& write)>;

struct Response {
  int status = 200;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  StreamBody stream;  // when set, the body is written by it

  Response& Set(std::string name, std::string value) {
    headers.emplace_back(std::move(name), std::move(value));
    return *this;
  }
};

using Handler = std::function<Response(const Request&)>;

}  // namespace srehub::http
