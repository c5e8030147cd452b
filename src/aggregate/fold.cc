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

// Counters derived from a set move by the difference of what the set says before and after all
// events of one fold: each set's contributions are derived twice, however many events speak of it.
class SetChanges {
 public:
  void Touch(const Series& series) { Remember(&series_, series.id, series); }
  void Touch(const Signal& signal) { Remember(&signals_, signal.id, signal); }
  void Touch(const std::vector<RunStatement>& runs) {
    if (!runs_) runs_ = ContributionsOf(runs);
  }

  void CountInto(const IncidentState& state, Deltas* deltas) const {
    CountSets(series_, state.series, deltas);
    CountSets(signals_, state.signals, deltas);
    if (runs_) CountDifference(*runs_, ContributionsOf(state.runs), deltas);
  }

 private:
  using Before = std::map<std::string, std::vector<Contribution>, std::less<>>;

  template <typename Set>
  static void Remember(Before* before, const std::string& id, const Set& set) {
    const auto it = before->lower_bound(id);
    if (it == before->end() || it->first != id) before->emplace_hint(it, id, ContributionsOf(set));
  }

  // `sets` is in the order of ids.
  template <typename Set>
  static void CountSets(const Before& before, const std::vector<Set>& sets, Deltas* deltas) {
    for (const auto& [id, contributions] : before) {
      const auto it =
          std::lower_bound(sets.begin(), sets.end(), id,
                           [](const Set& set, const std::string& key) { return set.id < key; });
      CountDifference(contributions, ContributionsOf(*it), deltas);
    }
  }

  static void CountDifference(const std::vector<Contribution>& before,
                              const std::vector<Contribution>& after, Deltas* deltas) {
    for (const Contribution& c : before) Count(deltas, c, -1);
    for (const Contribution& c : after) Count(deltas, c, +1);
  }

  Before series_, signals_;
  std::optional<std::vector<Contribution>> runs_;
};

// What one fold has to add to the counters.
struct Changes {
  Deltas points;
  SetChanges sets;
};

void TakePoint(IncidentState* state, const model::Event& e, Changes* changes) {
  Count(&changes->points, {e.timestamp, e.severity, 1, {}}, +1);
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

void TakeSeries(IncidentState* state, const model::Event& e, Changes* changes) {
  Series* series = FindOrInsert(&state->series, e.series, limits::kMaxSeriesPerIncident);
  if (series == nullptr) {
    state->approximate = true;
    TakePoint(state, e, changes);
    return;
  }
  changes->sets.Touch(*series);
  AddObservation(series, e);
}

void TakeSignal(IncidentState* state, const model::Event& e, bool arrival_order, Changes* changes) {
  Signal* signal = FindOrInsert(&state->signals, e.signal, limits::kMaxSignalsPerIncident);
  if (signal == nullptr) {
    state->approximate = true;
    if (e.phase == model::Phase::kFiring) TakePoint(state, e, changes);
    return;
  }
  changes->sets.Touch(*signal);
  AddStatement(signal, e, arrival_order);
}

void TakeEvent(IncidentState* state, const model::Event& e, bool closing,
               const FoldSettings& settings, Changes* changes) {
  if (e.deploy) {
    changes->sets.Touch(state->runs);
    AddRunStatement(&state->runs, e, closing);
  } else if (!e.signal.empty()) {
    TakeSignal(state, e, settings.mutant_arrival_order, changes);
  } else if (closing || e.phase == model::Phase::kResolved) {
    if (!state->last_close || e.timestamp > *state->last_close) state->last_close = e.timestamp;
  } else if (!e.series.empty()) {
    TakeSeries(state, e, changes);
  } else if (e.phase == model::Phase::kPoint || e.phase == model::Phase::kFiring) {
    TakePoint(state, e, changes);
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
  Changes changes;
  const model::Event* newest = nullptr;
  for (const model::Event* e : sorted) {
    if (!state->empty() && e->timestamp > state->last_evidence + GenerationGap(settings)) {
      IncidentState next;
      next.service_id = state->service_id;
      next.event_type = state->event_type;
      next.version = state->version;
      *state = std::move(next);
      changes = {};
      newest = nullptr;
    }
    const bool closing = e->event_type != state->event_type;
    state->last_evidence = std::max(state->last_evidence, e->timestamp);
    state->sources =
        static_cast<uint8_t>(state->sources | (1U << (static_cast<unsigned>(e->source) - 1)));
    TakeEvent(state, *e, closing, settings, &changes);
    if (!closing) NoteObject(state, *e);
    if (!closing) newest = e;
  }
  if (newest != nullptr) NoteSample(state, *newest);
  FoldResult result;
  changes.sets.CountInto(*state, &changes.points);
  SREHUB_CHECK_OK(ApplyDeltas(state, changes.points, load_hour, &result));
  Prune(state, settings);
  SREHUB_CHECK_OK(MoveWindow(state, load_hour, &result));
  ++state->version;
  return result;
}

}  // namespace srehub::aggregate
