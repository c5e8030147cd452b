// The rule files as plain values, user's entries before built-in ones. Where a name can only have
// one meaning (a level's word, an alias), the first definition wins.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "classify/classifier.h"
#include "model/deploy.h"
#include "model/event.h"
#include "model/mapping.h"

namespace srehub::classify {

using Texts = std::vector<std::string>;

struct AliasRule {
  enum class Of : uint8_t { kName, kRepository, kWorkflow, kAlarm, kEnvironment };
  Of of = Of::kName;
  std::string text;     // may hold the wildcards * and ?
  std::string service;  // a slug
};

struct ServiceRules {
  Texts known;  // slugs
  struct {
    Texts annotations, labels, owners, kinds;
  } kubernetes;
  struct {
    Texts tags, dimensions, last_dimensions, condition_words;
  } alarms;
  struct {
    Texts leading_words, trailing_words, generic_words;
  } pipelines;
  struct {
    Texts labels, placeholders, weak_fields;
  } logs;
  struct {
    Texts labels, exporter_labels, exporters;
  } alerts;
};

struct KubernetesTypeRule {
  Texts reasons;
  std::string kind;          // of the object; empty: any
  Texts messages, patterns;  // any of them; both empty: any message
  std::string event_type;
  std::string closes;
  std::optional<model::Phase> phase;  // firing or resolved
  std::string origin;
};

struct MetricRule {
  Texts metrics;  // with wildcards
  std::string event_type;
  std::string origin;
};

struct PipelineKindRule {
  model::PipelineKind kind = model::PipelineKind::kBuild;
  Texts patterns;
  std::string origin;
};

struct NumberRange {
  int64_t low = 0, high = 0;
};

struct LogTypeRule {
  std::string event_type;
  Texts patterns, contains, exceptions;
  std::vector<NumberRange> http_status;
  std::optional<model::Severity> level_at_least;
  std::optional<model::Severity> raise_to;
  std::string origin;
};

// Conditions left empty match everything.
struct CloudWatchSeverityRule {
  std::string state, old_state;
  Texts words;
  model::Severity severity = model::Severity::kMedium;
  std::string origin;
};
struct CicdSeverityRule {
  std::vector<model::PipelineKind> kinds;
  std::vector<model::DeployStatus> statuses;
  Texts words;  // lower case
  model::Severity severity = model::Severity::kMedium;
  std::string origin;
};
struct KubernetesSeverityRule {
  Texts reasons, event_types, types;
  std::string kind;
  model::Severity severity = model::Severity::kMedium;
  std::string origin;
};

using WordSeverities = std::map<std::string, model::Severity, std::less<>>;  // lower-case words

struct NumberSeverity {
  NumberRange range;
  model::Severity severity = model::Severity::kMedium;
};

struct SeverityRules {
  WordSeverities logs, prometheus;
  WordSeverities alertnames;                                                    // as written
  std::map<std::string, std::vector<NumberSeverity>, std::less<>> log_numbers;  // by scale
  std::vector<CloudWatchSeverityRule> cloudwatch;
  std::vector<CicdSeverityRule> cicd;
  std::vector<KubernetesSeverityRule> kubernetes;
};

struct SeverityOverride {
  Texts services, event_types, environments;  // with wildcards
  std::vector<model::Source> sources;
  std::optional<model::Severity> severity, at_most, at_least;
  std::string origin;
};

struct Rules {
  std::vector<AliasRule> aliases;
  ServiceRules services;
  std::vector<KubernetesTypeRule> kubernetes_types;
  std::vector<MetricRule> metrics;
  std::vector<PipelineKindRule> pipeline_kinds;
  std::vector<LogTypeRule> log_types;
  SeverityRules severity;
  std::vector<SeverityOverride> severity_overrides;
  model::Mappings mappings;
};

// Errors: kInvalidArgument with file:line:column in `where`.
Result<Rules> LoadRules(const std::vector<RuleText>& texts);
// The files shipped in the binary.
std::vector<RuleText> BuiltInRules();

}  // namespace srehub::classify
