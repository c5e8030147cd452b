// IncidentState ⊕ events. Order-free: folding any permutation of a set of distinct events, in any
// split into batches, gives the same content.
#pragma once

#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "aggregate/incident_state.h"
#include "base/limits.h"
#include "base/result.h"
#include "model/event.h"

namespace srehub::aggregate {

// The event types whose incident an event touches: its own, and the one it closes.
struct Target {
  std::string_view event_type;
  bool closing = false;  // touched through `closes`
};
std::vector<Target> TargetsOf(const model::Event& event);

struct FoldSettings {
  Duration retention = limits::kDefaultRetention;  // the longest of all severities
  // A mutant that the order tests must catch: statements stand in the order of arrival.
  bool mutant_arrival_order = false;
};

struct FoldResult {
  // Hour items to write, absolute; an empty block deletes the item.
  std::map<Hour, HourBlock> hours;
};

// Reads one hour item below `state.recent_floor`; empty when there is none.
using HourLoader = std::function<Result<HourBlock>(Hour)>;

// `events`: new (deduplicated) events that touch this incident, any order. On an error `state` is
// unspecified: drop it.
Result<FoldResult> Fold(IncidentState* state, std::span<const model::Event* const> events,
                        const FoldSettings& settings, const HourLoader& load_hour);

}  // namespace srehub::aggregate
