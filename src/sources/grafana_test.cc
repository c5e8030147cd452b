// Grafana's unified alerting webhook.
#include "sources/testing.h"

namespace srehub::sources {
namespace {

using model::Format;
using namespace testing;

constexpr std::string_view kWebhook = R"({"receiver":"hub","status":"firing","orgId":1,
"alerts":[{"status":"firing","labels":{"alertname":"HighErrorRate","service":"checkout-service",
"grafana_folder":"shop","severity":"critical"},"annotations":{"summary":"too many errors"},
"startsAt":"2025-08-26T16:05:00.157076123+02:00","endsAt":"0001-01-01T00:00:00Z",
"generatorURL":"https://grafana.example/alerting/1/edit","fingerprint":"c6eadffa33fcdf37",
"silenceURL":"https://grafana.example/alerting/silence","dashboardURL":"",
"panelURL":"https://grafana.example/d/1?viewPanel=2","imageURL":"https://grafana.example/i.png",
"values":{"B":44.2,"C":1},"valueString":"[ var='B' value=44.2 ]"}],
"groupLabels":{"alertname":"HighErrorRate"},"commonLabels":{},"commonAnnotations":{},
"externalURL":"https://grafana.example/","version":"1","groupKey":"{}:{alertname=\"HighErrorRate\"}",
"truncatedAlerts":0,"title":"[FIRING:1] HighErrorRate","state":"alerting","message":"**Firing**"})";

TEST(Grafana, AFiringAlert) {
  for (Format format : {Format::kGrafana, Format::kAuto, Format::kAlertmanager}) {
    const auto observation = ObserveOne(format, kWebhook);
    EXPECT_EQ(observation.format, Format::kGrafana);
    EXPECT_EQ(observation.source, model::Source::kPrometheus);
    EXPECT_EQ(observation.time, T("2025-08-26T14:05:00.157076123Z"));
    EXPECT_EQ(observation.title, "too many errors");
    EXPECT_EQ(observation.link, "https://grafana.example/alerting/1/edit");
    const auto fact = FactOf<model::AlertFact>(observation);
    EXPECT_FALSE(fact.resolved);
    EXPECT_FALSE(fact.has_expiry);
    for (const char* kept : {"valueString", "silenceURL", "panelURL", "c6eadffa33fcdf37", "values"})
      EXPECT_NE(observation.extra.find(kept), std::string::npos) << kept << observation.extra;
  }
}

TEST(Grafana, AResolvedAlert) {
  std::string body =
      Replaced(std::string(kWebhook), "[{\"status\":\"firing\"", "[{\"status\":\"resolved\"");
  body = Replaced(body, "0001-01-01T00:00:00Z", "2025-08-26T14:09:00Z");
  const auto observation = ObserveOne(Format::kGrafana, body);
  EXPECT_TRUE(FactOf<model::AlertFact>(observation).resolved);
  EXPECT_EQ(observation.time, T("2025-08-26T14:09:00Z"));
}

// One incident, two signals: what Grafana resolves, Prometheus may still say.
TEST(Grafana, ItsSignalIsItsOwn) {
  const auto mine = FactOf<model::AlertFact>(ObserveOne(Format::kGrafana, kWebhook));
  const auto theirs = FactOf<model::AlertFact>(
      ObserveOne(Format::kAlertmanager, Replaced(std::string(kWebhook), "\"orgId\":1,", "")));
  EXPECT_EQ(mine.labels, theirs.labels);
  EXPECT_EQ(mine.fingerprint, "grafana/" + theirs.fingerprint);
}

TEST(Grafana, WithoutARulesPageThePanelIsTheLink) {
  const auto observation =
      ObserveOne(Format::kGrafana,
                 Replaced(std::string(kWebhook),
                          "\"generatorURL\":\"https://grafana.example/alerting/1/edit\",", ""));
  EXPECT_EQ(observation.link, "https://grafana.example/d/1?viewPanel=2");
  EXPECT_EQ(
      ObserveOne(
          Format::kGrafana,
          Replaced(Replaced(std::string(kWebhook),
                            "\"generatorURL\":\"https://grafana.example/alerting/1/edit\",", ""),
                   "\"panelURL\":\"https://grafana.example/d/1?viewPanel=2\"",
                   "\"panelURL\":\"javascript:alert(1)\""))
          .link,
      "");
}

}  // namespace
}  // namespace srehub::sources
