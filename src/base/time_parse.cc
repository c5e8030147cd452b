// Reading instants. Two grammars share one cursor: RFC 3339 as written, and what senders write.
#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <limits>

#include "base/text.h"
#include "base/time.h"

namespace srehub {
namespace {

constexpr int64_t kNanosPerSecond = 1'000'000'000;
constexpr int64_t kSecondsPerDay = 86'400;
// 2262-01-01T00:00:00Z; int64 nanoseconds end in April of that year.
constexpr int64_t kEndSeconds = 9'214'646'400;
constexpr size_t kQuotedBytes = 64;  // of a refused text, in its message

std::string Quoted(std::string_view text) {
  std::string out = "\"" + std::string(TruncateUtf8(text, kQuotedBytes));
  return out + (text.size() > kQuotedBytes ? "…\"" : "\"");
}

tl::unexpected<Error> NotATime(std::string_view text, std::string_view why) {
  return Fail(ErrorCode::kInvalidArgument, Quoted(text) + " is not a time: " + std::string(why));
}

tl::unexpected<Error> OutOfRange(std::string_view text) {
  return Fail(ErrorCode::kInvalidArgument,
              "the time " + Quoted(text) + " is outside 1970-01-01 to 2261-12-31");
}

Result<Instant> MakeInstant(int64_t seconds, int64_t nanos, std::string_view text) {
  if (seconds < 0 || seconds >= kEndSeconds) return OutOfRange(text);
  return FromNanos(seconds * kNanosPerSecond + nanos);
}

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

class Cursor {
 public:
  explicit Cursor(std::string_view text) : rest_(text) {}

  bool done() const { return rest_.empty(); }
  char peek() const { return rest_.empty() ? '\0' : rest_.front(); }
  std::string_view rest() const { return rest_; }

  // Exactly `count` digits.
  bool Digits(size_t count, int64_t* value) {
    if (rest_.size() < count) return false;
    int64_t v = 0;
    for (size_t i = 0; i < count; ++i) {
      if (!IsDigit(rest_[i])) return false;
      v = v * 10 + (rest_[i] - '0');
    }
    rest_.remove_prefix(count);
    *value = v;
    return true;
  }
  // One of `set`; the one found goes to `found` when it is asked for.
  bool OneOf(std::string_view set, char* found = nullptr) {
    if (rest_.empty() || set.find(rest_.front()) == std::string_view::npos) return false;
    if (found != nullptr) *found = rest_.front();
    rest_.remove_prefix(1);
    return true;
  }
  // At least one digit, as nanoseconds; digits past the ninth are dropped.
  bool Fraction(int64_t* nanos) {
    size_t count = 0;
    int64_t v = 0;
    for (; !rest_.empty() && IsDigit(rest_.front()); ++count, rest_.remove_prefix(1)) {
      if (count < 9) v = v * 10 + (rest_.front() - '0');
    }
    for (size_t i = count; i < 9; ++i) v *= 10;
    *nanos = v;
    return count > 0;
  }
  size_t Blanks() {
    size_t count = 0;
    for (; OneOf(" \t"); ++count) {
    }
    return count;
  }
  std::string_view Letters() {
    size_t n = 0;
    while (n < rest_.size() && ((rest_[n] | 0x20) >= 'a' && (rest_[n] | 0x20) <= 'z')) ++n;
    const std::string_view out = rest_.substr(0, n);
    rest_.remove_prefix(n);
    return out;
  }

