#include "insight/answer.h"

#include <gtest/gtest.h>

namespace srehub::insight {
namespace {

const Instant kNow = *ParseRfc3339("2025-08-26T14:10:00Z");

Instant At(std::string_view text) { return *ParseRfc3339(text); }

TEST(ResolveWindow, DefaultsToTheTimeBeforeNow) {
  const auto window = ResolveWindow({}, 15min, kNow);
  ASSERT_TRUE(window);
  EXPECT_EQ(window->after, At("2025-08-26T13:55:00Z"));
  EXPECT_EQ(window->up_to, kNow);
  EXPECT_FALSE(window->Contains(window->after)) << "exactly 15 minutes ago is out";
  EXPECT_TRUE(window->Contains(kNow)) << "now is in";
}

TEST(ResolveWindow, AtMovesTheEnd) {
  WindowSpec spec;
  spec.at = kNow - 1h;
  spec.since = 5min;
  const auto window = ResolveWindow(spec, 15min, kNow);
  ASSERT_TRUE(window);
  EXPECT_EQ(window->after, At("2025-08-26T13:05:00Z"));
  EXPECT_EQ(window->up_to, At("2025-08-26T13:10:00Z"));
}

TEST(ResolveWindow, FromAndTo) {
  WindowSpec spec;
  spec.from = kNow - 2h;
  spec.to = kNow - 1h;
  const auto window = ResolveWindow(spec, 15min, kNow);
  ASSERT_TRUE(window);
  EXPECT_EQ(window->up_to - window->after, Duration(1h));
}

TEST(ResolveWindow, ALongerOneThanAnyRetentionIsCut) {
  WindowSpec spec;
  spec.from = FromNanos(0);
  const auto window = ResolveWindow(spec, 15min, kNow);
  ASSERT_TRUE(window);
  EXPECT_EQ(window->up_to - window->after, limits::kMaxRetention);
  spec = {.since = Duration::max()};
  EXPECT_EQ(ResolveWindow(spec, 15min, kNow)->after, kNow - limits::kMaxRetention);
}

TEST(ResolveWindow, WhatMakesNoWindowIsRefused) {
  const auto refused = [](const WindowSpec& spec) {
    const auto window = ResolveWindow(spec, 15min, kNow);
    return !window && window.error().code == ErrorCode::kInvalidArgument;
  };
  EXPECT_TRUE(refused({.from = kNow, .to = kNow}));
  EXPECT_TRUE(refused({.from = kNow, .to = kNow - 1min}));
  EXPECT_TRUE(refused({.since = 0min}));
  EXPECT_TRUE(refused({.since = 1min, .from = kNow - 1h}));
  EXPECT_TRUE(refused({.to = kNow, .at = kNow}));
  EXPECT_TRUE(refused({.at = kNow + 11min}));
  EXPECT_FALSE(refused({.at = kNow + 10min})) << "clocks may be ten minutes ahead";
}

TEST(SourceSentence, TellsSilenceLatenessAndClocks) {
  store::SourceHealthRow row;
  row.source = model::Source::kCloudWatch;
  row.format = "cloudwatch";
  EXPECT_EQ(SourceSentence(row, kNow), "cloudwatch (cloudwatch): nothing was received yet");
  row.last_received = kNow - 3min;
  row.lateness = 2min;
  row.rejected = 413;
  row.refusals = {{"future_dated", 412}, {"malformed", 1}};
  row.max_ahead = 63min;
  const std::string text = SourceSentence(row, kNow);
  EXPECT_NE(text.find("last received 3 min ago"), std::string::npos) << text;
  EXPECT_NE(text.find("events run 2 min late"), std::string::npos) << text;
  EXPECT_NE(text.find("its clock is 1 h 3 min ahead: 412 refused"), std::string::npos) << text;
  EXPECT_NE(text.find("413 refused in all"), std::string::npos) << text;
}

TEST(WriteHead, CarriesWhatEveryAnswerCarries) {
  AnswerHead head;
  head.generated_at = kNow;
  head.window = {kNow - 15min, kNow};
  head.cost = {3, 120, 0};
  head.truncated = true;
  head.cursor = "c";
  head.notes = {"n"};
  JsonWriter json;
  json.BeginObject();
  WriteHead(&json, head);
  json.EndObject();
  EXPECT_EQ(json.text(), R"({"generatedAt":"2025-08-26T14:10:00Z",)"
                         R"("window":{"from":"2025-08-26T13:55:00Z","to":"2025-08-26T14:10:00Z"},)"
                         R"("zone":"UTC","sources":[],"read":{"items":3,"bytes":120},)"
                         R"("truncated":true,"cursor":"c","notes":["n"]})");
}

}  // namespace
}  // namespace srehub::insight
