#include <fmt/format.h>

#include <charconv>

#include "base/limits.h"
#include "base/text.h"
#include "classify/rule_sections.h"

namespace srehub::classify {
namespace {

// An event type, checked for what a stored key can hold.
NodeReader EventTypeInto(std::string* out) {
  return [out](const YamlNode& at) -> Status {
    SREHUB_TRY(*out, ReadText(at));
    if (out->size() > limits::kMaxEventTypeBytes) {
      return FailAt(at,
                    fmt::format("an event type has at most {} bytes", limits::kMaxEventTypeBytes));
    }
    return {};
  };
}

NodeReader PhaseInto(std::optional<model::Phase>* out) {
  return [out](const YamlNode& at) -> Status {
    SREHUB_TRY(const std::string word, ReadText(at));
    *out = model::ParsePhase(word);
    if (*out != model::Phase::kFiring && *out != model::Phase::kResolved) {
      return FailAt(at,
                    fmt::format("\"{}\" is not a phase a rule can give: firing or resolved", word));
    }
    return {};
  };
}

bool ParseWhole(std::string_view text, int64_t* out) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), *out);
  return error == std::errc() && end == text.data() + text.size();
}

}  // namespace

Result<NumberRange> ReadRange(const YamlNode& at) {
  SREHUB_TRY(const std::string text, ReadText(at));
  const size_t dash = text.find('-');
  NumberRange range;
  const bool ok =
      dash == std::string::npos
          ? ParseWhole(text, &range.low)
          : ParseWhole(TrimAscii(std::string_view(text).substr(0, dash)), &range.low) &&
                ParseWhole(TrimAscii(std::string_view(text).substr(dash + 1)), &range.high);
  if (dash == std::string::npos) range.high = range.low;
  if (!ok || range.low > range.high) {
    return FailAt(at, fmt::format("\"{}\" is not a number or a range a-b", text));
  }
  return range;
}

Result<std::vector<NumberRange>> ReadRanges(const YamlNode& at) {
  std::vector<NumberRange> ranges;
  const auto read = [&](const YamlNode& item) -> Status {
    SREHUB_TRY(const NumberRange range, ReadRange(item));
    ranges.push_back(range);
    return {};
  };
  SREHUB_CHECK_OK(at.node.IsSequence() ? ForEachItem(at, read) : read(at));
  return ranges;
}

Status ReadKubernetesType(const YamlNode& at, std::vector<KubernetesTypeRule>* out) {
  KubernetesTypeRule rule;
  SREHUB_CHECK_OK(MappingReader(at)
                      .Require("reason")
                      .Require("eventType")
                      .Texts("reason", &rule.reasons)
                      .Text("kind", &rule.kind)
                      .Texts("message", &rule.messages)
                      .Patterns("pattern", &rule.patterns)
                      .Node("eventType", EventTypeInto(&rule.event_type))
                      .Node("closes", EventTypeInto(&rule.closes))
                      .Node("phase", PhaseInto(&rule.phase))
                      .Finish());
  rule.origin = PlaceOf(at);
  out->push_back(std::move(rule));
  return {};
}

Status ReadMetric(const YamlNode& at, std::vector<MetricRule>* out) {
  MetricRule rule;
  SREHUB_CHECK_OK(MappingReader(at)
                      .Require("metric")
                      .Require("eventType")
                      .Texts("metric", &rule.metrics)
                      .Node("eventType", EventTypeInto(&rule.event_type))
                      .Finish());
  rule.origin = PlaceOf(at);
  out->push_back(std::move(rule));
  return {};
}

Status ReadPipelineKind(const YamlNode& at, std::vector<PipelineKindRule>* out) {
  PipelineKindRule rule;
  const auto read_kind = [&](const YamlNode& node) -> Status {
    SREHUB_TRY(const std::string word, ReadText(node));
    const auto kind = model::ParsePipelineKind(word);
    if (!kind) {
      return FailAt(node, fmt::format("\"{}\" is no kind: deploy, rollback, build or test", word));
    }
    rule.kind = *kind;
    return {};
  };
  SREHUB_CHECK_OK(MappingReader(at)
                      .Require("kind")
                      .Require("pattern")
                      .Node("kind", read_kind)
                      .Patterns("pattern", &rule.patterns)
                      .Finish());
  rule.origin = PlaceOf(at);
  out->push_back(std::move(rule));
  return {};
}

Status ReadLogType(const YamlNode& at, std::vector<LogTypeRule>* out) {
  LogTypeRule rule;
  const auto read_status = [&](const YamlNode& node) -> Status {
    SREHUB_TRY(rule.http_status, ReadRanges(node));
    return {};
  };
  SREHUB_CHECK_OK(MappingReader(at)
                      .Require("eventType")
                      .Node("eventType", EventTypeInto(&rule.event_type))
                      .Patterns("pattern", &rule.patterns)
                      .Texts("contains", &rule.contains)
                      .Texts("exception", &rule.exceptions)
                      .Node("httpStatus", read_status)
                      .Severity("level_at_least", &rule.level_at_least)
                      .Severity("raise_to", &rule.raise_to)
                      .Finish());
  if (rule.patterns.empty() && rule.contains.empty() && rule.exceptions.empty() &&
      rule.http_status.empty()) {
    return FailAt(at, "a log type needs pattern, contains, exception or httpStatus");
  }
  rule.origin = PlaceOf(at);
  out->push_back(std::move(rule));
  return {};
}

}  // namespace srehub::classify
