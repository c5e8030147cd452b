// The stable kind of a log line that no rule names: its constant words. What varies (numbers,
// addresses, paths, names after `user` or `from`, clocks, units) is masked and takes no part, so
// the kind is a pure function of the one line; nothing is learnt.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace srehub::classify {

struct LogTemplate {
  uint64_t id = 0;         // hash of level, logger and the constant words in order
  std::string event_type;  // "Log" + the first constant words in CamelCase + 6 hex digits of the id
};

// `level` and `logger` as the sender wrote them; the level's case does not matter. Only the first
// line of the message counts, and at most kMaxTemplateBytes of it.
inline constexpr size_t kMaxTemplateBytes = 2048;
LogTemplate MineTemplate(std::string_view message, std::string_view level, std::string_view logger);

// The line with each run of variable parts as "<*>": what people read.
std::string MaskLine(std::string_view message);

}  // namespace srehub::classify
