// How a body is cut into records, and what a broken one costs.
#include "sources/decode.h"

#include <chrono>

#include "base/limits.h"
#include "sources/record_splitter.h"
#include "sources/testing.h"

namespace srehub::sources {
namespace {

using model::Format;
using model::RefusalReason;
using testing::DecodeBody;
using testing::ObservationsOf;
using testing::RefusalsOf;
using testing::TryDecode;

std::string Line(int n) { return R"({"message":"line )" + std::to_string(n) + R"("})"; }

// The messages of the observations, in order, and '!' for each refused record.
std::string Shape(std::string_view body) {
  std::string out;
  for (const DecodedRecord& record : DecodeBody(Format::kLogs, body).records) {
    if (!out.empty()) out += ' ';
    if (!record.refusals.empty()) out += '!';
    for (const auto& observation : record.observations) {
      out += std::get<model::LogFact>(observation.fact).message.substr(5);
    }
  }
  return out;
}

TEST(Decode, TakesEveryWayToWriteSeveralRecords) {
  const std::string pretty =
      "{\n  \"message\": \"line 1\",\n  \"a\": {\n    \"b\": [\n 1\n]\n  }\n}";
  EXPECT_EQ(Shape(Line(1)), "1");
  EXPECT_EQ(Shape("\xEF\xBB\xBF" + Line(1)), "1");
  EXPECT_EQ(Shape(Line(1) + "\n" + Line(2) + "\r\n\r\n" + Line(3) + "\n"), "1 2 3");
  EXPECT_EQ(Shape(Line(1) + Line(2) + " " + Line(3)), "1 2 3");
  EXPECT_EQ(Shape("[" + Line(1) + " ,\n" + Line(2) + "]"), "1 2");
  EXPECT_EQ(Shape("[" + Line(1) + "]\n[" + Line(2) + "]"), "1 2");
  EXPECT_EQ(Shape(pretty + "\n" + Line(2) + pretty), "1 2 1");
  EXPECT_EQ(Shape("[]"), "");
  EXPECT_EQ(Shape(" [ ] "), "");
}

// A line is first taken for one value; where it is not, its brackets decide.
TEST(Decode, LinesThatOnlyLookLikeOneValue) {
  EXPECT_EQ(Shape(Line(1) + Line(2) + "\n" + Line(3)), "1 2 3");
  EXPECT_EQ(Shape(Line(1) + " " + Line(2)), "1 2");
  EXPECT_EQ(Shape("{\"a\":{}\n,\"message\":\"line 1\"}\n" + Line(2)), "1 2");
  EXPECT_EQ(Shape("{\"a\":{}\n}\n" + Line(2)), "! 2");
  EXPECT_EQ(Shape("{\"message\":\"line 1\",\"a\":[{}\n,\n{}]}" + Line(2)), "1 2");
  EXPECT_EQ(Shape(Line(1) + "  \r\n  \n" + Line(2) + "   "), "1 2");
  EXPECT_EQ(Shape(Line(1) + "x}\n" + Line(2)), "1 ! 2");
}

TEST(Decode, ABrokenRecordCostsOnlyItself) {
  EXPECT_EQ(Shape(Line(1) + "\n{\"message\":}\n" + Line(3)), "1 ! 3");
  EXPECT_EQ(Shape(Line(1) + "\n{\"message\":\"line 2\n" + Line(3)), "1 ! 3");
  EXPECT_EQ(Shape("{\"message\":\"line 1\"\n" + Line(2) + "\n" + Line(3)), "! 2 3");
  EXPECT_EQ(Shape("{\"a\":{\"message\":\"x\"}\n" + Line(2) + "}\n" + Line(3)), "! 2 ! 3");
  EXPECT_EQ(Shape(Line(1) + "\n{\"message\":[1}\n" + Line(3)), "1 ! 3");
  EXPECT_EQ(Shape(Line(1) + "\nnot json at all\n" + Line(3)), "1 ! 3");
  EXPECT_EQ(Shape(Line(1) + "\n{\"message\":\"li"), "1 !");
  EXPECT_EQ(Shape(Line(1) + " trailing"), "1 !");
  EXPECT_EQ(Shape(Line(1) + "}\n" + Line(2)), "1 ! 2");
  EXPECT_EQ(Shape(Line(1) + "," + Line(2)), "1 ! 2");
  EXPECT_EQ(Shape("[" + Line(1) + "] x"), "1 !");
  EXPECT_EQ(Shape("{\"message\":}\n{\"message\":}"), "! !");
  EXPECT_EQ(Shape(Line(1) + "\n[" + Line(2) + "," + Line(3)), "1 2 !");
}

TEST(Decode, ABrokenSingleDocumentIsRefusedWholeWithItsPosition) {
  struct Case {
    std::string body, where;
  };
  const std::vector<Case> cases = {
      {"", "byte 0"},
      {" \n\t ", "byte 0"},
      {"\xEF\xBB\xBF", "byte 0"},
      {"hello", "byte 0"},
      {"foo\nbar", "byte 1"},
      {R"({"message":})", "byte 11"},
      {R"({"message":"x")", "byte 14"},
      {"{\n  \"a\": {\n    \"b\": 1\n  },\n", ""},
      {"[" + Line(1) + ",{\"message\":}]", "byte 33"},
      {"[" + Line(1) + ",]", ""},
      {"[" + Line(1), ""},
      {"[\n{\"message\":\"a\"},\n{\"message\":\"b\"", ""},
      {std::string(100'000, '['), ""},
      {std::string(100'000, '{'), ""},
  };
  for (const Case& c : cases) {
    const auto decoded = TryDecode(Format::kLogs, c.body);
    ASSERT_FALSE(decoded.has_value()) << c.body.substr(0, 80);
    EXPECT_EQ(decoded.error().code, ErrorCode::kMalformed) << c.body.substr(0, 80);
    EXPECT_TRUE(decoded.error().where.starts_with("byte ")) << c.body.substr(0, 80);
    if (!c.where.empty()) {
      EXPECT_EQ(decoded.error().where, c.where) << c.body.substr(0, 80);
    }
  }
}

TEST(Decode, RecordsThatAreNoObjectsNameTheirPositionAndType) {
  const Decoded decoded = DecodeBody(
      Format::kLogs, R"([{"message":"x"}, 17, "text", null, true, [1], {"message":"y"}])");
  ASSERT_EQ(decoded.records.size(), 7U);
  const std::vector<std::string> types = {"a number", "a string", "null", "a boolean", "an array"};
  for (size_t i = 0; i < types.size(); ++i) {
    const auto& refusals = decoded.records[i + 1].refusals;
    ASSERT_EQ(refusals.size(), 1U);
    EXPECT_EQ(refusals[0].reason, RefusalReason::kWrongShape);
    EXPECT_EQ(refusals[0].record, i + 1);
    EXPECT_NE(refusals[0].message.find("record " + std::to_string(i + 2) + " is " + types[i]),
              std::string::npos)
        << refusals[0].message;
  }
  EXPECT_EQ(decoded.records[6].observations.size(), 1U);
}

TEST(Decode, RawIsTheRecordsOwnBytes) {
  const std::string body = R"({"kind":"List","apiVersion":"v1","items":[ {"reason":"A"} ,)"
                           R"({"kind":"Event","reason":"B","involvedObject":{}}]})";
  const Decoded decoded = DecodeBody(Format::kKubernetes, body);
  ASSERT_EQ(decoded.records.size(), 2U);
  EXPECT_EQ(decoded.records[0].raw, R"({"reason":"A"})");
  EXPECT_EQ(decoded.records[0].refusals.size(), 1U);
  EXPECT_EQ(decoded.records[1].raw, R"({"kind":"Event","reason":"B","involvedObject":{}})");
  EXPECT_EQ(decoded.records[1].observations.size(), 1U);
  for (const DecodedRecord& record : decoded.records) {
    EXPECT_GE(record.raw.data(), body.data());
    EXPECT_LE(record.raw.data() + record.raw.size(), body.data() + body.size());
  }
}

TEST(Decode, DuplicateKeysAndDepthAreRefusals) {
  const auto refusals = RefusalsOf(
      DecodeBody(Format::kLogs, "{\"message\":\"a\",\"b\":{\"c\":1,\"c\":2}}\n{\"message\":" +
                                    std::string(200, '[') + std::string(200, ']') + "}"));
  ASSERT_EQ(refusals.size(), 2U);
  EXPECT_EQ(refusals[0].reason, RefusalReason::kDuplicateKey);
  EXPECT_EQ(refusals[0].field, "/b/c");
  EXPECT_EQ(refusals[1].reason, RefusalReason::kTooDeep);
}

TEST(Decode, LimitsOfSizeAndNumber) {
  const std::string large = R"({"message":")" + std::string(limits::kMaxRecordBytes, 'x') + "\"}";
  const auto refusals = RefusalsOf(DecodeBody(Format::kLogs, large + "\n" + Line(2)));
  ASSERT_EQ(refusals.size(), 1U);
  EXPECT_EQ(refusals[0].reason, RefusalReason::kTooLarge);

  std::string many;
  for (size_t i = 0; i < limits::kMaxRecordsPerDelivery + 1; ++i) many += "{\"message\":\"x\"}\n";
  const auto too_many = TryDecode(Format::kLogs, many);
  ASSERT_FALSE(too_many.has_value());
  EXPECT_EQ(too_many.error().code, ErrorCode::kTooLarge);
  many.resize(many.size() - std::string_view("{\"message\":\"x\"}\n").size());
  EXPECT_EQ(DecodeBody(Format::kLogs, many).records.size(), limits::kMaxRecordsPerDelivery);
}

TEST(Decode, AnEnvelopeMayBeLargerThanARecord) {
  std::string body = R"({"version":"4","groupKey":"g","status":"firing","alerts":[)";
  const std::string filler(900, 'x');
  for (int i = 0; i < 1500; ++i) {
    if (i > 0) body += ',';
    body += R"({"status":"firing","labels":{"alertname":"A","n":")" + std::to_string(i) +
            R"("},"annotations":{"text":")" + filler + R"("},"startsAt":"2025-08-26T14:00:00Z"})";
  }
  body += "]}";
  ASSERT_GT(body.size(), limits::kMaxRecordBytes);
  EXPECT_EQ(ObservationsOf(DecodeBody(Format::kAlertmanager, body)).size(), 1500U);
}

TEST(Decode, EqualRecordsOfOneDeliveryAreToldApartByTheirNumber) {
  const Decoded once = DecodeBody(Format::kLogs, Line(1) + "\n" + Line(1) + "\n" + Line(2));
  const Decoded again =
      DecodeBody(Format::kLogs, "[" + Line(1) + ", {\"message\" : \"line 1\"}, " + Line(2) + "]");
  const auto a = ObservationsOf(once);
  const auto b = ObservationsOf(again);
  ASSERT_EQ(a.size(), 3U);
  ASSERT_EQ(b.size(), 3U);
  EXPECT_NE(a[0].identity, a[1].identity);
  for (size_t i = 0; i < 3; ++i) EXPECT_EQ(a[i].identity, b[i].identity);
}

// However a body is broken, it is cut in time that grows with its size only: a second look at
// every rest of these bodies would take minutes.
TEST(Decode, BrokenBodiesStayLinear) {
  constexpr int kLines = 100'000;
  for (const std::string line : {"{\"a\":\n", "{\"a\":\"\n", "[{\"a\":1},\n", "{\"a\":{\"b\":1}\n",
                                 "{\"a\":},\n", "{\"a\":{}\n{}", "{\"a\":1}"}) {
    std::string body;
    for (int i = 0; i < kLines; ++i) body += line;
    RecordSplitter splitter(body);
    size_t pieces = 0, passed = 0;
    const auto start = std::chrono::steady_clock::now();
    while (auto piece = splitter.Next()) {
      ++pieces;
      splitter.LookCloser(&*piece);
      if (piece->problem.empty()) piece = splitter.Resync();
      passed += piece->text.size();
      static_cast<void>(splitter.AloneInBody());
    }
    EXPECT_GT(pieces, 0U) << line;
    EXPECT_LE(passed, body.size()) << line << ": no byte is in two pieces";
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(20)) << line;
  }
}

// A guess costs a whole parse, so a line is guessed at once only.
TEST(Decode, ManyValuesOnOneLine) {
  std::string body;
  for (int i = 0; i < 20'000; ++i) body += Line(i);
  const auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(DecodeBody(Format::kLogs, body).records.size(), 20'000U);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(20));
  while (body.size() <= limits::kMaxRecordBytes) body += body;
  EXPECT_TRUE(RefusalsOf(DecodeBody(Format::kLogs, body)).empty()) << "the line is no record";
}

// Every prefix of a body gives an answer, and what was complete in it is still there.
TEST(Decode, EveryPrefixIsAnswered) {
  const std::string body =
      Line(1) + "\n" + "{\n  \"message\": \"line 2\"\n}\n[" + Line(3) + "," + Line(4) + "]\n";
  for (size_t size = 0; size <= body.size(); ++size) {
    const auto decoded = TryDecode(Format::kLogs, std::string_view(body).substr(0, size));
    if (size <= Line(1).size() - 1) {
      EXPECT_FALSE(decoded.has_value()) << size;
      continue;
    }
    ASSERT_TRUE(decoded.has_value()) << size;
    const auto observations = ObservationsOf(*decoded);
    ASSERT_FALSE(observations.empty()) << size;
    EXPECT_EQ(std::get<model::LogFact>(observations[0].fact).message, "line 1");
  }
}

}  // namespace
}  // namespace srehub::sources
