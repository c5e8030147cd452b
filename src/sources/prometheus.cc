// Alerts as Prometheus posts them to an Alertmanager: POST /api/v2/alerts, an array of
// {labels, annotations, startsAt, endsAt, generatorURL}. While an alert fires, endsAt lies in the
// future: it is when the alert ends should Prometheus fall silent.
#include "sources/alerts.h"
#include "sources/formats.h"

namespace srehub::sources {

void DecodePrometheus(Record& record) {
  Problem problem;
  ObjectReader alert(record.root, record.pointer, &problem);
  model::AlertFact fact;
  ReadAlert(alert, &fact);
  const auto starts_at = alert.Time("startsAt");
  const auto ends_at = alert.Time("endsAt");
  if (starts_at && ends_at && *ends_at < *starts_at) {
    alert.Wrong(model::RefusalReason::kBadValue, "endsAt",
                "the alert ends at " + FormatTime(*ends_at) + ", before it starts at " +
                    FormatTime(*starts_at));
  }
  if (problem) return problem.Report(record);
  fact.received = record.received();
  fact.resolved = ends_at && *ends_at <= fact.received;
  fact.has_expiry = ends_at && !fact.resolved;
  if (ends_at) fact.ends_at = *ends_at;
  fact.starts_at = starts_at ? *starts_at : fact.resolved ? *ends_at : fact.received;
  JsonWriter extra;
  extra.BeginObject();
  alert.WriteLeftovers(&extra);
  extra.EndObject();
  const auto time = fact.resolved ? ends_at : starts_at;
  ObserveAlert(record, model::Format::kPrometheus, std::move(fact), starts_at, time, extra.Take());
}

}  // namespace srehub::sources
