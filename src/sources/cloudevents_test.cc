#include "base/base64.h"
#include "base/json_writer.h"
#include "sources/testing.h"

namespace srehub::sources {
namespace {

using model::EventFact;
using model::Format;
using model::LogFact;
using model::PipelineFact;
using model::RefusalReason;
using model::Severity;
using testing::DecodeBody;
using testing::FactOf;
using testing::Headers;
using testing::ObservationsOf;
using testing::ObserveOne;
using testing::RefuseOne;
using testing::T;

std::string Structured(std::string_view more, std::string_view type = "com.acme.order.failed.v1") {
  return R"({"specversion":"1.0","id":"a-1","source":"/shop/checkout","type":")" +
         std::string(type) +
         R"(","time":"2025-08-26T14:06:00Z","datacontenttype":"application/json")" +
         std::string(more) + "}";
}

const Headers kBinary = {{"ce-specversion", "1.0"},
                         {"ce-id", "a-1"},
                         {"ce-source", "/shop/checkout"},
                         {"ce-type", "com.acme.order.failed.v1"},
                         {"ce-time", "2025-08-26T14:06:00Z"}};

constexpr std::string_view kRun =
    R"({"workflow":"Deploy Checkout","status":"failure","run_id":7,"updated_at":"2025-08-26T14:00:00Z"})";
constexpr std::string_view kPlain = R"({"serviceId":"cart","eventType":"Slow","severity":"low"})";

void ExpectOrderFailed(const model::Observation& observation) {
  const auto fact = FactOf<EventFact>(observation);
  EXPECT_EQ(observation.format, Format::kCloudevents);
  EXPECT_EQ(observation.identity, "cloudevent|/shop/checkout|a-1");
  EXPECT_EQ(observation.time, T("2025-08-26T14:06:00Z"));
  EXPECT_EQ(fact.event.service_id, "checkout");
  EXPECT_EQ(fact.event.event_type, "OrderFailed");
  EXPECT_EQ(fact.event.severity, Severity::kMedium);
  EXPECT_NE(observation.extra.find("4711"), std::string::npos);
}

TEST(Cloudevents, AnEventOfSomebodysOwn) {
  for (Format format : {Format::kCloudevents, Format::kAuto}) {
    ExpectOrderFailed(ObserveOne(format, Structured(R"(,"data":{"order":4711,"message":"no"})")));
    ExpectOrderFailed(ObserveOne(format, R"({"order":4711,"message":"no"})", kBinary));
  }
  // Not every business event is a trouble, and its message makes no log record of it.
  const auto placed = FactOf<EventFact>(ObserveOne(
      Format::kAuto, Structured(R"(,"data":{"message":"thanks"})", "com.acme.order.placed")));
  EXPECT_EQ(placed.event.event_type, "OrderPlaced");
  EXPECT_EQ(placed.event.severity, Severity::kInfo);
}

TEST(Cloudevents, DataOfAKnownFormatDecides) {
  std::string quoted;
  AppendJsonString(&quoted, kRun);
  const std::vector<std::string> bodies = {
      Structured(R"(,"data":)" + std::string(kRun)), Structured(R"(,"data":)" + quoted),
      Structured(R"(,"data_base64":")" + Base64Encode(kRun) + "\"")};
  for (Format format : {Format::kCloudevents, Format::kAuto}) {
    for (const std::string& body : bodies) {
      const auto observation = ObserveOne(format, body);
      EXPECT_EQ(observation.format, Format::kCicd) << body;
      EXPECT_EQ(FactOf<PipelineFact>(observation).statement.run, "7");
    }
    const auto binary = ObserveOne(format, kRun, kBinary);
    EXPECT_EQ(binary.format, Format::kCicd);
    // The same identity as without the envelope: two carriers of one record.
    EXPECT_EQ(binary.identity, ObserveOne(Format::kCicd, kRun).identity);
  }
}

TEST(Cloudevents, APlainEventTakesTimeAndIdFromTheEnvelope) {
  for (const auto& observation :
       {ObserveOne(Format::kAuto, Structured(R"(,"data":)" + std::string(kPlain))),
        ObserveOne(Format::kAuto, kPlain, kBinary)}) {
    EXPECT_EQ(observation.format, Format::kEvent);
    EXPECT_EQ(observation.identity, "cloudevent\\|/shop/checkout\\|a-1|0");
    EXPECT_EQ(observation.time, T("2025-08-26T14:06:00Z"));
    EXPECT_FALSE(FactOf<EventFact>(observation).event.untimed);
  }
  const auto log =
      ObserveOne(Format::kAuto, Structured(R"(,"data":{"level":"error","message":"no answer"})"));
  EXPECT_EQ(log.format, Format::kLogs);
  EXPECT_EQ(FactOf<LogFact>(log).service, "checkout");
  EXPECT_EQ(log.time, T("2025-08-26T14:06:00Z"));
}

TEST(Cloudevents, Batches) {
  const auto observations = ObservationsOf(
      DecodeBody(Format::kCloudevents,
                 "[" + Structured("") + "," + Structured(R"(,"data":)" + std::string(kRun)) + "]",
                 {{"content-type", "application/cloudevents-batch+json"}}));
  ASSERT_EQ(observations.size(), 2U);
  EXPECT_EQ(observations[0].format, Format::kCloudevents);
  EXPECT_EQ(observations[1].format, Format::kCicd);
}

TEST(Cloudevents, ABinaryOneWithoutData) {
  for (Format format : {Format::kCloudevents, Format::kAuto}) {
    const auto observation = ObserveOne(format, "", kBinary);
    EXPECT_EQ(FactOf<EventFact>(observation).event.event_type, "OrderFailed");
  }
  EXPECT_FALSE(testing::TryDecode(Format::kCloudevents, "").has_value());
}

TEST(Cloudevents, Refusals) {
  EXPECT_EQ(RefuseOne(Format::kCloudevents, R"({"a":1})").field, "/specversion");
  EXPECT_EQ(
      RefuseOne(Format::kCloudevents, R"({"specversion":"1.0","source":"s","type":"t"})").field,
      "/id");
  EXPECT_EQ(RefuseOne(Format::kCloudevents, Structured(R"(,"subject":7)")).reason,
            RefusalReason::kWrongType);
  EXPECT_EQ(RefuseOne(Format::kCloudevents, Structured(R"(,"data_base64":"%")")).field,
            "/data_base64");
  EXPECT_EQ(RefuseOne(Format::kCloudevents, "{}", {{"ce-type", "t"}}).field, "ce-id");
  EXPECT_EQ(RefuseOne(Format::kCloudevents, "{}",
                      {{"ce-type", "t"}, {"ce-id", "1"}, {"ce-source", "s"}, {"ce-time", "soon"}})
                .reason,
            RefusalReason::kBadTime);
  // What is inside is refused by its own format, which names the place.
  const auto inner =
      RefuseOne(Format::kAuto, Structured(R"(,"data":{"workflow":"w","status":"x","run_id":[]})"));
  EXPECT_EQ(inner.field, "/data/run_id");
}

// An envelope in an envelope ends somewhere.
TEST(Cloudevents, NestedEnvelopes) {
  std::string body = Structured("");
  for (int i = 0; i < 10; ++i) body = Structured(R"(,"data":)" + body);
  EXPECT_EQ(ObserveOne(Format::kAuto, body).format, Format::kCloudevents);
}

}  // namespace
}  // namespace srehub::sources
