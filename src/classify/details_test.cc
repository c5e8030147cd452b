#include "classify/details.h"

#include <gtest/gtest.h>

#include "base/limits.h"
#include "classify/testing.h"

namespace srehub::classify {
namespace {

model::LogFact Line(std::string message) {
  model::LogFact fact;
  fact.service = "a";
  fact.level = "ERROR";
  fact.message = std::move(message);
  return fact;
}

TEST(Details, SmallOnesAreWhole) {
  const model::Event event = EventOf(Line(std::string(10'000, 'x')));
  EXPECT_EQ(Detail(event, "/message").size(), 10'000u);
  EXPECT_EQ(Detail(event, "/detailsCut"), "(none)");
}

TEST(Details, LargeOnesAreCutAndSayFromWhat) {
  model::LogFact fact = Line(std::string(100'000, '"'));  // doubles as JSON
  fact.trace_id = "abc";
  model::Observation observation = Of(fact);
  observation.extra = R"({"blob":")" + std::string(100'000, 'y') + "\"}";
  const model::Event event = EventOf(observation);
  EXPECT_LE(event.details.size(), limits::kMaxDetailsBytes);
  EXPECT_EQ(Detail(event, "/traceId"), "abc");
  EXPECT_GT(Detail(event, "/message").size(), 1'000u);
  EXPECT_GT(std::stoul(Detail(event, "/detailsCut/bytes")), 300'000u);
  EXPECT_EQ(Detail(event, "/detailsCut/hash").size(), 16u);
  EXPECT_EQ(EventOf(observation).details, event.details);
}

TEST(Details, EveryFieldLargeAtOnceStillFits) {
  const std::string large(70'000, '\x01');  // six bytes each as JSON
  model::AlarmFact fact;
  fact.state = "ALARM";
  fact.name = fact.arn = fact.description = fact.reason = fact.metric = fact.namespace_ =
      fact.statistic = fact.old_state = fact.alarm_rule = fact.region = fact.account = large;
  for (int i = 0; i < 500; ++i) {
    fact.tags["tag" + std::to_string(i)] = large.substr(0, 1'000);
    fact.dimensions.emplace_back("dimension" + std::to_string(i), large.substr(0, 1'000));
  }
  model::Observation observation = Of(fact);
  observation.title = observation.link = large;
  observation.extra = R"({"a":")" + std::string(200'000, 'y') + "\"}";
  const model::Event event = EventOf(observation);
  EXPECT_LE(event.details.size(), limits::kMaxDetailsBytes);
  EXPECT_NE(Detail(event, "/detailsCut/bytes"), "(none)");
}

TEST(Details, LargeStatedOnesKeepWhatIsKnown) {
  model::EventFact fact;
  fact.event.service_id = "a";
  fact.event.event_type = "B";
  fact.event.details =
      R"({"message":"m","traceId":"t","blob":")" + std::string(100'000, 'y') + "\"}";
  const model::Event event = EventOf(Of(fact));
  EXPECT_LE(event.details.size(), limits::kMaxDetailsBytes);
  EXPECT_EQ(Detail(event, "/message"), "m");
  EXPECT_EQ(Detail(event, "/traceId"), "t");
  EXPECT_NE(Detail(event, "/detailsCut/bytes"), "(none)");
}

TEST(CutForJson, CountsWhatJsonWrites) {
  EXPECT_EQ(CutForJson("abc", 2), "ab");
  EXPECT_EQ(CutForJson("\"\"\"", 4), "\"\"");
  EXPECT_EQ(CutForJson("a\xC3\xA9", 2), "a");  // never inside a character
  EXPECT_EQ(CutForJson("a\xFF\xFF", 4), "a\xFF");
}

}  // namespace
}  // namespace srehub::classify
