// An answer's bytes on the wire. Pure.
#pragma once

#include <string>
#include <string_view>

#include "base/time.h"
#include "http/message.h"

namespace srehub::http {

// How the end of the body is told.
enum class BodyFraming { kLength, kChunked, kClose };

// Status line and header fields with the empty line. CR, LF and NUL in values are dropped, so no
// value can start a field of its own.
std::string WriteHead(const Response& response, BodyFraming framing, bool keep_alive, Instant now);

// 1xx, 204 and 304 have no body, whatever the response holds.
bool StatusHasBody(int status);

// One chunk of a chunked body; `data` is not empty.
std::string WriteChunk(std::string_view data);
inline constexpr std::string_view kLastChunk = "0\r\n\r\n";

// "Tue, 26 Aug 2025 14:01:23 GMT" (RFC 9110 section 5.6.7).
std::string HttpDate(Instant t);

}  // namespace srehub::http
