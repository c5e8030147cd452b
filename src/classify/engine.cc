#include "classify/engine.h"

#include <algorithm>

#include "base/hash.h"

namespace srehub::classify {

PatternList::PatternList(const Texts& patterns) {
  RE2::Options options(RE2::Quiet);
  options.set_case_sensitive(false);
  for (const std::string& pattern : patterns) {
    patterns_.push_back(std::make_unique<RE2>(pattern, options));
  }
}

bool PatternList::MatchesAny(std::string_view text) const {
  const re2::StringPiece piece(text.data(), text.size());
  return std::any_of(patterns_.begin(), patterns_.end(), [&](const std::unique_ptr<RE2>& pattern) {
    return RE2::PartialMatch(piece, *pattern);
  });
}

Result<std::unique_ptr<const Engine>> Engine::Create(Rules rules, Settings settings) {
  SREHUB_TRY(LogTypes log_types, LogTypes::Create(std::move(rules.log_types)));
  std::vector<KubernetesType> kubernetes_types;
  for (KubernetesTypeRule& rule : rules.kubernetes_types) {
    PatternList patterns(rule.patterns);
    kubernetes_types.push_back({std::move(rule), std::move(patterns)});
  }
  std::vector<PipelineKindMatcher> pipeline_kinds;
  for (PipelineKindRule& rule : rules.pipeline_kinds) {
    PatternList patterns(rule.patterns);
    pipeline_kinds.push_back({std::move(rule), std::move(patterns)});
  }
  ServiceNames services(rules, settings.namespaced_services);
  SeverityTable severities(std::move(rules.severity), std::move(rules.severity_overrides));
  return std::unique_ptr<const Engine>(
      new Engine{std::move(settings), std::move(services), std::move(severities),
                 std::move(log_types), std::move(kubernetes_types), std::move(rules.metrics),
                 std::move(pipeline_kinds), std::move(rules.mappings)});
}

Duration Engine::RetentionOf(model::Severity severity) const {
  return settings.retention_by_severity[model::SeverityIndex(severity)].value_or(
      settings.retention);
}

uint64_t Record::IdOf(std::string_view more) const {
  std::string text(model::FormatName(observation.format));
  text.append(1, '|').append(observation.identity).append(more);
  // Nothing else tells two records without a time apart.
  if (!observation.time) text.append(1, '|').append(FormatTimeFixed(observation.received));
  return Hash64(text);
}

model::Event Record::NewEvent(std::string service_id) const {
  model::Event event;
  event.service_id = std::move(service_id);
  event.timestamp = observation.time.value_or(observation.received);
  event.untimed = !observation.time;
  event.event_id = IdOf();
  event.source = observation.source;
  return event;
}

Judgement Record::Judge(model::Event* event, Judgement judgement,
                        std::string_view environment) const {
  engine.severities.Override({event->service_id, event->event_type, environment, event->source},
                             &judgement);
  event->severity = judgement.severity;
  return judgement;
}

void Record::WriteCommon(DetailsWriter* details, std::string_view title, const Judgement& judgement,
                         std::string_view severity_word) const {
  details->Text("title", TitleOf(observation.title.empty() ? title : observation.title));
  details->Text("link", observation.link);
  details->Text("format", model::FormatName(observation.format));
  details->Text("severityWord", severity_word);
  if (judgement.unknown) details->Flag("severityUnknown");
  details->Extra(observation.extra);
}

void Record::Emit(model::Event event, Why service, Why type, Why severity) const {
  event.ttl = event.timestamp + engine.RetentionOf(event.severity);
  explainer.Add("serviceId", event.service_id, service);
  explainer.Add("eventType", event.event_type, type);
  explainer.Add("severity", model::SeverityName(event.severity), severity);
  out->push_back(std::move(event));
}

Refused Refuse(model::RefusalReason reason, std::string field, std::string message) {
  model::Refusal refusal;
  refusal.reason = reason;
  refusal.field = std::move(field);
  refusal.message = std::move(message);
  return refusal;
}

}  // namespace srehub::classify
