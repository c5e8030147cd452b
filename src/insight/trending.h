// Q2: the incidents that matter now, by score; and one incident in full.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "aggregate/view.h"
#include "insight/answer.h"
#include "insight/context.h"
#include "model/deploy.h"
#include "model/recommendation.h"
#include "playbook/library.h"

namespace srehub::insight {

struct TrendingQuery {
  size_t limit = 10;          // 1..100
  std::optional<Instant> at;  // as of an earlier instant
  bool include_resolved = false;
  bool include_silenced = false;  // and those in maintenance
  std::optional<model::Severity> min_severity;
  std::string service, type;
};

// A deploy close in time: a suspicion, not blame.
struct SuspectedDeploy {
  model::Deploy deploy;
  Duration offset{};      // episode's first minute minus the deploy's time
  bool inferred = false;  // a sibling's
};

struct FirstAction {
  std::string id, title, command;
  model::Risk risk = model::Risk::kReadOnly;
};

inline constexpr size_t kSparkMinutes = 60;

struct TrendingRow {
  size_t rank = 0;  // 1-based; 0 for one that is not ranked
  std::string incident_id, service_id, event_type, title;
  aggregate::Score score;
  model::Severity severity = model::Severity::kInfo;
  aggregate::View view;
  uint64_t count_5m = 0, count_1h = 0, count_24h = 0;  // whole minutes, the current one included
  uint64_t total = 0;                                  // since the incident was first seen
  size_t object_count = 0;
  bool more_objects = false;                    // at least so many
  std::vector<std::string> objects;             // names, the first ten
  std::string trend;                            // rising, falling, steady, unknown
  std::array<uint64_t, kSparkMinutes> spark{};  // oldest first, at or above low
  bool approximate = false;
  std::optional<aggregate::Acknowledgement> acknowledgement;
  std::optional<SuspectedDeploy> suspected_deploy;
  std::optional<FirstAction> first_action;
};

struct TrendingAnswer {
  AnswerHead head;
  std::vector<TrendingRow> incidents;
  // The footer: what is kept out of the list.
  size_t active_silences = 0, active_maintenance = 0;
  size_t silenced_incidents = 0;
  bool silenced_is_lower_bound = false;
};

// Errors: kInvalidArgument (limit, at in the future).
Result<TrendingAnswer> Trending(const Context& context, const TrendingQuery& query);
std::string ToJson(const TrendingAnswer& answer);

struct IncidentQuery {
  std::string incident_id;  // serviceId#eventType
  std::optional<Instant> at;
};

// What an incident lacks for the list of ten.
struct WhyNot {
  bool listed = false;  // it is among the ten
  size_t rank = 0;
  std::optional<double> score_to_beat;  // of the tenth; none when the list is not full
  std::string reason;                   // one sentence
};

struct IncidentSample {
  Instant timestamp{};
  std::string event_id, title, trace_id;
  std::string details = "{}";  // JSON
};

struct IncidentAnswer {
  AnswerHead head;
  TrendingRow row;
  WhyNot why_not;
  std::vector<aggregate::Episode> episodes;  // newest first, at most 50
  std::vector<aggregate::OpenSignal> open_signals;
  std::vector<uint64_t> spark_24h;               // 96 quarters, oldest first
  std::vector<aggregate::Silence> silences;      // matching, active or to come
  std::vector<IncidentSample> samples;           // newest first, at most 5
  const playbook::Playbook* playbook = nullptr;  // the context's library owns it
};

// Errors: kNotFound (no such incident, with the service's incidents), kInvalidArgument (the id).
Result<IncidentAnswer> Incident(const Context& context, const IncidentQuery& query);
std::string ToJson(const IncidentAnswer& answer);

}  // namespace srehub::insight
