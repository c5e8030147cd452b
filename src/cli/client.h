// One way to ask a hub: over HTTP, or a folder opened in this process. Every command is a request
// and its JSON answer, whichever of the two carries it.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace srehub::cli {

struct Call {
  std::string method = "GET";
  std::string path;                                        // percent-encoded by segment
  std::vector<std::pair<std::string, std::string>> query;  // not encoded
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  long timeout_seconds = 60;

  // Leaves empty values out.
  Call& Query(std::string name, std::string value) {
    if (!value.empty()) query.emplace_back(std::move(name), std::move(value));
    return *this;
  }
  Call& Json(std::string json) {
    headers.emplace_back("content-type", "application/json");
    body = std::move(json);
    return *this;
  }
  std::string Target() const;  // path and encoded query
};

struct Reply {
  int status = 0;
  std::string content_type;
  std::string body;
};

// Not thread-safe.
class Client {
 public:
  virtual ~Client() = default;
  // Errors: kUnavailable when nobody answers there (HTTP only); any status is a reply.
  virtual Result<Reply> Send(const Call& call) = 0;
  // Hands over the body as it comes until it ends or `on_bytes` returns false. Errors as Send;
  // an answer with another status than 200 is an error with its problem's detail.
  virtual Status Stream(const Call& call,
                        const std::function<bool(std::string_view)>& on_bytes) = 0;
  // Where the questions go, for messages.
  virtual std::string Where() const = 0;
};

// `server` is a base URL. The token, if any, is sent as a bearer token. libcurl.
Result<std::unique_ptr<Client>> MakeHttpClient(const std::string& server, const std::string& token);

// The detail of a problem document, or the body's beginning.
std::string ProblemDetail(const Reply& reply);

}  // namespace srehub::cli
