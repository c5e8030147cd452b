#include "http/dispatcher.h"

#include <algorithm>
#include <chrono>
#include <random>

#include "base/hash.h"
#include "base/json_writer.h"
#include "base/text.h"
#include "http/content_coding.h"
#include "http/host_policy.h"

namespace srehub::http {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr std::string_view kRequestsName = "srehub_http_requests_total";
constexpr std::string_view kRequestsHelp = "Answers by operation and status.";
constexpr std::string_view kSecondsName = "srehub_http_request_duration_seconds";
constexpr std::string_view kSecondsHelp = "Time from the complete request to its answer.";

// Only words of a safe alphabet are echoed.
bool IsRequestId(std::string_view text) {
  return !text.empty() && text.size() <= 128 && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-';
  });
}

bool MatchesETag(std::string_view if_none_match, std::string_view etag) {
  const auto opaque = [](std::string_view tag) {
    tag = TrimAscii(tag);
    return tag.starts_with("W/") ? tag.substr(2) : tag;
  };
  if (TrimAscii(if_none_match) == "*") return true;
  for (const std::string_view part : Split(if_none_match, ','))
    if (opaque(part) == opaque(etag)) return true;
  return false;
}

bool IsCompressible(std::string_view content_type) {
  return content_type.starts_with("text/") || content_type.starts_with("application/json") ||
         content_type.starts_with("application/problem+json") ||
         content_type.starts_with("image/svg");
}

std::string Joined(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& word : words) out += (out.empty() ? "" : ", ") + word;
  return out;
}

std::string JsonArray(const std::vector<std::string>& words) {
  JsonWriter json;
  json.BeginArray();
  for (const std::string& word : words) json.String(word);
  json.EndArray();
  return json.Take();
}

}  // namespace

int StatusOfCode(ErrorCode code) {
  switch (code) {
    case ErrorCode::kInvalidArgument:
    case ErrorCode::kMalformed: return 400;
    case ErrorCode::kUnauthenticated: return 401;
    case ErrorCode::kForbidden: return 403;
    case ErrorCode::kTooLarge: return 413;
    case ErrorCode::kUnsupported: return 415;
    case ErrorCode::kOverloaded: return 503;
    default: return 500;
  }
}

Dispatcher::Dispatcher(const Router* router, Authenticator authenticator, Metrics* metrics,
                       DispatcherOptions options)
    : router_(router),
      metrics_(metrics),
      options_(std::move(options)),
      authenticator_(std::make_shared<const Authenticator>(std::move(authenticator))),
      id_seed_((static_cast<uint64_t>(std::random_device{}()) << 32) | std::random_device{}()) {}

void Dispatcher::SetAuthenticator(Authenticator authenticator) {
  std::atomic_store(&authenticator_,
                    std::make_shared<const Authenticator>(std::move(authenticator)));
}

std::string Dispatcher::NewRequestId() const {
  const uint64_t n = next_id_.fetch_add(1, std::memory_order_relaxed);
  uint64_t words[2] = {id_seed_, n};
  return Hex64(Hash64(std::string_view(reinterpret_cast<const char*>(words), sizeof words)));
}

Response Dispatcher::Unauthorized(const Request& request, const Error& error) const {
  Problem problem;
  problem.status = StatusOfCode(error.code);
  problem.code = std::string(ErrorCodeName(error.code));
  problem.detail = error.message;
  Response response = ProblemResponse(request, problem);
  if (problem.status == 401)
    response.Set("WWW-Authenticate", "Bearer realm=\"srehub\", Basic realm=\"srehub\"");
  return response;
}

std::optional<Response> Dispatcher::Check(Request* request, Admission* admission) const {
  if (const auto problem = CheckHost(*request, options_.allowed_hosts))
    return ProblemResponse(*request, *problem);
  if (const auto problem = CheckOrigin(*request, options_.allowed_hosts))
    return ProblemResponse(*request, *problem);

  Router::Match match = router_->Find(request->method, request->path);
  Problem problem;
  if (match.route == nullptr && match.allowed.empty()) {
    problem.status = 404;
    problem.code = "not_found";
    problem.detail = "There is nothing at this path; /api/v1/openapi.json lists what there is.";
    return ProblemResponse(*request, problem);
  }
  if (match.route == nullptr) {
    problem.status = 405;
    problem.code = "method_not_allowed";
    problem.detail = "This path takes " + Joined(match.allowed) + ".";
    problem.value = request->method;
    problem.extensions.emplace_back("allowed", JsonArray(match.allowed));
    Response response = ProblemResponse(*request, problem);
    response.Set("Allow", Joined(match.allowed));
    return response;
  }
  admission->route = match.route;
  const auto authenticator = std::atomic_load(&authenticator_);
  request->params = std::move(match.params);
  if (const Status allowed = authenticator->Authorize(match.route->scope, request); !allowed) {
    // A token that is known and may not do this is no stranger's.
    const bool stranger = allowed.error().code == ErrorCode::kUnauthenticated;
    if (!stranger || match.bad_escape || !match.route->may_be_signed ||
        !match.route->may_be_signed(*request))
      return Unauthorized(*request, allowed.error());
    request->caller = {};
    request->caller.unproven = true;
  }
  if (match.bad_escape) {
    problem.status = 400;
    problem.code = "invalid_argument";
    problem.detail = "The path holds a '%' that is not followed by two hexadecimal digits.";
    return ProblemResponse(*request, problem);
  }
  return std::nullopt;
}

