// An incident as it was at an earlier instant, from what is stored now. Pure.
#pragma once

#include <functional>

#include "aggregate/incident_state.h"
#include "base/result.h"

namespace srehub::insight {

// What the incident's state would have been had nothing after `at` happened. Counters are cut at
// whole minutes, so the newest occurrence is known to the minute where minutes were cut. A
// resolution or a resend after `at` is forgotten; how long a signal was then expected to fire is
// not stored, so its later expiry stands. An occurrence that a later report placed before `at`
// counts: it had happened. `load_hour` reads an hour below `state.recent_floor`. A state with no
// occurrence left has no totals.
Result<aggregate::IncidentState> StateAsOf(
    const aggregate::IncidentState& state, Instant at,
    const std::function<Result<aggregate::HourBlock>(Hour)>& load_hour);

}  // namespace srehub::insight
