#include <fmt/format.h>

#include "base/limits.h"
#include "base/text.h"
#include "classify/rule_sections.h"

namespace srehub::classify {
namespace {

Result<std::string> ReadServiceId(const YamlNode& at) {
  SREHUB_TRY(const std::string name, ReadText(at));
  std::string slug = Slug(name, limits::kMaxServiceIdBytes);
  if (slug.empty()) {
    return FailAt(at, fmt::format("\"{}\" holds nothing a service id is made of", name));
  }
  return slug;
}

Status ReadAlias(const YamlNode& at, std::vector<AliasRule>* out) {
  std::string service;
  Texts names, repositories, workflows, alarms, environments;
  SREHUB_CHECK_OK(MappingReader(at)
                      .Require("service")
                      .Node("service",
                            [&](const YamlNode& value) -> Status {
                              SREHUB_TRY(service, ReadServiceId(value));
                              return {};
                            })
                      .Texts("names", &names)
                      .Texts("repositories", &repositories)
                      .Texts("workflows", &workflows)
                      .Texts("alarms", &alarms)
                      .Texts("environments", &environments)
                      .Finish());
  const auto add = [&](AliasRule::Of of, const Texts& texts) {
    for (const std::string& text : texts) out->push_back({of, text, service});
  };
  add(AliasRule::Of::kName, names);
  add(AliasRule::Of::kRepository, repositories);
  add(AliasRule::Of::kWorkflow, workflows);
  add(AliasRule::Of::kAlarm, alarms);
  add(AliasRule::Of::kEnvironment, environments);
  return {};
}

}  // namespace

Status ReadAliases(const YamlNode& at, std::vector<AliasRule>* out) {
  if (!at.node.IsMap()) {
    return ForEachItem(at, [&](const YamlNode& item) { return ReadAlias(item, out); });
  }
  return ForEachMember(at, [&](const std::string& name, const YamlNode& value) -> Status {
    SREHUB_TRY(std::string service, ReadServiceId(value));
    out->push_back({AliasRule::Of::kName, name, std::move(service)});
    return {};
  });
}

Status ReadKnownServices(const YamlNode& at, Texts* out) {
  return ForEachItem(at, [&](const YamlNode& item) -> Status {
    SREHUB_TRY(std::string service, ReadServiceId(item));
    out->push_back(std::move(service));
    return {};
  });
}

Status ReadServices(const YamlNode& at, ServiceRules* out) {
  return MappingReader(at)
      .Node("kubernetes",
            [&](const YamlNode& node) {
              return MappingReader(node)
                  .Texts("annotations", &out->kubernetes.annotations)
                  .Texts("labels", &out->kubernetes.labels)
                  .Texts("owners", &out->kubernetes.owners)
                  .Texts("kinds", &out->kubernetes.kinds)
                  .Finish();
            })
      .Node("alarms",
            [&](const YamlNode& node) {
              return MappingReader(node)
                  .Texts("tags", &out->alarms.tags)
                  .Texts("dimensions", &out->alarms.dimensions)
                  .Texts("last_dimensions", &out->alarms.last_dimensions)
                  .Texts("condition_words", &out->alarms.condition_words)
                  .Finish();
            })
      .Node("pipelines",
            [&](const YamlNode& node) {
              return MappingReader(node)
                  .Texts("leading_words", &out->pipelines.leading_words)
                  .Texts("trailing_words", &out->pipelines.trailing_words)
                  .Texts("generic_words", &out->pipelines.generic_words)
                  .Finish();
            })
      .Node("logs",
            [&](const YamlNode& node) {
              return MappingReader(node)
                  .Texts("labels", &out->logs.labels)
                  .Texts("placeholders", &out->logs.placeholders)
                  .Texts("weak_fields", &out->logs.weak_fields)
                  .Finish();
            })
      .Node("alerts",
            [&](const YamlNode& node) {
              return MappingReader(node)
                  .Texts("labels", &out->alerts.labels)
                  .Texts("exporter_labels", &out->alerts.exporter_labels)
                  .Texts("exporters", &out->alerts.exporters)
                  .Finish();
            })
      .Finish();
}

}  // namespace srehub::classify
