#include "insight/event_fields.h"

#include <gtest/gtest.h>

namespace srehub::insight {
namespace {

model::Event With(std::string details) {
  model::Event e;
  e.service_id = "checkout-api";
  e.event_type = "CrashLoopBackOff";
  e.details = std::move(details);
  return e;
}

TEST(FieldsOf, ReadsWhatPeopleAreShown) {
  const EventFields fields = FieldsOf(
      With(R"({"title":"Back-off","message":"Back-off restarting\nmore","traceId":"abc123",)"
           R"("object":{"kind":"Pod","namespace":"shop","name":"checkout-api-57ff7"},)"
           R"("link":"https://example.com/x","format":"kubernetes"})"));
  EXPECT_EQ(fields.title, "Back-off");
  EXPECT_EQ(fields.object, "Pod shop/checkout-api-57ff7");
  EXPECT_EQ(fields.trace_id, "abc123");
  EXPECT_EQ(fields.link, "https://example.com/x");
  EXPECT_EQ(fields.format, "kubernetes");
}

TEST(FieldsOf, ATitleIsNeverEmptyAndOneLine) {
  EXPECT_EQ(FieldsOf(With("{}")).title, "CrashLoopBackOff");
  EXPECT_EQ(FieldsOf(With(R"({"message":"first\nsecond"})")).title, "first");
  EXPECT_EQ(FieldsOf(With("not json")).title, "CrashLoopBackOff");
}

TEST(FieldsOf, OnlyWebLinksAreLinks) {
  EXPECT_EQ(FieldsOf(With(R"x({"link":"javascript:alert(1)"})x")).link, "");
  EXPECT_EQ(FieldsOf(With(R"({"link":"HTTP://example.com"})")).link, "HTTP://example.com");
}

TEST(FlatDetails, TakesTheShallowestOfAName) {
  const auto values = FlatDetails(
      With(R"({"extra":{"status":"deep","exitCode":137},"status":"top","ok":true,"none":null})"));
  EXPECT_EQ(values.at("status"), "top");
  EXPECT_EQ(values.at("exitCode"), "137");
  EXPECT_EQ(values.at("ok"), "true");
  EXPECT_FALSE(values.contains("none"));
}

TEST(PlaceholdersOf, ComeFromObjectLabelsAndService) {
  const auto values = PlaceholdersOf(
      With(R"({"object":{"kind":"Pod","namespace":"shop","name":"checkout-api-6d4cf56db6-57ff7",)"
           R"("container":"app"},"node":"ip-10-0-0-1","labels":{"deployment":"from-label"}})"));
  EXPECT_EQ(values.at("pod"), "checkout-api-6d4cf56db6-57ff7");
  EXPECT_EQ(values.at("namespace"), "shop");
  EXPECT_EQ(values.at("container"), "app");
  EXPECT_EQ(values.at("node"), "ip-10-0-0-1");
  EXPECT_EQ(values.at("service"), "checkout-api");
  EXPECT_EQ(values.at("deployment"), "from-label");
}

TEST(PlaceholdersOf, ADeploymentsNameIsReadOffItsPod) {
  const auto of = [](const char* pod) {
    const auto values =
        PlaceholdersOf(With(std::string(R"({"object":{"kind":"Pod","name":")") + pod + R"("}})"));
    const auto it = values.find("deployment");
    return it == values.end() ? std::string() : it->second;
  };
  EXPECT_EQ(of("checkout-api-6d4cf56db6-57ff7"), "checkout-api");
  EXPECT_EQ(of("checkout-api-57ff7"), "") << "a daemon set's or a job's";
  EXPECT_EQ(of("postgres-0"), "");
  EXPECT_EQ(of("argo-cd-x7k2p"), "");
}

}  // namespace
}  // namespace srehub::insight