 private:
  std::string_view rest_;
};

struct Fields {
  int64_t year = 0, month = 0, day = 0;
  int64_t hour = 0, minute = 0, second = 0, nanos = 0;
  int64_t offset_seconds = 0;
};

enum class LeapSeconds { kAtEndOfDay, kAnywhere };

// A leap second is the first instant of the next minute: POSIX time has no other place for it.
Result<Instant> ToInstant(const Fields& f, LeapSeconds leap, std::string_view text) {
  const std::chrono::year_month_day date{std::chrono::year(static_cast<int>(f.year)),
                                         std::chrono::month(static_cast<unsigned>(f.month)),
                                         std::chrono::day(static_cast<unsigned>(f.day))};
  if (!date.ok()) return NotATime(text, "there is no such day");
  if (f.hour > 23 || f.minute > 59 || f.second > 60) {
    return NotATime(text, "hours go to 23, minutes to 59, seconds to 59");
  }
  const int64_t days = std::chrono::sys_days(date).time_since_epoch().count();
  const int64_t seconds =
      days * kSecondsPerDay + f.hour * 3600 + f.minute * 60 + f.second - f.offset_seconds;
  if (f.second == 60 && leap == LeapSeconds::kAtEndOfDay && seconds % kSecondsPerDay != 0) {
    return NotATime(text, "second 60 exists only at the end of a UTC day");
  }
  return MakeInstant(seconds, f.nanos, text);
}

bool ReadOffset(Cursor* in, bool colon_required, Fields* out) {
  char sign = '+';
  int64_t hours = 0;
  int64_t minutes = 0;
  if (!in->OneOf("+-", &sign) || !in->Digits(2, &hours)) return false;
  const bool colon = in->OneOf(":");
  if (colon_required && !colon) return false;
  const bool has_minutes = in->Digits(2, &minutes);
  if ((colon || colon_required) && !has_minutes) return false;
  if (hours > 23 || minutes > 59) return false;
  out->offset_seconds = (hours * 3600 + minutes * 60) * (sign == '-' ? -1 : 1);
  return true;
}

// The zone after the seconds: nothing, Z, a name of UTC, an offset, or an offset and the name
// that goes with it ("+0200 CEST": the offset decides).
bool ReadSenderZone(Cursor* in, Fields* out) {
  in->Blanks();
  if (in->done()) return true;
  if (in->peek() == '+' || in->peek() == '-') {
    if (!ReadOffset(in, false, out)) return false;
    if (in->Blanks() > 0) in->Letters();
    return in->done();
  }
  const std::string_view name = in->Letters();
  return in->done() && (EqualsIgnoreCase(name, "Z") || EqualsIgnoreCase(name, "UTC") ||
                        EqualsIgnoreCase(name, "GMT"));
}

bool ReadSenderClock(Cursor* in, Fields* out) {
  if (!in->Digits(2, &out->hour) || !in->OneOf(":")) return false;
  in->Blanks();
  if (!in->Digits(2, &out->minute)) return false;
  if (!in->OneOf(":")) return true;
  in->Blanks();
  if (!in->Digits(2, &out->second)) return false;
  return !in->OneOf(".,") || in->Fraction(&out->nanos);
}

// Decimal text of a number of seconds, milliseconds, microseconds or nanoseconds. Exact: a float
// would lose the nanoseconds.
Result<Instant> FromDecimal(std::string_view number, std::string_view text) {
  const size_t point = std::min(number.find('.'), number.size());
  const std::string_view whole = number.substr(0, point);
  int64_t value = 0;
  const auto [end, error] = std::from_chars(whole.data(), whole.data() + whole.size(), value);
  if (error == std::errc::result_out_of_range) return OutOfRange(text);
  if (error != std::errc{} || end != whole.data() + whole.size()) {
    return NotATime(text, "the number cannot be read");
  }
  struct Scale {
    int64_t from, to, per_second;
  };
  static constexpr std::array<Scale, 4> kScales = {
      {{1'000'000'000, 100'000'000'000, 1},
       {1'000'000'000'000, 100'000'000'000'000, 1'000},
       {1'000'000'000'000'000, 100'000'000'000'000'000, 1'000'000},
       {1'000'000'000'000'000'000, std::numeric_limits<int64_t>::max(), 1'000'000'000}}};
  for (const Scale& scale : kScales) {
    if (value < scale.from || value > scale.to) continue;
    int64_t fraction = 0;
    if (point < number.size()) {
      Cursor digits(number.substr(point + 1));
      if ((!digits.done() && !digits.Fraction(&fraction)) || !digits.done()) {
        return NotATime(text, "the number cannot be read");
      }
    }
    return MakeInstant(value / scale.per_second,
                       value % scale.per_second * (kNanosPerSecond / scale.per_second) +
                           fraction / scale.per_second,
                       text);
  }
  return NotATime(text,
                  "numbers are taken as seconds from 1e9, milliseconds from 1e12, microseconds "
                  "from 1e15 or nanoseconds from 1e18");
}

bool LooksLikeNumber(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789.") == std::string_view::npos;
}

}  // namespace

Result<Instant> ParseRfc3339(std::string_view text) {
  static constexpr std::string_view kShape =
      "RFC 3339 is expected, such as 2025-08-26T14:01:23Z or 2025-08-26T14:01:23.5+02:00";
  Cursor in(text);
  Fields f;
  if (!in.Digits(4, &f.year) || !in.OneOf("-") || !in.Digits(2, &f.month) || !in.OneOf("-") ||
      !in.Digits(2, &f.day) || !in.OneOf("Tt") || !in.Digits(2, &f.hour) || !in.OneOf(":") ||
      !in.Digits(2, &f.minute) || !in.OneOf(":") || !in.Digits(2, &f.second)) {
    return NotATime(text, kShape);
  }
  if (in.OneOf(".") && !in.Fraction(&f.nanos)) return NotATime(text, kShape);
  if (!in.OneOf("Zz") && !ReadOffset(&in, true, &f)) return NotATime(text, kShape);
  if (!in.done()) return NotATime(text, kShape);
  return ToInstant(f, LeapSeconds::kAtEndOfDay, text);
}

Result<Instant> ParseSenderTime(std::string_view text) {
  static constexpr std::string_view kShape =
      "a date and a time of day are expected, such as 2025-08-26T14:01:23Z, or a number of "
      "seconds, milliseconds, microseconds or nanoseconds since 1970";
  const std::string_view trimmed = TrimAscii(text);
  if (LooksLikeNumber(trimmed)) return FromDecimal(trimmed, text);
  Cursor in(trimmed);
  Fields f;
  char separator = '-';
  if (!in.Digits(4, &f.year) || !in.OneOf("-/", &separator) || !in.Digits(2, &f.month) ||
      !in.OneOf(std::string_view(&separator, 1)) || !in.Digits(2, &f.day)) {
    return NotATime(text, kShape);
  }
  if (!in.OneOf("Tt") && in.Blanks() == 0) return NotATime(text, kShape);
  if (!ReadSenderClock(&in, &f) || !ReadSenderZone(&in, &f)) return NotATime(text, kShape);
  return ToInstant(f, LeapSeconds::kAnywhere, text);
}

Result<Instant> InstantFromInteger(int64_t number) {
  const std::string text = std::to_string(number);
  return FromDecimal(text, text);
}

Result<Instant> InstantFromNumber(double number) {
  if (!std::isfinite(number)) return NotATime(std::to_string(number), "it is not a number");
  // The shortest text that reads back as this double is what the sender wrote.
  std::array<char, 400> buffer{};
  const auto [end, error] =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), number, std::chars_format::fixed);
  const std::string_view text(buffer.data(), static_cast<size_t>(end - buffer.data()));
  if (error != std::errc{}) return NotATime("a number", "it has too many digits");
  return FromDecimal(text, text);
}

}  // namespace srehub
