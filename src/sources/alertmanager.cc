// Alertmanager's webhook, version 4: a group of alerts.
// https://prometheus.io/docs/alerting/latest/configuration/#webhook_config
#include "sources/alerts.h"
#include "sources/formats.h"

namespace srehub::sources {
namespace {

using model::RefusalReason;

// Firing or resolved is said per alert: a group that fires may hold resolved ones.
bool IsResolved(ObjectReader& alert) {
  const std::string_view status = alert.String("status");
  if (status == "resolved") return true;
  if (status == "firing") return false;
  if (!alert.Has("status")) {
    alert.Missing("status", "every alert of a group says whether it is firing or resolved");
  } else {
    alert.Wrong(RefusalReason::kBadValue, "status",
                "the status " + Quoted(status) + " is neither firing nor resolved");
  }
  return false;
}

// The alert's own unmapped fields, and what the group says, which all its alerts share.
std::string ExtraOf(ObjectReader& alert, const model::AlertFact& fact,
                    std::string_view sent_fingerprint, const std::string& group) {
  JsonWriter extra;
  extra.BeginObject();
  alert.WriteLeftovers(&extra);
  if (sent_fingerprint != fact.fingerprint) extra.FieldIf("fingerprint", sent_fingerprint);
  if (!group.empty()) extra.FieldRaw("group", group);
  return extra.EndObject().Take();
}

// Grafana's rules are others than Prometheus', even where their labels are the same: a signal of
// their own, in the same incident.
void BecomeGrafanas(ObjectReader& alert, model::AlertFact* fact) {
  fact->fingerprint = "grafana/" + fact->fingerprint;
  for (std::string_view key : {"panelURL", "dashboardURL"}) {
    const auto url = alert.Peek(key);
    std::string_view text;
    if (fact->generator_url.empty() && url && url->get_string().get(text) == simdjson::SUCCESS)
      fact->generator_url = HttpLink(text);
  }
}

void DecodeAlert(Record& record, const JsonElement& element, const std::string& pointer,
                 const std::string& group, model::Format format) {
  Problem problem;
  ObjectReader alert(element, pointer, &problem);
  model::AlertFact fact;
  ReadAlert(alert, &fact);
  const std::string_view sent_fingerprint = alert.String("fingerprint");
  if (format == model::Format::kGrafana) BecomeGrafanas(alert, &fact);
  fact.resolved = IsResolved(alert);
  const auto starts_at = alert.Time("startsAt");
  const auto ends_at = alert.Time("endsAt");
  if (problem) return problem.Report(record);
  fact.received = record.received();
  if (fact.resolved) {
    fact.ends_at = ends_at ? *ends_at : fact.received;
  } else if (ends_at && *ends_at > fact.received) {
    fact.ends_at = *ends_at;
    fact.has_expiry = true;
  }
  fact.starts_at = starts_at ? *starts_at : fact.resolved ? fact.ends_at : fact.received;
  const auto time = fact.resolved ? ends_at : starts_at;
  std::string extra = ExtraOf(alert, fact, sent_fingerprint, group);
  ObserveAlert(record, format, std::move(fact), starts_at, time, std::move(extra));
}

void NoteTruncation(Record& record, ObjectReader& root, std::string_view receiver) {
  const int64_t truncated = root.Int("truncatedAlerts").value_or(0);
  if (truncated <= 0) return;
  record.context->notices.push_back("Alertmanager left " + std::to_string(truncated) +
                                    " alerts out of a group for the receiver " + Quoted(receiver) +
                                    ": raise its max_alerts");
}

}  // namespace

void DecodeAlertGroup(Record& record, model::Format format) {
  Problem problem;
  ObjectReader root(record.root, record.pointer, &problem);
  root.Id("version");
  root.String("status");
  const std::string_view receiver = FindString(record.root, "receiver").value_or("");
  if (!root.Has("alerts")) root.Missing("alerts", "the group's alerts stand in this member");
  const auto alerts = root.Array("alerts");
  NoteTruncation(record, root, receiver);
  if (problem) return problem.Report(record);
  JsonWriter group;
  group.BeginObject();
  root.WriteLeftovers(&group);
  group.EndObject();
  size_t position = 0;
  for (const JsonElement alert : *alerts) {
    const std::string at = root.PointerTo("alerts") + "/" + std::to_string(position++);
    if (alert.is_object()) {
      DecodeAlert(record, alert, at, group.text(), format);
    } else {
      record.Refuse(RefusalReason::kWrongShape, at,
                    "alert " + std::to_string(position) + " is " + std::string(TypeInWords(alert)) +
                        ", not an object");
    }
  }
}

void DecodeAlertmanager(Record& record) {
  // Whoever points Grafana at Alertmanager's path means its alerts nevertheless.
  if (Find(record.root, "orgId")) return DecodeGrafana(record);
  DecodeAlertGroup(record, model::Format::kAlertmanager);
}

}  // namespace srehub::sources
