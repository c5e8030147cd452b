#include "aggregate/statements.h"

#include <algorithm>
#include <tuple>

#include "base/hash.h"
#include "base/json_reader.h"
#include "base/limits.h"

namespace srehub::aggregate {

namespace {

constexpr Minute kHoldDownMinutes = limits::kHoldDown / 1min;

// At one instant a resolution wins: it comes last.
int PhaseOrder(model::Phase phase) {
  switch (phase) {
    case model::Phase::kUnknown: return 0;
    case model::Phase::kResolved: return 2;
    default: return 1;
  }
}

template <typename T>
void KeepMax(std::optional<T>* slot, const T& value) {
  if (!*slot || value > **slot) *slot = value;
}

void AddToLife(Signal* signal, const model::Event& event) {
  const Instant starts_at = *event.starts_at;
  auto it = std::lower_bound(signal->lives.begin(), signal->lives.end(), starts_at,
                             [](const Life& life, Instant t) { return life.starts_at < t; });
  if (it == signal->lives.end() || it->starts_at != starts_at) {
    it = signal->lives.insert(it, Life{});
    it->starts_at = starts_at;
  }
  it->severity = std::max(it->severity, event.severity);
  if (event.phase == model::Phase::kResolved) KeepMax(&it->resolved_at, event.timestamp);
  if (event.phase == model::Phase::kRefresh) KeepMax(&it->last_refresh, event.timestamp);
  if (event.phase != model::Phase::kResolved && event.expires_at)
    KeepMax(&it->expires_at, *event.expires_at);
}

void AddTransition(Signal* signal, const model::Event& event, bool arrival_order) {
  Statement statement;
  statement.time = event.timestamp;
  statement.phase = event.phase == model::Phase::kFiring || event.phase == model::Phase::kResolved
                        ? event.phase
                        : model::Phase::kUnknown;
  statement.severity = event.severity;
  statement.expires_at = event.expires_at.value_or(event.timestamp + limits::kExpireAfter);
  if (arrival_order) {
    signal->statements.push_back(statement);
    return;
  }
  const auto before = [](const Statement& a, const Statement& b) {
    return std::tuple(a.time, PhaseOrder(a.phase)) < std::tuple(b.time, PhaseOrder(b.phase));
  };
  auto it =
      std::lower_bound(signal->statements.begin(), signal->statements.end(), statement, before);
  if (it != signal->statements.end() && !before(statement, *it)) {
    it->severity = std::max(it->severity, statement.severity);
    it->expires_at = std::max(it->expires_at, statement.expires_at);
    return;
  }
  signal->statements.insert(it, statement);
}

void FreezeFirst(IncidentState* state, const std::vector<Contribution>& contributions) {
  for (const Contribution& c : contributions)
    if (!state->frozen_first || c.time < *state->frozen_first) state->frozen_first = c.time;
}

void PruneSeries(IncidentState* state, Instant horizon) {
  std::erase_if(state->series, [&](const Series& series) {
    const bool old = std::all_of(series.observations.begin(), series.observations.end(),
                                 [&](const SeriesObservation& o) { return o.time < horizon; });
    if (old) FreezeFirst(state, ContributionsOf(series));
    return old;
  });
}

void PruneSignals(IncidentState* state, Instant horizon) {
  for (Signal& signal : state->signals) {
    const bool any_old = (!signal.lives.empty() && signal.lives.front().starts_at < horizon) ||
                         (!signal.statements.empty() && signal.statements.front().time < horizon);
    if (!any_old) continue;
    const auto intervals = IntervalsOf(signal);
    // Whole intervals go, with every life or statement inside them.
    const auto keep_from = std::find_if(intervals.begin(), intervals.end(),
                                        [&](const auto& i) { return i.end >= horizon; });
    if (keep_from == intervals.begin()) continue;
    const Instant cut = keep_from == intervals.end() ? horizon : keep_from->start;
    if (!intervals.empty() &&
        (!state->frozen_first || intervals.front().start < *state->frozen_first))
      state->frozen_first = intervals.front().start;
    std::erase_if(signal.lives,
                  [&](const Life& life) { return life.starts_at < std::min(cut, horizon); });
    std::erase_if(signal.statements,
                  [&](const Statement& s) { return s.time < std::min(cut, horizon); });
  }
  std::erase_if(state->signals,
                [](const Signal& s) { return s.lives.empty() && s.statements.empty(); });
}

}  // namespace

void InsertPointRun(std::vector<PointRun>* runs, Minute minute, model::Severity severity) {
  PointRun merged{minute, minute, severity, {}};
  if (model::IsHighSeverity(severity)) merged.first_high = minute;
  auto first = std::lower_bound(
      runs->begin(), runs->end(), minute,
      [](const PointRun& run, Minute m) { return run.last + kHoldDownMinutes < m; });
  auto last = first;
  while (last != runs->end() && last->first <= minute + kHoldDownMinutes) {
    merged.first = std::min(merged.first, last->first);
    merged.last = std::max(merged.last, last->last);
    merged.worst = std::max(merged.worst, last->worst);
    if (last->first_high && (!merged.first_high || *last->first_high < *merged.first_high))
      merged.first_high = last->first_high;
    ++last;
  }
  if (first == last) {
    runs->insert(first, merged);
  } else {
    *first = merged;
    runs->erase(first + 1, last);
  }
}

void AddObservation(Series* series, const model::Event& event) {
  SeriesObservation added;
  added.count = std::max<int64_t>(event.series_count, 1);
  added.time = event.timestamp;
  added.start = event.series_start.value_or(event.timestamp);
  added.severity = event.severity;
  auto it =
      std::lower_bound(series->observations.begin(), series->observations.end(), added.count,
                       [](const SeriesObservation& o, int64_t count) { return o.count < count; });
  if (it == series->observations.end() || it->count != added.count) {
    series->observations.insert(it, added);
  } else if (std::tie(added.time, added.start, added.severity) <
             std::tie(it->time, it->start, it->severity)) {
    *it = added;
  }
}

void AddStatement(Signal* signal, const model::Event& event, bool arrival_order) {
  if (!event.starts_at) {
    AddTransition(signal, event, arrival_order);
  } else if (event.phase != model::Phase::kUnknown) {
    AddToLife(signal, event);
  }
}

void AddRunStatement(std::vector<RunStatement>* runs, const model::Event& event, bool closing) {
  const model::DeployStatement& d = *event.deploy;
  RunStatement s;
  s.time = event.timestamp;
  s.severity = event.severity;
  s.closes = closing;
  s.environment = d.environment;
  if (!d.run.empty())
    s.run_key = d.system + ":" + d.repository + ":" + d.run + ":" + std::to_string(d.attempt);
  if (!d.sha.empty()) s.sha_key = d.repository + "@" + d.sha + "@" + d.environment;
  if (s.run_key.empty() && s.sha_key.empty())
    s.run_key = "#" + model::SortKey(event.timestamp, event.event_id);
  const auto order = [](const RunStatement& r) {
    return std::tie(r.time, r.run_key, r.sha_key, r.closes, r.severity);
  };
  const auto it = std::lower_bound(
      runs->begin(), runs->end(), s,
      [&](const RunStatement& a, const RunStatement& b) { return order(a) < order(b); });
  if (it == runs->end() || !(*it == s)) runs->insert(it, std::move(s));
}

void NoteSample(IncidentState* state, const model::Event& event) {
  if (state->sample && std::tie(event.timestamp, event.event_id) <=
                           std::tie(state->sample->timestamp, state->sample->event_id))
    return;
  thread_local JsonReader reader;
  const auto details = reader.Parse(event.details);
  if (!details) return;
  state->sample = Sample{event.timestamp, event.event_id,
                         std::string(FindString(*details, "title").value_or(""))};
}

void NoteObject(IncidentState* state, const model::Event& event) {
  if (event.severity == model::Severity::kInfo) return;
  // Most log lines name none: not worth a parse.
  if (event.details.find("\"object\"") == std::string::npos) return;
  thread_local JsonReader reader;
  const auto details = reader.Parse(event.details);
  if (!details) return;
  const auto object = Find(*details, "object");
  if (!object) return;
  const std::string name(FindString(*object, "name").value_or(""));
  if (name.empty()) return;
  const std::pair<uint64_t, std::string> entry(Hash64(name), name);
  const auto it = std::lower_bound(state->objects.begin(), state->objects.end(), entry);
  if (it != state->objects.end() && *it == entry) return;
  state->objects.insert(it, entry);
  if (state->objects.size() > limits::kMaxObjectsPerIncident) {
    state->objects.pop_back();
    state->more_objects = true;
  }
}

void PruneSets(IncidentState* state, Instant horizon) {
  PruneSeries(state, horizon);
  PruneSignals(state, horizon);
  if (!state->runs.empty() && state->runs.front().time < horizon) {
    FreezeFirst(state, ContributionsOf(state->runs));
    std::erase_if(state->runs, [&](const RunStatement& s) { return s.time < horizon; });
  }
}

}  // namespace srehub::aggregate
