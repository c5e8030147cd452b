#include <cmath>

#include "insight/correlation.h"
#include "insight/lists.h"

namespace srehub::insight {

namespace {

double Rounded(double value) { return std::round(value * 1e6) / 1e6; }

void WriteVerdict(JsonWriter* json, const TypeVerdict& v) {
  const aggregate::RateComparison& r = v.rates;
  json->Key("before").BeginObject().Field("count", r.before);
  json->Field("minutes", r.exposure_before).Field("perMinute", Rounded(r.rate_before)).EndObject();
  json->Key("after").BeginObject().Field("count", r.after);
  json->Field("minutes", r.exposure_after).Field("perMinute", Rounded(r.rate_after)).EndObject();
  json->Key("ratio").BeginObject().Field("value", Rounded(r.ratio));
  json->Field("low", Rounded(r.ratio_low)).Field("high", Rounded(r.ratio_high)).EndObject();
  json->Field("p", v.p).Field("q", v.q).Field("overdispersion", Rounded(v.phi));
  json->Field("notEnoughData", v.verdict == Verdict::kNotEnoughData);
  json->Field("new", v.is_new).Field("gone", v.gone);
  json->Field("verdict", VerdictName(v.verdict)).Field("reason", v.reason);
}

void WriteType(JsonWriter* json, const CorrelatedType& row) {
  json->BeginObject();
  json->Field("serviceId", row.service_id).Field("eventType", row.event_type);
  json->Field("incidentId", row.incident_id).Field("inferred", row.inferred);
  json->Field("severity", model::SeverityName(row.severity));
  json->Field("windowCount", row.window_count);
  if (row.first_in_window) json->Field("firstInWindow", *row.first_in_window);
  if (row.first_offset) {
    json->Field("firstOffsetSeconds", *row.first_offset / 1s).Field("offsetFrom", row.offset_from);
    const bool before = *row.first_offset < Duration(0);
    json->Field("firstOffset", FormatDuration(before ? -*row.first_offset : *row.first_offset) +
                                   (before ? " before the " : " after the ") + row.offset_from);
  }
  WriteVerdict(json, row.verdict);
  json->Key("sample").BeginObject().FieldIf("title", row.sample_title);
  json->FieldIf("traceId", row.sample_trace_id).FieldIf("event", row.sample_event).EndObject();
  json->EndObject();
}

void WriteElsewhere(JsonWriter* json, const ElsewhereRow& row) {
  json->BeginObject();
  json->Field("serviceId", row.service_id).Field("eventType", row.event_type);
  json->Field("incidentId", row.incident_id);
  json->Field("severity", model::SeverityName(row.severity));
  json->Field("from", row.first).Field("to", row.last).Field("windowCount", row.count);
  json->Field("firstOffsetSeconds", row.first_offset / 1s).Field("node", row.node);
  json->EndObject();
}

}  // namespace

std::string ToJson(const CorrelationAnswer& answer) {
  JsonWriter json;
  json.BeginObject();
  WriteHead(&json, answer.head);
  json.Key("deploy");
  WriteDeploy(&json, answer.deploy);
  if (answer.previous_good) {
    json.Key("previousGood");
    WriteDeploy(&json, *answer.previous_good);
  }
  json.Key("siblings").BeginArray();
  for (const std::string& sibling : answer.siblings) json.String(sibling);
  json.EndArray();
  json.Field("verdict", VerdictName(answer.verdict.verdict));
  json.Field("reason", answer.verdict.reason);
  json.Key("effectWindow").BeginObject().Field("from", answer.effect.after);
  json.Field("to", answer.effect.up_to).EndObject();
  json.Field("asOfMinutes", answer.verdict.looked_minutes);
  json.Key("types").BeginArray();
  for (const CorrelatedType& row : answer.types) WriteType(&json, row);
  json.EndArray().Key("elsewhere").BeginArray();
  for (const ElsewhereRow& row : answer.elsewhere) WriteElsewhere(&json, row);
  json.EndArray().Key("otherDeploys").BeginArray();
  for (const model::Deploy& deploy : answer.other_deploys) WriteDeploy(&json, deploy);
  json.EndArray().EndObject();
  return json.Take();
}

}  // namespace srehub::insight
