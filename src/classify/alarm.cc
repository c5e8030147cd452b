// CloudWatch alarms: signals with transitions.
#include <fmt/format.h>

#include "base/text.h"
#include "classify/engine.h"

namespace srehub::classify {
namespace {

struct NamedType {
  std::string event_type;
  Why why;
};

// A label such as "Error Rate" names a metric; "m1/m2*100" does not.
bool IsNamelike(std::string_view metric) {
  return !metric.empty() && metric.find_first_of("*+(){}[]=<>\"'") == std::string_view::npos;
}

NamedType TypeOf(const Engine& engine, const model::AlarmFact& fact) {
  for (const MetricRule& rule : engine.metrics) {
    if (!fact.metric.empty() && MatchesAnyGlob(rule.metrics, fact.metric)) {
      return {rule.event_type, {rule.origin}};
    }
  }
  if (fact.composite) return {"CompositeAlarm", {"composite alarm"}};
  if (IsNamelike(fact.metric)) {
    if (std::string type = CamelCase(fact.metric); !type.empty()) {
      return {std::move(type), {"metric as it stands"}};
    }
  }
  std::string condition = engine.services.AlarmCondition(fact.name);
  if (!condition.empty()) return {std::move(condition), {"condition in the alarm's name"}};
  return {"CloudWatchAlarm", {"no metric"}};
}

std::string EnvironmentOf(const model::AlarmFact& fact) {
  for (std::string_view key : {"environment", "Environment", "env", "Env", "stage", "Stage"}) {
    if (const auto tag = fact.tags.find(key); tag != fact.tags.end()) return tag->second;
  }
  return {};
}

std::string DetailsOf(const Record& record, const model::AlarmFact& fact,
                      const Judgement& judgement, std::string_view environment) {
  model::Labels dimensions;
  for (const auto& [name, value] : fact.dimensions) dimensions.emplace(name, value);
  return BuildDetails([&](DetailsWriter& details) {
    details.Message(fact.description);
    details.Text("alarmName", fact.name);
    details.Text("alarmArn", fact.arn);
    details.Text("reason", fact.reason);
    details.Text("metric", fact.metric);
    details.Text("metricNamespace", fact.namespace_);
    details.Text("statistic", fact.statistic);
    if (fact.threshold) details.Number("threshold", *fact.threshold);
    details.Map("dimensions", dimensions);
    details.Text("oldState", fact.old_state);
    details.Text("alarmRule", fact.alarm_rule);
    details.Text("region", fact.region);
    details.Text("account", fact.account);
    details.Text("environment", environment);
    details.Map("labels", fact.tags);
    record.WriteCommon(&details, fmt::format("{} {}", fact.name, fact.state), judgement,
                       fact.state);
  });
}

}  // namespace

Refused ClassifyFact(const Record& record, const model::AlarmFact& fact) {
  const Engine& engine = record.engine;
  if (fact.name.empty() && fact.arn.empty()) {
    return Refuse(model::RefusalReason::kMissingField, "/AlarmName", "an alarm has a name");
  }
  model::Phase phase;
  if (fact.state == "ALARM") {
    phase = model::Phase::kFiring;
  } else if (fact.state == "OK") {
    phase = model::Phase::kResolved;
  } else if (fact.state == "INSUFFICIENT_DATA") {
    phase = model::Phase::kUnknown;
  } else {
    return Refuse(model::RefusalReason::kBadValue, "/NewStateValue",
                  fmt::format("\"{}\" is none of OK, ALARM, INSUFFICIENT_DATA", fact.state));
  }
  ServiceName service = engine.services.Of(fact);
  model::Event event = record.NewEvent(std::move(service.id));
  event.phase = phase;
  event.signal = fact.arn.empty() ? fact.name : fact.arn;
  NamedType type = TypeOf(engine, fact);
  event.event_type = std::move(type.event_type);
  if (phase != model::Phase::kResolved) {
    event.expires_at = event.timestamp + engine.settings.expire_after;
  }
  const std::string environment = EnvironmentOf(fact);
  const Judgement judgement = record.Judge(&event, engine.severities.Of(fact), environment);
  event.details = DetailsOf(record, fact, judgement, environment);
  record.explainer.Add("signal", event.signal, {fact.arn.empty() ? "AlarmName" : "AlarmArn"});
  record.Emit(std::move(event), service.why, type.why, judgement.why);
  return std::nullopt;
}

}  // namespace srehub::classify
