#include "aggregate/fold.h"

#include <algorithm>
#include <map>

#include "aggregate/statements.h"
#include "aggregate/view.h"

namespace srehub::aggregate {

namespace {

// State older than this before the newest evidence can no longer meet an admitted event: events
// are refused past retention, and a generation ends after retention + 3 days of silence.
Duration HorizonOf(const FoldSettings& settings) { return settings.retention + 2 * kDay; }
Duration GenerationGap(const FoldSettings& settings) { return settings.retention + 3 * kDay; }

using Deltas = std::map<Minute, std::array<int64_t, model::kSeverityCount>>;

void Count(Deltas* deltas, const Contribution& c, int64_t sign) {
  (*deltas)[MinuteOf(c.time)][model::SeverityIndex(c.severity)] +=
      sign * static_cast<int64_t>(c.count);
}

// Counters derived from a set move by the difference of what the set says before and after.
template <typename Set, typename Change>
void CountChange(Deltas* deltas, const Set& set, Change change) {
  for (const Contribution& c : ContributionsOf(set)) Count(deltas, c, -1);
  change();
  for (const Contribution& c : ContributionsOf(set)) Count(deltas, c, +1);
}

void TakePoint(IncidentState* state, const model::Event& e, Deltas* deltas) {
  Count(deltas, {e.timestamp, e.severity, 1, {}}, +1);
  if (!state->first_point || e.timestamp < *state->first_point) state->first_point = e.timestamp;
  if (!state->last_point || e.timestamp > *state->last_point) state->last_point = e.timestamp;
  if (e.severity > model::Severity::kInfo)
    InsertPointRun(&state->point_runs, MinuteOf(e.timestamp), e.severity);
}

// Finds by id, inserting in order; null past the cap.
template <typename T>
T* FindOrInsert(std::vector<T>* items, const std::string& id, size_t cap) {
  auto it = std::lower_bound(items->begin(), items->end(), id,
                             [](const T& item, const std::string& key) { return item.id < key; });
  if (it != items->end() && it->id == id) return &*it;
  if (items->size() >= cap) return nullptr;
  it = items->insert(it, T{});
  it->id = id;
  return &*it;
}

void TakeSeries(IncidentState* state, const model::Event& e, Deltas* deltas) {
  Series* series = FindOrInsert(&state->series, e.series, limits::kMaxSeriesPerIncident);
  if (series == nullptr) {
    state->approximate = true;
    TakePoint(state, e, deltas);
    return;
  }
  CountChange(deltas, *series, [&] { AddObservation(series, e); });
}

void TakeSignal(IncidentState* state, const model::Event& e, bool arrival_order, Deltas* deltas) {
  Signal* signal = FindOrInsert(&state->signals, e.signal, limits::kMaxSignalsPerIncident);
  if (signal == nullptr) {
    state->approximate = true;
    if (e.phase == model::Phase::kFiring) TakePoint(state, e, deltas);
    return;
  }
  CountChange(deltas, *signal, [&] { AddStatement(signal, e, arrival_order); });
}

void TakeEvent(IncidentState* state, const model::Event& e, bool closing,
               const FoldSettings& settings, Deltas* deltas) {
  if (e.deploy) {
    CountChange(deltas, state->runs, [&] { AddRunStatement(&state->runs, e, closing); });
  } else if (!e.signal.empty()) {
    TakeSignal(state, e, settings.mutant_arrival_order, deltas);
  } else if (closing || e.phase == model::Phase::kResolved) {
    if (!state->last_close || e.timestamp > *state->last_close) state->last_close = e.timestamp;
  } else if (!e.series.empty()) {
    TakeSeries(state, e, deltas);
  } else if (e.phase == model::Phase::kPoint || e.phase == model::Phase::kFiring) {
    TakePoint(state, e, deltas);
  }
}

// Moves the counters by `deltas`: in the state for recent hours, else in the hour's item.
Status ApplyDeltas(IncidentState* state, const Deltas& deltas, const HourLoader& load_hour,
                   FoldResult* result) {
  for (const auto& [minute, by_severity] : deltas) {
    const Hour hour = HourOfMinute(minute);
    HourBlock* block = nullptr;
    if (hour >= state->recent_floor) {
      block = &state->recent[hour];
    } else {
      auto it = result->hours.find(hour);
      if (it == result->hours.end()) {
        SREHUB_TRY(HourBlock loaded, load_hour(hour));
        it = result->hours.emplace(hour, std::move(loaded)).first;
      }
      block = &it->second;
    }
    Counts& hourly = state->hourly[hour];
    for (size_t i = 0; i < by_severity.size(); ++i) {
      const int64_t delta = by_severity[i];
      if (delta == 0) continue;
      block->Bump(static_cast<int>(minute - hour * 60), model::SeverityAt(i), delta);
      hourly[i] += static_cast<uint64_t>(delta);
      state->totals[i] += static_cast<uint64_t>(delta);
    }
    if (hour >= state->recent_floor && block->empty()) state->recent.erase(hour);
    if (Sum(hourly) == 0) state->hourly.erase(hour);
  }
  return {};
}

// Keeps in the state the minute counters of the hours that touch the heat span up to lastSeen,
// and the hour before them (novelty asks for its first active minute).
Status MoveWindow(IncidentState* state, const HourLoader& load_hour, FoldResult* result) {
  const std::optional<Instant> last = LastSeen(*state);
  if (!last) return {};
  const Hour floor = HourOf(*last - kHeatSpan + 1min) - 1;
  for (auto it = state->recent.begin(); it != state->recent.end() && it->first < floor;) {
    result->hours[it->first] = std::move(it->second);
    it = state->recent.erase(it);
  }
  // lastSeen can move back (a late statement joins two lives): fetch what left too early.
  for (auto it = state->hourly.lower_bound(floor);
       it != state->hourly.end() && it->first < state->recent_floor; ++it) {
    const Hour hour = it->first;
    if (state->recent.contains(hour)) continue;
    const auto written = result->hours.find(hour);
    if (written != result->hours.end()) {
      state->recent[hour] = std::move(written->second);
    } else {
      SREHUB_TRY(state->recent[hour], load_hour(hour));
    }
    result->hours[hour] = HourBlock{};
  }
  state->recent_floor = floor;
  return {};
}

void Prune(IncidentState* state, const FoldSettings& settings) {
  const Instant horizon = state->last_evidence - HorizonOf(settings);
  state->hourly.erase(state->hourly.begin(), state->hourly.lower_bound(HourOf(horizon)));
  std::erase_if(state->point_runs,
                [&](const PointRun& run) { return run.last < MinuteOf(horizon); });
  PruneSets(state, horizon);
}

}  // namespace

std::vector<Target> TargetsOf(const model::Event& event) {
  std::vector<Target> targets;
  const bool closes_other = !event.closes.empty() && event.closes != event.event_type;
  // A resolution that only speaks about another type says nothing about its own.
  if (!(closes_other && event.phase == model::Phase::kResolved && !event.deploy))
    targets.push_back({event.event_type, false});
  if (closes_other) targets.push_back({event.closes, true});
  return targets;
}

Result<FoldResult> Fold(IncidentState* state, std::span<const model::Event* const> events,
                        const FoldSettings& settings, const HourLoader& load_hour) {
  std::vector<const model::Event*> sorted(events.begin(), events.end());
  std::sort(sorted.begin(), sorted.end(), [](const model::Event* a, const model::Event* b) {
    return std::tie(a->timestamp, a->event_id) < std::tie(b->timestamp, b->event_id);
  });
  Deltas deltas;
  for (const model::Event* e : sorted) {
    if (!state->empty() && e->timestamp > state->last_evidence + GenerationGap(settings)) {
      IncidentState next;
      next.service_id = state->service_id;
      next.event_type = state->event_type;
      next.version = state->version;
      *state = std::move(next);
      deltas.clear();
    }
    const bool closing = e->event_type != state->event_type;
    state->last_evidence = std::max(state->last_evidence, e->timestamp);
    state->sources =
        static_cast<uint8_t>(state->sources | (1U << (static_cast<unsigned>(e->source) - 1)));
    TakeEvent(state, *e, closing, settings, &deltas);
    if (!closing) NoteObjectAndSample(state, *e);
  }
  FoldResult result;
  SREHUB_CHECK_OK(ApplyDeltas(state, deltas, load_hour, &result));
  Prune(state, settings);
  SREHUB_CHECK_OK(MoveWindow(state, load_hour, &result));
  ++state->version;
  return result;
}

}  // namespace srehub::aggregate
