// Content codings of bodies: taking a request's off, putting gzip on an answer. Pure.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "http/memory_budget.h"
#include "http/message.h"

namespace srehub::http {

// Answers up to this size are sent as they are.
inline constexpr size_t kMinGzipBytes = 1024;

// Inflates `request->body` as its Content-Encoding says; what it grows by is charged to `share`.
// Errors: kUnsupported (an unknown coding, or several), kTooLarge (over `max_bytes`, the ratio or
// the window), kMalformed, kOverloaded (the budget is used up).
Status DecodeBody(Request* request, size_t max_bytes, BudgetShare* share);

// True when an Accept-Encoding field lets gzip through.
bool AcceptsGzip(std::string_view accept_encoding);
std::string Gzip(std::string_view text);

}  // namespace srehub::http
