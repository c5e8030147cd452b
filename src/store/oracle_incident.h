// The oracle's verdict about one incident at an instant: episodes, state, level, score. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "model/severity.h"
#include "store/oracle_history.h"

namespace srehub::store::oracle {

struct Acknowledgement {
  Instant at{};
  std::optional<Instant> until;
};

enum class State : uint8_t { kOpen = 1, kActive, kQuiet, kResolved, kAssumedEnded };
std::string_view StateName(State state);  // open, active, quiet, resolved, assumed_ended

struct Episode {
  Minute first = 0, last = 0;  // active minutes, inclusive
  model::Severity worst = model::Severity::kInfo;
  std::optional<Minute> first_high;
  bool open = false;
  bool operator==(const Episode&) const = default;
};

struct Incident {
  std::string service_id, event_type;
  History history;
  std::optional<Instant> first_seen, last_seen;
  Counts totals{};
  std::vector<Episode> episodes;  // ascending
  State state = State::kQuiet;
  bool acknowledged = false;
  std::optional<model::Severity> open_level;       // worst signal that fires; none: none does
  std::optional<model::Severity> effective_level;  // after acknowledgement
  double heat = 0, open_term = 0, score = 0;
  bool listed = false;    // something at or above low ever occurred
  bool silenced = false;  // set by Oracle::At, as the names above and `ranked`
  bool ranked = false;    // listed, not resolved, not silenced
};

std::vector<Episode> EpisodesOf(const History& history, Instant now);

// Over the minutes of the three hours up to lastSeen; never accumulated.
double HeatOf(const History& history, Instant now);
double OpenTermOf(std::optional<model::Severity> level);

Incident Judge(History history, const std::optional<Acknowledgement>& acknowledgement, Instant now);

}  // namespace srehub::store::oracle
