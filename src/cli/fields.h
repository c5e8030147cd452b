// Members of an answer, read for showing. Missing means empty.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json_reader.h"
#include "base/time.h"
#include "cli/style.h"
#include "cli/terminal_text.h"

namespace srehub::cli {

inline std::string Text(const JsonElement& object, std::string_view key) {
  return std::string(FindString(object, key).value_or(""));
}
inline int64_t Number(const JsonElement& object, std::string_view key) {
  return FindInt(object, key).value_or(0);
}
inline uint64_t CountOf(const JsonElement& object, std::string_view key) {
  const int64_t n = FindInt(object, key).value_or(0);
  return n < 0 ? 0 : static_cast<uint64_t>(n);
}
inline bool Holds(const JsonElement& object, std::string_view key) {
  return FindBool(object, key).value_or(false);
}
inline std::optional<Instant> TimeOf(const JsonElement& object, std::string_view key) {
  const auto text = FindString(object, key);
  if (!text) return std::nullopt;
  const auto parsed = ParseRfc3339(*text);
  return parsed ? std::optional(*parsed) : std::nullopt;
}
inline std::string ShownTime(const JsonElement& object, std::string_view key, const Style& style) {
  const auto t = TimeOf(object, key);
  return t ? style.Time(*t) : "";
}
// The elements of an array member.
std::vector<JsonElement> Rows(const JsonElement& object, std::string_view key);
std::vector<uint64_t> Counts(const JsonElement& object, std::string_view key);
// A number with as many decimals.
std::string Decimal(double value, int decimals);

// "as of 14:10:00 UTC, window 13:55:00 … 14:10:00", then what the answer says about itself.
std::string HeadLine(const JsonElement& answer, const Style& style);
// Notes, truncation, late or refused feeds, what was read: the lines below a table.
std::string FootLines(const JsonElement& answer, const Style& style);

}  // namespace srehub::cli
