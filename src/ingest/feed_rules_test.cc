#include "ingest/feed_rules.h"

#include <gtest/gtest.h>

namespace srehub::ingest {
namespace {

model::Event Make(std::string service, std::string type, model::Severity severity) {
  model::Event event;
  event.service_id = std::move(service);
  event.event_type = std::move(type);
  event.severity = severity;
  event.details = R"({"message":"Health check OK"})";
  return event;
}

TEST(FeedRules, Wildcards) {
  for (const auto& [pattern, text] :
       std::vector<std::pair<const char*, const char*>>{{"*", ""},
                                                        {"*", "x"},
                                                        {"a*c", "abbc"},
                                                        {"a?c", "aBc"},
                                                        {"A*", "abc"},
                                                        {"*b*b*", "abab"}})
    EXPECT_TRUE(WildcardFits(pattern, text)) << pattern << " " << text;
  for (const auto& [pattern, text] : std::vector<std::pair<const char*, const char*>>{
           {"", "x"}, {"a", "ab"}, {"a?", "a"}, {"*b", "abc"}, {"a*c*e", "abcd"}})
    EXPECT_FALSE(WildcardFits(pattern, text)) << pattern << " " << text;
  const std::string many(2000, 'a');
  EXPECT_FALSE(WildcardFits("*a*a*a*a*b", many));
}

TEST(FeedRules, EveryPartOfAMatcherMustFit) {
  const model::Event event = Make("checkout-api", "Unhealthy", model::Severity::kMedium);
  EXPECT_FALSE(DropMatcher{}.Fits(event)) << "one without parts fits nothing";
  DropMatcher matcher;
  matcher.service = "checkout-*";
  EXPECT_TRUE(matcher.Fits(event));
  matcher.text = "health CHECK ok";
  EXPECT_TRUE(matcher.Fits(event));
  matcher.severity = model::Severity::kHigh;
  EXPECT_FALSE(matcher.Fits(event));
  matcher.severity = model::Severity::kMedium;
  matcher.event_type = "Other*";
  EXPECT_FALSE(matcher.Fits(event));
}

TEST(FeedRules, TheLeastSeverityLetsEndingsThrough) {
  FeedRules rules;
  rules.min_severity = model::Severity::kHigh;
  model::Event event = Make("a", "T", model::Severity::kMedium);
  EXPECT_EQ(rules.WhyDropped(event), kBelowMinSeverity);
  event.severity = model::Severity::kHigh;
  EXPECT_EQ(rules.WhyDropped(event), "");
  event.severity = model::Severity::kInfo;
  event.phase = model::Phase::kResolved;
  EXPECT_EQ(rules.WhyDropped(event), "") << "an alarm's OK is info, and must arrive";
  event.phase = model::Phase::kPoint;
  event.closes = "DeployFailed";
  EXPECT_EQ(rules.WhyDropped(event), "");
  rules.drop.push_back({.service = "a", .event_type = {}, .text = {}, .severity = {}});
  EXPECT_EQ(rules.WhyDropped(event), kDropRule);
}

}  // namespace
}  // namespace srehub::ingest
