// Log lines: points, typed by a named rule, else by the exception, else by the template.
#include "base/text.h"
#include "classify/engine.h"
#include "classify/log_template.h"

namespace srehub::classify {
namespace {

struct NamedType {
  std::string event_type;
  Why why;
  std::optional<model::Severity> raise_to;
};

// What a template's key takes as the level: the sender's word, else its number.
std::string LevelText(const model::LogFact& fact) {
  if (!fact.level.empty() || !fact.level_number) return fact.level;
  return '#' + std::to_string(*fact.level_number);
}

NamedType TypeOf(const Engine& engine, const model::LogFact& fact, model::Severity severity) {
  const LogTypeRule* rule =
      engine.log_types.Match({fact.message, fact.exception_type, fact.http_status, severity});
  if (rule != nullptr) return {rule->event_type, {rule->origin}, rule->raise_to};
  if (!fact.exception_type.empty()) {
    if (std::string type = CamelCase(ShortClass(fact.exception_type)); !type.empty()) {
      return {std::move(type), {"exception's class"}, {}};
    }
  }
  const LogTemplate mined = MineTemplate(fact.message, LevelText(fact), fact.logger);
  return {mined.event_type, {"template"}, {}};
}

std::string DetailsOf(const Record& record, const model::LogFact& fact,
                      const Judgement& judgement) {
  model::ObjectReference pod;
  if (!fact.pod.empty()) {
    pod.kind = "Pod";
    pod.namespace_ = fact.namespace_;
    pod.name = fact.pod;
  }
  return BuildDetails([&](DetailsWriter& details) {
    details.Message(fact.message);
    details.Text("traceId", fact.trace_id);
    details.Text("exceptionType", fact.exception_type);
    if (fact.http_status) details.Int("httpStatus", *fact.http_status);
    details.Object(pod, fact.container);
    details.Text("logger", fact.logger);
    details.Text("host", fact.host);
    details.Text("environment", fact.environment);
    details.Text("version", fact.version);
    details.Map("labels", fact.kubernetes_labels);
    record.WriteCommon(
        &details, fact.message, judgement,
        fact.level.empty() && fact.level_number ? std::to_string(*fact.level_number) : fact.level);
  });
}

}  // namespace

Refused ClassifyFact(const Record& record, const model::LogFact& fact) {
  const Engine& engine = record.engine;
  ServiceName service = engine.services.Of(fact);
  model::Event event = record.NewEvent(std::move(service.id));
  Judgement judgement = engine.severities.Of(fact);
  NamedType type = TypeOf(engine, fact, judgement.severity);
  if (type.raise_to && judgement.severity < *type.raise_to) {
    judgement = {*type.raise_to, false, type.why};
  }
  event.event_type = std::move(type.event_type);
  judgement = record.Judge(&event, judgement, fact.environment);
  event.details = DetailsOf(record, fact, judgement);
  record.Emit(std::move(event), service.why, type.why, judgement.why);
  return std::nullopt;
}

}  // namespace srehub::classify
