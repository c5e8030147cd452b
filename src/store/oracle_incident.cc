#include "store/oracle_incident.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "base/limits.h"

namespace srehub::store::oracle {
namespace {

using model::Severity;

constexpr Minute kHoldDownMinutes = limits::kHoldDown / Duration(1min);

bool FiresAt(const Interval& interval, Instant now) {
  return interval.start <= now && now < interval.end;
}

// A stretch of active minutes, inclusive, and what made it so.
struct Span {
  Minute first = 0, last = 0;
  Severity worst = Severity::kInfo;
  std::optional<Minute> first_high;
  bool open = false;
};

std::vector<Span> ActiveSpans(const History& history, Instant now) {
  std::vector<Span> spans;
  for (const Occurrence& o : history.occurrences) {
    if (o.severity < Severity::kLow) continue;
    const Minute minute = MinuteOf(o.time);
    Span span{minute, minute, o.severity, std::nullopt, false};
    if (model::IsHighSeverity(o.severity)) span.first_high = minute;
    spans.push_back(span);
  }
  for (const Interval& i : history.AllIntervals()) {
    const Minute first = MinuteOf(i.start);
    const Minute last = MinuteOf(std::min(i.end, now) - 1ns);
    Span span{first, std::max(first, last), i.worst, std::nullopt, FiresAt(i, now)};
    if (i.first_high) span.first_high = MinuteOf(*i.first_high);
    spans.push_back(span);
  }
  std::sort(spans.begin(), spans.end(), [](const Span& a, const Span& b) {
    return std::tie(a.first, a.last) < std::tie(b.first, b.last);
  });
  return spans;
}

std::optional<Instant> Newest(const std::vector<Instant>& times) {
  if (times.empty()) return std::nullopt;
  return *std::max_element(times.begin(), times.end());
}

// In every scope that has occurrences, a resolution is at or after all of them.
bool IsResolved(const History& history) {
  std::map<std::string, std::pair<std::vector<Instant>, std::vector<Instant>>> scopes;
  for (const Occurrence& o : history.occurrences) scopes[o.scope].first.push_back(o.time);
  for (const Resolution& r : history.resolutions) scopes[r.scope].second.push_back(r.time);
  for (const auto& [scope, times] : scopes) {
    const auto occurred = Newest(times.first);
    const auto resolved = Newest(times.second);
    if (occurred && (!resolved || *resolved < *occurred)) return false;
  }
  return !history.occurrences.empty();
}

bool EndIsAssumed(const History& history) {
  const std::vector<Interval> all = history.AllIntervals();
  if (all.empty()) return false;
  const auto last =
      std::max_element(all.begin(), all.end(), [](const Interval& a, const Interval& b) {
        return std::tuple(a.end, !a.assumed) < std::tuple(b.end, !b.assumed);
      });
  return last->assumed && *history.LastSeen() <= last->end;
}

// The episode is on, or ended so lately that what comes next would still belong to it.
bool IsCurrent(const Episode& episode, Instant now) {
  return episode.open || now - StartOfMinute(episode.last) <= limits::kHoldDown;
}

State StateOf(const History& history, const std::vector<Episode>& episodes, Instant now) {
  for (const Interval& i : history.AllIntervals()) {
    if (FiresAt(i, now)) return State::kOpen;
  }
  if (IsResolved(history)) return State::kResolved;
  if (!episodes.empty() && now - StartOfMinute(episodes.back().last) <= limits::kHoldDown) {
    return State::kActive;
  }
  return EndIsAssumed(history) ? State::kAssumedEnded : State::kQuiet;
}

bool HoldsAt(const Acknowledgement& ack, const std::vector<Episode>& episodes, Instant now) {
  if (episodes.empty() || ack.at > now || (ack.until && now >= *ack.until)) return false;
  const Episode& last = episodes.back();
  return last.first <= MinuteOf(ack.at) && IsCurrent(last, now);
}

Severity OneLower(Severity level) {
  return level <= Severity::kLow ? level : static_cast<Severity>(static_cast<int>(level) - 1);
}

}  // namespace

std::string_view StateName(State state) {
  switch (state) {
    case State::kOpen: return "open";
    case State::kActive: return "active";
    case State::kQuiet: return "quiet";
    case State::kResolved: return "resolved";
    case State::kAssumedEnded: return "assumed_ended";
  }
  return "";
}

std::vector<Episode> EpisodesOf(const History& history, Instant now) {
  std::vector<Episode> episodes;
  for (const Span& span : ActiveSpans(history, now)) {
    if (episodes.empty() || span.first - episodes.back().last > kHoldDownMinutes) {
      episodes.push_back({span.first, span.last, span.worst, span.first_high, span.open});
      continue;
    }
    Episode& episode = episodes.back();
    episode.last = std::max(episode.last, span.last);
    episode.worst = std::max(episode.worst, span.worst);
    episode.open = episode.open || span.open;
    if (span.first_high) {
      episode.first_high =
          std::min(episode.first_high.value_or(*span.first_high), *span.first_high);
    }
  }
  return episodes;
}

Incident Judge(History history, const std::optional<Acknowledgement>& acknowledgement,
               Instant now) {
  Incident out;
  out.first_seen = history.FirstSeen();
  out.last_seen = history.LastSeen();
  out.totals = history.Totals();
  out.episodes = EpisodesOf(history, now);
  out.state = StateOf(history, out.episodes, now);
  out.acknowledged = acknowledgement && HoldsAt(*acknowledgement, out.episodes, now);
  for (const Interval& i : history.AllIntervals()) {
    if (FiresAt(i, now)) out.open_level = std::max(out.open_level.value_or(i.worst), i.worst);
  }
  out.effective_level = out.open_level;
  if (out.open_level && out.acknowledged) out.effective_level = OneLower(*out.open_level);
  out.heat = HeatOf(history, now);
  out.open_term = OpenTermOf(out.effective_level);
  out.score = out.heat + out.open_term;
  out.listed = std::any_of(history.occurrences.begin(), history.occurrences.end(),
                           [](const Occurrence& o) { return o.severity >= Severity::kLow; });
  out.history = std::move(history);
  return out;
}

}  // namespace srehub::store::oracle
