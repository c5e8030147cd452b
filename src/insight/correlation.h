// Q4: which errors belong to a deploy. A tested claim: counts before and after, an exact test, and
// "not enough data" where that is the truth. Related errors with evidence, never a root cause.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "insight/answer.h"
#include "insight/context.h"
#include "insight/deploy_verdict.h"
#include "model/deploy.h"

namespace srehub::insight {

struct CorrelationQuery {
  std::string run;          // a run's id at its system, or a whole deployId
  std::string service;      // or a service: its latest failed deploy, else its latest
  std::string environment;  // keeps the deploys of this environment
  WindowSpec window;        // default: [start - 15 min, end + 30 min]; `at`: as of then
  bool exact = false;       // no siblings
  // Only the verdicts are wanted: other services and their deploys are read no further than these
  // need, and are not listed.
  bool verdicts_only = false;
};

// One event type of the service or of a sibling.
struct CorrelatedType {
  std::string service_id, event_type, incident_id;
  bool inferred = false;                              // of a sibling
  model::Severity severity = model::Severity::kInfo;  // worst in the window
  TypeVerdict verdict;                                // counts, ratio, p, q, verdict and reason
  uint64_t window_count = 0;                          // occurrences in the answer's window
  std::optional<Instant> first_in_window;
  std::optional<Duration> first_offset;  // relative to the deploy: negative is before
  std::string offset_from;               // "start" or "end"
  std::string sample_title, sample_trace_id, sample_event;  // event: its sort key
};

// High-severity incidents of services that share no name with the deploy's.
struct ElsewhereRow {
  std::string service_id, event_type, incident_id;
  model::Severity severity = model::Severity::kHigh;
  Instant first{}, last{};  // minutes of the episode in the window
  uint64_t count = 0;
  Duration first_offset{};
  bool node = false;  // a node's
};

struct CorrelationAnswer {
  AnswerHead head;
  model::Deploy deploy;
  std::optional<model::Deploy> previous_good;
  std::vector<model::Deploy> other_deploys;  // in the window: retries, rollbacks, other services
  std::vector<std::string> siblings;
  Window effect{};                    // what the test counts as after: [after, up_to)
  DeployVerdict verdict;              // of the whole
  std::vector<CorrelatedType> types;  // likely caused first
  std::vector<ElsewhereRow> elsewhere;
};

// Errors: kNotFound (no such run, service or deploy), kConflict (a bare run id that several
// systems use, with the candidates), kInvalidArgument (neither or both of run and service).
Result<CorrelationAnswer> Correlation(const Context& context, const CorrelationQuery& query);
std::string ToJson(const CorrelationAnswer& answer);

}  // namespace srehub::insight
