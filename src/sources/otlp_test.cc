#include "sources/otlp.h"

#include "sources/protobuf_reader.h"
#include "sources/testing.h"

namespace srehub::sources {
namespace {

using model::Format;
using model::LogFact;
using model::Observation;
using model::RefusalReason;
using testing::DecodeBody;
using testing::FactOf;
using testing::Headers;
using testing::ObservationsOf;
using testing::RefuseOne;
using testing::T;
using testing::TryDecode;

const Headers kProtobuf = {{"content-type", "application/x-protobuf"}};

std::string Varint(uint64_t value) {
  std::string out;
  for (; value >= 0x80; value >>= 7) out += static_cast<char>(value | 0x80);
  return out + static_cast<char>(value);
}
std::string Number(uint32_t field, uint64_t value) { return Varint(field << 3) + Varint(value); }
std::string Text(uint32_t field, std::string_view bytes) {
  return Varint(field << 3 | 2) + Varint(bytes.size()) + std::string(bytes);
}
std::string Fixed64(uint32_t field, uint64_t value) {
  std::string out = Varint(field << 3 | 1);
  for (int i = 0; i < 8; ++i) out += static_cast<char>(value >> (8 * i));
  return out;
}
std::string Pair(std::string_view key, std::string_view any_value) {
  return Text(1, key) + Text(2, any_value);
}

constexpr uint64_t kNanos = 1'756'216'872'000'000'123;  // 2025-08-26T14:01:12.000000123Z

// Every field of a record, its scope and its resource.
std::string FullRequest() {
  const std::string list = Text(1, Text(1, "a")) + Text(1, Number(3, static_cast<uint64_t>(-7)));
  const std::string map = Text(1, Pair("k", Number(2, 1))) + Text(1, Pair("n", ""));
  const std::string record =
      Fixed64(1, kNanos) + Number(2, 17) + Text(3, "ERROR") + Text(5, Text(1, "no route")) +
      Text(6, Pair("exception.type", Text(1, "OSError"))) + Text(6, Pair("list", Text(5, list))) +
      Text(6, Pair("map", Text(6, map))) + Text(6, Pair("bytes", Text(7, "\x01\xff"))) +
      Text(6, Pair("ratio", Fixed64(4, 0x3FE0000000000000))) + Number(7, 2) + Varint(8 << 3 | 5) +
      std::string("\x01\0\0\0", 4) + Text(9, "0123456789abcdef") + Text(10, "01234567") +
      Fixed64(11, kNanos + 5) + Text(12, "db.down") + Text(99, "not known");
  const std::string scope = Text(1, "app.db") + Text(2, "1.2");
  const std::string resource = Text(1, Pair("service.name", Text(1, "checkout-api"))) +
                               Text(1, Pair("k8s.pod.name", Text(1, "checkout-api-57ff7")));
  return Text(1, Text(2, Text(2, record) + Text(1, scope)) + Text(1, resource));
}

constexpr std::string_view kFullJson =
    R"({"resourceLogs":[{"resource":{"attributes":[
    {"key":"service.name","value":{"stringValue":"checkout-api"}},
    {"key":"k8s.pod.name","value":{"stringValue":"checkout-api-57ff7"}}]},
    "scopeLogs":[{"scope":{"name":"app.db","version":"1.2"},"logRecords":[{
    "timeUnixNano":"1756216872000000123","observedTimeUnixNano":"1756216872000000128",
    "severityNumber":17,"severityText":"ERROR","body":{"stringValue":"no route"},
    "attributes":[{"key":"exception.type","value":{"stringValue":"OSError"}},
    {"key":"list","value":{"arrayValue":{"values":[{"stringValue":"a"},{"intValue":"-7"}]}}},
    {"key":"map","value":{"kvlistValue":{"values":[{"key":"k","value":{"boolValue":true}},
    {"key":"n","value":{}}]}}},
    {"key":"bytes","value":{"bytesValue":"Af8="}},{"key":"ratio","value":{"doubleValue":0.5}}],
    "droppedAttributesCount":2,"flags":1,"traceId":"30313233343536373839616263646566",
    "spanId":"3031323334353637","eventName":"db.down"}]}]}]})";

