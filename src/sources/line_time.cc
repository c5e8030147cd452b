#include "sources/line_time.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <string>

namespace srehub::sources {
namespace {

constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr std::array<std::string_view, 7> kWeekdays = {"Mon", "Tue", "Wed", "Thu",
                                                       "Fri", "Sat", "Sun"};
constexpr size_t kMaxFractionDigits = 9;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// Reads a line from the left. What does not match leaves it where it was.
class Cursor {
 public:
  explicit Cursor(std::string_view text) : text_(text) {}

  size_t at() const { return at_; }
  void Back(size_t at) { at_ = at; }
  char Peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  std::string_view From(size_t begin) const { return text_.substr(begin, at_ - begin); }

  bool Char(char c) {
    if (Peek() != c || at_ == text_.size()) return false;
    ++at_;
    return true;
  }
  bool OneOf(std::string_view set) {
    if (at_ == text_.size() || set.find(text_[at_]) == std::string_view::npos) return false;
    ++at_;
    return true;
  }
  size_t Spaces() {
    const size_t begin = at_;
    while (Char(' ')) {
    }
    return at_ - begin;
  }
  // Exactly `count` digits, and no further one behind them.
  std::optional<unsigned> Number(size_t count) {
    unsigned value = 0;
    if (text_.size() - at_ < count) return std::nullopt;
    for (size_t i = 0; i < count; ++i) {
      if (!IsDigit(text_[at_ + i])) return std::nullopt;
      value = value * 10 + static_cast<unsigned>(text_[at_ + i] - '0');
    }
    if (at_ + count < text_.size() && IsDigit(text_[at_ + count])) return std::nullopt;
    at_ += count;
    return value;
  }
  // The index of the word of `words` that stands here.
  template <size_t kCount>
  std::optional<unsigned> Word(const std::array<std::string_view, kCount>& words) {
    for (unsigned i = 0; i < kCount; ++i) {
      if (!text_.substr(at_).starts_with(words[i])) continue;
      at_ += words[i].size();
      return i;
    }
    return std::nullopt;
  }

