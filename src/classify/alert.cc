// Prometheus' alerts, by whichever carrier: signals with starts.
#include <algorithm>

#include "classify/engine.h"

namespace srehub::classify {
namespace {

constexpr std::string_view kUnnamed = "UnnamedAlert";

std::string_view Label(const model::Labels& labels, std::string_view key) {
  const auto it = labels.find(key);
  return it == labels.end() ? std::string_view{} : std::string_view(it->second);
}

std::string_view EnvironmentOf(const model::Labels& labels) {
  for (std::string_view key : {"environment", "env", "stage"}) {
    if (const std::string_view value = Label(labels, key); !value.empty()) return value;
  }
  return {};
}

std::string TypeOf(std::string_view alertname) {
  if (IsIdentifier(alertname)) return std::string(alertname);
  std::string type = CamelCase(alertname);
  return type.empty() ? std::string(kUnnamed) : type;
}

Instant FloorToSlot(Instant t) {
  const int64_t slot = limits::kRefreshSlot.count();
  return FromNanos(FloorDiv(Nanos(t), slot) * slot);
}
// A time on the border of two slots ends the first one.
Instant SlotEnd(Instant t) {
  const Instant floor = FloorToSlot(t);
  return floor == t ? t : floor + limits::kRefreshSlot;
}

// What is the same in every resend: labels. Annotations, links and expiries come and go.
std::string StableDetails(const Record& record, const model::AlertFact& fact,
                          const Judgement& judgement) {
  return BuildDetails([&](DetailsWriter& details) {
    details.Text("title", TitleOf(Label(fact.labels, "alertname")));
    details.Text("format", model::FormatName(record.observation.format));
    details.Text("fingerprint", fact.fingerprint);
    details.Text("environment", EnvironmentOf(fact.labels));
    details.Text("severityWord", Label(fact.labels, "severity"));
    if (judgement.unknown) details.Flag("severityUnknown");
    details.Map("labels", fact.labels);
  });
}

std::string_view MessageOf(const model::Labels& annotations) {
  for (std::string_view key : {"description", "message", "summary"}) {
    if (const std::string_view value = Label(annotations, key); !value.empty()) return value;
  }
  return {};
}

std::string RefreshDetails(const Record& record, const model::AlertFact& fact,
                           const Judgement& judgement) {
  return BuildDetails([&](DetailsWriter& details) {
    details.Message(MessageOf(fact.annotations));
    details.Text("fingerprint", fact.fingerprint);
    details.Text("generatorURL", fact.generator_url);
    details.Map("labels", fact.labels);
    details.Map("annotations", fact.annotations);
    record.WriteCommon(&details, Label(fact.labels, "alertname"), judgement,
                       Label(fact.labels, "severity"));
  });
}

// Proof that the life which began at startsAt goes on. Times are rounded to slots, so that the
// resends of a slot are one event.
model::Event RefreshOf(const Record& record, const model::AlertFact& fact,
                       const model::Event& firing) {
  const Instant slot = FloorToSlot(fact.received);
  model::Event refresh = firing;
  refresh.phase = model::Phase::kRefresh;
  refresh.timestamp = std::max(slot, fact.starts_at);
  refresh.expires_at = fact.has_expiry
                           ? SlotEnd(fact.ends_at)
                           : slot + limits::kRefreshSlot + record.engine.settings.expire_after;
  refresh.event_id = record.IdOf("|refresh|" + FormatTime(slot) + '|' +
                                 (fact.has_expiry ? FormatTime(*refresh.expires_at) : ""));
  return refresh;
}

}  // namespace

Refused ClassifyFact(const Record& record, const model::AlertFact& fact) {
  const Engine& engine = record.engine;
  ServiceName service = engine.services.Of(fact);
  model::Event event = record.NewEvent(std::move(service.id));
  event.event_type = TypeOf(Label(fact.labels, "alertname"));
  event.signal = fact.fingerprint;
  event.starts_at = fact.starts_at;
  event.phase = fact.resolved ? model::Phase::kResolved : model::Phase::kFiring;
  event.timestamp = fact.resolved ? fact.ends_at : fact.starts_at;
  const Judgement judgement =
      record.Judge(&event, engine.severities.Of(fact), EnvironmentOf(fact.labels));
  event.details = StableDetails(record, fact, judgement);
  record.explainer.Add("signal", event.signal, {"fingerprint of the labels"});
  std::optional<model::Event> refresh;
  if (!fact.resolved) {
    refresh = RefreshOf(record, fact, event);
    refresh->details = RefreshDetails(record, fact, judgement);
    refresh->ttl = refresh->timestamp + engine.RetentionOf(refresh->severity);
  }
  record.Emit(std::move(event), service.why, {"label alertname"}, judgement.why);
  if (refresh) record.out->push_back(*std::move(refresh));
  return std::nullopt;
}

}  // namespace srehub::classify
