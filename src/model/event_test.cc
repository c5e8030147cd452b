#include "model/event.h"

#include <gtest/gtest.h>

#include "model/delivery.h"
#include "model/observation.h"

namespace srehub::model {
namespace {

template <typename Enum>
void ExpectNamesReadBack(std::string_view (*name)(Enum),
                         std::optional<Enum> (*parse)(std::string_view), int first,
                         std::initializer_list<std::string_view> words) {
  int value = first;
  for (const std::string_view word : words) {
    EXPECT_EQ(name(static_cast<Enum>(value)), word);
    EXPECT_EQ(parse(word), static_cast<Enum>(value)) << word;
    ++value;
  }
  EXPECT_EQ(name(static_cast<Enum>(value)), "");
  for (const std::string_view word : {"", "Info", "nonsense"}) EXPECT_FALSE(parse(word)) << word;
}

TEST(NamesTest, AreTheWireNames) {
  ExpectNamesReadBack(SeverityName, ParseSeverity, 1,
                      {"info", "low", "medium", "high", "critical"});
  ExpectNamesReadBack(SourceName, ParseSource, 1,
                      {"kubernetes", "cloudwatch", "cicd", "logs", "prometheus"});
  ExpectNamesReadBack(PhaseName, ParsePhase, 1,
                      {"point", "firing", "refresh", "resolved", "unknown"});
  ExpectNamesReadBack(
      FormatName, ParseFormat, 0,
      {"auto",    "event",      "kubernetes",   "cloudwatch", "cicd",        "github",
       "logs",    "prometheus", "alertmanager", "grafana",    "gitlab",      "argocd",
       "jenkins", "circleci",   "aws",          "cdevents",   "cloudevents", "otlp",
       "loki",    "syslog",     "text",         "mapped"});
  ExpectNamesReadBack(DeployStatusName, ParseDeployStatus, 1,
                      {"running", "success", "failure", "cancelled", "other"});
  ExpectNamesReadBack(PipelineKindName, ParsePipelineKind, 1,
                      {"deploy", "rollback", "build", "test"});
  ExpectNamesReadBack(RefusalReasonName, ParseRefusalReason, 1,
                      {"malformed", "duplicate_key", "too_deep", "too_large", "unknown_shape",
                       "wrong_shape", "missing_field", "wrong_type", "bad_value", "bad_time",
                       "future_dated", "expired", "service_cap", "store"});
}

TEST(SortKeyTest, OrdersAsTimeThenIdAndReadsBack) {
  const Instant t = ParseRfc3339("2025-08-26T14:01:23Z").value();
  const std::string key = SortKey(t, 0xAB);
  EXPECT_EQ(key, "2025-08-26T14:01:23.000000000Z#00000000000000ab");
  EXPECT_EQ(ParseSortKey(key).value(), std::pair(t, uint64_t{0xAB}));
  EXPECT_LT(SortKey(t, ~0ull), SortKey(t + 1ns, 0));
  EXPECT_LT(SortKey(t, 9), SortKey(t, 10));
}

TEST(SortKeyTest, RefusesWhatIsNone) {
  for (const char* text :
       {"", "2025-08-26T14:01:23Z#00000000000000ab", "2025-08-26T14:01:23.000000000Z",
        "2025-08-26T14:01:23.000000000Z#00000000000000AB",
        "2025-08-26T14:01:23.000000000Z-00000000000000ab",
        "2025-08-26t14:01:23.000000000z#00000000000000ab",
        "2025-13-26T14:01:23.000000000Z#00000000000000ab",
        "2025-08-26T14:01:23.0000+02:00#00000000000000ab"}) {
    const auto got = ParseSortKey(text);
    ASSERT_FALSE(got) << text;
    EXPECT_EQ(got.error().code, ErrorCode::kInvalidArgument);
  }
}

TEST(IncidentIdTest, EncodesItsOwnSeparators) {
  const std::tuple<const char*, const char*, const char*> cases[] = {
      {"payments-api", "HighCPU", "payments-api#HighCPU"},
      {"a", "100%@x#y", "a#100%25%40x%23y"},
      {"größe", "漢字 x", "größe#漢字 x"},
      {"%23", "%", "%2523#%25"},
  };
  for (const auto& [service, type, id] : cases) {
    EXPECT_EQ(IncidentId(service, type), id);
    EXPECT_EQ(ParseIncidentId(id).value(), std::pair(std::string(service), std::string(type)));
  }
  EXPECT_EQ(ParseIncidentId("a#b%2fc").value().second, "b/c");
}

TEST(IncidentIdTest, RefusesWhatIsNone) {
  for (const char* text : {"", "#", "a", "a#", "#b", "a#b#c", "a#b@c", "a#%", "a#%zz", "a@b#c"}) {
    const auto got = ParseIncidentId(text);
    ASSERT_FALSE(got) << text;
    EXPECT_EQ(got.error().code, ErrorCode::kInvalidArgument);
    EXPECT_NE(got.error().message.find("serviceId#eventType"), std::string::npos);
  }
}

TEST(ServiceStemTest, LeavesOutTheWordForService) {
  const std::pair<const char*, const char*> cases[] = {
      {"checkout-api", "checkout"},
      {"checkout-service", "checkout"},
      {"checkout-svc", "checkout"},
      {"checkout-app", "checkout"},
      {"checkout-backend", "checkout"},
      {"checkout-server", "checkout"},
      {"checkout", "checkout"},
      {"api", "api"},
      {"-api", "-api"},
      {"checkoutapi", "checkoutapi"},
      {"checkout-api-v2", "checkout-api-v2"},
      {"", ""},
  };
  for (const auto& [service, stem] : cases) EXPECT_EQ(ServiceStem(service), stem) << service;
}

TEST(EventKeyTest, OrdersByServiceTimeAndId) {
  Event e;
  e.service_id = "b";
  e.timestamp = FromNanos(5);
  e.event_id = 7;
  EXPECT_EQ(KeyOf(e), (EventKey{"b", FromNanos(5), 7}));
  EXPECT_LT((EventKey{"a", FromNanos(9), 9}), KeyOf(e));
  EXPECT_LT((EventKey{"b", FromNanos(4), 9}), KeyOf(e));
  EXPECT_LT((EventKey{"b", FromNanos(5), 6}), KeyOf(e));
}

}  // namespace
}  // namespace srehub::model
