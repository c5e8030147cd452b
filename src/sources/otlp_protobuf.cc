// OTLP's log request in protobuf. Field numbers are those of the .proto files.
#include <bit>
#include <cmath>
#include <iterator>

#include "base/base64.h"
#include "sources/otlp.h"
#include "sources/protobuf_reader.h"

namespace srehub::sources {
namespace {

std::string Hex(std::string_view bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string out;
  out.reserve(bytes.size() * 2);
  for (const char c : bytes) {
    out += kDigits[static_cast<uint8_t>(c) >> 4];
    out += kDigits[static_cast<uint8_t>(c) & 15];
  }
  return out;
}

// What JSON has no number for is written as protobuf's JSON form writes it.
void AppendDouble(double value, JsonWriter* out) {
  if (std::isfinite(value)) out->Double(value);
  else out->String(std::isnan(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity");
}

Status AppendValue(ProtobufReader message, size_t depth, JsonWriter* out);

// KeyValue {key = 1, value = 2}, as a member of an object that is being written.
Status AppendKeyValue(ProtobufReader message, size_t depth, JsonWriter* out) {
  ProtobufField field;
  std::string_view key, value;
  size_t value_at = 0;
  while (message.Next(&field)) {
    if (field.number > 2) continue;
    SREHUB_CHECK_OK(message.Expect(field, WireType::kBytes, field.number == 1 ? "key" : "value"));
    if (field.number == 1) {
      key = field.bytes;
    } else {
      value = field.bytes;
      value_at = message.OffsetOf(field);
    }
  }
  SREHUB_CHECK_OK(message.status());
  out->Key(key);
  return AppendValue(ProtobufReader(value, value_at), depth, out);
}

// ArrayValue and KeyValueList {values = 1}.
Status AppendValues(ProtobufReader message, bool pairs, size_t depth, JsonWriter* out) {
  if (depth >= kMaxOtlpValueDepth) {
    return Fail(ErrorCode::kMalformed, "an attribute's value is nested more than " +
                                           std::to_string(kMaxOtlpValueDepth) + " deep");
  }
  ProtobufField field;
  if (pairs) out->BeginObject();
  else out->BeginArray();
  while (message.Next(&field)) {
    if (field.number != 1) continue;
    SREHUB_CHECK_OK(message.Expect(field, WireType::kBytes, "values"));
    const ProtobufReader item(field.bytes, message.OffsetOf(field));
    SREHUB_CHECK_OK(pairs ? AppendKeyValue(item, depth + 1, out)
                          : AppendValue(item, depth + 1, out));
  }
  if (pairs) out->EndObject();
  else out->EndArray();
  return message.status();
}

// AnyValue: a oneof, so the last one set is meant; none is null.
Status AppendValue(ProtobufReader message, size_t depth, JsonWriter* out) {
  ProtobufField field, last;
  while (message.Next(&field)) {
    if (field.number <= 7) last = field;
  }
  SREHUB_CHECK_OK(message.status());
  static constexpr WireType kTypes[] = {WireType::kVarint, WireType::kBytes,   WireType::kVarint,
                                        WireType::kVarint, WireType::kFixed64, WireType::kBytes,
                                        WireType::kBytes,  WireType::kBytes};
  if (last.number != 0) {
    SREHUB_CHECK_OK(message.Expect(last, kTypes[last.number], "AnyValue"));
  }
  switch (last.number) {
    case 1: out->String(last.bytes); break;
    case 2: out->Bool(last.value != 0); break;
    case 3: out->Int(static_cast<int64_t>(last.value)); break;
    case 4: AppendDouble(std::bit_cast<double>(last.value), out); break;
    case 5:
    case 6:
      return AppendValues(ProtobufReader(last.bytes, message.OffsetOf(last)), last.number == 6,
                          depth, out);
    case 7: out->String(Base64Encode(last.bytes)); break;
    default: out->Null();
  }
  return {};
}

// Repeated KeyValue, collected into one object.
class Attributes {
 public:
  Attributes() { json_.BeginObject(); }
  Status Add(const ProtobufReader& around, const ProtobufField& field) {
    SREHUB_CHECK_OK(around.Expect(field, WireType::kBytes, "attributes"));
    any_ = true;
    return AppendKeyValue(ProtobufReader(field.bytes, around.OffsetOf(field)), 0, &json_);
  }
  std::string Take() { return any_ ? json_.EndObject().Take() : std::string(); }

 private:
  JsonWriter json_;
  bool any_ = false;
};

// Which type each field of LogRecord has; 0xFF: not known, passed over.
constexpr uint8_t kOther = 0xFF;
constexpr uint8_t kRecordTypes[] = {kOther, 1, 0, 2, kOther, 2, 2, 0, 5, 2, 2, 1, 2};
constexpr std::string_view kRecordNames[] = {
    "",         "timeUnixNano", "severityNumber", "severityText",
    "",         "body",         "attributes",     "droppedAttributesCount",
    "flags",    "traceId",      "spanId",         "observedTimeUnixNano",
    "eventName"};

Status ReadRecord(ProtobufReader message, const OtlpAround& around, FlatRecords* out) {
  OtlpRecord record;
  Attributes attributes;
  ProtobufField field;
  while (message.Next(&field)) {
    if (field.number >= std::size(kRecordTypes) || kRecordTypes[field.number] == kOther) continue;
    SREHUB_CHECK_OK(message.Expect(field, static_cast<WireType>(kRecordTypes[field.number]),
                                   kRecordNames[field.number]));
    switch (field.number) {
      case 1: record.time_unix_nano = field.value; break;
      case 2: record.severity_number = static_cast<int32_t>(field.value); break;
      case 3: record.severity_text = field.bytes; break;
      case 5: {
        JsonWriter body;
        SREHUB_CHECK_OK(
            AppendValue(ProtobufReader(field.bytes, message.OffsetOf(field)), 0, &body));
        record.body = body.Take();
        break;
      }
      case 6: SREHUB_CHECK_OK(attributes.Add(message, field)); break;
      case 7: record.dropped_attributes = field.value; break;
      case 8: record.flags = field.value; break;
      case 9: record.trace_id = Hex(field.bytes); break;
      case 10: record.span_id = Hex(field.bytes); break;
      case 11: record.observed_time_unix_nano = field.value; break;
      default: record.event_name = field.bytes;
    }
  }
  SREHUB_CHECK_OK(message.status());
  record.attributes = attributes.Take();
  out->Add(FlattenOtlpRecord(record, around));
  return {};
}

// InstrumentationScope {name = 1, version = 2, attributes = 3}
Result<std::string> ReadScope(ProtobufReader message) {
  std::string_view name, version;
  Attributes attributes;
  ProtobufField field;
  while (message.Next(&field)) {
    if (field.number > 3) continue;
    SREHUB_CHECK_OK(message.Expect(field, WireType::kBytes, "scope"));
    if (field.number == 1) name = field.bytes;
    else if (field.number == 2) version = field.bytes;
    else SREHUB_CHECK_OK(attributes.Add(message, field));
  }
  SREHUB_CHECK_OK(message.status());
  JsonWriter json;
  json.BeginObject().FieldIf("name", name).FieldIf("version", version);
  if (const std::string map = attributes.Take(); !map.empty()) json.FieldRaw("attributes", map);
  return json.EndObject().Take();
}

// ScopeLogs {scope = 1, log_records = 2}; the scope may stand behind its records.
Status ReadScopeLogs(ProtobufReader message, std::string_view resource, FlatRecords* out) {
  std::string scope;
  ProtobufField field;
  for (ProtobufReader first = message; first.Next(&field);) {
    if (field.number != 1) continue;
    SREHUB_CHECK_OK(first.Expect(field, WireType::kBytes, "scope"));
    SREHUB_TRY(scope, ReadScope(ProtobufReader(field.bytes, first.OffsetOf(field))));
  }
  while (!out->full() && message.Next(&field)) {
    if (field.number != 2) continue;
    SREHUB_CHECK_OK(message.Expect(field, WireType::kBytes, "logRecords"));
    SREHUB_CHECK_OK(
        ReadRecord(ProtobufReader(field.bytes, message.OffsetOf(field)), {resource, scope}, out));
  }
  return message.status();
}

// Resource {attributes = 1}
Result<std::string> ReadResource(ProtobufReader message) {
  Attributes attributes;
  ProtobufField field;
  while (message.Next(&field)) {
    if (field.number == 1) SREHUB_CHECK_OK(attributes.Add(message, field));
  }
  SREHUB_CHECK_OK(message.status());
  return attributes.Take();
}

// ResourceLogs {resource = 1, scope_logs = 2}
Status ReadResourceLogs(ProtobufReader message, FlatRecords* out) {
  std::string resource;
  ProtobufField field;
  for (ProtobufReader first = message; first.Next(&field);) {
    if (field.number != 1) continue;
    SREHUB_CHECK_OK(first.Expect(field, WireType::kBytes, "resource"));
    SREHUB_TRY(resource, ReadResource(ProtobufReader(field.bytes, first.OffsetOf(field))));
  }
  while (!out->full() && message.Next(&field)) {
    if (field.number != 2) continue;
    SREHUB_CHECK_OK(message.Expect(field, WireType::kBytes, "scopeLogs"));
    SREHUB_CHECK_OK(
        ReadScopeLogs(ProtobufReader(field.bytes, message.OffsetOf(field)), resource, out));
  }
  return message.status();
}

}  // namespace

Result<FlatRecords> FlattenOtlpProtobuf(std::string_view body) {
  FlatRecords out;
  ProtobufReader request(body);
  ProtobufField field;
  while (!out.full() && request.Next(&field)) {
    if (field.number != 1) continue;
    SREHUB_CHECK_OK(request.Expect(field, WireType::kBytes, "resourceLogs"));
    SREHUB_CHECK_OK(ReadResourceLogs(ProtobufReader(field.bytes, request.OffsetOf(field)), &out));
  }
  SREHUB_CHECK_OK(request.status());
  return out;
}

}  // namespace srehub::sources
