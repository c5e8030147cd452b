#include "aggregate/view.h"

#include <algorithm>
#include <map>

#include "base/limits.h"

namespace srehub::aggregate {

namespace {

void KeepMin(std::optional<Instant>* slot, Instant t) {
  if (!*slot || t < **slot) *slot = t;
}
void KeepMax(std::optional<Instant>* slot, Instant t) {
  if (!*slot || t > **slot) *slot = t;
}

// Every occurrence that comes from a set (all but the points), one call per contribution.
template <typename Visit>
void ForEachSetContribution(const IncidentState& state, Visit visit) {
  for (const Series& series : state.series)
    for (const Contribution& c : ContributionsOf(series)) visit(c);
  for (const Signal& signal : state.signals)
    for (const Contribution& c : ContributionsOf(signal)) visit(c);
  for (const Contribution& c : ContributionsOf(state.runs)) visit(c);
}

// Resolved: in every scope that has occurrences, the newest resolution is at or after the newest
// occurrence, by exact times.
bool IsResolved(const IncidentState& state) {
  std::map<std::string, std::optional<Instant>> last_occurrence, last_resolution;
  if (state.last_point) last_occurrence[""] = state.last_point;
  ForEachSetContribution(
      state, [&](const Contribution& c) { KeepMax(&last_occurrence[c.scope], c.time); });
  if (last_occurrence.empty()) return false;
  if (state.last_close) last_resolution[""] = state.last_close;
  for (const Signal& signal : state.signals)
    if (const auto t = LastResolutionOf(signal)) KeepMax(&last_resolution[""], *t);
  for (const ScopedResolution& r : ResolutionsOf(state.runs))
    KeepMax(&last_resolution[r.scope], r.time);
  return std::all_of(last_occurrence.begin(), last_occurrence.end(), [&](const auto& entry) {
    const auto it = last_resolution.find(entry.first);
    return it != last_resolution.end() && it->second && *it->second >= *entry.second;
  });
}

// The signal that ended last ended by expiry, and nothing happened after it.
bool IsAssumedEnded(const IncidentState& state, const std::optional<Instant>& last_seen) {
  std::optional<SignalInterval> last;
  for (const Signal& signal : state.signals)
    for (const SignalInterval& interval : IntervalsOf(signal)) {
      if (!last || interval.end > last->end) {
        last = interval;
      } else if (interval.end == last->end) {
        last->assumed = last->assumed && interval.assumed;
      }
    }
  return last && last->assumed && (!last_seen || *last_seen <= last->end);
}

OpenClass ClassOf(model::Severity s) {
  return s == model::Severity::kInfo ? OpenClass::kNone : static_cast<OpenClass>(s);
}

OpenClass Lower(OpenClass c) {
  if (c == OpenClass::kNone || c == OpenClass::kLow) return c;
  return static_cast<OpenClass>(static_cast<uint8_t>(c) - 1);
}

bool IsCurrent(const Episode& episode, Instant now) {
  return episode.open || now - StartOfMinute(episode.last) <= limits::kHoldDown;
}

bool AcknowledgementHolds(const std::optional<Acknowledgement>& ack,
                          const std::optional<Episode>& episode, Instant now) {
  if (!ack || !episode || now < ack->at || !IsCurrent(*episode, now)) return false;
  if (ack->until && now >= *ack->until) return false;
  return episode->first <= MinuteOf(ack->at);
}

struct Due {
  Instant now;
  std::optional<Instant> next;
  void At(Instant t) {
    if (t > now) KeepMin(&next, t);
  }
};

}  // namespace

std::string_view LifeStateName(LifeState s) {
  switch (s) {
    case LifeState::kOpen: return "open";
    case LifeState::kActive: return "active";
    case LifeState::kQuiet: return "quiet";
    case LifeState::kResolved: return "resolved";
    case LifeState::kAssumedEnded: return "assumed_ended";
  }
  return "quiet";
}

std::string_view OpenClassName(OpenClass c) {
  return c == OpenClass::kNone ? "none" : model::SeverityName(static_cast<model::Severity>(c));
}

std::optional<Instant> FirstSeen(const IncidentState& state) {
  std::optional<Instant> first = state.first_point;
  if (state.frozen_first) KeepMin(&first, *state.frozen_first);
  ForEachSetContribution(state, [&](const Contribution& c) { KeepMin(&first, c.time); });
  return first;
}

std::optional<Instant> LastSeen(const IncidentState& state) {
  std::optional<Instant> last = state.last_point;
  ForEachSetContribution(state, [&](const Contribution& c) { KeepMax(&last, c.time); });
  return last;
}

std::vector<OpenSignal> OpenSignals(const IncidentState& state, Instant now) {
  std::vector<OpenSignal> open;
  for (const Signal& signal : state.signals)
    for (const SignalInterval& interval : IntervalsOf(signal))
      if (interval.start <= now && now < interval.end) open.push_back({signal.id, interval});
  return open;
}

View ViewOf(const IncidentState& state, const Handling& handling, Instant now,
            std::vector<Episode>* all_episodes) {
  View view;
  Due rank{now, {}}, advice{now, {}};
  view.listed = state.IsIncident();
  view.first_seen = FirstSeen(state);
  view.last_seen = LastSeen(state);
  view.log_heat = LogHeat(state);

  for (const Signal& signal : state.signals) {
    for (const SignalInterval& interval : IntervalsOf(signal)) {
      rank.At(interval.start);
      rank.At(interval.end);
      if (!(interval.start <= now && now < interval.end)) continue;
      view.open_level = std::max(view.open_level, ClassOf(interval.worst));
      KeepMin(&view.open_since, interval.start);
      KeepMax(&view.open_until, interval.end);
    }
  }

  std::vector<Episode> episodes = EpisodesOf(state, now);
  if (!episodes.empty()) view.episode = episodes.back();
  view.severity = view.episode ? view.episode->worst : model::Severity::kInfo;

  const bool current = view.episode && IsCurrent(*view.episode, now);
  if (view.open_since) {
    view.life_state = LifeState::kOpen;
  } else if (IsResolved(state)) {
    view.life_state = LifeState::kResolved;
  } else if (current) {
    view.life_state = LifeState::kActive;
  } else if (IsAssumedEnded(state, view.last_seen)) {
    view.life_state = LifeState::kAssumedEnded;
  }

  view.acknowledged = AcknowledgementHolds(handling.acknowledgement, view.episode, now);
  view.open_class = view.acknowledged ? Lower(view.open_level) : view.open_level;
  for (const Silence& silence : handling.silences) {
    rank.At(silence.starts_at);
    rank.At(silence.ends_at);
    if (!silence.ActiveAt(now)) continue;
    (silence.kind == Silence::Kind::kMaintenance ? view.maintenance : view.silenced) = true;
  }
  if (view.acknowledged && handling.acknowledgement->until)
    rank.At(*handling.acknowledgement->until);
  if (view.life_state == LifeState::kActive && view.listed)
    advice.At(StartOfMinute(view.episode->last) + limits::kHoldDown + 1ns);
  if (view.life_state == LifeState::kOpen && model::IsHighSeverity(view.severity))
    advice.At(StartOfDay(DayOf(now) + 1));
  view.next_due = rank.next;
  view.next_advice_due = advice.next;
  if (all_episodes != nullptr) *all_episodes = std::move(episodes);
  return view;
}

}  // namespace srehub::aggregate
