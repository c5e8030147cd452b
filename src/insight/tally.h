// Q5: how many high-severity incidents were recorded today. An incident recorded is an episode
// that first became high or critical in the day.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "insight/answer.h"
#include "insight/context.h"
#include "model/severity.h"

namespace srehub::insight {

struct TallyQuery {
  std::string tz;                           // IANA name or +05:45; empty: the configured zone
  std::optional<Instant> at;                // the day that holds this instant, as known up to it
  std::string day;                          // "2025-08-26" in that zone: the whole day
  std::optional<model::Severity> severity;  // only this one of high and critical
};

struct TallyRow {
  std::string incident_id, service_id, event_type;
  model::Severity severity = model::Severity::kHigh;  // the episode's worst
  Instant first_high{};
  bool open = false;
};

// A day of comparison.
struct TallyDay {
  std::string day;            // local date
  uint64_t by_this_time = 0;  // recorded from midnight to the same time of day
  uint64_t this_hour = 0;     // recorded in the same hour of the clock
  uint64_t whole_day = 0;
};

struct TallyAnswer {
  AnswerHead head;         // window: (from, min(to, now)]
  std::string day;         // local date
  Instant from{}, to{};    // the day's instants: [from, to)
  std::string definition;  // one line
  uint64_t count = 0;
  uint64_t high = 0, critical = 0;
  std::vector<std::pair<std::string, uint64_t>> by_service;  // most first, then by name
  uint64_t carried_over = 0;              // high since an earlier day and still going in this one
  uint64_t this_hour = 0;                 // recorded in the current hour of the clock
  std::vector<TallyDay> last_days;        // the 7 before, newest first
  std::vector<TallyRow> incidents;        // newest first, at most 500
  std::vector<std::string> late_sources;  // feeds whose lateness reaches into an earlier day
};

// Errors: kInvalidArgument (zone, day, severity below high).
Result<TallyAnswer> Tally(const Context& context, const TallyQuery& query);
std::string ToJson(const TallyAnswer& answer);

}  // namespace srehub::insight
