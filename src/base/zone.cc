#include "base/zone.h"

#include <date/tz.h>

#include <algorithm>
#include <exception>
#include <optional>
#include <tuple>
#include <vector>

#include "base/text.h"

namespace srehub {
namespace {

constexpr int64_t kNanosPerSecond = 1'000'000'000;
constexpr int64_t kNanosPerHour = 3600 * kNanosPerSecond;
constexpr int64_t kNanosPerDay = 24 * kNanosPerHour;
constexpr size_t kSuggestions = 3;
constexpr size_t kLongestName = 64;  // the database's own are half as long

date::sys_seconds SysSeconds(Instant t) {
  return date::sys_seconds(std::chrono::seconds(FloorDiv(Nanos(t), kNanosPerSecond)));
}

Instant FromSysSeconds(date::sys_seconds t) {
  return FromNanos(t.time_since_epoch().count() * kNanosPerSecond);
}

// "berlin" is a whole part of "Europe/Berlin": people leave the continent out.
bool HasPart(std::string_view zone, std::string_view name) {
  const std::vector<std::string_view> parts = Split(zone, '/');
  return std::any_of(parts.begin(), parts.end(),
                     [&](std::string_view part) { return EqualsIgnoreCase(part, name); });
}

std::string NearestNames(std::string_view name) {
  std::vector<std::tuple<bool, size_t, std::string>> ranked;
  const std::string wanted = ToLowerAscii(name);
  for (const date::time_zone& zone : date::get_tzdb().zones) {
    ranked.emplace_back(!HasPart(zone.name(), name),
                        EditDistance(ToLowerAscii(zone.name()), wanted), zone.name());
  }
  const size_t count = std::min(kSuggestions, ranked.size());
  std::partial_sort(ranked.begin(), ranked.begin() + static_cast<std::ptrdiff_t>(count),
                    ranked.end());
  std::string out;
  for (size_t i = 0; i < count; ++i) out += (i == 0 ? "" : ", ") + std::get<2>(ranked[i]);
  return out;
}

// "+05:45", "-03:00": what a person writes who knows the offset and not the zone.
std::optional<Duration> ParseOffset(std::string_view text) {
  if (text.size() != 6 || (text[0] != '+' && text[0] != '-') || text[3] != ':') return std::nullopt;
  int64_t digits[4];
  for (size_t i = 0; i < 4; ++i) {
    const char c = text[i < 2 ? i + 1 : i + 2];
    if (c < '0' || c > '9') return std::nullopt;
    digits[i] = c - '0';
  }
  const int64_t hours = digits[0] * 10 + digits[1], minutes = digits[2] * 10 + digits[3];
  if (hours > 14 || minutes > 59) return std::nullopt;
  const Duration offset = std::chrono::hours(hours) + std::chrono::minutes(minutes);
  return text[0] == '-' ? -offset : offset;
}

}  // namespace

Result<Zone> Zone::Load(std::string_view name) {
  for (const std::string_view utc : {"UTC", "Etc/UTC", "Z"}) {
    if (EqualsIgnoreCase(name, utc)) return Utc();
  }
  if (const auto offset = ParseOffset(name)) return Zone(std::string(name), nullptr, *offset);
  const std::string quoted = "\"" + std::string(TruncateUtf8(name, kLongestName)) + "\"";
  try {
    const auto& zones = date::get_tzdb().zones;
    const auto found = std::find_if(zones.begin(), zones.end(), [&](const date::time_zone& zone) {
      return EqualsIgnoreCase(zone.name(), name);
    });
    if (found == zones.end()) {
      const std::string near = NearestNames(TruncateUtf8(name, kLongestName));
      return Fail(ErrorCode::kInvalidArgument,
                  "unknown time zone " + quoted + "; the nearest names are " + near);
    }
    // The transitions are read at the first use; a damaged file shows here and not in an answer.
    static_cast<void>(found->get_info(date::sys_seconds{}));
    return Zone(found->name(), &*found);
  } catch (const std::exception& e) {
    return Fail(ErrorCode::kUnavailable,
                "the time zone " + quoted + " cannot be read from the system: " + e.what());
  }
}

Duration Zone::OffsetAt(Instant t) const {
  return zone_ == nullptr ? fixed_ : Duration(zone_->get_info(SysSeconds(t)).offset);
}

Instant Zone::FromLocal(int64_t local_ns) const {
  if (zone_ == nullptr) return FromNanos(local_ns - fixed_.count());
  const int64_t seconds = FloorDiv(local_ns, kNanosPerSecond);
  const date::local_seconds local{std::chrono::seconds(seconds)};
  const date::local_info info = zone_->get_info(local);
  if (info.result == date::local_info::nonexistent) return FromSysSeconds(info.first.end);
  return FromNanos(local_ns - Duration(info.first.offset).count());
}

Day Zone::LocalDay(Instant t) const {
  const Day day = FloorDiv(ToLocal(t), kNanosPerDay);
  // A clock set back over midnight shows the old date again after the new day has begun.
  return t >= FromLocal((day + 1) * kNanosPerDay) ? day + 1 : day;
}

Instant Zone::StartOfDay(Instant t) const { return FromLocal(LocalDay(t) * kNanosPerDay); }

Instant Zone::EndOfDay(Instant t) const { return FromLocal((LocalDay(t) + 1) * kNanosPerDay); }

Instant Zone::StartOfHour(Instant t) const {
  const int64_t local = ToLocal(t);
  const Instant start =
      FromNanos(Nanos(t) - (local - FloorDiv(local, kNanosPerHour) * kNanosPerHour));
  if (zone_ == nullptr) return start;
  const date::sys_seconds change = zone_->get_info(SysSeconds(t)).begin;
  return change > SysSeconds(start) ? FromSysSeconds(change) : start;
}

Instant Zone::AddDays(Instant t, int days) const {
  return FromLocal(ToLocal(t) + days * kNanosPerDay);
}

Result<Instant> Zone::ParseDate(std::string_view text) const {
  const auto midnight = text.size() == 10 ? ParseRfc3339(std::string(text) + "T00:00:00Z")
                                          : Fail(ErrorCode::kInvalidArgument, "");
  if (!midnight) {
    return Fail(ErrorCode::kInvalidArgument,
                "\"" + std::string(TruncateUtf8(text, kLongestName)) +
                    "\" is not a day between 1970-01-01 and 2261-12-31, such as 2025-08-26");
  }
  return FromLocal(Nanos(*midnight));
}

std::string Zone::FormatDate(Instant t) const {
  return FormatTime(FromNanos(ToLocal(t))).substr(0, 10);
}

std::string Zone::FormatLocal(Instant t) const {
  std::string out = FormatTime(FromNanos(ToLocal(t))).substr(0, 19);
  const int64_t minutes = OffsetAt(t).count() / (60 * kNanosPerSecond);
  if (minutes == 0) return out + "Z";
  const auto two = [](int64_t n) { return (n < 10 ? "0" : "") + std::to_string(n); };
  const int64_t size = minutes < 0 ? -minutes : minutes;
  return out + (minutes < 0 ? "-" : "+") + two(size / 60) + ":" + two(size % 60);
}

}  // namespace srehub
