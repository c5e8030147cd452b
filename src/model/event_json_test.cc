#include "model/event_json.h"

#include <gtest/gtest.h>

namespace srehub::model {
namespace {

Instant At(std::string_view text) { return ParseRfc3339(text).value(); }

Event FoundingDeploy() {
  Event e;
  e.service_id = "checkout-service";
  e.timestamp = At("2025-08-26T14:06:00Z");
  e.event_id = 0xBEEF;
  e.event_type = "DeployFailed";
  e.severity = Severity::kHigh;
  e.source = Source::kCicd;
  e.deploy.emplace();
  e.deploy->system = "flat";
  e.deploy->run = "4821";
  e.deploy->status = DeployStatus::kFailure;
  e.deploy->workflow = "Deploy Checkout Service";
  e.details = R"({"message":"Deploy Checkout Service failed"})";
  e.ttl = e.timestamp + 14 * kDay;
  return e;
}

TEST(EventJsonTest, HasTheWireNames) {
  EXPECT_EQ(
      EventToJson(FoundingDeploy()),
      R"({"serviceId":"checkout-service","timestamp":"2025-08-26T14:06:00Z",)"
      R"("eventId":"000000000000beef","eventType":"DeployFailed","severity":"high",)"
      R"("source":"cicd","phase":"point","deployId":"flat::4821:1",)"
      R"("deploy":{"kind":"deploy","status":"failure","system":"flat","run":"4821","attempt":1,)"
      R"("workflow":"Deploy Checkout Service"},"incidentId":"checkout-service#DeployFailed",)"
      R"("details":{"message":"Deploy Checkout Service failed"},"ttl":1757426760})");
  EXPECT_EQ(EventToJson(FoundingDeploy(), false).find("details"), std::string::npos);
}

TEST(EventJsonTest, WritesWhatIsSetAndNoMore) {
  Event e = FoundingDeploy();
  e.deploy.reset();
  e.phase = Phase::kFiring;
  e.signal = "fp";
  e.series = "uid";
  e.series_count = 9;
  e.series_start = At("2025-08-26T14:00:00Z");
  e.starts_at = At("2025-08-26T14:01:00Z");
  e.expires_at = At("2025-08-26T14:20:00Z");
  e.closes = "NodeNotReady";
  e.untimed = true;
  const std::string text = EventToJson(e, false);
  EXPECT_NE(
      text.find(R"("phase":"firing","signal":"fp","series":"uid","seriesCount":9,)"
                R"("seriesStart":"2025-08-26T14:00:00Z","startsAt":"2025-08-26T14:01:00Z",)"
                R"("expiresAt":"2025-08-26T14:20:00Z","closes":"NodeNotReady","untimed":true)"),
      std::string::npos)
      << text;
  EXPECT_EQ(text.find("deploy\""), std::string::npos);
}

struct Bad {
  const char* from;
  const char* to;
  const char* where;
};

TEST(EventJsonTest, RefusesAndPointsAtTheMember) {
  const Bad cases[] = {
      {R"("serviceId":"checkout-service")", R"("x":1)", "/serviceId"},
      {R"("serviceId":"checkout-service")", R"("serviceId":"")", "/serviceId"},
      {R"("serviceId":"checkout-service")", R"("serviceId":7)", "/serviceId"},
      {"2025-08-26T14:06:00Z", "0001-01-01T00:00:00Z", "/timestamp"},
      {"2025-08-26T14:06:00Z", "9999-01-01T00:00:00Z", "/timestamp"},
      {"000000000000beef", "beef", "/eventId"},
      {R"("high")", R"("High")", "/severity"},
      {R"("source":"cicd")", R"("source":"jenkins")", "/source"},
      {R"("phase":"point")", R"("phase":null)", "/phase"},
      {R"("phase":"point")", R"("phase":"point","seriesCount":-1)", "/seriesCount"},
      {R"("phase":"point")", R"("phase":"point","seriesCount":2147483648)", "/seriesCount"},
      {R"("phase":"point")", R"("phase":"point","untimed":"yes")", "/untimed"},
      {R"("phase":"point")", R"("phase":"point","startsAt":"today")", "/startsAt"},
      {R"("status":"failure")", R"("status":"broken")", "/deploy/status"},
      {R"("attempt":1)", R"("attempt":1.5)", "/deploy/attempt"},
      {R"("attempt":1)", R"("attempt":99999999999)", "/deploy/attempt"},
      {R"({"message":"Deploy Checkout Service failed"})", "[]", "/details"},
      {"1757426760", "-1", "/ttl"},
      {"1757426760", "99999999999999999", "/ttl"},
  };
  const std::string good = EventToJson(FoundingDeploy());
  JsonReader reader;
  for (const Bad& c : cases) {
    std::string text = good;
    const size_t at = text.find(c.from);
    ASSERT_NE(at, std::string::npos) << c.from;
    text.replace(at, std::string(c.from).size(), c.to);
    const auto got = reader.Parse(text).and_then(EventFromJson);
    ASSERT_FALSE(got) << text;
    EXPECT_EQ(got.error().code, ErrorCode::kInvalidArgument) << text;
    EXPECT_EQ(got.error().where, c.where) << got.error().message;
  }
}

TEST(EventJsonTest, RefusesWhatIsNoObject) {
  JsonReader reader;
  for (const char* text : {"[]", "7", "null", "\"x\"", "{}"}) {
    EXPECT_FALSE(reader.Parse(text).and_then(EventFromJson)) << text;
  }
}

}  // namespace
}  // namespace srehub::model
