#include "insight/as_of.h"

#include <algorithm>

#include "aggregate/view.h"

namespace srehub::insight {

namespace {

using aggregate::Counts;
using aggregate::HourBlock;
using aggregate::IncidentState;

constexpr int64_t kHeatHours = aggregate::kHeatSpan / 1h + 1;  // and the hour before, for novelty

HourBlock CutAfter(const HourBlock& block, Hour hour, Minute last) {
  HourBlock cut;
  for (const auto& [minute_of_hour, counts] : block.minutes()) {
    if (hour * 60 + minute_of_hour > last) break;
    for (size_t i = 0; i < counts.size(); ++i)
      cut.Bump(minute_of_hour, model::SeverityAt(i), static_cast<int64_t>(counts[i]));
  }
  return cut;
}

void CutSets(IncidentState* state, Instant at) {
  for (aggregate::Series& series : state->series)
    std::erase_if(series.observations, [&](const auto& o) { return o.time > at; });
  std::erase_if(state->series, [](const auto& s) { return s.observations.empty(); });
  for (aggregate::Signal& signal : state->signals) {
    std::erase_if(signal.statements, [&](const auto& s) { return s.time > at; });
    std::erase_if(signal.lives, [&](const auto& l) { return l.starts_at > at; });
    for (aggregate::Life& life : signal.lives) {
      if (life.resolved_at && *life.resolved_at > at) life.resolved_at.reset();
      if (life.last_refresh && *life.last_refresh > at) life.last_refresh = at;
    }
  }
  std::erase_if(state->signals,
                [](const auto& s) { return s.statements.empty() && s.lives.empty(); });
  std::erase_if(state->runs, [&](const auto& r) { return r.time > at; });
}

void CutRuns(IncidentState* state, Minute last) {
  std::erase_if(state->point_runs, [&](const auto& run) { return run.first > last; });
  for (aggregate::PointRun& run : state->point_runs) {
    run.last = std::min(run.last, last);
    if (run.first_high && *run.first_high > last) run.first_high.reset();
    if (!run.first_high && model::IsHighSeverity(run.worst)) run.worst = model::Severity::kMedium;
  }
}

// The newest minute with an occurrence, in the blocks at hand.
std::optional<Minute> NewestMinute(const std::map<Hour, HourBlock>& blocks) {
  for (auto it = blocks.rbegin(); it != blocks.rend(); ++it)
    if (!it->second.empty()) return it->first * 60 + it->second.minutes().back().first;
  return std::nullopt;
}

}  // namespace

Result<IncidentState> StateAsOf(const IncidentState& state, Instant at,
                                const std::function<Result<HourBlock>(Hour)>& load_hour) {
  const Minute last = MinuteOf(at);
  const Hour hour = HourOfMinute(last);
  if (state.last_evidence <= at) return state;
  IncidentState cut = state;
  CutSets(&cut, at);
  CutRuns(&cut, last);

  // Whole hours after `at` go; the hour that holds it is cut at its minute.
  cut.recent.clear();
  for (auto it = cut.hourly.upper_bound(hour); it != cut.hourly.end(); it = cut.hourly.erase(it))
    for (size_t i = 0; i < it->second.size(); ++i)
      cut.totals[i] -= std::min(cut.totals[i], it->second[i]);
  // The heat of then looks back from the newest occurrence of then.
  const auto newest_hour = cut.hourly.empty() ? cut.hourly.end() : std::prev(cut.hourly.end());
  const Hour top = newest_hour == cut.hourly.end() ? hour : newest_hour->first;
  for (Hour h = top - kHeatHours; h <= top; ++h) {
    HourBlock block;
    if (const auto it = state.recent.find(h); it != state.recent.end()) {
      block = it->second;
    } else if (h < state.recent_floor && cut.hourly.contains(h)) {
      SREHUB_TRY(block, load_hour(h));
    }
    HourBlock kept = CutAfter(block, h, last);
    if (h == hour && cut.hourly.contains(h)) {
      const Counts before = block.Total(), after = kept.Total();
      for (size_t i = 0; i < after.size(); ++i) {
        cut.totals[i] -= std::min(cut.totals[i], before[i] - after[i]);
        cut.hourly[h][i] = after[i];
      }
      if (aggregate::Sum(after) == 0) cut.hourly.erase(h);
    }
    if (!kept.empty()) cut.recent.emplace(h, std::move(kept));
  }
  cut.recent_floor = top - kHeatHours;
  if (cut.last_close && *cut.last_close > at) cut.last_close.reset();
  if (cut.first_point && *cut.first_point > at) cut.first_point.reset();
  if (cut.last_point && *cut.last_point > at) {
    const std::optional<Minute> newest = NewestMinute(cut.recent);
    cut.last_point =
        cut.first_point && newest ? std::optional(StartOfMinute(*newest)) : std::nullopt;
  }
  cut.last_evidence = at;
  if (cut.sample && cut.sample->timestamp > at) cut.sample.reset();
  return cut;
}

}  // namespace srehub::insight
