#include "classify/rules.h"

#include <srehub_rules.h>

#include "classify/rule_sections.h"
#include "classify/rule_yaml.h"

namespace srehub::classify {
namespace {

Status LoadOne(const RuleText& text, Rules* rules) {
  SREHUB_TRY(const YamlNode root, ParseYaml(text.name, text.yaml));
  if (root.node.IsNull()) return {};
  const auto list = [&](auto read, auto* out) -> NodeReader {
    return [read, out](const YamlNode& at) {
      return ForEachItem(at, [&](const YamlNode& item) { return read(item, out); });
    };
  };
  return MappingReader(root)
      .Node("aliases", [&](const YamlNode& at) { return ReadAliases(at, &rules->aliases); })
      .Node("known_services",
            [&](const YamlNode& at) { return ReadKnownServices(at, &rules->services.known); })
      .Node("services", [&](const YamlNode& at) { return ReadServices(at, &rules->services); })
      .Node("kubernetes_types", list(ReadKubernetesType, &rules->kubernetes_types))
      .Node("metrics", list(ReadMetric, &rules->metrics))
      .Node("pipeline_kinds", list(ReadPipelineKind, &rules->pipeline_kinds))
      .Node("log_types", list(ReadLogType, &rules->log_types))
      .Node("severity", [&](const YamlNode& at) { return ReadSeverities(at, &rules->severity); })
      .Node("mappings", list(ReadMapping, &rules->mappings))
      .Node("severity_overrides", list(ReadSeverityOverride, &rules->severity_overrides))
      .Finish();
}

}  // namespace

Result<Rules> LoadRules(const std::vector<RuleText>& texts) {
  Rules rules;
  for (const RuleText& text : texts) {
    try {
      SREHUB_CHECK_OK(LoadOne(text, &rules));
    } catch (const YAML::Exception& e) {
      return Fail(ErrorCode::kInvalidArgument, e.what(), text.name);
    }
  }
  return rules;
}

std::vector<RuleText> BuiltInRules() {
  std::vector<RuleText> texts;
  for (const srehub_rules::File& file : srehub_rules::Files()) {
    // Folders hold other data (playbooks).
    if (file.path.find('/') != std::string_view::npos || !file.path.ends_with(".yaml")) continue;
    texts.push_back({std::string(file.path), std::string(file.content)});
  }
  return texts;
}

}  // namespace srehub::classify
