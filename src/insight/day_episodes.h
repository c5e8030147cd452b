// High-severity episodes of a stretch of time, from the rows by day. Used by the tally and by
// "what else happened" around a deploy.
#pragma once

#include <string>
#include <vector>

#include "aggregate/episodes.h"
#include "insight/session.h"

namespace srehub::insight {

struct DayEpisode {
  std::string incident_id;
  aggregate::Episode episode;
};

// Episodes with a high minute that are active in [from, to), each once. Rows say what was true
// when they were last derived; an incident whose newest episode may have moved since (a signal
// still open then, or as of an earlier instant) is derived again from its state. Reads grow with
// the high incidents of those days.
Result<std::vector<DayEpisode>> ReadEpisodes(Session* session, Instant from, Instant to);

}  // namespace srehub::insight
