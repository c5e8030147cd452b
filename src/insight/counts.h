// Occurrences of one incident by minute, wherever the minutes live.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "aggregate/incident_state.h"
#include "insight/session.h"

namespace srehub::insight {

// Minute counters of [first, last], both inclusive; one entry per minute, oldest first. Reads only
// hours that have something. At most kMaxMinutes.
inline constexpr int64_t kMaxMinutes = 8 * 24 * 60;
Result<std::vector<aggregate::Counts>> MinuteCounts(Session* session,
                                                    const aggregate::IncidentState& state,
                                                    Minute first, Minute last);

// Occurrences at or above low of [first, last]; whole hours come from the state's hourly totals.
Result<uint64_t> CountBetween(Session* session, const aggregate::IncidentState& state, Minute first,
                              Minute last);

// The first minute of [first, last] with an occurrence at or above low.
Result<std::optional<Minute>> FirstActiveMinute(Session* session,
                                                const aggregate::IncidentState& state, Minute first,
                                                Minute last);

}  // namespace srehub::insight
