#include "base/time.h"

#include <array>
#include <charconv>
#include <utility>

namespace srehub {
namespace {

constexpr int64_t kNanosPerSecond = 1'000'000'000;

void AppendPadded(std::string* out, int64_t value, int width) {
  std::array<char, 20> digits{};
  for (int i = width; i-- > 0; value /= 10) {
    digits[static_cast<size_t>(i)] = static_cast<char>('0' + value % 10);
  }
  out->append(digits.data(), static_cast<size_t>(width));
}

// `decimals` digits of the second's fraction: 0, 3, 6 or 9.
std::string Format(Instant t, int decimals) {
  const int64_t seconds = FloorDiv(Nanos(t), kNanosPerSecond);
  int64_t fraction = Nanos(t) - seconds * kNanosPerSecond;
  const int64_t day = FloorDiv(seconds, 86'400);
  const int64_t second_of_day = seconds - day * 86'400;
  const std::chrono::year_month_day date{
      std::chrono::sys_days(std::chrono::days(static_cast<int>(day)))};
  std::string out;
  out.reserve(30);
  AppendPadded(&out, static_cast<int>(date.year()), 4);
  out += '-';
  AppendPadded(&out, static_cast<unsigned>(date.month()), 2);
  out += '-';
  AppendPadded(&out, static_cast<unsigned>(date.day()), 2);
  out += 'T';
  AppendPadded(&out, second_of_day / 3600, 2);
  out += ':';
  AppendPadded(&out, second_of_day / 60 % 60, 2);
  out += ':';
  AppendPadded(&out, second_of_day % 60, 2);
  if (decimals > 0) {
    for (int i = decimals; i < 9; ++i) fraction /= 10;
    out += '.';
    AppendPadded(&out, fraction, decimals);
  }
  out += 'Z';
  return out;
}

struct Unit {
  std::string_view name;
  int64_t nanos;
};

// Largest first: a duration names each at most once, in this order.
constexpr std::array<Unit, 8> kUnits = {{{"w", 604'800 * kNanosPerSecond},
                                         {"d", 86'400 * kNanosPerSecond},
                                         {"h", 3'600 * kNanosPerSecond},
                                         {"m", 60 * kNanosPerSecond},
                                         {"s", kNanosPerSecond},
                                         {"ms", 1'000'000},
                                         {"us", 1'000},
                                         {"ns", 1}}};

// In words, largest first. Below a second one unit is enough.
constexpr std::array<Unit, 7> kWords = {{{" d", 86'400 * kNanosPerSecond},
                                         {" h", 3'600 * kNanosPerSecond},
                                         {" min", 60 * kNanosPerSecond},
                                         {" s", kNanosPerSecond},
                                         {" ms", 1'000'000},
                                         {" us", 1'000},
                                         {" ns", 1}}};
constexpr size_t kSecondsWord = 3;

uint64_t Magnitude(Duration d) {
  const auto count = static_cast<uint64_t>(d.count());
  return d.count() < 0 ? ~count + 1 : count;
}

tl::unexpected<Error> NotADuration(std::string_view text) {
  return Fail(ErrorCode::kInvalidArgument,
              "\"" + std::string(text) +
                  "\" is not a duration: write whole numbers with the units w, d, h, m, s, ms, us "
                  "or ns, largest first, such as 15m, 2h or 1h30m");
}

}  // namespace

std::string FormatTime(Instant t) {
  const int64_t fraction = Nanos(t) - FloorDiv(Nanos(t), kNanosPerSecond) * kNanosPerSecond;
  if (fraction == 0) return Format(t, 0);
  if (fraction % 1'000'000 == 0) return Format(t, 3);
  if (fraction % 1'000 == 0) return Format(t, 6);
  return Format(t, 9);
}

std::string FormatTimeFixed(Instant t) { return Format(t, 9); }

Result<Duration> ParseDuration(std::string_view text) {
  std::string_view rest = text;
  size_t next_unit = 0;
  int64_t total = 0;
  if (rest.empty()) return NotADuration(text);
  while (!rest.empty()) {
    int64_t number = 0;
    const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), number);
    if (error == std::errc::invalid_argument || rest.front() == '-') return NotADuration(text);
    rest.remove_prefix(static_cast<size_t>(end - rest.data()));
    const size_t letters = std::min(rest.find_first_of("0123456789"), rest.size());
    size_t unit = next_unit;
    while (unit < kUnits.size() && kUnits[unit].name != rest.substr(0, letters)) ++unit;
    if (unit == kUnits.size()) return NotADuration(text);
    int64_t part = 0;
    if (error != std::errc{} || __builtin_mul_overflow(number, kUnits[unit].nanos, &part) ||
        __builtin_add_overflow(total, part, &total)) {
      return Fail(ErrorCode::kInvalidArgument,
                  "the duration \"" + std::string(text) + "\" is longer than 292 years");
    }
    next_unit = unit + 1;
    rest.remove_prefix(letters);
  }
  return Duration(total);
}

std::string FormatDuration(Duration d) {
  uint64_t rest = Magnitude(d);
  std::string out = d.count() < 0 ? "-" : "";
  if (rest == 0) return "0 s";
  size_t word = 0;
  while (rest < static_cast<uint64_t>(kWords[word].nanos)) ++word;
  const auto unit = static_cast<uint64_t>(kWords[word].nanos);
  out += std::to_string(rest / unit).append(kWords[word].name);
  rest %= unit;
  if (word >= kSecondsWord) return out;
  const uint64_t second = rest / static_cast<uint64_t>(kWords[word + 1].nanos);
  if (second > 0) out += " " + std::to_string(second).append(kWords[word + 1].name);
  return out;
}

std::string FormatDurationShort(Duration d) {
  uint64_t rest = Magnitude(d);
  if (rest == 0) return "0s";
  std::string out = d.count() < 0 ? "-" : "";
  for (const Unit& unit : kUnits) {
    if (unit.name == "w") continue;  // "14d" is how retention is spoken of
    const uint64_t number = rest / static_cast<uint64_t>(unit.nanos);
    if (number > 0) out += std::to_string(number).append(unit.name);
    rest %= static_cast<uint64_t>(unit.nanos);
  }
  return out;
}

}  // namespace srehub
