// Requests and responses as plain values: what handlers see. No socket, no library type.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace srehub::http {

// What the caller proved to be. Set before a handler runs.
struct Caller {
  std::string name;                  // the token's name; "loopback" where no token is asked for
  std::vector<std::string> sources;  // formats and sources its token is bound to; empty: every one
  bool by_token = false;             // it showed a known token
  // It showed none, and the route lets the handler judge by the delivery's own signature.
  bool unproven = false;

  bool MayIngest(std::string_view source) const;
};

struct Request {
  std::string method;                                        // upper case
  std::string path;                                          // raw: the router decodes each segment
  std::vector<std::pair<std::string, std::string>> query;    // decoded, in order
  std::vector<std::pair<std::string, std::string>> headers;  // names in lower case
  std::string body;                                          // inflated
  std::string remote;    // "127.0.0.1:53210", or "local" for in-process calls
  bool loopback = true;  // the address the request came in on is a loopback address

  // Filled in on the way to the handler.
  std::vector<std::pair<std::string, std::string>> params;  // the pattern's, percent-decoded
  std::string request_id;
  Caller caller;

  std::string_view Header(std::string_view lower_case_name) const;
  std::optional<std::string_view> Query(std::string_view name) const;  // first of that name
  std::string_view Param(std::string_view name) const;                 // empty: not in the pattern
};

// Splits an origin-form target ("/path?a=b&c=d") into `path` and `query`. Errors:
// kInvalidArgument for a broken percent-escape.
Status ParseTarget(std::string_view target, Request* request);

// A stream of server-sent events: called on a thread of its own until it returns false or the
// peer is gone; `write` returns false when the peer is gone or the server stops. An empty write
// sends nothing and only asks.
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
  // Case-insensitive; empty when absent.
  std::string_view Header(std::string_view name) const;
};

Response JsonResponse(std::string json, int status = 200);
Response TextResponse(std::string text, int status = 200);

using Handler = std::function<Response(const Request&)>;

}  // namespace srehub::http
