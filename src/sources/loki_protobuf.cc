// Loki's push request in protobuf.
#include "base/json_writer.h"
#include "base/snappy_block.h"
#include "base/text.h"
#include "base/time.h"
#include "sources/loki.h"
#include "sources/loki_record.h"
#include "sources/protobuf_reader.h"
#include "sources/record.h"

namespace srehub::sources {
namespace {

constexpr int64_t kNanosPerSecond = 1'000'000'000;
constexpr int64_t kMaxSeconds = 9'223'372'036;  // int64 nanoseconds end there

// Timestamp {seconds = 1, nanos = 2}; text that the time reader takes, or refuses for what it is.
Result<std::string> ReadTime(ProtobufReader message) {
  int64_t seconds = 0, nanos = 0;
  ProtobufField field;
  while (message.Next(&field)) {
    if (field.number > 2) continue;
    SREHUB_CHECK_OK(message.Expect(field, WireType::kVarint, "timestamp"));
    (field.number == 1 ? seconds : nanos) = static_cast<int64_t>(field.value);
  }
  SREHUB_CHECK_OK(message.status());
  if (seconds == 0 && nanos == 0) return std::string();
  if (seconds < 0 || seconds >= kMaxSeconds || nanos < 0 || nanos >= kNanosPerSecond) {
    return std::to_string(seconds) + "s";
  }
  return FormatTime(FromNanos(seconds * kNanosPerSecond + nanos));
}

// LabelPair {name = 1, value = 2}
Status AppendPair(ProtobufReader message, JsonWriter* out) {
  std::string_view name, value;
  ProtobufField field;
  while (message.Next(&field)) {
    if (field.number > 2) continue;
    SREHUB_CHECK_OK(message.Expect(field, WireType::kBytes, "structuredMetadata"));
    (field.number == 1 ? name : value) = field.bytes;
  }
  SREHUB_CHECK_OK(message.status());
  out->Field(name, value);
  return {};
}

struct Stream {
  std::string labels;  // JSON object
  std::string_view tenant;
  std::string problem;  // with its labels: its lines are refused one by one
};

Status ReadEntry(ProtobufReader message, const Stream& stream, FlatRecords* out) {
  std::string time;
  std::string_view line;
  JsonWriter metadata;
  metadata.BeginObject();
  ProtobufField field;
  while (message.Next(&field)) {
    if (field.number > 3) continue;
    SREHUB_CHECK_OK(message.Expect(field, WireType::kBytes, "entries"));
    const ProtobufReader inner(field.bytes, message.OffsetOf(field));
    if (field.number == 2) {
      line = field.bytes;
    } else if (field.number == 1) {
      SREHUB_TRY(time, ReadTime(inner));
    } else {
      SREHUB_CHECK_OK(AppendPair(inner, &metadata));
    }
  }
  SREHUB_CHECK_OK(message.status());
  std::string record =
      LokiRecord(time, stream.tenant, stream.labels, metadata.EndObject().text(), line);
  if (stream.problem.empty()) {
    out->Add(std::move(record));
  } else {
    out->Refuse(model::RefusalReason::kBadValue, "/stream", stream.problem, {}, std::move(record));
  }
  return {};
}

std::string ToJson(const LokiLabels& labels) {
  JsonWriter json;
  json.BeginObject();
  for (const auto& [name, value] : labels) json.Field(name, value);
  return json.EndObject().Take();
}

Status ReadStream(ProtobufReader message, std::string_view tenant, FlatRecords* out) {
  std::string_view text;
  ProtobufField field;
  for (ProtobufReader first = message; first.Next(&field);) {
    if (field.number != 1) continue;
    SREHUB_CHECK_OK(first.Expect(field, WireType::kBytes, "labels"));
    text = field.bytes;
  }
  const auto labels = ParseLokiLabels(text.empty() ? "{}" : text);
  Stream stream{{}, tenant, {}};
  if (labels) {
    stream.labels = ToJson(*labels);
  } else {
    stream.labels = ToJson(LokiLabels{{"labels", std::string(text)}});
    stream.problem = "the labels " + Quoted(text) + " are not of the form {name=\"value\", …}";
  }
  while (!out->full() && message.Next(&field)) {
    if (field.number != 2) continue;
    SREHUB_CHECK_OK(message.Expect(field, WireType::kBytes, "entries"));
    SREHUB_CHECK_OK(ReadEntry(ProtobufReader(field.bytes, message.OffsetOf(field)), stream, out));
  }
  return message.status();
}

}  // namespace

Result<FlatRecords> FlattenLokiProtobuf(const model::Delivery& delivery) {
  std::string inflated;
  std::string_view body = delivery.body;
  if (!EqualsIgnoreCase(delivery.Header("content-encoding"), "snappy")) {
    SREHUB_TRY(inflated, InflateSnappyBlock(body));
    body = inflated;
  }
  FlatRecords out;
  ProtobufReader request(body);
  ProtobufField field;
  while (!out.full() && request.Next(&field)) {
    if (field.number != 1) continue;
    SREHUB_CHECK_OK(request.Expect(field, WireType::kBytes, "streams"));
    SREHUB_CHECK_OK(ReadStream(ProtobufReader(field.bytes, request.OffsetOf(field)),
                               delivery.Header("x-scope-orgid"), &out));
  }
  SREHUB_CHECK_OK(request.status());
  return out;
}

}  // namespace srehub::sources
