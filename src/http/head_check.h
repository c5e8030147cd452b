// The strict look at the bytes of a request head before any parser sees them. Whatever two HTTP
// implementations could read differently is refused here, because that is how requests are
// smuggled: bare LF, obs-fold, a space before the colon, two lengths, a length and a coding. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace srehub::http {

inline constexpr size_t kMaxHeaderFields = 100;

struct HeadScan {
  enum class State { kNeedMore, kComplete, kBad } state = State::kNeedMore;
  size_t skip = 0;     // kComplete: an empty line before the request line, to be dropped
  size_t length = 0;   // kComplete: bytes of the head from `skip`, with its empty line
  int status = 400;    // kBad: 400, 431 or 505
  std::string reason;  // kBad: a sentence
};

// `bytes`: everything received that no earlier request has used. At most `max_bytes` of head.
HeadScan ScanHead(std::string_view bytes, size_t max_bytes);

}  // namespace srehub::http