 private:
  std::string_view text_;
  size_t at_ = 0;
};

// hh:mm:ss, with up to nine decimals behind a point or comma.
std::optional<Duration> TimeOfDay(Cursor* cursor) {
  const auto hour = cursor->Number(2);
  if (!hour || !cursor->Char(':')) return std::nullopt;
  const auto minute = cursor->Number(2);
  if (!minute || !cursor->Char(':')) return std::nullopt;
  const auto second = cursor->Number(2);
  if (!second || *hour > 23 || *minute > 59 || *second > 60) return std::nullopt;
  Duration out =
      std::chrono::hours(*hour) + std::chrono::minutes(*minute) + std::chrono::seconds(*second);
  const size_t before = cursor->at();
  if (!cursor->OneOf(".,")) return out;
  int64_t nanos = 0, unit = 100'000'000;
  size_t digits = 0;
  while (digits < kMaxFractionDigits && IsDigit(cursor->Peek())) {
    nanos += unit * (cursor->Peek() - '0');
    unit /= 10;
    cursor->Char(cursor->Peek());
    ++digits;
  }
  if (digits == 0) cursor->Back(before);  // "14:01:12, then": no fraction
  return out + Duration(nanos);
}

std::optional<Instant> OnDay(int year, unsigned month, unsigned day, Duration time_of_day) {
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(month),
                                         std::chrono::day(day)};
  if (!date.ok() || year < 1970 || year > 2261) return std::nullopt;
  return Instant(std::chrono::sys_days(date)) + time_of_day;
}

// "Z", "UTC", "+0200", "+02:00", perhaps behind a space; nothing there is UTC.
Duration Zone(Cursor* cursor) {
  const size_t before = cursor->at();
  cursor->Spaces();
  if (cursor->Char('Z')) return {};
  static constexpr std::array<std::string_view, 2> kUtc = {"UTC", "GMT"};
  if (cursor->Word(kUtc)) return {};
  const bool east = cursor->Char('+');
  if (east || cursor->Char('-')) {
    const size_t digits = cursor->at();
    auto joined = cursor->Number(4);
    unsigned hours = 0, minutes = 0;
    if (joined) {
      hours = *joined / 100;
      minutes = *joined % 100;
    } else {
      cursor->Back(digits);
      const auto hh = cursor->Number(2);
      const auto mm = hh && cursor->Char(':') ? cursor->Number(2) : std::nullopt;
      joined = mm;
      hours = hh.value_or(0);
      minutes = mm.value_or(0);
    }
    if (joined && hours < 24 && minutes < 60) {
      const Duration offset = std::chrono::hours(hours) + std::chrono::minutes(minutes);
      return east ? offset : -offset;
    }
  }
  cursor->Back(before);
  return {};
}

// 2025-08-26T14:01:12.345Z and its relatives.
std::optional<Instant> Iso(Cursor* cursor) {
  const auto year = cursor->Number(4);
  if (!year) return std::nullopt;
  const char separator = cursor->Peek();
  if (!cursor->OneOf("-/")) return std::nullopt;
  const auto month = cursor->Number(2);
  if (!month || !cursor->Char(separator)) return std::nullopt;
  const auto day = cursor->Number(2);
  if (!day || !(cursor->OneOf("Tt_") || cursor->Spaces() > 0)) return std::nullopt;
  const auto time = TimeOfDay(cursor);
  if (!time) return std::nullopt;
  const Duration offset = Zone(cursor);
  const auto local = OnDay(static_cast<int>(*year), *month, *day, *time);
  if (!local || Nanos(*local) < offset.count()) return std::nullopt;
  return *local - offset;
}

// [Tue ]Aug 26 [2025 ]14:01:12[.345][ 2025]
std::optional<Instant> MonthFirst(Cursor* cursor, Instant received) {
  if (cursor->Word(kWeekdays)) {
    cursor->Char(',');
    if (cursor->Spaces() == 0) return std::nullopt;
  }
  const auto month = cursor->Word(kMonths);
  if (!month || cursor->Spaces() == 0) return std::nullopt;
  const size_t at = cursor->at();
  auto day = cursor->Number(2);
  if (!day) {
    cursor->Back(at);
    day = cursor->Number(1);
  }
  if (!day || cursor->Spaces() == 0) return std::nullopt;
  const size_t before_year = cursor->at();
  auto year = cursor->Number(4);
  if (!year || cursor->Spaces() == 0) {
    year.reset();
    cursor->Back(before_year);
  }
  const auto time = TimeOfDay(cursor);
  if (!time) return std::nullopt;
  if (!year) {
    const size_t before = cursor->at();
    if (cursor->Spaces() > 0) year = cursor->Number(4);
    if (!year || *year < 1970 || *year > 2261) {
      year.reset();
      cursor->Back(before);
    }
  }
  if (year) return OnDay(static_cast<int>(*year), *month + 1, *day, *time);
  return NearestYear(*month + 1, *day, *time, received);
}

// 26/Aug/2025:14:01:12 +0000
std::optional<Instant> AccessLog(Cursor* cursor) {
  const auto day = cursor->Number(2);
  if (!day || !cursor->Char('/')) return std::nullopt;
  const auto month = cursor->Word(kMonths);
  if (!month || !cursor->Char('/')) return std::nullopt;
  const auto year = cursor->Number(4);
  if (!year || !cursor->OneOf(": ")) return std::nullopt;
  const auto time = TimeOfDay(cursor);
  if (!time) return std::nullopt;
  const Duration offset = Zone(cursor);
  const auto local = OnDay(static_cast<int>(*year), *month + 1, *day, *time);
  if (!local || Nanos(*local) < offset.count()) return std::nullopt;
  return *local - offset;
}

}  // namespace

std::optional<Instant> NearestYear(unsigned month, unsigned day, Duration time_of_day,
                                   Instant received) {
  const std::chrono::year_month_day today{std::chrono::floor<std::chrono::days>(received)};
  const int year = static_cast<int>(today.year());
  for (int candidate : {year + 1, year, year - 1}) {
    const auto time = OnDay(candidate, month, day, time_of_day);
    if (time && *time - received <= kDay) return time;
  }
  return std::nullopt;
}

std::optional<LineTime> TimeAtStart(std::string_view line, Instant received) {
  if (line.empty()) return std::nullopt;
  Cursor cursor(line);
  std::optional<Instant> time;
  if (IsDigit(line.front())) {
    time = Iso(&cursor);
    if (!time) {
      cursor.Back(0);
      time = AccessLog(&cursor);
    }
  } else {
    time = MonthFirst(&cursor, received);
  }
  if (!time) return std::nullopt;
  return LineTime{*time, cursor.at()};
}

}  // namespace srehub::sources
