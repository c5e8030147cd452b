#include "insight/fold_plan.h"

#include <algorithm>

namespace srehub::insight {

namespace {

void Extend(FoldedLine* line, Instant t) {
  if (line->folded == 0 || t > line->newest) line->newest = t;
  if (line->folded == 0 || t < line->oldest) line->oldest = t;
  ++line->folded;
}

}  // namespace

std::optional<FoldedLine> SeriesLine(const aggregate::Series& series, Window window,
                                     model::Severity min_severity) {
  FoldedLine line;
  const aggregate::SeriesObservation* before = nullptr;
  for (const aggregate::SeriesObservation& o : series.observations) {
    const aggregate::SeriesObservation* previous = before;
    before = &o;
    // The first occurrence of all has a time of its own.
    int64_t rest = o.count;
    if (!previous) {
      if (window.Contains(o.start)) ++line.occurrences;
      rest = o.count - 1;
    } else {
      rest = o.count - previous->count;
    }
    if (!window.Contains(o.time) || o.severity < min_severity) continue;
    if (o.time >= line.newest || line.folded == 0) line.newest_count = o.count;
    Extend(&line, o.time);
    if (rest <= 0) continue;
    const Instant since = previous ? previous->time : o.start;
    if (window.Contains(since) || rest == 1) {
      line.occurrences += static_cast<uint64_t>(rest);
    } else {
      line.occurrences += 1;
      line.lower_bound = true;
    }
  }
  if (line.folded == 0) return std::nullopt;
  line.occurrences = std::max<uint64_t>(line.occurrences, 1);
  line.lifetime = static_cast<uint64_t>(series.observations.back().count);
  if (*line.lifetime == line.occurrences) line.lifetime.reset();
  return line;
}

std::optional<FoldedLine> FlappingLine(const aggregate::Signal& signal, Window window,
                                       model::Severity min_severity) {
  FoldedLine line;
  line.flapping = true;
  uint64_t transitions = 0;
  std::optional<bool> firing;
  for (const aggregate::Statement& s : signal.statements) {
    if (s.phase == model::Phase::kUnknown) continue;
    const bool fires = s.phase == model::Phase::kFiring;
    const bool changed = firing ? *firing != fires : fires;
    firing = fires;
    if (!window.Contains(s.time)) continue;
    if (changed) ++transitions;
    if (s.severity >= min_severity) Extend(&line, s.time);
  }
  for (const aggregate::Life& life : signal.lives) {
    if (window.Contains(life.starts_at)) {
      ++transitions;
      if (life.severity >= min_severity) Extend(&line, life.starts_at);
    }
    if (life.resolved_at && window.Contains(*life.resolved_at)) {
      ++transitions;
      if (min_severity == model::Severity::kInfo) Extend(&line, *life.resolved_at);
    }
  }
  if (transitions < kFlappingFrom || line.folded == 0) return std::nullopt;
  for (const aggregate::SignalInterval& interval : aggregate::IntervalsOf(signal))
    if (window.Contains(interval.start)) ++line.occurrences;
  line.folded = transitions;
  return line;
}

FoldPlan::FoldPlan(std::span<const aggregate::IncidentState> states, Window window,
                   model::Severity min_severity) {
  for (const aggregate::IncidentState& state : states) {
    states_[state.event_type] = &state;
    for (const aggregate::Series& series : state.series)
      if (auto line = SeriesLine(series, window, min_severity))
        series_[{state.event_type, series.id}] = *line;
    for (const aggregate::Signal& signal : state.signals)
      if (auto line = FlappingLine(signal, window, min_severity))
        signals_[{state.event_type, signal.id}] = *line;
  }
}

const FoldedLine* FoldPlan::LineOf(const model::Event& event) const {
  // A resolution that speaks of another type's signal is found there.
  for (const std::string_view type :
       {std::string_view(event.event_type), std::string_view(event.closes)}) {
    if (type.empty()) continue;
    const auto& lines = event.signal.empty() ? series_ : signals_;
    const std::string_view id = event.signal.empty() ? event.series : event.signal;
    if (id.empty()) continue;
    const auto it = lines.find({type, id});
    if (it != lines.end()) return &it->second;
  }
  return nullptr;
}

bool FoldPlan::Shown(const model::Event& event) const {
  const FoldedLine* line = LineOf(event);
  return !line || line->StandsFor(event);
}

const aggregate::IncidentState* FoldPlan::StateOf(std::string_view event_type) const {
  const auto it = states_.find(event_type);
  return it == states_.end() ? nullptr : it->second;
}

}  // namespace srehub::insight
