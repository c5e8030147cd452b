// Facts about an incident, and which causes of a playbook they speak for. Pure: whoever reads the
// tables hands the facts in.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "model/deploy.h"
#include "model/recommendation.h"
#include "model/severity.h"
#include "playbook/library.h"
#include "playbook/placeholders.h"

namespace srehub::playbook {

// An event type that was active near the incident.
struct SeenType {
  enum class Where : uint8_t { kService = 1, kUpstream, kNode };
  Where where = Where::kService;
  std::string service_id, event_type;
  Instant first{}, last{};  // of its last episode
  bool open = false;        // open or active now
};

// What is thought of a deploy near the incident's start.
enum class Suspicion : uint8_t { kNone = 1, kPossible, kLikely };

struct DeployFact {
  model::Deploy deploy;
  Instant time{};  // its start, else its first statement
  Suspicion suspicion = Suspicion::kPossible;
  std::string reason;         // why likely, or why not: one sentence
  std::string previous_good;  // version, sha or run to go back to; empty: unknown
};

// How an action did before, as learnt from the outcomes.
struct PastOutcome {
  std::string action_id;  // "<playbook>/<action>"
  int32_t helped = 0, tried = 0;
  bool recently_failed = false;
  std::string text;  // "helped 7 of 9 (45-94 %); quiet by itself 2 of 5"
};

struct IncidentFacts {
  std::string service_id, event_type, incident_id;
  model::Severity severity = model::Severity::kInfo;
  std::string state;  // open, active
  Instant since{};    // start of the episode
  Instant now{};
  std::string title;  // what the first event of the episode says
  std::string event;  // its sort key
  uint64_t count_1h = 0;
  size_t objects = 0;
  std::vector<std::string> messages;
  Values details;  // by name, as the sender wrote it; numbers as text
  Values placeholders;
  std::vector<SeenType> seen;       // other types, here, upstream and on nodes
  std::vector<DeployFact> deploys;  // newest first
  std::vector<PastOutcome> outcomes;
};

struct FoundTell {
  size_t cause = 0;  // index into Playbook::causes
  std::vector<model::Evidence> evidence;
};

// The evidence for one tell, or none when a condition does not hold.
std::optional<std::vector<model::Evidence>> Match(const Tell& tell, const IncidentFacts& facts);

// Every cause whose tell is there, in the order of the causes.
std::vector<FoundTell> FindTells(const Playbook& playbook, const IncidentFacts& facts);

}  // namespace srehub::playbook
