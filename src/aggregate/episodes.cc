#include "aggregate/episodes.h"

#include <algorithm>
#include <tuple>

#include "aggregate/incident_state.h"
#include "base/limits.h"

namespace srehub::aggregate {

namespace {

constexpr Minute kHoldDownMinutes = limits::kHoldDown / 1min;

void AppendContributions(const std::vector<Contribution>& contributions,
                         std::vector<Episode>* stretches) {
  for (const Contribution& c : contributions) {
    if (c.severity == model::Severity::kInfo) continue;
    const Minute m = MinuteOf(c.time);
    Episode stretch{m, m, c.severity, {}, false};
    if (model::IsHighSeverity(c.severity)) stretch.first_high = m;
    stretches->push_back(stretch);
  }
}

void AppendSignal(const Signal& signal, Instant now, std::vector<Episode>* stretches) {
  for (const SignalInterval& interval : IntervalsOf(signal)) {
    Episode stretch;
    stretch.first = stretch.last = MinuteOf(interval.start);
    const Instant end = std::min(interval.end, now);
    if (end > interval.start) stretch.last = std::max(stretch.last, MinuteOf(end - 1ns));
    stretch.worst = interval.worst;
    if (interval.first_high) stretch.first_high = MinuteOf(*interval.first_high);
    stretch.open = interval.start <= now && now < interval.end;
    stretches->push_back(stretch);
  }
}

}  // namespace

std::vector<Episode> EpisodesOf(const IncidentState& state, Instant now) {
  std::vector<Episode> stretches;
  for (const PointRun& run : state.point_runs)
    stretches.push_back({run.first, run.last, run.worst, run.first_high, false});
  for (const Series& series : state.series)
    AppendContributions(ContributionsOf(series), &stretches);
  AppendContributions(ContributionsOf(state.runs), &stretches);
  for (const Signal& signal : state.signals) AppendSignal(signal, now, &stretches);
  std::sort(stretches.begin(), stretches.end(), [](const Episode& a, const Episode& b) {
    return std::tie(a.first, a.last) < std::tie(b.first, b.last);
  });

  std::vector<Episode> episodes;
  for (const Episode& stretch : stretches) {
    if (episodes.empty() || stretch.first - episodes.back().last > kHoldDownMinutes) {
      episodes.push_back(stretch);
      continue;
    }
    Episode& current = episodes.back();
    current.last = std::max(current.last, stretch.last);
    current.worst = std::max(current.worst, stretch.worst);
    current.open = current.open || stretch.open;
    if (stretch.first_high && (!current.first_high || *stretch.first_high < *current.first_high))
      current.first_high = stretch.first_high;
  }
  return episodes;
}

}  // namespace srehub::aggregate
