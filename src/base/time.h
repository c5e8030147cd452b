// Instants, durations and their text forms. All instants are UTC nanoseconds since 1970.
// Thread safety: every function is pure.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace srehub {

using Duration = std::chrono::nanoseconds;
using Instant = std::chrono::sys_time<std::chrono::nanoseconds>;

using std::chrono_literals::operator""ns;
using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;
using std::chrono_literals::operator""min;
using std::chrono_literals::operator""h;
inline constexpr Duration kDay = std::chrono::hours(24);

// Whole minutes, hours and days since 1970-01-01T00:00Z, rounded down.
using Minute = int64_t;
using Hour = int64_t;
using Day = int64_t;

inline constexpr int64_t Nanos(Instant t) { return t.time_since_epoch().count(); }
inline constexpr Instant FromNanos(int64_t ns) { return Instant(Duration(ns)); }
inline int64_t FloorDiv(int64_t a, int64_t b) {
  return a / b - ((a % b != 0 && (a < 0) != (b < 0)) ? 1 : 0);
}
inline Minute MinuteOf(Instant t) { return FloorDiv(Nanos(t), 60'000'000'000); }
inline Hour HourOf(Instant t) { return FloorDiv(Nanos(t), 3'600'000'000'000); }
inline Day DayOf(Instant t) { return FloorDiv(Nanos(t), 86'400'000'000'000); }
inline Hour HourOfMinute(Minute m) { return FloorDiv(m, 60); }
inline Day DayOfMinute(Minute m) { return FloorDiv(m, 1440); }
inline Instant StartOfMinute(Minute m) { return FromNanos(m * 60'000'000'000); }
inline Instant StartOfHour(Hour h) { return FromNanos(h * 3'600'000'000'000); }
inline Instant StartOfDay(Day d) { return FromNanos(d * 86'400'000'000'000); }

// Half-open on the left: (after, up_to]. The window of every question.
struct Window {
  Instant after;
  Instant up_to;
  bool Contains(Instant t) const { return t > after && t <= up_to; }
};

// "2025-08-26T14:01:23Z", with 3, 6 or 9 decimals only where needed.
std::string FormatTime(Instant t);
// "2025-08-26T14:01:23.000000000Z": always 30 characters, so string order is time order.
std::string FormatTimeFixed(Instant t);
// Exactly the FormatTimeFixed or any RFC 3339 form; strict. Errors: kInvalidArgument; instants
// outside 1970..2261 are refused with a message that says so.
Result<Instant> ParseRfc3339(std::string_view text);
// What senders really write: RFC 3339, a space for the T, offsets without a colon, "UTC", comma
// decimals, no zone (read as UTC), blanks after colons, ":60" seconds. Errors as above.
Result<Instant> ParseSenderTime(std::string_view text);
// A number of seconds, milliseconds, microseconds or nanoseconds, told apart by magnitude
// (1e9..1e11 s, 1e12..1e14 ms, 1e15..1e17 us, >= 1e18 ns).
Result<Instant> InstantFromNumber(double number);
Result<Instant> InstantFromInteger(int64_t number);
// "15m", "2h", "1d", "90s", "1h30m", "2w". Errors: kInvalidArgument.
Result<Duration> ParseDuration(std::string_view text);
// "4 min 37 s", "2 h 5 min", "3 d": for people.
std::string FormatDuration(Duration d);
// "15m", "14d": the form ParseDuration reads.
std::string FormatDurationShort(Duration d);

}  // namespace srehub
