#include "store/oracle_history.h"

#include <algorithm>
#include <set>
#include <tuple>

namespace srehub::store::oracle {
namespace {

using model::Event;
using model::Phase;
using model::Severity;

// What is kept of an incident outlives its events by this much.
constexpr Duration kForgottenAfter = 3 * kDay;

enum class Role : uint8_t { kNone, kPoint, kObservation, kRun, kSignal, kPlainClosing };

Role RoleOf(const Touch& touch) {
  const Event& e = *touch.event;
  if (e.deploy) return Role::kRun;
  if (touch.closing) return e.signal.empty() ? Role::kPlainClosing : Role::kSignal;
  if (e.phase == Phase::kPoint) return e.series.empty() ? Role::kPoint : Role::kObservation;
  if (e.phase == Phase::kResolved && !e.closes.empty()) return Role::kNone;
  if (!e.signal.empty()) return Role::kSignal;
  if (e.phase == Phase::kResolved) return Role::kPlainClosing;  // of its own type
  return e.phase == Phase::kFiring ? Role::kPoint : Role::kNone;
}

std::vector<Touch> NewestGeneration(std::vector<Touch> touches, Duration retention) {
  std::sort(touches.begin(), touches.end(), [](const Touch& a, const Touch& b) {
    return std::tie(a.event->timestamp, a.event->event_id) <
           std::tie(b.event->timestamp, b.event->event_id);
  });
  size_t first = 0;
  for (size_t i = 1; i < touches.size(); ++i) {
    const Duration gap = touches[i].event->timestamp - touches[i - 1].event->timestamp;
    if (gap > retention + kForgottenAfter) first = i;
  }
  touches.erase(touches.begin(), touches.begin() + static_cast<std::ptrdiff_t>(first));
  return touches;
}

// --- Series --------------------------------------------------------------------------------

struct Observation {
  Instant time{}, start{};
  Severity severity = Severity::kInfo;
};

void AddSeries(const std::vector<Touch>& touches, History* history) {
  std::map<std::string, std::map<int64_t, Observation>> series;  // by id, then count
  for (const Touch& touch : touches) {
    if (RoleOf(touch) != Role::kObservation) continue;
    const Event& e = *touch.event;
    const Observation seen{e.timestamp, e.series_start.value_or(e.timestamp), e.severity};
    const auto [entry, added] =
        series[e.series].emplace(std::max<int64_t>(e.series_count, 1), seen);
    if (added) continue;
    Observation& kept = entry->second;
    if (std::tie(seen.time, seen.start, seen.severity) <
        std::tie(kept.time, kept.start, kept.severity)) {
      kept = seen;
    }
  }
  for (const auto& [id, observations] : series) {
    int64_t previous = 0;
    for (const auto& [count, seen] : observations) {
      if (previous == 0) {
        history->occurrences.push_back({seen.start, seen.severity, "", 1});
        previous = 1;
      }
      if (count > previous) {
        history->occurrences.push_back(
            {seen.time, seen.severity, "", static_cast<uint64_t>(count - previous)});
      }
      previous = count;
    }
  }
}

// --- Runs ----------------------------------------------------------------------------------

using CommitKey = std::tuple<std::string, std::string, std::string>;

std::optional<CommitKey> CommitOf(const Event& e) {
  if (e.deploy->sha.empty()) return std::nullopt;
  return CommitKey(e.deploy->repository, e.deploy->sha, e.deploy->environment);
}

// What makes two statements speak of one run: a run id, else the commit, else nothing.
using RunKey = std::tuple<int, std::string, CommitKey, Instant, uint64_t>;

RunKey KeyOfRun(const Event& e, const std::map<CommitKey, std::string>& run_of_commit) {
  if (!e.deploy->run.empty()) return {0, model::DeployId(*e.deploy), {}, {}, 0};
  if (const auto commit = CommitOf(e)) {
    const auto run = run_of_commit.find(*commit);
    if (run != run_of_commit.end()) return {0, run->second, {}, {}, 0};
    return {1, "", *commit, {}, 0};
  }
  return {2, "", {}, e.timestamp, e.event_id};
}

void AddRuns(const std::vector<Touch>& touches, History* history) {
  std::map<CommitKey, std::string> run_of_commit;  // the smallest run that names the commit
  for (const Touch& touch : touches) {
    if (RoleOf(touch) != Role::kRun || touch.event->deploy->run.empty()) continue;
    const auto commit = CommitOf(*touch.event);
    if (!commit) continue;
    const std::string run = model::DeployId(*touch.event->deploy);
    const auto [entry, added] = run_of_commit.emplace(*commit, run);
    if (!added) entry->second = std::min(entry->second, run);
  }
  std::map<RunKey, std::vector<Touch>> runs;
  for (const Touch& touch : touches) {
    if (RoleOf(touch) == Role::kRun) {
      runs[KeyOfRun(*touch.event, run_of_commit)].push_back(touch);
    }
  }
  for (const auto& [key, statements] : runs) {
    std::set<std::string> environments;
    std::optional<std::pair<Instant, Severity>> occurred;
    std::optional<Instant> closed;
    for (const Touch& touch : statements) {
      const Event& e = *touch.event;
      if (!e.deploy->environment.empty()) environments.insert(e.deploy->environment);
      if (touch.closing) {
        if (!closed || e.timestamp > *closed) closed = e.timestamp;
      } else if (const std::pair at(e.timestamp, e.severity); !occurred || at < *occurred) {
        occurred = at;
      }
    }
    const std::string scope = environments.empty() ? "" : *environments.begin();
    if (occurred) history->occurrences.push_back({occurred->first, occurred->second, scope, 1});
    if (closed) history->resolutions.push_back({*closed, scope});
  }
}

// --- Signals and the rest ------------------------------------------------------------------

void AddSignals(const std::vector<Touch>& touches, History* history) {
  std::map<std::string, std::vector<SignalStatement>> signals;
  for (const Touch& touch : touches) {
    if (RoleOf(touch) != Role::kSignal) continue;
    const Event& e = *touch.event;
    const Phase phase = touch.closing ? Phase::kResolved : e.phase;
    signals[e.signal].push_back({e.timestamp, phase, e.severity, e.starts_at, e.expires_at});
  }
  for (auto& [id, statements] : signals) {
    const SignalHistory signal = HistoryOfSignal(std::move(statements));
    for (const Interval& i : signal.intervals) {
      history->occurrences.push_back({i.start, i.opening, "", 1});
    }
    for (const Instant time : signal.resolutions) history->resolutions.push_back({time, ""});
    history->signals[id] = signal.intervals;
  }
}

void AddPoints(const std::vector<Touch>& touches, History* history) {
  for (const Touch& touch : touches) {
    const Event& e = *touch.event;
    const Role role = RoleOf(touch);
    if (role == Role::kPoint) history->occurrences.push_back({e.timestamp, e.severity, "", 1});
    if (role == Role::kPlainClosing) history->resolutions.push_back({e.timestamp, ""});
  }
}

}  // namespace

std::optional<Instant> History::FirstSeen() const {
  if (occurrences.empty()) return std::nullopt;
  return occurrences.front().time;
}

std::optional<Instant> History::LastSeen() const {
  if (occurrences.empty()) return std::nullopt;
  return occurrences.back().time;
}

Counts History::Totals() const {
  Counts totals{};
  for (const Occurrence& o : occurrences) totals[model::SeverityIndex(o.severity)] += o.count;
  return totals;
}

std::map<Minute, Counts> History::Minutes() const {
  std::map<Minute, Counts> minutes;
  for (const Occurrence& o : occurrences) {
    minutes[MinuteOf(o.time)][model::SeverityIndex(o.severity)] += o.count;
  }
  return minutes;
}

std::vector<Interval> History::AllIntervals() const {
  std::vector<Interval> all;
  for (const auto& [id, intervals] : signals) {
    all.insert(all.end(), intervals.begin(), intervals.end());
  }
  return all;
}

History HistoryOf(std::vector<Touch> touches, Duration retention) {
  touches = NewestGeneration(std::move(touches), retention);
  History history;
  AddPoints(touches, &history);
  AddSeries(touches, &history);
  AddRuns(touches, &history);
  AddSignals(touches, &history);
  std::sort(history.occurrences.begin(), history.occurrences.end(),
            [](const Occurrence& a, const Occurrence& b) {
              return std::tie(a.time, a.severity, a.scope, a.count) <
                     std::tie(b.time, b.severity, b.scope, b.count);
            });
  std::sort(history.resolutions.begin(), history.resolutions.end(),
            [](const Resolution& a, const Resolution& b) {
              return std::tie(a.time, a.scope) < std::tie(b.time, b.scope);
            });
  return history;
}

}  // namespace srehub::store::oracle
