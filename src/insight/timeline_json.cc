#include "insight/timeline.h"

namespace srehub::insight {

namespace {

void WriteOpen(JsonWriter* json, const OpenRow& row) {
  json->BeginObject();
  json->Field("serviceId", row.service_id).Field("eventType", row.event_type);
  json->Field("incidentId", row.incident_id).Field("signal", row.signal);
  json->Field("severity", model::SeverityName(row.severity)).Field("since", row.since);
  if (row.until) json->Field("assumedEndedAt", *row.until);
  json->FieldIf("title", row.title).Field("inferred", row.inferred);
  json->EndObject();
}

std::string_view KindName(TimelineRow::Kind kind) {
  switch (kind) {
    case TimelineRow::Kind::kEvent: return "event";
    case TimelineRow::Kind::kSeries: return "series";
    case TimelineRow::Kind::kFlapping: return "flapping";
  }
  return "event";
}

}  // namespace

void WriteRow(JsonWriter* json, const TimelineRow& row) {
  const model::Event& e = row.event;
  json->BeginObject();
  json->Field("serviceId", e.service_id).Field("timestamp", e.timestamp);
  json->Field("eventId", std::string_view(model::SortKey(e.timestamp, e.event_id)).substr(31));
  json->Field("eventType", e.event_type).Field("severity", model::SeverityName(e.severity));
  json->Field("source", model::SourceName(e.source)).Field("phase", model::PhaseName(e.phase));
  json->Field("kind", KindName(row.kind)).Field("title", row.title);
  json->Field("occurrences", row.occurrences);
  if (row.lower_bound) json->Field("occurrencesAtLeast", true);
  if (row.lifetime) json->Field("lifetimeCount", *row.lifetime);
  if (row.kind != TimelineRow::Kind::kEvent) json->Field("folded", row.folded);
  if (row.first_timestamp) json->Field("firstTimestamp", *row.first_timestamp);
  json->FieldIf("object", row.object).Field("incidentId", row.incident_id);
  json->FieldIf("traceId", row.trace_id).FieldIf("link", row.link);
  json->FieldIf("signal", e.signal).FieldIf("series", e.series);
  if (e.deploy) json->Field("deployId", model::DeployId(*e.deploy));
  if (!row.carriers.empty()) {
    json->Key("carriers").BeginArray();
    for (const std::string& carrier : row.carriers) json->String(carrier);
    json->EndArray();
  }
  if (!row.resolves.empty()) {
    json->Key("resolves").BeginObject().Field("incidentId", row.resolves);
    if (row.resolves_since) json->Field("since", *row.resolves_since);
    json->EndObject();
  }
  if (row.still_open) json->Field("stillOpen", true);
  json->Field("inferred", row.inferred);
  if (e.untimed) json->Field("untimed", true);
  json->FieldRaw("details", e.details.empty() ? "{}" : e.details);
  json->EndObject();
}

std::string ToJson(const TimelineAnswer& answer) {
  JsonWriter json;
  json.BeginObject();
  json.Field("serviceId", answer.service_id).Field("exact", answer.exact);
  WriteHead(&json, answer.head);
  json.Key("siblings").BeginArray();
  for (const Sibling& sibling : answer.siblings)
    json.BeginObject()
        .Field("serviceId", sibling.service_id)
        .Field("inferred", true)
        .Field("alias", sibling.alias_line)
        .EndObject();
  json.EndArray();
  if (answer.last_event) json.Field("lastEvent", *answer.last_event);
  json.Key("histogram").BeginObject();
  json.Field("stepSeconds", answer.histogram_step / 1s).Key("buckets").BeginArray();
  for (const HistogramBucket& bucket : answer.histogram) {
    json.BeginObject().Field("start", bucket.start);
    for (const model::Severity s : model::kAllSeverities)
      if (const uint64_t n = bucket.counts[model::SeverityIndex(s)]; n > 0)
        json.Field(model::SeverityName(s), n);
    json.EndObject();
  }
  json.EndArray().EndObject();
  json.Key("stillOpen").BeginArray();
  for (const OpenRow& row : answer.still_open) WriteOpen(&json, row);
  json.EndArray();
  json.Key("events").BeginArray();
  for (const TimelineRow& row : answer.events) WriteRow(&json, row);
  json.EndArray().EndObject();
  return json.Take();
}

}  // namespace srehub::insight
