#include <fmt/format.h>

#include "base/text.h"
#include "classify/rule_sections.h"

namespace srehub::classify {
namespace {

// critical: [...], high: [...], … Each level's node goes to `read`.
Status ForEachLevel(const YamlNode& at,
                    const std::function<Status(model::Severity, const YamlNode&)>& read) {
  MappingReader reader(at);
  for (model::Severity severity : model::kAllSeverities) {
    reader.Node(model::SeverityName(severity),
                [&read, severity](const YamlNode& node) { return read(severity, node); });
  }
  return reader.Finish();
}

NodeReader WordsInto(WordSeverities* out, bool fold_case) {
  return [out, fold_case](const YamlNode& at) {
    WordSeverities here;  // a word twice in one table is a mistake, in two files a precedence
    const Status status = ForEachLevel(at, [&](model::Severity severity, const YamlNode& node) {
      const auto read = [&](const YamlNode& item) -> Status {
        SREHUB_TRY(const std::string word, ReadText(item));
        if (!here.emplace(fold_case ? ToLowerAscii(word) : word, severity).second) {
          return FailAt(item, fmt::format("the word \"{}\" stands in this table twice", word));
        }
        return {};
      };
      return node.node.IsSequence() ? ForEachItem(node, read) : read(node);
    });
    out->merge(here);
    return status;
  };
}

Status ReadNumberScale(const YamlNode& at, std::vector<NumberSeverity>* out) {
  return ForEachLevel(at, [&](model::Severity severity, const YamlNode& node) -> Status {
    SREHUB_TRY(const std::vector<NumberRange> ranges, ReadRanges(node));
    for (const NumberRange& range : ranges) out->push_back({range, severity});
    return {};
  });
}

Status ReadLogNumbers(const YamlNode& at, SeverityRules* out) {
  MappingReader reader(at);
  for (const char* scale : {"opentelemetry", "syslog", "pino", "python"}) {
    reader.Node(scale, [out, scale](const YamlNode& node) {
      return ReadNumberScale(node, &out->log_numbers[scale]);
    });
  }
  return reader.Finish();
}

NodeReader SeverityInto(model::Severity* out) {
  return [out](const YamlNode& at) -> Status {
    SREHUB_TRY(*out, ReadSeverity(at));
    return {};
  };
}

// One word of an enumeration, or a list of them.
template <typename T, typename Parse>
NodeReader EnumsInto(std::vector<T>* out, Parse parse, std::string_view what) {
  return [out, parse, what](const YamlNode& at) -> Status {
    SREHUB_TRY(const std::vector<std::string> words, ReadTexts(at));
    for (const std::string& word : words) {
      const std::optional<T> value = parse(word);
      if (!value) return FailAt(at, fmt::format("\"{}\" is not {}", word, what));
      out->push_back(*value);
    }
    return {};
  };
}

Status ReadCloudWatchRule(const YamlNode& at, std::vector<CloudWatchSeverityRule>* out) {
  CloudWatchSeverityRule rule;
  SREHUB_CHECK_OK(MappingReader(at)
                      .Require("severity")
                      .Text("state", &rule.state)
                      .Text("old_state", &rule.old_state)
                      .Texts("words", &rule.words)
                      .Node("severity", SeverityInto(&rule.severity))
                      .Finish());
  rule.origin = PlaceOf(at);
  out->push_back(std::move(rule));
  return {};
}

Status ReadCicdRule(const YamlNode& at, std::vector<CicdSeverityRule>* out) {
  CicdSeverityRule rule;
  SREHUB_CHECK_OK(
      MappingReader(at)
          .Require("severity")
          .Node("kind", EnumsInto(&rule.kinds, model::ParsePipelineKind,
                                  "a kind: deploy, rollback, build or test"))
          .Node("status", EnumsInto(&rule.statuses, model::ParseDeployStatus,
                                    "a status: running, success, failure, cancelled or other"))
          .Texts("word", &rule.words)
          .Node("severity", SeverityInto(&rule.severity))
          .Finish());
  for (std::string& word : rule.words) word = ToLowerAscii(word);
  rule.origin = PlaceOf(at);
  out->push_back(std::move(rule));
  return {};
}

Status ReadKubernetesRule(const YamlNode& at, std::vector<KubernetesSeverityRule>* out) {
  KubernetesSeverityRule rule;
  SREHUB_CHECK_OK(MappingReader(at)
                      .Require("severity")
                      .Texts("reason", &rule.reasons)
                      .Texts("eventType", &rule.event_types)
                      .Texts("type", &rule.types)
                      .Text("kind", &rule.kind)
                      .Node("severity", SeverityInto(&rule.severity))
                      .Finish());
  rule.origin = PlaceOf(at);
  out->push_back(std::move(rule));
  return {};
}

template <typename T>
NodeReader ListInto(std::vector<T>* out, Status (*read)(const YamlNode&, std::vector<T>*)) {
  return [out, read](const YamlNode& at) {
    return ForEachItem(at, [&](const YamlNode& item) { return read(item, out); });
  };
}

}  // namespace

Status ReadSeverities(const YamlNode& at, SeverityRules* out) {
  return MappingReader(at)
      .Node("logs", WordsInto(&out->logs, true))
      .Node("log_numbers", [&](const YamlNode& node) { return ReadLogNumbers(node, out); })
      .Node("prometheus", WordsInto(&out->prometheus, true))
      .Node("alertnames", WordsInto(&out->alertnames, false))
      .Node("cloudwatch", ListInto(&out->cloudwatch, ReadCloudWatchRule))
      .Node("cicd", ListInto(&out->cicd, ReadCicdRule))
      .Node("kubernetes", ListInto(&out->kubernetes, ReadKubernetesRule))
      .Finish();
}

Status ReadSeverityOverride(const YamlNode& at, std::vector<SeverityOverride>* out) {
  SeverityOverride rule;
  SREHUB_CHECK_OK(
      MappingReader(at)
          .Texts("service", &rule.services)
          .Texts("eventType", &rule.event_types)
          .Texts("environment", &rule.environments)
          .Node("source", EnumsInto(&rule.sources, model::ParseSource,
                                    "a source: kubernetes, cloudwatch, cicd, logs or prometheus"))
          .Severity("severity", &rule.severity)
          .Severity("at_most", &rule.at_most)
          .Severity("at_least", &rule.at_least)
          .Finish());
  if (!rule.severity && !rule.at_most && !rule.at_least) {
    return FailAt(at, "an override needs severity, at_most or at_least");
  }
  rule.origin = PlaceOf(at);
  out->push_back(std::move(rule));
  return {};
}

}  // namespace srehub::classify
