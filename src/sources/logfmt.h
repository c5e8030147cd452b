// logfmt: key=value pairs on a line, values bare or quoted.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace srehub::sources {

// The line as a JSON object of texts, or nothing when it is no logfmt: a token that is neither
// key=value nor a bare key, fewer than two pairs, more than kMaxLogfmtPairs, or neither message,
// error nor level among them. Without a message the line itself is it. A key that stands again
// gets "_2", "_3", …; a time that cannot be read is kept under "logfmt.KEY".
inline constexpr size_t kMaxLogfmtPairs = 256;
std::optional<std::string> LogfmtAsJson(std::string_view line);

}  // namespace srehub::sources
