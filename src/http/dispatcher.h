// From a request to its answer: who asks, which route, may they, run it, dress the answer. Knows no
// socket, so tests and in-process callers use it as the server does. Thread-safe.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/limits.h"
#include "base/time.h"
#include "http/auth.h"
#include "http/memory_budget.h"
#include "http/message.h"
#include "http/metrics.h"
#include "http/problem.h"
#include "http/router.h"

namespace srehub::http {

// One line of the access log. Holds no header and no query value, so no secret can get in.
struct AccessRecord {
  std::string method, path, remote, caller, request_id;
  std::string_view operation_id;  // empty: no route matched
  int status = 0;
  size_t bytes_in = 0, bytes_out = 0;
  Duration took{};
};

struct DispatcherOptions {
  std::vector<std::string> allowed_hosts;  // lower case, without port
  size_t max_inflated_bytes = limits::kMaxInflatedBytes;
  std::function<void(const AccessRecord&)> on_answer;  // any thread
};

class Dispatcher {
 public:
  // `router` and `metrics` outlive the dispatcher.
  Dispatcher(const Router* router, Authenticator authenticator, Metrics* metrics,
             DispatcherOptions options);

  // What the head alone decides.
  struct Admission {
    const Route* route = nullptr;
    std::optional<Response> refusal;  // set: answer this, the handler is not for this request
    Lane lane() const { return route != nullptr ? route->lane() : Lane::kQuestion; }
  };
  // Sets the request's id, caller and parameters.
  Admission Admit(Request* request) const;

  // Inflates the body, runs the handler and finishes the answer. Never throws. `share` holds the
  // body's part of the memory budget.
  Response Run(const Admission& admission, Request* request, BudgetShare share) const;
  // An answer that no handler gave (a refusal by the server itself), counted and dressed alike.
  Response Refuse(Request* request, const Problem& problem) const;
  // Admit and Run, for callers inside the process.
  Response Call(Request request) const;

  // New tokens for every later request.
  void SetAuthenticator(Authenticator authenticator);

 private:
  std::optional<Response> Check(Request* request, Admission* admission) const;
  Response Unauthorized(const Request& request, const Error& error) const;
  Response Dress(const Request& request, Response response) const;
  void Count(const Request& request, const Route* route, const Response& response, size_t bytes_in,
             Duration took) const;
  std::string NewRequestId() const;

  const Router* const router_;
  Metrics* const metrics_;
  const DispatcherOptions options_;
  std::shared_ptr<const Authenticator> authenticator_;  // atomically replaced
  const uint64_t id_seed_;
  mutable std::atomic<uint64_t> next_id_{0};
};

// The status of a transport-level error: the few codes that http/ itself produces.
int StatusOfCode(ErrorCode code);

}  // namespace srehub::http
