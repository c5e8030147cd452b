// Episodes: maximal runs of active minutes whose starts are at most the hold-down apart. A minute
// is active when it has an occurrence at or above low or a signal fires in it. Union of
// intervals: order-free.
#pragma once

#include <optional>
#include <vector>

#include "base/time.h"
#include "model/severity.h"

namespace srehub::aggregate {

struct IncidentState;

struct Episode {
  Minute first = 0, last = 0;  // active minutes, inclusive
  model::Severity worst = model::Severity::kLow;
  std::optional<Minute> first_high;  // first minute at or above high
  bool open = false;                 // a signal still fires at `now`
  bool operator==(const Episode&) const = default;
};

// Ascending. Signals that fire beyond `now` are cut at `now`; minutes ahead of now (clock skew)
// count as they are.
std::vector<Episode> EpisodesOf(const IncidentState& state, Instant now);

}  // namespace srehub::aggregate
