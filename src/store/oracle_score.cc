// Heat and the open term, from their definitions. Forward decay after Cormode et al., "Forward
// Decay: A Practical Time Decay Model for Streaming Systems", ICDE 2009; here simply evaluated
// at `now`.
#include <algorithm>
#include <cmath>

#include "store/oracle_incident.h"

namespace srehub::store::oracle {
namespace {

using model::Severity;

constexpr double kHalfLifeMinutes = 15;
constexpr Minute kHeatMinutes = 3 * 60;
constexpr Hour kQuietHoursForNew = 168;
constexpr Minute kNewMinutes = 60;
constexpr double kNewFactor = 4;
constexpr double kMostPerMinute = 4;
constexpr int kUsualDays = 7;
constexpr Duration kUsualKnownAfter = 72h;

double WeightOf(Severity severity) {
  switch (severity) {
    case Severity::kInfo: return 0;
    case Severity::kLow: return 1;
    case Severity::kMedium: return 4;
    case Severity::kHigh: return 16;
    case Severity::kCritical: return 64;
  }
  return 0;
}

// What was active when, on the scale of minutes: occurrences at or above low, and intervals in
// full, whatever "now" is.
std::vector<std::pair<Minute, Minute>> ActiveStretches(const History& history) {
  std::vector<std::pair<Minute, Minute>> out;
  for (const Occurrence& o : history.occurrences) {
    if (o.severity >= Severity::kLow) out.emplace_back(MinuteOf(o.time), MinuteOf(o.time));
  }
  for (const Interval& i : history.AllIntervals()) {
    const Minute first = MinuteOf(i.start);
    out.emplace_back(first, std::max(first, MinuteOf(i.end - 1ns)));
  }
  return out;
}

// Minutes at which the incident was new: the first active minute of an hour before which nothing
// was active for 168 hours.
std::vector<Minute> NewMinutes(const History& history) {
  const auto stretches = ActiveStretches(history);
  std::vector<Minute> out;
  for (const auto& [candidate, unused] : stretches) {
    const Hour hour = HourOfMinute(candidate);
    const bool is_new = std::none_of(stretches.begin(), stretches.end(), [&](const auto& stretch) {
      const auto [first, last] = stretch;
      const bool earlier_in_hour = first < candidate && last >= hour * 60;
      const bool in_hours_before =
          HourOfMinute(last) >= hour - kQuietHoursForNew && HourOfMinute(first) < hour;
      return earlier_in_hour || in_hours_before;
    });
    if (is_new) out.push_back(candidate);
  }
  return out;
}

// Mean per minute of that hour of day over the week before.
double UsualPerMinute(const History& history, Severity severity, Minute minute) {
  if (*history.FirstSeen() > StartOfMinute(minute) - kUsualKnownAfter) return 0;
  uint64_t sum = 0;
  for (const Occurrence& o : history.occurrences) {
    if (o.severity != severity) continue;
    const Hour before = HourOfMinute(minute) - HourOf(o.time);
    if (before % 24 == 0 && before >= 24 && before <= 24 * kUsualDays) sum += o.count;
  }
  return static_cast<double>(sum) / (kUsualDays * 60.0);
}

double AboveUsual(uint64_t count, double usual, Severity severity) {
  const auto n = static_cast<double>(count);
  const double least = model::IsHighSeverity(severity) ? std::min(n, 1.0) : 0.0;
  return std::max(n - usual, least);
}

}  // namespace

double HeatOf(const History& history, Instant now) {
  if (history.occurrences.empty()) return 0;
  const Minute newest = MinuteOf(*history.LastSeen());
  const std::vector<Minute> new_minutes = NewMinutes(history);
  double heat = 0;
  for (const auto& [minute, counts] : history.Minutes()) {
    if (minute <= newest - kHeatMinutes) continue;
    const bool novel = std::any_of(new_minutes.begin(), new_minutes.end(), [&](Minute start) {
      return start <= minute && minute < start + kNewMinutes;
    });
    const double age_minutes =
        std::chrono::duration<double, std::ratio<60>>(now - StartOfMinute(minute)).count();
    for (const Severity severity : model::kAllSeverities) {
      const uint64_t n = counts[model::SeverityIndex(severity)];
      if (n == 0 || WeightOf(severity) == 0) continue;
      const double above = AboveUsual(n, UsualPerMinute(history, severity, minute), severity);
      const double rate = std::log2(1 + above) * (novel ? kNewFactor : 1);
      heat += WeightOf(severity) * std::min(rate, kMostPerMinute) *
              std::exp2(-age_minutes / kHalfLifeMinutes);
    }
  }
  return heat;
}

double OpenTermOf(std::optional<Severity> level) {
  if (!level) return 0;
  return WeightOf(*level) / (1 - std::exp2(-1 / kHalfLifeMinutes));
}

}  // namespace srehub::store::oracle
