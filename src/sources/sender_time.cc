#include "sources/sender_time.h"

#include <charconv>

#include "base/text.h"
#include "sources/record.h"

namespace srehub::sources {
namespace {

using model::RefusalReason;

constexpr int kFirstYear = 1970;
constexpr int kLastYear = 2261;
// Below this a number of seconds lies in 2001 or before: no clock of a running system says so.
constexpr double kSmallestNumber = 1e9;

// The year of a text that begins like "2025-".
std::optional<int> YearOf(std::string_view text) {
  int year = 0;
  if (text.size() < 5 || (text[4] != '-' && text[4] != '/')) return std::nullopt;
  const auto [end, error] = std::from_chars(text.data(), text.data() + 4, year);
  if (error != std::errc{} || end != text.data() + 4) return std::nullopt;
  return year;
}

TimeReading Problem(RefusalReason reason, std::string message) {
  return {std::nullopt, reason, std::move(message)};
}

TimeReading OutsideRange(std::string_view text, bool past) {
  return past ? Problem(RefusalReason::kExpired,
                        "the time " + std::string(text) + " lies before 1970")
              : Problem(RefusalReason::kFutureDated,
                        "the time " + std::string(text) + " lies after 2261");
}

// A number that is no instant: only its size tells why.
TimeReading OutsideNumber(double number, std::string_view text, std::string message) {
  if (number < 0) return OutsideRange(text, true);
  if (number < kSmallestNumber) return Problem(RefusalReason::kBadTime, std::move(message));
  return OutsideRange(text, false);
}

}  // namespace

TimeReading ReadTimeText(std::string_view text) {
  if (TrimAscii(text).empty()) return {};
  auto time = ParseSenderTime(text);
  if (time) return {*time, std::nullopt, {}};
  const auto year = YearOf(text);
  if (!year || (*year >= kFirstYear && *year <= kLastYear)) {
    double number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (!text.empty() && error == std::errc{} && end == text.data() + text.size()) {
      return OutsideNumber(number, Quoted(text), std::move(time.error().message));
    }
    return Problem(RefusalReason::kBadTime, std::move(time.error().message));
  }
  // Only the year stands in the way if the same text with another (leap) year is a time.
  std::string other(text);
  other.replace(0, 4, "2024");
  if (!ParseSenderTime(other)) {
    return Problem(RefusalReason::kBadTime, std::move(time.error().message));
  }
  if (text.starts_with("0001-01-01")) return {};
  return OutsideRange(Quoted(text), *year < kFirstYear);
}

TimeReading ReadTime(const JsonElement& value, bool numbers_allowed) {
  if (value.is_null()) return {};
  if (value.is_string()) return ReadTimeText(value.get_string().value_unsafe());
  if (!value.is_number() || !numbers_allowed) {
    return Problem(RefusalReason::kWrongType,
                   std::string(TypeInWords(value)) + " where a time must be");
  }
  Result<Instant> time = value.is_int64() ? InstantFromInteger(value.get_int64().value_unsafe())
                                          : InstantFromNumber(value.get_double().value_unsafe());
  if (time) return {*time, std::nullopt, {}};
  return OutsideNumber(value.get_double().value_unsafe(), ToJson(value),
                       std::move(time.error().message));
}

}  // namespace srehub::sources
