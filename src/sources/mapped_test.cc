// Records of any shape, by the user's mappings.
#include "sources/testing.h"

namespace srehub::sources {
namespace {

using model::Format;
using model::RefusalReason;
using namespace testing;

model::MappedField At(std::string pointer) { return {{{true, std::move(pointer)}}}; }

model::Mappings Pager() {
  model::Mapping m;
  m.name = "pager";
  m.source = model::Source::kPrometheus;
  m.match = {{"/event/kind", {"triggered", "resolved"}}, {"/event/data/id", {}}};
  m.service = {{{true, "/event/data/service"}, {true, "/event/team"}}};
  m.event_type = {{{true, "/event/data/type"}, {false, "PagerIncident"}}};
  m.severity = At("/event/data/urgency");
  m.severities = {{"high", "critical"}, {"low", "medium"}};
  m.timestamp = At("/event/at");
  m.title = At("/event/data/title");
  m.message = At("/event/data/text");
  m.id = At("/event/id");
  m.phase = At("/event/kind");
  m.phases = {{"triggered", "firing"}, {"resolved", "resolved"}};
  m.signal = At("/event/data/id");
  m.link = At("/event/data/url");
  m.environment = At("/event/data/env");
  return {m};
}

constexpr std::string_view kTriggered = R"({"event":{"id":"e1","kind":"triggered",
"at":"2025-08-26T14:05:00Z","data":{"id":77,"service":"checkout-api","urgency":"HIGH",
"title":"Checkout is down","text":"no answer","url":"https://pager.example/77","env":"prod"}},
"account":"acme"})";

Decoded DecodeMappedBody(Format format, std::string_view body) {
  static const model::Mappings kMappings = Pager();
  model::Delivery delivery;
  delivery.format = format;
  delivery.body = body;
  delivery.received = Received();
  auto decoded = Decode(delivery, &kMappings);
  EXPECT_TRUE(decoded) << body;
  return decoded ? std::move(*decoded) : Decoded{};
}

model::Refusal RefusalOf(std::string_view body) {
  const auto refusals = RefusalsOf(DecodeMappedBody(Format::kMapped, body));
  EXPECT_EQ(refusals.size(), 1U) << body;
  return refusals.empty() ? model::Refusal{} : refusals.front();
}

TEST(Mapped, EveryFieldIsWhereTheMappingSays) {
  for (Format format : {Format::kMapped, Format::kAuto}) {
    const auto observations = ObservationsOf(DecodeMappedBody(format, kTriggered));
    ASSERT_EQ(observations.size(), 1U);
    const model::Observation& o = observations[0];
    EXPECT_EQ(o.format, Format::kMapped);
    EXPECT_EQ(o.source, model::Source::kPrometheus);
    EXPECT_EQ(o.identity, "pager|e1|firing");
    EXPECT_EQ(o.time, T("2025-08-26T14:05:00Z"));
    EXPECT_EQ(o.title, "Checkout is down");
    EXPECT_EQ(o.link, "https://pager.example/77");
    EXPECT_NE(o.extra.find("acme"), std::string::npos);
    const auto event = FactOf<model::EventFact>(o).event;
    EXPECT_EQ(event.service_id, "checkout-api");
    EXPECT_EQ(event.event_type, "PagerIncident");
    EXPECT_EQ(event.severity, model::Severity::kCritical);
    EXPECT_EQ(event.phase, model::Phase::kFiring);
    EXPECT_EQ(event.signal, "77");
    EXPECT_EQ(event.details, R"({"message":"no answer","environment":"prod","mapping":"pager"})");
  }
}

TEST(Mapped, TheFirstTermThatIsThereCounts) {
  const std::string body =
      Replaced(std::string(kTriggered), "\"service\":\"checkout-api\"", "\"service\":null");
  EXPECT_EQ(RefusalOf(body).field, "/event/data/service");
  const auto observations = ObservationsOf(DecodeMappedBody(
      Format::kMapped, Replaced(body, "\"id\":\"e1\"", "\"id\":\"e1\",\"team\":\"shop\"")));
  ASSERT_EQ(observations.size(), 1U);
  EXPECT_EQ(FactOf<model::EventFact>(observations[0]).event.service_id, "shop");
}

TEST(Mapped, WhatIsRefusedNamesTheField) {
  const auto with = [](std::string_view from, std::string_view to) {
    return Replaced(std::string(kTriggered), from, to);
  };
  auto refusal = RefusalOf(with("\"HIGH\"", "[1]"));
  EXPECT_EQ(refusal.reason, RefusalReason::kWrongType);
  EXPECT_EQ(refusal.field, "/event/data/urgency");
  refusal = RefusalOf(with("2025-08-26T14:05:00Z", "yesterday"));
  EXPECT_EQ(refusal.reason, RefusalReason::kBadTime);
  EXPECT_EQ(refusal.field, "/event/at");
  EXPECT_EQ(RefusalOf(with("\"triggered\"", "\"acknowledged\"")).reason,
            RefusalReason::kUnknownShape);
  EXPECT_EQ(RefusalOf("{}").reason, RefusalReason::kUnknownShape);
  EXPECT_EQ(RefuseOne(Format::kMapped, "{}").reason, RefusalReason::kUnknownShape)
      << "without any mapping too";
}

TEST(Mapped, AnUnknownWordOfSeverityGoesToTheRules) {
  const auto observations = ObservationsOf(
      DecodeMappedBody(Format::kMapped, Replaced(std::string(kTriggered), "\"HIGH\"", "\"page\"")));
  ASSERT_EQ(observations.size(), 1U);
  const auto fact = FactOf<model::EventFact>(observations[0]);
  EXPECT_FALSE(fact.has_severity);
  EXPECT_EQ(fact.severity_word, "page");
}

TEST(Mapped, EveryTypeInEveryField) {
  for (const char* key : {"\"e1\"", "\"2025-08-26T14:05:00Z\"", "\"id\":77", "\"checkout-api\"",
                          "\"HIGH\"", "\"Checkout is down\"", "\"no answer\"",
                          "\"https://pager.example/77\"", "\"prod\"", "\"triggered\""})
    for (const char* value : {"null", "true", "0", "-1", "1.5", "1e300", "\"\"", "\"x\"", "[]",
                              "{}", "[1]", "{\"a\":1}", "18446744073709551615", "\"\\u0000\""}) {
      const Decoded decoded =
          DecodeMappedBody(Format::kMapped, Replaced(std::string(kTriggered), key,
                                                     std::string_view(key).starts_with("\"id\"")
                                                         ? "\"id\":" + std::string(value)
                                                         : std::string(value)));
      ASSERT_EQ(decoded.records.size(), 1U);
      EXPECT_NE(decoded.records[0].observations.empty(), decoded.records[0].refusals.empty())
          << key << value;
    }
}

}  // namespace
}  // namespace srehub::sources
