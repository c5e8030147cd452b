// The unified schema.
#include "base/hash.h"
#include "sources/testing.h"

namespace srehub::sources {
namespace {

using model::EventFact;
using model::Format;
using model::RefusalReason;
using testing::FactOf;
using testing::ObserveOne;
using testing::Received;
using testing::RefuseOne;
using testing::T;

TEST(UnifiedEvent, ServiceAndTypeAreEnough) {
  for (Format format : {Format::kEvent, Format::kAuto}) {
    const auto observation = ObserveOne(format, R"({"serviceId":"auth","eventType":"CacheFlush"})");
    const auto fact = FactOf<EventFact>(observation);
    EXPECT_EQ(observation.format, Format::kEvent);
    EXPECT_EQ(observation.time, std::nullopt);
    EXPECT_EQ(fact.event.service_id, "auth");
    EXPECT_EQ(fact.event.event_type, "CacheFlush");
    EXPECT_TRUE(fact.event.untimed);
    EXPECT_EQ(fact.event.timestamp, Received());
    EXPECT_FALSE(fact.has_severity);
    EXPECT_EQ(fact.event.details, "{}");
    EXPECT_EQ(fact.event.event_id, 0U);
  }
}

TEST(UnifiedEvent, TakesEveryField) {
  const auto observation = ObserveOne(Format::kEvent, R"({"serviceId":"checkout-service",
    "timestamp":"2025-08-26T14:06:00Z","eventId":"0123456789abcdef","eventType":"DeployFailed",
    "severity":"high","source":"cicd","phase":"firing","signal":"s-1",
    "startsAt":"2025-08-26T14:00:00Z",
    "expiresAt":"2025-08-26T15:00:00Z","series":"u-1","seriesCount":4,
    "seriesStart":"2025-08-26T13:00:00Z","deployId":"github:acme%2Fcheckout:1:1",
    "closes":"DeployFailed",
    "deploy":{"kind":"rollback","status":"failure","system":"github","repository":"acme/checkout",
      "run":1,"attempt":2,"sha":"abc","environment":"prod","workflow":"w","version":"v",
    "actor":"mia",
      "url":"https://x","startedAt":"2025-08-26T14:00:00Z","finishedAt":"2025-08-26T14:06:00Z"},
    "details":{"message":"boom","n":1},"ttl":1757427960,"colour":"red"})");
  const auto fact = FactOf<EventFact>(observation);
  const model::Event& event = fact.event;
  EXPECT_EQ(observation.time, T("2025-08-26T14:06:00Z"));
  EXPECT_EQ(observation.title, "boom");
  EXPECT_EQ(observation.extra, R"({"colour":"red"})");
  EXPECT_EQ(event.event_id, 0x0123456789abcdefU);
  EXPECT_TRUE(fact.has_severity);
  EXPECT_EQ(event.severity, model::Severity::kHigh);
  EXPECT_EQ(event.source, model::Source::kCicd);
  EXPECT_EQ(event.phase, model::Phase::kFiring);
  EXPECT_EQ(event.signal, "s-1");
  EXPECT_EQ(event.starts_at, T("2025-08-26T14:00:00Z"));
  EXPECT_EQ(event.expires_at, T("2025-08-26T15:00:00Z"));
  EXPECT_EQ(event.series, "u-1");
  EXPECT_EQ(event.series_count, 4);
  EXPECT_EQ(event.closes, "DeployFailed");
  EXPECT_FALSE(event.untimed);
  EXPECT_EQ(event.details, R"({"message":"boom","n":1})");
  ASSERT_TRUE(event.deploy.has_value());
  EXPECT_EQ(event.deploy->kind, model::PipelineKind::kRollback);
  EXPECT_EQ(event.deploy->status, model::DeployStatus::kFailure);
  EXPECT_EQ(event.deploy->run, "1");
  EXPECT_EQ(event.deploy->attempt, 2);
  EXPECT_EQ(event.deploy->finished_at, T("2025-08-26T14:06:00Z"));
}

TEST(UnifiedEvent, IdsOfAnyKind) {
  const auto with_id = [](std::string_view id) {
    return ObserveOne(Format::kEvent,
                      R"({"serviceId":"a","eventType":"B","eventId":)" + std::string(id) + "}");
  };
  EXPECT_EQ(FactOf<EventFact>(with_id("\"ticket-7\"")).event.event_id, 0U);
  EXPECT_EQ(with_id("\"ticket-7\"").identity, with_id("\"ticket-7\"").identity);
  EXPECT_NE(with_id("\"ticket-7\"").identity, with_id("\"ticket-8\"").identity);
  EXPECT_EQ(with_id("7").identity, with_id("\"7\"").identity);
}

TEST(UnifiedEvent, AnUnknownSeverityIsKeptForTheRules) {
  const auto fact = FactOf<EventFact>(
      ObserveOne(Format::kEvent, R"({"serviceId":"a","eventType":"B","severity":"sev9"})"));
  EXPECT_FALSE(fact.has_severity);
  EXPECT_EQ(fact.severity_word, "sev9");
}

TEST(UnifiedEvent, Refusals) {
  struct Case {
    std::string fields;
    RefusalReason reason;
    std::string field;
  };
  const std::vector<Case> cases = {
      {R"("eventType":"B")", RefusalReason::kMissingField, "/serviceId"},
      {R"("serviceId":"a")", RefusalReason::kMissingField, "/eventType"},
      {R"("serviceId":"","eventType":"B")", RefusalReason::kMissingField, "/serviceId"},
      {R"("serviceId":1,"eventType":"B")", RefusalReason::kWrongType, "/serviceId"},
      {R"("serviceId":"a","eventType":"B","severity":5)", RefusalReason::kWrongType, "/severity"},
      {R"("serviceId":"a","eventType":"B","source":"email")", RefusalReason::kBadValue, "/source"},
      {R"("serviceId":"a","eventType":"B","phase":"FIRING")", RefusalReason::kBadValue, "/phase"},
      {R"("serviceId":"a","eventType":"B","details":"x")", RefusalReason::kWrongType, "/details"},
      {R"("serviceId":"a","eventType":"B","seriesCount":0)", RefusalReason::kBadValue,
       "/seriesCount"},
      {R"("serviceId":"a","eventType":"B","timestamp":"x")", RefusalReason::kBadTime, "/timestamp"},
      {R"("serviceId":"a","eventType":"B","deploy":7)", RefusalReason::kWrongType, "/deploy"},
      {R"("serviceId":"a","eventType":"B","deploy":{"status":"meh"})", RefusalReason::kBadValue,
       "/deploy/status"},
  };
  for (const Case& c : cases) {
    const auto refusal = RefuseOne(Format::kEvent, "{" + c.fields + "}");
    EXPECT_EQ(refusal.reason, c.reason) << c.fields << "\n" << refusal.message;
    EXPECT_EQ(refusal.field, c.field) << c.fields;
  }
}

}  // namespace
}  // namespace srehub::sources