TEST(Otlp, ProtobufAndJsonAreTheSame) {
  const auto binary = ObservationsOf(DecodeBody(Format::kOtlp, FullRequest(), kProtobuf));
  const auto json = ObservationsOf(DecodeBody(Format::kOtlp, kFullJson));
  ASSERT_EQ(binary.size(), 1U);
  ASSERT_EQ(json.size(), 1U);
  EXPECT_EQ(binary[0].identity, json[0].identity);
  EXPECT_EQ(binary[0].extra, json[0].extra);
  EXPECT_EQ(binary[0].format, Format::kOtlp);
  EXPECT_EQ(binary[0].time, T("2025-08-26T14:01:12.000000123Z"));
  const LogFact fact = FactOf<LogFact>(binary[0]);
  EXPECT_EQ(fact.message, "no route");
  EXPECT_EQ(fact.level, "ERROR");
  EXPECT_EQ(fact.level_number, 17);
  EXPECT_EQ(fact.level_scale, LogFact::LevelScale::kOpenTelemetry);
  EXPECT_EQ(fact.service, "checkout-api");
  EXPECT_EQ(fact.pod, "checkout-api-57ff7");
  EXPECT_EQ(fact.logger, "app.db");
  EXPECT_EQ(fact.exception_type, "OSError");
  EXPECT_EQ(fact.trace_id, "30313233343536373839616263646566");
  EXPECT_EQ(binary[0].extra,
            R"({"observedTimestamp":"2025-08-26T14:01:12.000000128Z","spanId":"3031323334353637",)"
            R"("flags":1,"eventName":"db.down","attributes":{"list":["a",-7],)"
            R"("map":{"k":true,"n":null},"bytes":"Af8=","ratio":0.5},"droppedAttributesCount":2,)"
            R"("scope":{"version":"1.2"}})");
}

Observation Json(std::string record) {
  const std::string body =
      R"({"resourceLogs":[{"scopeLogs":[{"logRecords":[)" + std::move(record) + "]}]}]}";
  return testing::ObserveOne(Format::kOtlp, body);
}

TEST(Otlp, Traps) {
  // The JavaScript SDK writes numbers where the text of one is asked for.
  EXPECT_EQ(Json(R"({"timeUnixNano":1756216872000000000,"body":{"stringValue":"x"},
                 "attributes":[{"key":"n","value":{"intValue":9007199254740992}}]})")
                .time,
            T("2025-08-26T14:01:12Z"));
  // No time of its own: when it was seen.
  EXPECT_EQ(Json(R"({"timeUnixNano":"0","observedTimeUnixNano":"1756216872000000000",
                 "body":{"stringValue":"x"}})")
                .time,
            T("2025-08-26T14:01:12Z"));
  EXPECT_FALSE(Json(R"({"body":{"stringValue":"x"}})").time.has_value());
  EXPECT_EQ(FactOf<LogFact>(Json(R"({"traceId":"ABCDEF","body":{"stringValue":"x"}})")).trace_id,
            "abcdef");
  // A structured body is a record itself; an event without a body is its name.
  const LogFact inner = FactOf<LogFact>(Json(
      R"({"body":{"kvlistValue":{"values":[{"key":"msg","value":{"stringValue":"no route"}},
         {"key":"level","value":{"stringValue":"error"}}]}}})"));
  EXPECT_EQ(inner.message, "no route");
  EXPECT_EQ(inner.level, "error");
  EXPECT_EQ(FactOf<LogFact>(Json(R"({"eventName":"db.down","body":{}})")).message, "db.down");
  EXPECT_EQ(FactOf<LogFact>(Json(R"({"body":{"intValue":"42"}})")).message, "42");
  EXPECT_EQ(
      FactOf<LogFact>(Json(R"({"body":{"stringValue":"2025-08-26 14:01:12 ERROR no"}})")).level,
      "ERROR");
  EXPECT_EQ(Json(R"({"body":{"stringValue":"x"},"later":{"a":1}})").extra,
            R"({"unknown":{"later":{"a":1}}})");
}

