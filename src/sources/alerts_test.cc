// Prometheus' and Alertmanager's ways of sending an alert.
#include "sources/alerts.h"

#include "sources/testing.h"

namespace srehub::sources {
namespace {

using model::AlertFact;
using model::Format;
using model::RefusalReason;
using testing::DecodeBody;
using testing::FactOf;
using testing::ObservationsOf;
using testing::ObserveOne;
using testing::Received;
using testing::RefusalsOf;
using testing::RefuseOne;
using testing::Replaced;
using testing::T;

constexpr std::string_view kFiring = R"([{"labels":{"alertname":"HighErrorRate","cluster":"test",
  "service":"checkout-api","severity":"critical","empty":""},
  "annotations":{"summary":"Error rate is 7 %","runbook_url":"https://runbooks.example.com/1"},
  "startsAt":"2025-08-26T14:04:59.632Z","endsAt":"2025-08-26T14:14:59.632Z",
  "generatorURL":"http://prometheus:9090/graph?g0.expr=up\u0026g0.tab=1"}])";

TEST(Alerts, FingerprintIsPrometheus) {
  EXPECT_EQ(AlertFingerprint({{"alertname", "HighErrorRate"},
                              {"cluster", "test"},
                              {"service", "checkout-api"},
                              {"severity", "critical"}}),
            "a750416ba400a12e");
}

TEST(Prometheus, AFiringAlertEndsInTheFuture) {
  for (Format format : {Format::kPrometheus, Format::kAuto}) {
    const auto observation = ObserveOne(format, kFiring);
    const auto fact = FactOf<AlertFact>(observation);
    EXPECT_EQ(observation.format, Format::kPrometheus);
    EXPECT_EQ(observation.source, model::Source::kPrometheus);
    EXPECT_EQ(observation.identity, "a750416ba400a12e|2025-08-26T14:04:59.632Z|firing");
    EXPECT_EQ(observation.time, T("2025-08-26T14:04:59.632Z"));
    EXPECT_EQ(observation.title, "Error rate is 7 %");
    EXPECT_EQ(observation.link, "http://prometheus:9090/graph?g0.expr=up&g0.tab=1");
    EXPECT_FALSE(fact.resolved);
    EXPECT_TRUE(fact.has_expiry);
    EXPECT_EQ(fact.ends_at, T("2025-08-26T14:14:59.632Z"));
    EXPECT_EQ(fact.received, Received());
    EXPECT_FALSE(fact.labels.contains("empty"));
  }
}

TEST(Prometheus, ResolvedIffTheEndIsHere) {
  const std::string firing(kFiring);
  const auto resolved = ObserveOne(
      Format::kPrometheus, Replaced(firing, "2025-08-26T14:14:59.632Z", "2025-08-26T14:10:00Z"));
  EXPECT_TRUE(FactOf<AlertFact>(resolved).resolved);
  EXPECT_FALSE(FactOf<AlertFact>(resolved).has_expiry);
  EXPECT_EQ(resolved.time, T("2025-08-26T14:10:00Z"));
  EXPECT_EQ(resolved.identity, "a750416ba400a12e|2025-08-26T14:04:59.632Z|resolved");
  const auto just_firing =
      ObserveOne(Format::kPrometheus,
                 Replaced(firing, "2025-08-26T14:14:59.632Z", "2025-08-26T14:10:00.000000001Z"));
  EXPECT_FALSE(FactOf<AlertFact>(just_firing).resolved);
}

TEST(Prometheus, YearOneMeansUnset) {
  const std::string firing(kFiring);
  const auto no_end =
      FactOf<AlertFact>(ObserveOne(Format::kPrometheus, Replaced(firing, "2025-08-26T14:14:59.632Z",
                                                                 "0001-01-01T00:00:00.000Z")));
  EXPECT_FALSE(no_end.resolved);
  EXPECT_FALSE(no_end.has_expiry);
  const auto no_start = ObserveOne(Format::kPrometheus, Replaced(firing, "2025-08-26T14:04:59.632Z",
                                                                 "0001-01-01T00:00:00.000Z"));
  EXPECT_EQ(no_start.time, std::nullopt);
  EXPECT_EQ(FactOf<AlertFact>(no_start).starts_at, Received());
  EXPECT_EQ(no_start.identity, "a750416ba400a12e||firing");
  const auto neither =
      FactOf<AlertFact>(ObserveOne(Format::kPrometheus, R"([{"labels":{"alertname":"X"}}])"));
  EXPECT_EQ(neither.starts_at, Received());
}

TEST(Prometheus, OneBadAlertDoesNotCostTheOthers) {
  const Decoded decoded = DecodeBody(Format::kPrometheus, R"([{"labels":{"alertname":"A"}},
    {"labels":{}},{"labels":{"alertname":""}},{"labels":{"alertname":7}},
    {"labels":{"alertname":"B"},"startsAt":"2025-08-26T14:00:00Z","endsAt":"2025-08-26T13:00:00Z"},
    {"labels":{"alertname":"C"},"annotations":{"x":null}}])");
  EXPECT_EQ(ObservationsOf(decoded).size(), 2U);
  const auto refusals = RefusalsOf(decoded);
  ASSERT_EQ(refusals.size(), 4U);
  EXPECT_EQ(refusals[0].reason, RefusalReason::kMissingField);
  EXPECT_EQ(refusals[1].reason, RefusalReason::kMissingField);
  EXPECT_EQ(refusals[2].reason, RefusalReason::kWrongType);
  EXPECT_EQ(refusals[2].field, "/labels/alertname");
  EXPECT_EQ(refusals[3].reason, RefusalReason::kBadValue);
}