Dispatcher::Admission Dispatcher::Admit(Request* request) const {
  const std::string_view id = request->Header("x-request-id");
  request->request_id = IsRequestId(id) ? std::string(id) : NewRequestId();
  Admission admission;
  admission.refusal = Check(request, &admission);
  return admission;
}

Response Dispatcher::Run(const Admission& admission, Request* request, BudgetShare share) const {
  const SteadyClock::time_point began = SteadyClock::now();
  const size_t bytes_in = request->body.size();
  Response response;
  Problem problem;
  try {
    if (admission.refusal) {
      response = *admission.refusal;
    } else if (const Status decoded = DecodeBody(request, options_.max_inflated_bytes, &share);
               !decoded) {
      problem.status = StatusOfCode(decoded.error().code);
      problem.code = std::string(ErrorCodeName(decoded.error().code));
      problem.detail = decoded.error().message;
      if (problem.status == 413) {
        problem.limit = std::to_string(options_.max_inflated_bytes);
        problem.setting = "limits.max_inflated_bytes";
      }
      response = ProblemResponse(*request, problem);
      if (problem.status == 503) response.Set("Retry-After", "1");
    } else {
      response = admission.route->handler(*request);
    }
  } catch (const std::bad_alloc&) {
    problem.status = 503;
    problem.code = "overloaded";
    problem.detail = "There was not enough memory for this request.";
    response = ProblemResponse(*request, problem).Set("Retry-After", "5");
  } catch (const std::exception&) {
    // What the exception says may hold stored data; the request id leads to the log instead.
    problem.status = 500;
    problem.code = "internal";
    problem.detail = "The hub failed on this request. That is a bug; please report it.";
    response = ProblemResponse(*request, problem);
  }
  response = Dress(*request, std::move(response));
  Count(*request, admission.route, response, bytes_in, SteadyClock::now() - began);
  return response;
}

Response Dispatcher::Refuse(Request* request, const Problem& problem) const {
  if (request->request_id.empty()) request->request_id = NewRequestId();
  Response response = ProblemResponse(*request, problem);
  if (problem.status == 503 || problem.status == 429) response.Set("Retry-After", "1");
  response = Dress(*request, std::move(response));
  Count(*request, nullptr, response, request->body.size(), Duration::zero());
  return response;
}

Response Dispatcher::Call(Request request) const {
  const Admission admission = Admit(&request);
  return Run(admission, &request, BudgetShare());
}

Response Dispatcher::Dress(const Request& request, Response response) const {
  const auto set_default = [&response](const char* name, std::string value) {
    if (response.Header(name).empty()) response.Set(name, std::move(value));
  };
  set_default("Cache-Control", "no-store");
  set_default("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
  set_default("X-Content-Type-Options", "nosniff");
  set_default("Referrer-Policy", "no-referrer");
  set_default("Cross-Origin-Resource-Policy", "same-origin");
  response.Set("X-Request-Id", request.request_id);
  if (response.stream) return response;

  const std::string_view etag = response.Header("etag");
  const bool reads = request.method == "GET" || request.method == "HEAD";
  if (response.status == 200 && reads && !etag.empty() &&
      MatchesETag(request.Header("if-none-match"), etag)) {
    response.status = 304;
    response.body.clear();
    std::erase_if(response.headers, [](const auto& header) {
      return EqualsIgnoreCase(header.first, "content-type");
    });
    return response;
  }
  if (response.body.size() <= kMinGzipBytes || !IsCompressible(response.Header("content-type")))
    return response;
  response.Set("Vary", "Accept-Encoding");
  if (!response.Header("content-encoding").empty() ||
      !AcceptsGzip(request.Header("accept-encoding")))
    return response;
  if (std::string packed = Gzip(response.body); !packed.empty()) {
    response.body = std::move(packed);
    response.Set("Content-Encoding", "gzip");
  }
  return response;
}

void Dispatcher::Count(const Request& request, const Route* route, const Response& response,
                       size_t bytes_in, Duration took) const {
  const std::string operation = route != nullptr ? route->operation_id : "none";
  metrics_
      ->GetCounter(kRequestsName, kRequestsHelp,
                   {{"operation", operation}, {"status", std::to_string(response.status)}})
      .Add();
  metrics_->GetHistogram(kSecondsName, kSecondsHelp, {{"operation", operation}})
      .Observe(std::chrono::duration<double>(took).count());
  if (!options_.on_answer) return;
  AccessRecord record;
  record.method = request.method;
  record.path = request.path;
  record.remote = request.remote;
  record.caller = request.caller.name;
  record.request_id = request.request_id;
  if (route != nullptr) record.operation_id = route->operation_id;
  record.status = response.status;
  record.bytes_in = bytes_in;
  record.bytes_out = response.body.size();
  record.took = took;
  options_.on_answer(record);
}

}  // namespace srehub::http
