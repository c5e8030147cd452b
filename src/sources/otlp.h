// OTLP's ExportLogsServiceRequest, protobuf or JSON, cut into its log records.
// https://github.com/open-telemetry/opentelemetry-proto, opentelemetry/proto/logs/v1/logs.proto
#pragma once

#include <string>
#include <string_view>

#include "base/json_reader.h"
#include "base/json_writer.h"
#include "base/result.h"
#include "model/delivery.h"
#include "sources/flat_records.h"

namespace srehub::sources {

// Values inside values (arrays, key-value lists) deeper than this are refused.
inline constexpr size_t kMaxOtlpValueDepth = 24;

// Whether the body is protobuf: by its content type, unless it plainly is JSON (a replayed record).
bool IsProtobuf(const model::Delivery& delivery);

// One LogRecord with what stands around it; the same from protobuf and JSON, so that both give the
// same flat record. Members that are JSON are empty when there is nothing to say.
struct OtlpRecord {
  uint64_t time_unix_nano = 0, observed_time_unix_nano = 0;  // 0: unset
  int64_t severity_number = 0;
  std::string_view severity_text;
  std::string body;        // JSON value
  std::string attributes;  // JSON object
  uint64_t dropped_attributes = 0;
  uint64_t flags = 0;
  std::string trace_id, span_id;  // lower-case hex
  std::string_view event_name;
  std::string unknown;  // JSON object: members that OTLP does not name
};
// What the records of one scope share.
struct OtlpAround {
  std::string_view resource;  // JSON object: the attributes
  std::string_view scope;     // JSON object: name, version, attributes
};
// {"timestamp", "observedTimestamp", "severityNumber", "severityText", "traceId", "spanId",
//  "flags", "eventName", "body", "attributes", "resource", "scope", …}: what is unset is left out.
// A body that is no text is written as its JSON text: a structured record is then read as one.
std::string FlattenOtlpRecord(const OtlpRecord& record, const OtlpAround& around);

// Errors: kMalformed with the byte, for the whole body: a protobuf reader that lost its way cannot
// tell records apart.
Result<FlatRecords> FlattenOtlpProtobuf(std::string_view body);
// `root` is an object with `resourceLogs`. A wrong type is a refusal of the record, or of the
// resource or scope, where it stands.
FlatRecords FlattenOtlpJson(const JsonElement& root);

}  // namespace srehub::sources
