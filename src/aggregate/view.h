// Everything that is read off an IncidentState at an instant: state, level, heat, score with its
// terms, and when any of it changes without an event. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aggregate/episodes.h"
#include "aggregate/handling.h"
#include "aggregate/incident_state.h"
#include "base/time.h"
#include "model/severity.h"

namespace srehub::aggregate {

enum class LifeState : uint8_t { kOpen = 1, kActive, kQuiet, kResolved, kAssumedEnded };
std::string_view LifeStateName(LifeState s);  // open, active, quiet, resolved, assumed_ended

// The worst level still firing, after acknowledgement. Index partition of by_heat.
enum class OpenClass : uint8_t { kNone = 0, kLow = 2, kMedium = 3, kHigh = 4, kCritical = 5 };
std::string_view OpenClassName(OpenClass c);  // none, low, medium, high, critical
inline constexpr OpenClass kOpenClasses[] = {OpenClass::kCritical, OpenClass::kHigh,
                                             OpenClass::kMedium, OpenClass::kLow, OpenClass::kNone};

// One named addend of the score, severity by severity. The shown score is the sum of the shown
// terms to 10^-3.
struct ScoreTerm {
  std::string name;  // "heat high", "open critical"
  double value = 0;
  model::Severity severity = model::Severity::kInfo;
  uint64_t occurrences = 0;  // in the 3 h up to lastSeen
  double usual_per_minute = 0;
  bool novel = false;  // counted fourfold in its first hour
};

struct Score {
  double heat = 0;
  double open_term = 0;
  double total() const { return heat + open_term; }
  std::vector<ScoreTerm> terms;
};

// Half-life of heat and the open term's constant c = 1 / (1 - 2^(-1/15)).
inline constexpr double kHalfLifeMinutes = 15.0;
inline constexpr double kOpenTermConstant = 22.14427629396399;
inline constexpr Duration kHeatSpan = 3h;  // up to the incident's own lastSeen
double SeverityWeight(model::Severity s);  // 0, 1, 4, 16, 64

// log2 of heat at the landmark 2020-01-01T00:00Z; order by it is order by heat at every instant.
// None: no occurrence weighs anything.
std::optional<double> LogHeat(const IncidentState& state);
double HeatAt(double log_heat, Instant now);
double OpenTerm(OpenClass c);

// Where an incident stands inside its open class: log2 of heat at the landmark in steps of 2^-30
// (a relative step of 6e-10), so that equal histories are equal whatever the order of summation.
int64_t HeatRankOf(const std::optional<double>& log_heat);
inline constexpr int64_t kNoHeatRank = INT64_MIN / 2;  // no occurrence weighs anything
// The score as it is ranked: the heat of that step at `now`, and the open term.
double RankedScore(OpenClass c, int64_t heat_rank, Instant now);

Score ScoreOf(const IncidentState& state, OpenClass open_class, Instant now);

struct View {
  LifeState life_state = LifeState::kQuiet;
  OpenClass open_class = OpenClass::kNone;            // after acknowledgement
  OpenClass open_level = OpenClass::kNone;            // before it
  std::optional<Instant> open_since;                  // start of the earliest interval that is open
  std::optional<Instant> open_until;                  // greatest expiry of the open ones
  model::Severity severity = model::Severity::kInfo;  // worst of the current, else last, episode
  std::optional<Episode> episode;                     // the last one
  std::optional<Instant> first_seen, last_seen;       // of occurrences
  bool acknowledged = false, silenced = false, maintenance = false;
  bool Ranked() const {
    return life_state != LifeState::kResolved && !silenced && !maintenance && listed;
  }
  bool listed = false;  // an incident at all (not info only)
  std::optional<double> log_heat;
  // The next instants > now at which, without an event, the rank changes (class or presence), and
  // at which only the advice does (active turns quiet, a day turns while open).
  std::optional<Instant> next_due, next_advice_due;
};
// `episodes`, where given, takes EpisodesOf(state, now), which the view is derived from.
View ViewOf(const IncidentState& state, const Handling& handling, Instant now,
            std::vector<Episode>* episodes = nullptr);

std::optional<Instant> FirstSeen(const IncidentState& state);
std::optional<Instant> LastSeen(const IncidentState& state);
// Signals that fire at `now`, with their interval.
struct OpenSignal {
  std::string id;
  SignalInterval interval;
};
std::vector<OpenSignal> OpenSignals(const IncidentState& state, Instant now);

}  // namespace srehub::aggregate
