// OTLP's and Loki's native paths answer as their protocols say.
#include "api/hub_for_test.h"

namespace srehub::api {
namespace {

class LogRoutesTest : public HubForTest {
 protected:
  http::Response Send(std::string_view path, std::string_view type, std::string body) {
    http::Request request = Make("POST", path, std::move(body));
    request.headers = {{"host", "localhost"}, {"content-type", std::string(type)}};
    return Call(std::move(request));
  }
  static std::string Otlp(std::string_view records) {
    return R"({"resourceLogs":[{"resource":{"attributes":[{"key":"service.name","value":)"
           R"({"stringValue":"checkout-api"}}]},"scopeLogs":[{"logRecords":[)" +
           std::string(records) + "]}]}]}";
  }
  static constexpr std::string_view kJson = "application/json";
  static constexpr std::string_view kProtobuf = "application/x-protobuf";
};

TEST_F(LogRoutesTest, OtlpAnswersInTheRequestsEncoding) {
  const auto json = Send("/v1/logs", kJson, Otlp(R"({"body":{"stringValue":"x"}})"));
  EXPECT_EQ(json.status, 200);
  EXPECT_EQ(json.body, "{}");
  EXPECT_EQ(json.Header("content-type"), kJson);
  const auto empty = Send("/v1/logs", kProtobuf, "");
  EXPECT_EQ(empty.status, 200);
  EXPECT_EQ(empty.body, "");
  EXPECT_EQ(empty.Header("content-type"), kProtobuf);
}

TEST_F(LogRoutesTest, OtlpCountsWhatWasRefused) {
  const auto json = Send("/v1/logs", "application/json; charset=utf-8",
                         Otlp(R"({"body":{"stringValue":"x"}},{"body":7})"));
  EXPECT_EQ(json.status, 200);
  EXPECT_TRUE(json.body.starts_with(
      R"({"partialSuccess":{"rejectedLogRecords":"1","errorMessage":"1 records were refused; 1: )"))
      << json.body;
  // A record without a time too far ahead, in protobuf: body "x", time in 2100.
  const std::string record =
      std::string("\x09\0\0\xa6\x56\xcf\xcf\xee\x38", 9) + "\x2a\x03\x0a\x01x";
  std::string body = record;
  for (const char tag : {'\x12', '\x12', '\x0a'})
    body = std::string{tag, static_cast<char>(body.size())} + body;
  const auto protobuf = Send("/v1/logs", kProtobuf, body);
  EXPECT_EQ(protobuf.status, 200);
  // partial_success {rejected_log_records: 1, error_message: …}
  ASSERT_GT(protobuf.body.size(), 6U);
  EXPECT_EQ(protobuf.body[0], '\x0a');
  EXPECT_NE(protobuf.body.find(std::string("\x08\x01\x12")), std::string::npos);
}

TEST_F(LogRoutesTest, OtlpErrorsAreItsOwn) {
  const auto json = Send("/v1/logs", kJson, "{");
  EXPECT_EQ(json.status, 400);
  EXPECT_TRUE(json.body.starts_with(R"({"code":3,"message":")")) << json.body;
  const auto protobuf = Send("/v1/logs", kProtobuf, "\x0a\x7f");
  EXPECT_EQ(protobuf.status, 400);
  EXPECT_EQ(protobuf.Header("content-type"), kProtobuf);
  EXPECT_TRUE(protobuf.body.starts_with("\x08\x03\x12")) << protobuf.body;
  EXPECT_EQ(Send("/v1/logs", "text/plain", "x").status, 415);
}

TEST_F(LogRoutesTest, LokiAnswers204Or400) {
  const std::string good =
      R"({"streams":[{"stream":{"app":"a"},"values":[["1756216872000000000","x"]]}]})";
  const auto taken = Send("/loki/api/v1/push", kJson, good);
  EXPECT_EQ(taken.status, 204);
  EXPECT_EQ(taken.body, "");
  const auto partly = Send(
      "/loki/api/v1/push", kJson,
      R"({"streams":[{"stream":{"app":"a"},"values":[["1756216872000000001","y"],["z",1]]}]})");
  EXPECT_EQ(partly.status, 400);
  EXPECT_TRUE(partly.body.starts_with("1 records were refused; 1: ")) << partly.body;
  EXPECT_EQ(Send("/loki/api/v1/push", kProtobuf, "no snappy").status, 400);
  EXPECT_EQ(Send("/loki/api/v1/push", "text/plain", "x").status, 415);
}

TEST_F(LogRoutesTest, GenericRouteTakesThemToo) {
  EXPECT_EQ(Send("/api/v1/ingest/otlp", kProtobuf, "").status, 200);
  EXPECT_EQ(Send("/api/v1/ingest/logs", kProtobuf, "").status, 415);
  const auto text = Send("/api/v1/ingest/text", "text/plain", "ERROR: no route\n  detail\nnext\n");
  EXPECT_EQ(text.status, 200) << text.body;
  EXPECT_NE(text.body.find("\"accepted\":2"), std::string::npos) << text.body;
  const auto syslog = Send("/api/v1/ingest/syslog", "text/plain", "<11>cron: x\n");
  EXPECT_NE(syslog.body.find("\"accepted\":1"), std::string::npos) << syslog.body;
}

}  // namespace
}  // namespace srehub::api
