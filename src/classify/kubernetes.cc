// Kubernetes events and the kills a Pod's status tells of.
#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "classify/engine.h"

namespace srehub::classify {
namespace {

// client-go puts this before a message that stands for several similar ones.
constexpr std::string_view kCombinedPrefix = "(combined from similar events): ";

std::string_view WithoutCombinedPrefix(std::string_view message) {
  if (message.starts_with(kCombinedPrefix)) message.remove_prefix(kCombinedPrefix.size());
  return message;
}

const KubernetesTypeRule* FindRule(const Engine& engine, const model::KubernetesFact& fact,
                                   std::string_view message) {
  for (const auto& [rule, patterns] : engine.kubernetes_types) {
    if (std::find(rule.reasons.begin(), rule.reasons.end(), fact.reason) == rule.reasons.end()) {
      continue;
    }
    if (!rule.kind.empty() && rule.kind != fact.object.kind) continue;
    if (rule.messages.empty() && rule.patterns.empty()) return &rule;
    const auto contained = [&](const std::string& part) {
      return message.find(part) != std::string_view::npos;
    };
    if (std::any_of(rule.messages.begin(), rule.messages.end(), contained)) return &rule;
    if (patterns.MatchesAny(message)) return &rule;
  }
  return nullptr;
}

// "spec.containers{web}" is web.
std::string_view ContainerOf(std::string_view field_path) {
  const size_t open = field_path.find('{');
  if (open == std::string_view::npos || !field_path.ends_with('}')) return {};
  return field_path.substr(open + 1, field_path.size() - open - 2);
}

// "Readiness probe failed: …" is about the Readiness probe.
std::string_view ProbeOf(std::string_view message) {
  for (std::string_view probe : {"Readiness", "Liveness", "Startup"}) {
    if (message.starts_with(probe) && message.substr(probe.size()).starts_with(" probe")) {
      return probe;
    }
  }
  return {};
}

std::string SignalOf(const model::KubernetesFact& fact) {
  std::string signal = ToLowerAscii(fact.object.kind) + '/' + fact.cluster + '/';
  if (!fact.object.namespace_.empty() && fact.object.kind != "Node") {
    signal += fact.object.namespace_ + '/';
  }
  return signal + fact.object.name;
}

void SetSeries(const model::KubernetesFact& fact, Duration retention, model::Event* event) {
  event->series = fact.cluster + '/' + fact.uid;
  event->series_count = std::max<int64_t>(fact.count, 1);
  const Instant start = std::min(fact.first_time.value_or(event->timestamp), event->timestamp);
  // What began before retention has no minute left to be counted in.
  event->series_start = start < event->timestamp - retention ? event->timestamp : start;
}

std::string DetailsOf(const Record& record, const model::KubernetesFact& fact,
                      std::string_view message, const Judgement& judgement,
                      const model::Event& event) {
  return BuildDetails([&](DetailsWriter& details) {
    details.Message(message);
    details.Object(fact.object, ContainerOf(fact.object.field_path));
    details.Text("reason", fact.reason);
    if (event.event_type == "Unhealthy") details.Text("probe", ProbeOf(message));
    details.Text("component", fact.component);
    details.Text("node", fact.object.kind == "Node" ? fact.object.name : fact.host);
    details.Text("cluster", fact.cluster);
    if (fact.count > 1) details.Int("count", fact.count);
    record.WriteCommon(&details, message.empty() ? fact.reason : message, judgement, fact.type);
  });
}

}  // namespace

Refused ClassifyFact(const Record& record, const model::KubernetesFact& fact) {
  const Engine& engine = record.engine;
  if (fact.count > limits::kMaxSeriesCount) {
    return Refuse(model::RefusalReason::kBadValue, "/count",
                  fmt::format("a count of {} is more than a Kubernetes event can hold ({})",
                              fact.count, limits::kMaxSeriesCount));
  }
  const std::string_view message = WithoutCombinedPrefix(fact.message);
  ServiceName service = engine.services.Of(fact);
  model::Event event = record.NewEvent(std::move(service.id));
  Why type{"reason as it stands"};
  const KubernetesTypeRule* rule = FindRule(engine, fact, message);
  if (rule != nullptr) {
    event.event_type = rule->event_type;
    event.closes = rule->closes;
    type = {rule->origin};
  } else {
    event.event_type = IsIdentifier(fact.reason) ? fact.reason : CamelCase(fact.reason);
  }
  if (event.event_type.empty()) {
    return Refuse(model::RefusalReason::kMissingField, "/reason",
                  "a Kubernetes event without a reason has no type");
  }
  const Judgement judgement =
      record.Judge(&event, engine.severities.Of(fact, event.event_type), {});
  if (rule != nullptr && rule->phase) {
    event.phase = *rule->phase;
    event.signal = SignalOf(fact);
    if (event.phase == model::Phase::kFiring) {
      event.expires_at = event.timestamp + engine.settings.expire_after;
    }
    record.explainer.Add("signal", event.signal, type);
  } else if (!fact.uid.empty()) {
    SetSeries(fact, engine.RetentionOf(event.severity), &event);
    record.explainer.Add("series", event.series, {"metadata.uid, count"});
  }
  event.details = DetailsOf(record, fact, message, judgement, event);
  record.Emit(std::move(event), service.why, type, judgement.why);
  return std::nullopt;
}

}  // namespace srehub::classify
