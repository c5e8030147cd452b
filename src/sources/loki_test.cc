#include "sources/loki.h"

#include <snappy.h>

#include "sources/testing.h"

namespace srehub::sources {
namespace {

using model::Format;
using model::LogFact;
using model::RefusalReason;
using testing::DecodeBody;
using testing::FactOf;
using testing::Headers;
using testing::ObservationsOf;
using testing::RefuseOne;
using testing::T;
using testing::TryDecode;

const Headers kProtobuf = {{"content-type", "application/x-protobuf"}, {"x-scope-orgid", "team-a"}};

// Lengths below 128 only.
std::string Text(char field, std::string_view bytes) {
  return std::string{static_cast<char>(field << 3 | 2), static_cast<char>(bytes.size())} +
         std::string(bytes);
}
std::string Time() { return std::string("\x08") + "\xe8\xfe\xb6\xc5\x06" + "\x10\x7b"; }
std::string Push(std::string_view labels) {
  const std::string entry = Text(1, Time()) + Text(2, "level=error msg=\"no route\"") +
                            Text(3, Text(1, "trace_id") + Text(2, "ab12"));
  return Text(1, Text(1, labels) + Text(2, entry));
}
std::string Snappy(const std::string& text) {
  std::string out;
  snappy::Compress(text.data(), text.size(), &out);
  return out;
}

TEST(Loki, ProtobufAndJsonAreTheSame) {
  const auto binary = ObservationsOf(
      DecodeBody(Format::kLoki, Snappy(Push(R"({app="checkout-api", env="prod"})")), kProtobuf));
  const auto json = ObservationsOf(
      DecodeBody(Format::kLoki,
                 R"({"streams":[{"stream":{"app":"checkout-api","env":"prod"},"values":[
      ["1756217192000000123","level=error msg=\"no route\"",{"trace_id":"ab12"}]]}]})",
                 {{"x-scope-orgid", "team-a"}}));
  ASSERT_EQ(binary.size(), 1U);
  ASSERT_EQ(json.size(), 1U);
  EXPECT_EQ(binary[0].identity, json[0].identity);
  EXPECT_EQ(binary[0].format, Format::kLoki);
  EXPECT_EQ(binary[0].time, T("2025-08-26T14:06:32.000000123Z"));
  const LogFact fact = FactOf<LogFact>(binary[0]);
  EXPECT_EQ(fact.message, "no route");
  EXPECT_EQ(fact.level, "error");
  EXPECT_EQ(fact.service, "checkout-api");
  EXPECT_EQ(fact.environment, "prod");
  EXPECT_EQ(fact.trace_id, "ab12");
  EXPECT_EQ(binary[0].extra, R"({"tenant":"team-a"})");
}

TEST(Loki, ServicesFromLabels) {
  const auto service = [](std::string_view labels) {
    const std::string body = R"({"streams":[{"stream":)" + std::string(labels) +
                             R"(,"values":[["1756217192000000000","x y"]]}]})";
    return FactOf<LogFact>(testing::ObserveOne(Format::kLoki, body)).service;
  };
  EXPECT_EQ(service(R"({"job":"shop/cart","app":"cart-api"})"), "cart-api");
  EXPECT_EQ(service(R"({"service_name":"unknown_service","container":"cart"})"), "cart");
  EXPECT_EQ(service(R"({"job":"cart"})"), "cart");
  EXPECT_EQ(service(R"({"filename":"/x"})"), "");
}

TEST(Loki, Labels) {
  const auto labels = ParseLokiLabels(R"( { a="b" , c_1=`d"`, "x.y"="\u00e9\n\x41\101\"",} )");
  ASSERT_TRUE(labels.has_value());
  EXPECT_EQ(*labels, (LokiLabels{{"a", "b"}, {"c_1", "d\""}, {"x.y", "\xc3\xa9\nAA\""}}));
  EXPECT_TRUE(ParseLokiLabels("{}")->empty());
  for (std::string_view bad :
       {"", "{", "a=\"b\"", "{a}", "{a=}", "{a=b}", "{a=\"b}", "{a=\"b\" c=\"d\"}", "{a=\"b\"}x",
        "{a=\"b\",a=\"c\"}", "{1a=\"b\"}", R"({a="\q"})", R"({a="\ud800"})", R"({a="\u12"})", "{,}",
        "{a=~\"b\"}"}) {
    EXPECT_FALSE(ParseLokiLabels(bad).has_value()) << bad;
  }
}

TEST(Loki, BadPartsCostThemselves) {
  const Decoded bad = DecodeBody(Format::kLoki, Snappy(Push("{app=")), kProtobuf);
  ASSERT_EQ(bad.records.size(), 1U);
  EXPECT_EQ(bad.records[0].refusals[0].reason, RefusalReason::kBadValue);
  EXPECT_NE(bad.records[0].raw.find("no route"), std::string_view::npos);

  const Decoded decoded = DecodeBody(Format::kLoki, R"({"streams":[{"stream":{"app":"a"},"values":[
      ["1756217192000000000","one"],["yesterday","two"],["1756217192000000000",3],"four",
      ["1756217192000000000","five",{"k":[]}],["1756217192000000000","six"]]},
      {"stream":{"app":{}},"values":[["1756217192000000000","seven"]]},8]})");
  ASSERT_EQ(decoded.records.size(), 8U);
  EXPECT_EQ(ObservationsOf(decoded).size(), 2U);
  const std::pair<size_t, std::string> kRefused[] = {
      {1, "/streams/0/values/1/0"},   {2, "/streams/0/values/2/1"}, {3, "/streams/0/values/3"},
      {4, "/streams/0/values/4/2/k"}, {6, "/streams/1/stream"},     {7, "/streams/2"}};
  for (const auto& [index, field] : kRefused) {
    ASSERT_EQ(decoded.records[index].refusals.size(), 1U) << index;
    EXPECT_EQ(decoded.records[index].refusals[0].field, field);
    EXPECT_FALSE(decoded.records[index].raw.empty());
  }
}

TEST(Loki, BrokenBodies) {
  const std::string whole = Snappy(Push("{a=\"b\"}"));
  for (size_t size = 0; size < whole.size(); ++size) {
    EXPECT_EQ(TryDecode(Format::kLoki, whole.substr(0, size), kProtobuf).error().code,
              ErrorCode::kMalformed);
  }
  // Snappy is fine, what is in it is not.
  const std::string push = Push("{a=\"b\"}");
  EXPECT_FALSE(TryDecode(Format::kLoki, Snappy(push.substr(0, push.size() - 1)), kProtobuf));
  EXPECT_EQ(TryDecode(Format::kLoki, "\xff\xff\xff\xff\x0f", kProtobuf).error().code,
            ErrorCode::kTooLarge);
  // Taken off already, as the content coding said.
  Headers inflated = kProtobuf;
  inflated.emplace_back("content-encoding", "snappy");
  EXPECT_EQ(ObservationsOf(DecodeBody(Format::kLoki, push, inflated)).size(), 1U);
}

}  // namespace
}  // namespace srehub::sources
