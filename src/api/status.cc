#include "api/status.h"

#include "base/json_writer.h"
#include "http/problem.h"

namespace srehub::api {
namespace {

// Senders wait at least so long; a full queue drains in less, a full disk takes longer anyway.
constexpr const char* kRetryAfterSeconds = "2";

}  // namespace

int HttpStatus(ErrorCode code) {
  switch (code) {
    case ErrorCode::kInvalidArgument: return 400;
    case ErrorCode::kMalformed: return 400;
    case ErrorCode::kUnsupported: return 415;
    case ErrorCode::kNotFound: return 404;
    case ErrorCode::kConflict: return 409;
    case ErrorCode::kTooLarge: return 413;
    case ErrorCode::kUnauthenticated: return 401;
    case ErrorCode::kForbidden: return 403;
    case ErrorCode::kOverloaded: return 503;
    case ErrorCode::kUnavailable: return 503;
    case ErrorCode::kDeadlineExceeded: return 503;
    case ErrorCode::kDataLoss: return 500;
    case ErrorCode::kInternal: return 500;
  }
  return 500;
}

http::Response ErrorResponse(const http::Request& request, const Error& error) {
  http::Problem problem;
  problem.status = HttpStatus(error.code);
  problem.code = std::string(ErrorCodeName(error.code));
  problem.detail = error.message;
  if (!error.where.empty()) {
    JsonWriter where;
    where.String(error.where);
    problem.extensions.emplace_back("where", where.Take());
  }
  http::Response response = http::ProblemResponse(request, problem);
  if (problem.status == 503) response.Set("Retry-After", kRetryAfterSeconds);
  return response;
}

}  // namespace srehub::api
