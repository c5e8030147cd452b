// Alarms and alerts: what has a life.
#include <gtest/gtest.h>

#include <set>

#include "classify/testing.h"

namespace srehub::classify {
namespace {

using model::Phase;
using model::Severity;

model::AlarmFact Alarm(std::string state) {
  model::AlarmFact fact;
  fact.name = "HighCPU-PaymentsAPI";
  fact.state = std::move(state);
  fact.metric = "CPUUtilization";
  fact.threshold = 85;
  return fact;
}

TEST(Alarm, Phases) {
  const model::Event firing = EventOf(Alarm("ALARM"));
  EXPECT_EQ(firing.phase, Phase::kFiring);
  EXPECT_EQ(firing.signal, "HighCPU-PaymentsAPI");
  EXPECT_EQ(firing.expires_at, firing.timestamp + limits::kExpireAfter);
  EXPECT_FALSE(firing.starts_at);
  const model::Event resolved = EventOf(Alarm("OK"));
  EXPECT_EQ(resolved.phase, Phase::kResolved);
  EXPECT_EQ(resolved.event_type, firing.event_type);
  EXPECT_EQ(resolved.closes, "");
  EXPECT_FALSE(resolved.expires_at);
  const model::Event unknown = EventOf(Alarm("INSUFFICIENT_DATA"));
  EXPECT_EQ(unknown.phase, Phase::kUnknown);
  EXPECT_EQ(unknown.event_type, firing.event_type);
  EXPECT_TRUE(unknown.expires_at);
}

TEST(Alarm, TheArnIsTheSignal) {
  model::AlarmFact fact = Alarm("ALARM");
  fact.arn = "arn:aws:cloudwatch:eu-west-1:123456789012:alarm:HighCPU-PaymentsAPI";
  EXPECT_EQ(EventOf(fact).signal, fact.arn);
}

TEST(Alarm, ExpiryIsConfigurable) {
  Settings settings;
  settings.expire_after = 2h;
  const model::Event event = EventOf(Alarm("ALARM"), MakeClassifier({}, settings));
  EXPECT_EQ(event.expires_at, event.timestamp + 2h);
}

TEST(Alarm, AnyOtherStateIsRefused) {
  std::vector<model::Event> events;
  const auto refusal = DefaultClassifier().Classify(Of(Alarm("alarm")), &events);
  ASSERT_TRUE(refusal);
  EXPECT_EQ(refusal->reason, model::RefusalReason::kBadValue);
}

TEST(Alarm, MetricsNameTheType) {
  const std::pair<const char*, const char*> rows[] = {
      {"CPUUtilization", "HighCPU"},
      {"MemoryUtilization", "HighMemory"},
      {"Latency", "HighLatency"},
      {"Duration", "HighLatency"},
      {"TargetResponseTime", "HighLatency"},
      {"HTTPCode_Target_5XX_Count", "HighErrorRate"},
      {"5XXError", "HighErrorRate"},
      {"Errors", "HighErrorRate"},
      {"Error Rate", "HighErrorRate"},
      {"UnHealthyHostCount", "UnHealthyHostCount"},
      {"ApproximateAgeOfOldestMessage", "ApproximateAgeOfOldestMessage"},
      {"queue_depth", "QueueDepth"},
  };
  for (const auto& [metric, type] : rows) {
    model::AlarmFact fact = Alarm("ALARM");
    fact.metric = metric;
    EXPECT_EQ(EventOf(fact).event_type, type);
  }
  model::AlarmFact fact = Alarm("ALARM");
  fact.metric = "m1/m2*100";
  EXPECT_EQ(EventOf(fact).event_type, "HighCPU");  // the condition in its name
  fact.metric.clear();
  fact.name = "payments";
  EXPECT_EQ(EventOf(fact).event_type, "CloudWatchAlarm");
  fact.composite = true;
  EXPECT_EQ(EventOf(fact).event_type, "CompositeAlarm");
}

TEST(Alarm, Details) {
  model::AlarmFact fact = Alarm("ALARM");
  fact.reason = "Threshold Crossed";
  fact.description = "CPU of the payments hosts";
  fact.dimensions = {{"ServiceName", "payments-api"}};
  const model::Event event = EventOf(fact);
  EXPECT_EQ(Detail(event, "/alarmName"), "HighCPU-PaymentsAPI");
  EXPECT_EQ(Detail(event, "/metric"), "CPUUtilization");
  EXPECT_EQ(Detail(event, "/threshold"), "85");
  EXPECT_EQ(Detail(event, "/reason"), "Threshold Crossed");
  EXPECT_EQ(Detail(event, "/message"), "CPU of the payments hosts");
  EXPECT_EQ(Detail(event, "/dimensions/ServiceName"), "payments-api");
  EXPECT_EQ(Detail(event, "/severityWord"), "ALARM");
}

model::AlertFact Alert() {
  model::AlertFact fact;
  fact.labels = {
      {"alertname", "HighErrorRate"}, {"service", "checkout-api"}, {"severity", "critical"}};
  fact.annotations = {{"summary", "errors"}, {"value", "0.07"}};
  fact.generator_url = "http://prometheus/graph";
  fact.fingerprint = "a750416ba400a12e";
  fact.starts_at = At("2025-08-26T14:00:10Z");
  fact.ends_at = At("2025-08-26T14:16:20Z");
  fact.has_expiry = true;
  fact.received = At("2025-08-26T14:12:30Z");
  return fact;
}

TEST(Alert, FiringGivesTheOpeningAndTheProofOfLife) {
  const std::vector<model::Event> events = EventsOf(Of(Alert()));
  ASSERT_EQ(events.size(), 2u);
  const model::Event& firing = events[0];
  EXPECT_EQ(firing.phase, Phase::kFiring);
  EXPECT_EQ(firing.timestamp, At("2025-08-26T14:00:10Z"));
  EXPECT_EQ(firing.starts_at, At("2025-08-26T14:00:10Z"));
  EXPECT_EQ(firing.signal, "a750416ba400a12e");
  EXPECT_EQ(firing.event_type, "HighErrorRate");
  EXPECT_EQ(firing.service_id, "checkout-api");
  EXPECT_EQ(firing.severity, Severity::kCritical);
  EXPECT_FALSE(firing.expires_at);
  EXPECT_EQ(Detail(firing, "/labels/service"), "checkout-api");
  EXPECT_EQ(Detail(firing, "/fingerprint"), "a750416ba400a12e");
  const model::Event& refresh = events[1];
  EXPECT_EQ(refresh.phase, Phase::kRefresh);
  EXPECT_EQ(refresh.timestamp, At("2025-08-26T14:10:00Z"));
  EXPECT_EQ(refresh.starts_at, firing.starts_at);
  EXPECT_EQ(refresh.expires_at, At("2025-08-26T14:20:00Z"));
  EXPECT_EQ(refresh.signal, firing.signal);
  EXPECT_EQ(refresh.event_type, firing.event_type);
  EXPECT_EQ(refresh.service_id, firing.service_id);
  EXPECT_EQ(refresh.ttl, refresh.timestamp + limits::kDefaultRetention);
  EXPECT_NE(refresh.event_id, firing.event_id);
  EXPECT_EQ(Detail(refresh, "/annotations/value"), "0.07");
  EXPECT_EQ(Detail(refresh, "/generatorURL"), "http://prometheus/graph");
  EXPECT_EQ(Detail(refresh, "/message"), "errors");
}

TEST(Alert, TheOpeningIsTheSameInEveryResend) {
  const model::Event first = EventsOf(Of(Alert()))[0];
  model::AlertFact resent = Alert();
  resent.annotations["value"] = "0.09";
  resent.generator_url = "http://other/graph";
  resent.ends_at += 10min;
  resent.received += 10min;
  model::Observation observation = Of(resent);
  observation.received = resent.received;
  observation.title = "errors at 9 %";
  observation.link = "http://other/graph";
  observation.extra = R"({"receiver":"team"})";
  const std::vector<model::Event> again = EventsOf(observation);
  EXPECT_EQ(again[0], first);
  EXPECT_NE(again[1].event_id, EventsOf(Of(Alert()))[1].event_id);
  EXPECT_EQ(Detail(again[1], "/extra/receiver"), "team");
}

TEST(Alert, ResendsOfASlotAreOneRefresh) {
  std::set<uint64_t> ids;
  for (int second = 0; second < 300; second += 15) {
    model::AlertFact fact = Alert();
    fact.received = At("2025-08-26T14:10:00Z") + std::chrono::seconds(second);
    fact.ends_at = At("2025-08-26T14:15:00Z") + std::chrono::seconds(1);
    const model::Event refresh = EventsOf(Of(fact))[1];
    EXPECT_EQ(refresh.expires_at, At("2025-08-26T14:20:00Z"));
    ids.insert(refresh.event_id);
  }
  EXPECT_EQ(ids.size(), 1u);
}

TEST(Alert, SlotBorders) {
  model::AlertFact fact = Alert();
  fact.ends_at = At("2025-08-26T14:15:00Z");  // ends the slot before it
  EXPECT_EQ(EventsOf(Of(fact))[1].expires_at, At("2025-08-26T14:15:00Z"));
  fact.has_expiry = false;
  EXPECT_EQ(EventsOf(Of(fact))[1].expires_at, At("2025-08-26T14:15:00Z") + limits::kExpireAfter);
  fact.received = At("2025-08-26T14:00:20Z");  // the slot began before the alert did
  EXPECT_EQ(EventsOf(Of(fact))[1].timestamp, fact.starts_at);
}

TEST(Alert, Resolved) {
  model::AlertFact fact = Alert();
  fact.resolved = true;
  fact.ends_at = At("2025-08-26T14:11:00Z");
  const std::vector<model::Event> events = EventsOf(Of(fact));
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0].phase, Phase::kResolved);
  EXPECT_EQ(events[0].timestamp, At("2025-08-26T14:11:00Z"));
  EXPECT_EQ(events[0].starts_at, At("2025-08-26T14:00:10Z"));
  EXPECT_EQ(events[0].event_type, "HighErrorRate");
  EXPECT_EQ(events[0].severity, Severity::kCritical);
}

TEST(Alert, NamesBecomeTypes) {
  const std::pair<const char*, const char*> rows[] = {{"high_error_rate", "high_error_rate"},
                                                      {"High error rate!", "HighErrorRate"},
                                                      {"", "UnnamedAlert"},
                                                      {"5xx", "5xx"}};
  for (const auto& [name, type] : rows) {
    model::AlertFact fact = Alert();
    fact.labels["alertname"] = name;
    EXPECT_EQ(EventsOf(Of(fact))[0].event_type, type);
  }
}

TEST(Alert, CarriersAreTwoEventsOfOneSignal) {
  model::Observation observation = Of(Alert());
  const model::Event direct = EventsOf(observation)[0];
  observation.format = model::Format::kAlertmanager;
  const model::Event relayed = EventsOf(observation)[0];
  EXPECT_NE(direct.event_id, relayed.event_id);
  EXPECT_EQ(direct.signal, relayed.signal);
}

}  // namespace
}  // namespace srehub::classify