TEST(Otlp, OneBadRecordCostsItself) {
  const std::string body = R"({"resourceLogs":[{"resource":{"attributes":[{"key":"service.name",
      "value":{"stringValue":"a"}}]},"scopeLogs":[{"logRecords":[{"body":{"stringValue":"one"}},
      {"severityNumber":"17","body":{"stringValue":"two"}},{"body":{"stringValue":"three"}}]}]}]})";
  const Decoded decoded = DecodeBody(Format::kOtlp, body);
  ASSERT_EQ(decoded.records.size(), 3U);
  ASSERT_EQ(decoded.records[1].refusals.size(), 1U);
  EXPECT_EQ(decoded.records[1].refusals[0].reason, RefusalReason::kWrongType);
  EXPECT_EQ(decoded.records[1].refusals[0].field,
            "/resourceLogs/0/scopeLogs/0/logRecords/1/severityNumber");
  // What the reject log keeps can be sent again once mended, and what is good as it is.
  const std::string mended = testing::Replaced(std::string(decoded.records[1].raw), "\"17\"", "17");
  EXPECT_EQ(FactOf<LogFact>(testing::ObserveOne(Format::kOtlp, mended, kProtobuf)).service, "a");
  const Observation again = testing::ObserveOne(Format::kOtlp, decoded.records[0].raw, kProtobuf);
  EXPECT_EQ(again.identity, decoded.records[0].observations[0].identity);
}

TEST(Otlp, RequestsForNothingAndForOthers) {
  EXPECT_TRUE(DecodeBody(Format::kOtlp, "", kProtobuf).records.empty());
  EXPECT_TRUE(ObservationsOf(DecodeBody(Format::kOtlp, "{}")).empty());
  EXPECT_TRUE(testing::RefusalsOf(DecodeBody(Format::kOtlp, "{}")).empty());
  EXPECT_TRUE(DecodeBody(Format::kOtlp, R"({"resourceLogs":[]})").records.empty());
  EXPECT_EQ(RefuseOne(Format::kOtlp, R"({"resourceSpans":[]})").reason, RefusalReason::kWrongShape);
  EXPECT_EQ(RefuseOne(Format::kOtlp, R"({"resourceLogs":7})").reason, RefusalReason::kWrongType);
}

TEST(Otlp, BrokenProtobufIsBroken) {
  const std::string whole = FullRequest();
  size_t broken = 0;
  for (size_t size = 1; size < whole.size(); ++size) {
    const auto decoded = TryDecode(Format::kOtlp, whole.substr(0, size), kProtobuf);
    if (decoded) continue;
    EXPECT_EQ(decoded.error().code, ErrorCode::kMalformed);
    EXPECT_TRUE(decoded.error().where.starts_with("byte ")) << decoded.error().where;
    ++broken;
  }
  EXPECT_EQ(broken, whole.size() - 1);
  for (size_t i = 0; i < whole.size(); ++i) {
    std::string damaged = whole;
    damaged[i] = static_cast<char>(damaged[i] ^ 0x55);
    const auto decoded = TryDecode(Format::kOtlp, damaged, kProtobuf);
    EXPECT_TRUE(decoded || decoded.error().code == ErrorCode::kMalformed);
  }
}

TEST(Otlp, NestingHasALimit) {
  std::string value = Text(1, "deep");
  for (size_t i = 0; i <= kMaxOtlpValueDepth; ++i) value = Text(5, Text(1, value));
  const std::string body = Text(1, Text(2, Text(2, Text(5, value))));
  EXPECT_EQ(TryDecode(Format::kOtlp, body, kProtobuf).error().code, ErrorCode::kMalformed);
}

// One large resource for many tiny records must not become gigabytes.
TEST(Otlp, WhatARequestBecomesHasALimit) {
  std::string records;
  for (int i = 0; i < 2'000; ++i) records += Text(2, Text(5, Text(1, "x")));
  const std::string resource = Text(1, Pair("blob", Text(1, std::string(500'000, 'x'))));
  const std::string body = Text(1, Text(1, resource) + Text(2, records));
  EXPECT_EQ(TryDecode(Format::kOtlp, body, kProtobuf).error().code, ErrorCode::kTooLarge);
}

TEST(ProtobufReader, Limits) {
  ProtobufField field;
  for (std::string_view broken :
       {std::string_view("\x00\x01", 2), std::string_view("\x0b"),
        std::string_view("\x0a\x05"
                         "ab"),
        std::string_view("\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02"),
        std::string_view("\x09\x01"),
        std::string_view("\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01")}) {
    ProtobufReader reader(broken);
    EXPECT_FALSE(reader.Next(&field));
    EXPECT_FALSE(reader.status());
    EXPECT_FALSE(reader.Next(&field));
  }
  ProtobufReader reader("\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01");
  EXPECT_TRUE(reader.Next(&field));
  EXPECT_EQ(field.value, ~0ULL);
}

}  // namespace
}  // namespace srehub::sources
