// The lists: services, deploys, event types, sources.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "insight/answer.h"
#include "insight/context.h"
#include "model/deploy.h"

namespace srehub::insight {

struct ServicesQuery {
  std::string text;  // part of the name
  size_t limit = limits::kDefaultPage;
  std::string cursor;
};
struct ServiceEntry {
  store::ServiceRow row;
  size_t open_incidents = 0;             // open or active
  std::optional<model::Severity> worst;  // of those
  std::vector<std::string> siblings;
  std::vector<std::string> depends_on;  // as configured
  std::vector<LearntLink> learnt;       // by shared traces
};
struct ServicesAnswer {
  AnswerHead head;
  std::vector<ServiceEntry> services;  // by name
};
Result<ServicesAnswer> Services(const Context& context, const ServicesQuery& query);
// One of them. Errors: kNotFound, with the nearest names.
Result<ServicesAnswer> OneService(const Context& context, const std::string& service_id);
std::string ToJson(const ServicesAnswer& answer);

struct DeploysQuery {
  std::string service;  // empty: every service
  WindowSpec window;    // default: 7 days
  std::optional<model::DeployStatus> status;
  std::string environment;
  size_t limit = limits::kDefaultPage;
  bool exact = false;  // no siblings
};
struct DeploysAnswer {
  AnswerHead head;
  std::vector<model::Deploy> deploys;  // newest first
};
Result<DeploysAnswer> Deploys(const Context& context, const DeploysQuery& query);
std::string ToJson(const DeploysAnswer& answer);

struct TypesQuery {
  std::string service;  // empty: over all services
  size_t limit = limits::kMaxPage;
};
struct TypeEntry {
  std::string event_type;
  uint64_t occurrences = 0;
  uint64_t services = 0;
  model::Severity max_severity = model::Severity::kInfo;
  std::optional<Instant> first_seen, last_seen;
  bool has_playbook = false;  // one that names the type
};
struct TypesAnswer {
  AnswerHead head;
  std::string service_id;
  std::vector<TypeEntry> types;  // most occurrences first
};
Result<TypesAnswer> Types(const Context& context, const TypesQuery& query);
std::string ToJson(const TypesAnswer& answer);

struct SourcesQuery {
  Duration silent_after = std::chrono::minutes(15);
};
struct SourceEntry {
  store::SourceHealthRow row;
  bool silent = false;    // nothing received for longer than asked, or than expected of it
  bool expected = false;  // configured as a feed that ought to speak
  // The silence that means something: as configured, else as learnt from its gaps; none: too little
  // is known.
  std::optional<Duration> silent_after{};
  std::string sentence;  // one line for people
};
struct SourcesAnswer {
  AnswerHead head;
  std::vector<SourceEntry> sources;
};
Result<SourcesAnswer> Sources(const Context& context, const SourcesQuery& query);
std::string ToJson(const SourcesAnswer& answer);

// The whole of one joined run, as every answer writes it.
void WriteDeploy(JsonWriter* json, const model::Deploy& deploy);

}  // namespace srehub::insight
