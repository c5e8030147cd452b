// The one item of a service in service_recommendations: what to do, in order, and why.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "model/severity.h"

namespace srehub::model {

enum class Risk : uint8_t { kReadOnly = 1, kReversible, kDisruptive, kDestructive };
std::string_view RiskName(Risk r);  // read-only, reversible, disruptive, destructive
std::optional<Risk> ParseRisk(std::string_view name);

struct Evidence {
  std::string text;         // one line for people
  std::string incident_id;  // or empty
  std::optional<Instant> time;
  std::string event;  // sort key of the event that shows it, or empty
};

struct ActionStep {
  std::string text;
  std::string command;  // placeholders filled where the value is safe; may be empty
  Risk risk = Risk::kReadOnly;
  std::string expected;
  std::string undo;
};

struct Action {
  std::string id;  // stable: "<playbook>/<action>"
  std::string title;
  std::string why;          // the incident and the evidence in one sentence
  std::string incident_id;  // empty for default checks
  std::vector<Evidence> evidence;
  std::vector<ActionStep> steps;  // read-only first
  Risk risk = Risk::kReadOnly;    // the worst of its steps
  std::string undo;
  std::string playbook;  // id
  int32_t playbook_version = 0;
  std::string link;
  double rank = 0;  // prior x evidence x effect
  // Learnt: how often the type went quiet after it. Zero tries: unknown.
  int32_t helped = 0, tried = 0;
};

struct Recommendations {
  std::string service_id;
  uint64_t version = 0;
  Instant updated_at{};
  std::string summary;                        // one sentence: what is open, or that nothing is
  std::vector<std::string> open_incidents;    // ids in score order
  std::vector<std::string> recent_incidents;  // the last ones, when none is open
  std::vector<Action> actions;
  bool truncated = false;  // capped to the item limit
};

// An action somebody did (or a detected rollback): the start of an outcome.
struct ActionOutcome {
  std::string service_id, action_id, incident_id, actor, note;
  Instant at{};
};

}  // namespace srehub::model