constexpr std::string_view kGroup = R"({"version":"4","groupKey":"{}:{alertname=\"HighErrorRate\"}",
  "truncatedAlerts":0,"status":"firing","receiver":"hub",
    "groupLabels":{"alertname":"HighErrorRate"},
  "commonLabels":{"alertname":"HighErrorRate"},"commonAnnotations":{},
    "externalURL":"http://am:9093",
  "notification_reason":"new","alerts":[
  {"status":"firing","labels":{"alertname":"HighErrorRate","cluster":"test",
    "service":"checkout-api",
    "severity":"critical"},"annotations":{"description":"d"},"startsAt":"2025-08-26T14:04:59.632Z",
    "endsAt":"0001-01-01T00:00:00Z","generatorURL":"http://p","fingerprint":"a750416ba400a12e"},
  {"status":"resolved","labels":{"alertname":"HighErrorRate","service":"auth"},"annotations":{},
    "startsAt":"2025-08-26T13:00:00Z","endsAt":"2025-08-26T14:00:00Z","generatorURL":"http://p",
    "fingerprint":"ffffffffffffffff","silenceURL":"http://s"}]})";

TEST(Alertmanager, EveryAlertHasItsOwnStatus) {
  for (Format format : {Format::kAlertmanager, Format::kAuto}) {
    const Decoded decoded = DecodeBody(format, kGroup);
    ASSERT_EQ(decoded.records.size(), 1U);
    EXPECT_TRUE(decoded.notices.empty());
    const auto observations = ObservationsOf(decoded);
    ASSERT_EQ(observations.size(), 2U);
    const auto firing = FactOf<AlertFact>(observations[0]);
    EXPECT_EQ(observations[0].format, Format::kAlertmanager);
    EXPECT_EQ(observations[0].identity, "a750416ba400a12e|2025-08-26T14:04:59.632Z|firing");
    EXPECT_FALSE(firing.resolved);
    EXPECT_FALSE(firing.has_expiry);
    EXPECT_EQ(observations[0].title, "d");
    EXPECT_NE(observations[0].extra.find("\"notification_reason\":\"new\""), std::string::npos);
    EXPECT_EQ(observations[0].extra.find("\"fingerprint\""), std::string::npos);
    const auto resolved = FactOf<AlertFact>(observations[1]);
    EXPECT_TRUE(resolved.resolved);
    EXPECT_EQ(observations[1].time, T("2025-08-26T14:00:00Z"));
    EXPECT_NE(observations[1].extra.find("\"fingerprint\":\"ffffffffffffffff\""),
              std::string::npos);
    EXPECT_NE(observations[1].extra.find("\"silenceURL\":\"http://s\""), std::string::npos);
  }
}

TEST(Alertmanager, TruncationIsTold) {
  const Decoded decoded =
      DecodeBody(Format::kAuto,
                 Replaced(std::string(kGroup), "\"truncatedAlerts\":0", "\"truncatedAlerts\":12"));
  ASSERT_EQ(decoded.notices.size(), 1U);
  EXPECT_NE(decoded.notices[0].find("12 alerts"), std::string::npos);
  EXPECT_NE(decoded.notices[0].find("\"hub\""), std::string::npos);
}

TEST(Alertmanager, RefusalsArePerAlert) {
  const Decoded decoded =
      DecodeBody(Format::kAlertmanager, R"({"version":"4","groupKey":"g","alerts":[
    7,{"status":"burning","labels":{"a":"b"}},{"labels":{"a":"b"}},{"status":"firing","labels":{}},
    {"status":"resolved","labels":{"a":"b"}}]})");
  ASSERT_EQ(decoded.records.size(), 1U);
  EXPECT_EQ(decoded.records[0].observations.size(), 1U);
  EXPECT_EQ(decoded.records[0].observations[0].time, std::nullopt);
  const auto& refusals = decoded.records[0].refusals;
  ASSERT_EQ(refusals.size(), 4U);
  EXPECT_EQ(refusals[0].reason, RefusalReason::kWrongShape);
  EXPECT_EQ(refusals[0].field, "/alerts/0");
  EXPECT_EQ(refusals[1].reason, RefusalReason::kBadValue);
  EXPECT_EQ(refusals[1].field, "/alerts/1/status");
  EXPECT_EQ(refusals[2].reason, RefusalReason::kMissingField);
  EXPECT_EQ(refusals[3].field, "/alerts/3/labels");
  EXPECT_EQ(RefuseOne(Format::kAlertmanager, R"({"version":"4"})").field, "/alerts");
}

TEST(Alertmanager, GrafanaIsToldApart) {
  const std::string grafana =
      Replaced(std::string(kGroup), "\"version\":\"4\"", "\"version\":\"1\",\"orgId\":1");
  for (Format format : {Format::kAlertmanager, Format::kAuto, Format::kGrafana}) {
    const auto observations = ObservationsOf(DecodeBody(format, grafana));
    EXPECT_FALSE(observations.empty());
    for (const auto& observation : observations) EXPECT_EQ(observation.format, Format::kGrafana);
  }
}

}  // namespace
}  // namespace srehub::sources
