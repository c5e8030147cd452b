#include "store/oracle_signals.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "base/limits.h"

namespace srehub::store::oracle {
namespace {

using model::Phase;
using model::Severity;

// A resend this long after a resolution shows that the resolution was wrong.
constexpr Duration kResendGrace = 10min;

void KeepEarliest(std::optional<Instant>* kept, std::optional<Instant> other) {
  if (other && (!*kept || *other < **kept)) *kept = other;
}

void KeepLatest(std::optional<Instant>* kept, std::optional<Instant> other) {
  if (other && (!*kept || *other > **kept)) *kept = other;
}

// --- Signals with starts -------------------------------------------------------------------

// Everything heard about one startsAt.
struct Life {
  std::optional<Instant> resolved_at, last_refresh, expires_at;
  Severity severity = Severity::kInfo;
};

std::map<Instant, Life> LivesOf(const std::vector<SignalStatement>& statements) {
  std::map<Instant, Life> lives;
  for (const SignalStatement& s : statements) {
    Life& life = lives[*s.starts_at];
    life.severity = std::max(life.severity, s.severity);
    if (s.phase == Phase::kResolved) {
      KeepLatest(&life.resolved_at, s.time);
      continue;
    }
    if (s.phase == Phase::kRefresh) KeepLatest(&life.last_refresh, s.time);
    KeepLatest(&life.expires_at, s.expires_at);
  }
  return lives;
}

// The life alone, as an interval.
Interval IntervalOf(Instant starts_at, const Life& life) {
  Interval out;
  out.start = starts_at;
  out.opening = out.worst = life.severity;
  if (model::IsHighSeverity(life.severity)) out.first_high = starts_at;
  const bool undone = life.resolved_at && life.last_refresh &&
                      *life.last_refresh > *life.resolved_at + kResendGrace;
  out.assumed = !life.resolved_at || undone;
  out.end =
      out.assumed ? life.expires_at.value_or(starts_at + limits::kExpireAfter) : *life.resolved_at;
  out.end = std::max(out.end, starts_at);
  return out;
}

// Makes `into`, which starts earlier, the union of the two.
void Merge(Interval* into, const Interval& later) {
  into->worst = std::max(into->worst, later.worst);
  KeepEarliest(&into->first_high, later.first_high);
  if (later.end > into->end) {
    into->end = later.end;
    into->assumed = later.assumed;
  } else if (later.end == into->end) {
    into->assumed = into->assumed && later.assumed;
  }
}

SignalHistory HistoryOfStarts(const std::vector<SignalStatement>& statements) {
  SignalHistory out;
  for (const auto& [starts_at, life] : LivesOf(statements)) {
    const Interval interval = IntervalOf(starts_at, life);
    if (!interval.assumed) out.resolutions.push_back(interval.end);
    if (!out.intervals.empty() && interval.start <= out.intervals.back().end) {
      Merge(&out.intervals.back(), interval);
    } else {
      out.intervals.push_back(interval);
    }
  }
  return out;
}

// --- Signals with transitions --------------------------------------------------------------

// At one instant unknown comes before firing, and resolved has the last word.
int OrderAtOneInstant(Phase phase) {
  switch (phase) {
    case Phase::kFiring: return 1;
    case Phase::kResolved: return 2;
    default: return 0;
  }
}

struct Transition {
  Severity severity = Severity::kInfo;
  Instant expires_at{};
};

SignalHistory HistoryOfTransitions(const std::vector<SignalStatement>& statements) {
  std::map<std::pair<Instant, int>, Transition> walk;
  for (const SignalStatement& s : statements) {
    Transition& t = walk[{s.time, OrderAtOneInstant(s.phase)}];
    t.severity = std::max(t.severity, s.severity);
    t.expires_at = std::max(t.expires_at, s.expires_at.value_or(s.time + limits::kExpireAfter));
  }
  SignalHistory out;
  std::optional<Interval> open;  // its end is the expiry as known so far
  const auto close = [&](Instant end, bool assumed) {
    open->end = std::max(end, open->start);
    open->assumed = assumed;
    out.intervals.push_back(*std::exchange(open, std::nullopt));
  };
  for (const auto& [key, t] : walk) {
    const auto [time, order] = key;
    if (open && time >= open->end) close(open->end, true);
    const bool firing = order == OrderAtOneInstant(Phase::kFiring);
    if (order == OrderAtOneInstant(Phase::kResolved)) {
      out.resolutions.push_back(time);
      if (open) close(time, false);
      continue;
    }
    if (!open && !firing) continue;
    if (!open) open = Interval{time, t.expires_at, true, t.severity, Severity::kInfo, {}};
    open->end = std::max(open->end, t.expires_at);
    if (!firing) continue;
    open->worst = std::max(open->worst, t.severity);
    if (model::IsHighSeverity(t.severity)) KeepEarliest(&open->first_high, time);
  }
  if (open) close(open->end, true);
  return out;
}

}  // namespace

SignalHistory HistoryOfSignal(std::vector<SignalStatement> statements) {
  const auto transitions =
      std::stable_partition(statements.begin(), statements.end(),
                            [](const SignalStatement& s) { return s.starts_at.has_value(); });
  SignalHistory out = HistoryOfStarts({statements.begin(), transitions});
  const SignalHistory more = HistoryOfTransitions({transitions, statements.end()});
  out.intervals.insert(out.intervals.end(), more.intervals.begin(), more.intervals.end());
  out.resolutions.insert(out.resolutions.end(), more.resolutions.begin(), more.resolutions.end());
  std::sort(out.resolutions.begin(), out.resolutions.end());
  std::sort(out.intervals.begin(), out.intervals.end(), [](const Interval& a, const Interval& b) {
    return std::tie(a.start, a.end) < std::tie(b.start, b.end);
  });
  return out;
}

}  // namespace srehub::store::oracle
