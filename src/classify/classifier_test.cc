// What holds for every kind of record, and the founding samples.
#include "classify/classifier.h"

#include <gtest/gtest.h>

#include <functional>

#include "classify/testing.h"

namespace srehub::classify {
namespace {

using model::Phase;
using model::Severity;

TEST(FoundingSamples, Kubernetes) {
  model::KubernetesFact fact;
  fact.object.kind = "Pod";
  fact.object.name = "checkout-api-57ff7";
  fact.reason = "BackOff";
  fact.message = "Back-off restarting failed container";
  fact.type = "Warning";
  const model::Event event = EventOf(fact);
  EXPECT_EQ(event.service_id, "checkout-api");
  EXPECT_EQ(event.event_type, "CrashLoopBackOff");
  EXPECT_EQ(event.severity, Severity::kHigh);
  EXPECT_EQ(event.phase, Phase::kPoint);
}

TEST(FoundingSamples, CloudWatch) {
  model::AlarmFact fact;
  fact.name = "HighCPU-PaymentsAPI";
  fact.state = "ALARM";
  fact.metric = "CPUUtilization";
  fact.threshold = 85;
  const model::Event event = EventOf(fact);
  EXPECT_EQ(event.service_id, "payments-api");
  EXPECT_EQ(event.event_type, "HighCPU");
  EXPECT_EQ(event.severity, Severity::kHigh);
  EXPECT_EQ(event.phase, Phase::kFiring);
}

TEST(FoundingSamples, Pipeline) {
  model::PipelineFact fact;
  fact.statement.system = "flat";
  fact.statement.workflow = "Deploy Checkout Service";
  fact.statement.status = model::DeployStatus::kFailure;
  fact.statement.run = "4821";
  fact.status_word = "failure";
  const model::Event event = EventOf(fact);
  EXPECT_EQ(event.service_id, "checkout-service");
  EXPECT_EQ(event.event_type, "DeployFailed");
  EXPECT_EQ(event.severity, Severity::kHigh);
  EXPECT_EQ(event.deploy->kind, model::PipelineKind::kDeploy);
}

TEST(FoundingSamples, Log) {
  model::LogFact fact;
  fact.service = "auth-service";
  fact.service_field = "service";
  fact.level = "ERROR";
  fact.message = "Login DB connection timeout";
  fact.trace_id = "abc123";
  const model::Event event = EventOf(fact);
  EXPECT_EQ(event.service_id, "auth-service");
  EXPECT_EQ(event.event_type, "DatabaseConnectionTimeout");
  EXPECT_EQ(event.severity, Severity::kHigh);
}

model::LogFact Line() {
  model::LogFact fact;
  fact.service = "a";
  fact.level = "ERROR";
  fact.message = "x";
  return fact;
}

TEST(Identity, IsOfFormatAndRecord) {
  model::Observation observation = Of(Line());
  const model::Event event = EventOf(observation);
  EXPECT_EQ(EventOf(observation), event);
  observation.received += 1h;  // of no consequence for a record with a time of its own
  EXPECT_EQ(EventOf(observation), event);
  observation.identity = "another";
  EXPECT_NE(EventOf(observation).event_id, event.event_id);
  observation.identity = "identity";
  observation.format = model::Format::kEvent;
  EXPECT_NE(EventOf(observation).event_id, event.event_id);
}

TEST(Identity, OfAnUntimedRecordHoldsTheReceipt) {
  model::Observation observation = Of(Line());
  observation.time.reset();
  const model::Event event = EventOf(observation);
  EXPECT_TRUE(event.untimed);
  EXPECT_EQ(event.timestamp, observation.received);
  observation.received += 1s;
  EXPECT_NE(EventOf(observation).event_id, event.event_id);
}

TEST(Ttl, IsRetentionOfTheSeverity) {
  Settings settings;
  settings.retention = 14 * kDay;
  settings.retention_by_severity[model::SeverityIndex(Severity::kHigh)] = 30 * kDay;
  const Classifier classifier = MakeClassifier({}, settings);
  model::LogFact fact = Line();
  model::Event event = EventOf(fact, classifier);
  EXPECT_EQ(event.ttl, event.timestamp + 30 * kDay);
  EXPECT_EQ(classifier.TtlOf(event.timestamp, Severity::kHigh), event.ttl);
  fact.level = "INFO";
  event = EventOf(fact, classifier);
  EXPECT_EQ(event.ttl, event.timestamp + 14 * kDay);
}

TEST(Explain, NamesARulePerField) {
  Explanation explanation;
  std::vector<model::Event> events;
  model::KubernetesFact fact;
  fact.object.kind = "Pod";
  fact.object.name = "p";
  fact.object.labels = {{"app", "checkout"}};
  fact.reason = "BackOff";
  fact.message = "Back-off restarting failed container";
  fact.type = "Warning";
  fact.uid = "u";
  ASSERT_FALSE(DefaultClassifier().Classify(Of(fact), &events, &explanation));
  const auto rule_of = [&](std::string_view field) -> std::string {
    for (const FieldExplanation& e : explanation) {
      if (e.field == field) return e.value + " by " + e.rule;
    }
    return "(none)";
  };
  EXPECT_EQ(rule_of("serviceId"), "checkout by label app");
  EXPECT_TRUE(rule_of("eventType").starts_with("CrashLoopBackOff by types.yaml:"))
      << rule_of("eventType");
  EXPECT_TRUE(rule_of("severity").starts_with("high by severity.yaml:")) << rule_of("severity");
  EXPECT_EQ(rule_of("series"), "/u by metadata.uid, count");
}

// ---- the unified schema ----

model::EventFact Stated() {
  model::EventFact fact;
  fact.event.service_id = "Checkout API";
  fact.event.event_type = "CartLost";
  fact.event.severity = Severity::kHigh;
  fact.has_severity = true;
  return fact;
}

TEST(Stated, IsCompleted) {
  model::Observation observation = Of(Stated());
  const model::Event event = EventOf(observation);
  EXPECT_EQ(event.service_id, "checkout-api");
  EXPECT_EQ(event.event_type, "CartLost");
  EXPECT_EQ(event.severity, Severity::kHigh);
  EXPECT_EQ(event.timestamp, *observation.time);
  EXPECT_FALSE(event.untimed);
  EXPECT_NE(event.event_id, 0u);
  EXPECT_EQ(event.ttl, event.timestamp + limits::kDefaultRetention);
  EXPECT_EQ(EventOf(observation, MakeClassifier("aliases: {checkout-api: shop}")).service_id,
            "shop");
}

TEST(Stated, TheSendersIdIsKept) {
  model::EventFact fact = Stated();
  fact.event.event_id = 42;
  EXPECT_EQ(EventOf(Of(fact)).event_id, 42u);
}

TEST(Stated, SeverityWords) {
  model::EventFact fact = Stated();
  fact.has_severity = false;
  fact.severity_word = "ERROR";
  EXPECT_EQ(EventOf(Of(fact)).severity, Severity::kHigh);
  fact.severity_word = "loud";
  model::Event event = EventOf(Of(fact));
  EXPECT_EQ(event.severity, Severity::kMedium);
  EXPECT_EQ(Detail(event, "/severityUnknown"), "true");
  EXPECT_EQ(Detail(event, "/severityWord"), "loud");
  fact.severity_word.clear();
  event = EventOf(Of(fact));
  EXPECT_EQ(event.severity, Severity::kMedium);
  EXPECT_EQ(Detail(event, "/severityUnknown"), "true");
}

TEST(Stated, SignalsAndSeriesAreCompleted) {
  model::EventFact fact = Stated();
  fact.event.phase = Phase::kFiring;
  model::Event event = EventOf(Of(fact));
  EXPECT_EQ(event.signal, "CartLost");
  EXPECT_EQ(event.expires_at, event.timestamp + limits::kExpireAfter);
  fact = Stated();
  fact.event.series = "s";
  event = EventOf(Of(fact));
  EXPECT_EQ(event.series_count, 1);
  EXPECT_EQ(event.series_start, event.timestamp);
}

TEST(Stated, DetailsAreKeptAndNotRepeated) {
  model::EventFact fact = Stated();
  fact.event.details = R"({"title":"mine","n":1,"deep":{"a":[1,2]},"extra":{"b":2}})";
  model::Observation observation = Of(fact);
  observation.title = "theirs";
  observation.extra = R"({"c":3})";
  const model::Event event = EventOf(observation);
  EXPECT_EQ(Detail(event, "/title"), "mine");
  EXPECT_EQ(Detail(event, "/n"), "1");
  EXPECT_EQ(Detail(event, "/deep/a/1"), "2");
  EXPECT_EQ(Detail(event, "/extra/b"), "2");
  EXPECT_EQ(Detail(event, "/unmapped/c"), "3");
}

TEST(Stated, Refusals) {
  const auto refused = [](const std::function<void(model::Event&)>& change) {
    model::EventFact fact = Stated();
    change(fact.event);
    std::vector<model::Event> events;
    const auto refusal = DefaultClassifier().Classify(Of(fact), &events);
    EXPECT_TRUE(refusal);
    EXPECT_TRUE(events.empty());
    return refusal ? refusal->field : "";
  };
  EXPECT_EQ(refused([](model::Event& e) { e.event_type.clear(); }), "/eventType");
  EXPECT_EQ(refused([](model::Event& e) { e.event_type = std::string(129, 'a'); }), "/eventType");
  EXPECT_EQ(refused([](model::Event& e) { e.event_type = "a\nb"; }), "/eventType");
  EXPECT_EQ(refused([](model::Event& e) { e.closes = std::string(129, 'a'); }), "/closes");
  EXPECT_EQ(refused([](model::Event& e) { e.service_id.clear(); }), "/serviceId");
  EXPECT_EQ(refused([](model::Event& e) { e.service_id = "##"; }), "/serviceId");
  EXPECT_EQ(refused([](model::Event& e) { e.phase = Phase::kRefresh; }), "/startsAt");
  EXPECT_EQ(refused([](model::Event& e) {
              e.series = "s";
              e.series_count = limits::kMaxSeriesCount + 1;
            }),
            "/seriesCount");
}

}  // namespace
}  // namespace srehub::classify
