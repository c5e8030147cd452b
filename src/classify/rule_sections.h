// One function per section of the rule files: YAML node -> the plain values of rules.h.
#pragma once

#include "classify/rule_yaml.h"
#include "classify/rules.h"

namespace srehub::classify {

// services.yaml
Status ReadAliases(const YamlNode& at, std::vector<AliasRule>* out);
Status ReadKnownServices(const YamlNode& at, Texts* out);
Status ReadServices(const YamlNode& at, ServiceRules* out);

// types.yaml and log_types.yaml; one item of the list each.
Status ReadKubernetesType(const YamlNode& at, std::vector<KubernetesTypeRule>* out);
Status ReadMetric(const YamlNode& at, std::vector<MetricRule>* out);
Status ReadPipelineKind(const YamlNode& at, std::vector<PipelineKindRule>* out);
Status ReadLogType(const YamlNode& at, std::vector<LogTypeRule>* out);

// severity.yaml
Status ReadSeverities(const YamlNode& at, SeverityRules* out);
Status ReadSeverityOverride(const YamlNode& at, std::vector<SeverityOverride>* out);

// The user's own shapes; one item of the list.
Status ReadMapping(const YamlNode& at, model::Mappings* out);

// A number or a range "a-b".
Result<NumberRange> ReadRange(const YamlNode& at);
// One of them or a list.
Result<std::vector<NumberRange>> ReadRanges(const YamlNode& at);

}  // namespace srehub::classify
