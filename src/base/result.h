// Result<T>: the value or an Error. No exception crosses a module; every fallible function
// returns one of these.
#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>

namespace srehub {

enum class ErrorCode {
  kInvalidArgument,  // the caller's words are wrong; the same call will fail again
  kMalformed,        // bytes that are not what they claim to be (broken JSON, bad gzip)
  kUnsupported,      // understood, but not something the hub takes (content type, shape)
  kNotFound,
  kConflict,          // ambiguous, or the state changed under the caller
  kTooLarge,          // over a named limit
  kUnauthenticated,   // no or wrong credentials
  kForbidden,         // right credentials, wrong scope
  kOverloaded,        // try again later
  kUnavailable,       // the store or a peer cannot serve now
  kDataLoss,          // stored bytes are damaged or from a newer version
  kDeadlineExceeded,  // a peer was too slow
  kInternal,          // our own mistake
};

std::string_view ErrorCodeName(ErrorCode code);

struct Error {
  ErrorCode code = ErrorCode::kInternal;
  std::string message;  // a sentence for a person: what, the value, the limit or the rule
  std::string where;    // JSON pointer, byte offset, file:line, or empty
};

template <typename T>
using Result = tl::expected<T, Error>;
using Status = Result<void>;

inline tl::unexpected<Error> Fail(ErrorCode code, std::string message, std::string where = {}) {
  return tl::unexpected<Error>(Error{code, std::move(message), std::move(where)});
}

}  // namespace srehub

// Evaluates `expr` (a Result); on error returns it from the enclosing function, else binds the
// value: SREHUB_TRY(auto x, F());
#define SREHUB_CONCAT_INNER(a, b) a##b
#define SREHUB_CONCAT(a, b) SREHUB_CONCAT_INNER(a, b)
#define SREHUB_TRY_IMPL(tmp, lhs, expr)                                     \
  auto tmp = (expr);                                                        \
  if (!tmp) return tl::unexpected<::srehub::Error>(std::move(tmp).error()); \
  lhs = std::move(*tmp)
#define SREHUB_TRY(lhs, expr) SREHUB_TRY_IMPL(SREHUB_CONCAT(try_result_, __LINE__), lhs, expr)
// The same for a Status.
#define SREHUB_CHECK_OK(expr)                                                   \
  do {                                                                          \
    if (auto srehub_status = (expr); !srehub_status)                            \
      return tl::unexpected<::srehub::Error>(std::move(srehub_status).error()); \
  } while (false)
