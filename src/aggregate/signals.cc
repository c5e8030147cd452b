// Signals: from everything heard about one, to the stretches in which it fires.
#include <algorithm>

#include "aggregate/incident_state.h"
#include "base/limits.h"

namespace srehub::aggregate {

namespace {

// A resend received later than this after a resolution undoes it.
constexpr Duration kResolutionFinalAfter = 10min;

bool ResolutionInForce(const Life& life) {
  return life.resolved_at &&
         !(life.last_refresh && *life.last_refresh > *life.resolved_at + kResolutionFinalAfter);
}

SignalInterval IntervalOf(const Life& life) {
  SignalInterval interval;
  interval.start = life.starts_at;
  if (ResolutionInForce(life)) {
    interval.end = *life.resolved_at;
  } else {
    interval.end = life.expires_at.value_or(life.starts_at + limits::kExpireAfter);
    interval.assumed = true;
  }
  interval.end = std::max(interval.end, life.starts_at);
  interval.opening_severity = interval.worst = life.severity;
  if (model::IsHighSeverity(life.severity)) interval.first_high = life.starts_at;
  return interval;
}

void AppendLives(const std::vector<Life>& lives, std::vector<SignalInterval>* out) {
  for (const Life& life : lives) {
    SignalInterval next = IntervalOf(life);
    if (out->empty() || next.start > out->back().end) {
      out->push_back(next);
      continue;
    }
    SignalInterval& current = out->back();
    if (next.end > current.end) {
      current.end = next.end;
      current.assumed = next.assumed;
    } else if (next.end == current.end) {
      current.assumed = current.assumed && next.assumed;
    }
    current.worst = std::max(current.worst, next.worst);
    if (!current.first_high) current.first_high = next.first_high;
  }
}

void AppendTransitions(const std::vector<Statement>& statements, std::vector<SignalInterval>* out) {
  std::optional<SignalInterval> open;
  Instant expiry{};
  for (const Statement& s : statements) {
    if (open && s.time >= expiry) {
      open->end = expiry;
      open->assumed = true;
      out->push_back(*open);
      open.reset();
    }
    if (s.phase == model::Phase::kResolved) {
      if (!open) continue;
      open->end = s.time;
      out->push_back(*open);
      open.reset();
      continue;
    }
    const bool firing = s.phase == model::Phase::kFiring;
    if (!open) {
      if (!firing) continue;
      open.emplace();
      open->start = s.time;
      open->opening_severity = open->worst = s.severity;
      expiry = s.expires_at;
    }
    expiry = std::max(expiry, s.expires_at);
    if (firing) {
      open->worst = std::max(open->worst, s.severity);
      if (!open->first_high && model::IsHighSeverity(s.severity)) open->first_high = s.time;
    }
  }
  if (open) {
    open->end = expiry;
    open->assumed = true;
    out->push_back(*open);
  }
}

}  // namespace

std::vector<SignalInterval> IntervalsOf(const Signal& signal) {
  std::vector<SignalInterval> out;
  AppendLives(signal.lives, &out);
  AppendTransitions(signal.statements, &out);
  return out;
}

std::vector<Contribution> ContributionsOf(const Signal& signal) {
  std::vector<Contribution> out;
  for (const SignalInterval& interval : IntervalsOf(signal))
    out.push_back({interval.start, interval.opening_severity, 1, {}});
  return out;
}

std::optional<Instant> LastResolutionOf(const Signal& signal) {
  std::optional<Instant> last;
  const auto consider = [&last](Instant t) {
    if (!last || t > *last) last = t;
  };
  for (const Life& life : signal.lives)
    if (ResolutionInForce(life)) consider(std::max(*life.resolved_at, life.starts_at));
  for (const Statement& s : signal.statements)
    if (s.phase == model::Phase::kResolved) consider(s.time);
  return last;
}

}  // namespace srehub::aggregate
