#include "sources/otlp.h"

#include <limits>

#include "base/text.h"

namespace srehub::sources {
namespace {

// As a text that the time reader understands, or refuses for what it is.
std::string TimeText(uint64_t nanos) {
  if (nanos > static_cast<uint64_t>(std::numeric_limits<int64_t>::max())) {
    return std::to_string(nanos);
  }
  return FormatTime(FromNanos(static_cast<int64_t>(nanos)));
}

void FieldIfJson(JsonWriter* out, std::string_view key, std::string_view json) {
  if (!json.empty() && json != "{}") out->FieldRaw(key, json);
}

// "00…0" means no trace.
bool IsNull(std::string_view id) { return id.find_first_not_of('0') == std::string_view::npos; }

}  // namespace

bool IsProtobuf(const model::Delivery& delivery) {
  const std::string_view type = delivery.Header("content-type");
  if (!type.starts_with("application/x-protobuf") && !type.starts_with("application/protobuf")) {
    return false;
  }
  return !delivery.body.starts_with('{');
}

std::string FlattenOtlpRecord(const OtlpRecord& record, const OtlpAround& around) {
  JsonWriter json;
  json.BeginObject();
  if (record.time_unix_nano != 0) json.Field("timestamp", TimeText(record.time_unix_nano));
  if (record.observed_time_unix_nano != 0) {
    json.Field("observedTimestamp", TimeText(record.observed_time_unix_nano));
  }
  if (record.severity_number != 0) json.Field("severityNumber", record.severity_number);
  json.FieldIf("severityText", record.severity_text);
  if (!IsNull(record.trace_id)) json.Field("traceId", record.trace_id);
  if (!IsNull(record.span_id)) json.Field("spanId", record.span_id);
  if (record.flags != 0) json.Field("flags", record.flags);
  json.FieldIf("eventName", record.event_name);
  if (record.body.starts_with('"')) json.FieldRaw("body", record.body);
  else if (!record.body.empty() && record.body != "null") json.Field("body", record.body);
  FieldIfJson(&json, "attributes", record.attributes);
  if (record.dropped_attributes != 0) {
    json.Field("droppedAttributesCount", record.dropped_attributes);
  }
  FieldIfJson(&json, "resource", around.resource);
  FieldIfJson(&json, "scope", around.scope);
  FieldIfJson(&json, "unknown", record.unknown);
  return json.EndObject().Take();
}

}  // namespace srehub::sources
