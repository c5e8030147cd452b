#include "app/dead_man.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "base/clock.h"
#include "ingest/pipeline.h"
#include "insight/trending.h"
#include "store/rocksdb/open.h"

namespace srehub::app {
namespace {

const Instant kStart = *ParseRfc3339("2025-08-26T14:10:00Z");

class DeadManTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::path(testing::TempDir()) /
              ("srehub_dead_man_" + std::to_string(::getpid()) + "_" +
               testing::UnitTest::GetInstance()->current_test_info()->name());
    Open();
  }
  void TearDown() override {
    Close();
    std::filesystem::remove_all(folder_);
  }

  void Close() {
    pipeline_.reset();
    dead_man_.reset();
    store_.reset();
  }
  // As a process that starts now.
  void Open() {
    std::vector<store::SourceHealthRow> health;
    if (pipeline_) health = pipeline_->health().Snapshot();
    Close();
    store_ = *store::Open(folder_.string(), {.clock = &clock_, .mutants = {}});
    auto rules = classify::Classifier::Create({}, {});
    pipeline_ = std::make_unique<ingest::Pipeline>(
        store_.get(), std::make_shared<const classify::Classifier>(std::move(*rules)), &clock_,
        ingest::Limits{}, [](const auto&) {});
    pipeline_->health().Load(std::move(health));
    context_.store = store_.get();
    context_.clock = &clock_;
    context_.source_health = [this] { return pipeline_->health().Snapshot(); };
    dead_man_ = std::make_unique<DeadMan>(DeadMan::Parts{
        .store = store_.get(),
        .clock = &clock_,
        .started = clock_.Now(),
        .settings = [] { return DeadMan::Settings{}; },
        .sources = [this] { return insight::Sources(context_, {}); },
        .deliver = [this](const std::string& body) -> Status {
          ++said_;
          return Ingest(model::Format::kPrometheus, std::string(ingest::kOwnFeed), body);
        }});
    pipeline_->SetTap([this](auto events, auto) { dead_man_->Saw(events); });
  }

  Status Ingest(model::Format format, std::string feed, const std::string& body) {
    const auto receipt = pipeline_->Ingest({.format = format,
                                            .feed = std::move(feed),
                                            .body = body,
                                            .received = clock_.Now(),
                                            .headers = {}});
    if (!receipt) return tl::unexpected(receipt.error());
    EXPECT_EQ(receipt->rejected, 0u) << receipt->errors.front().message;
    return {};
  }

  void Bark() {
    const Instant now = clock_.Now();
    EXPECT_TRUE(
        Ingest(model::Format::kPrometheus, "",
               R"([{"labels":{"alertname":"Watchdog","severity":"none","job":"prometheus"},)"
               R"("startsAt":"2025-08-26T14:00:00Z","endsAt":")" +
                   FormatTime(now + 4min) + "\"}]"));
  }
  void Speak(const std::string& feed = "billing") {
    const std::string time = FormatTime(clock_.Now());
    EXPECT_TRUE(Ingest(
        model::Format::kEvent, feed,
        R"({"serviceId":"a","eventType":"T","severity":"info","timestamp":")" + time + "\"}"));
  }
  void Tick() {
    const Status ticked = dead_man_->Tick();
    EXPECT_TRUE(ticked) << ticked.error().message;
  }
  // Time passes, with a tick each minute.
  void Pass(Duration length) {
    for (Duration d{}; d < length; d += 1min) {
      clock_.Advance(1min);
      Tick();
    }
  }
  void Expect(std::string feed, Duration silent_after) {
    insight::ExpectedSource expected;
    expected.source = model::Source::kLogs;
    expected.format = "event";
    expected.feed = std::move(feed);
    expected.silent_after = silent_after;
    context_.expected_sources.push_back(expected);
  }

  // "open 1", "resolved 1": the state, and how often it opened; "none": no such incident.
  std::string StateOf(std::string_view type) {
    const auto state = store_->GetIncident(model::IncidentId(kOwnService, type), nullptr);
    if (!state || !*state) return "none";
    const auto view = aggregate::ViewOf(**state, {}, clock_.Now());
    return std::string(aggregate::LifeStateName(view.life_state)) + " " +
           std::to_string(aggregate::Sum((*state)->totals));
  }

  std::filesystem::path folder_;
  ManualClock clock_{kStart};
  std::unique_ptr<store::Store> store_;
  insight::Context context_;
  std::unique_ptr<DeadMan> dead_man_;
  std::unique_ptr<ingest::Pipeline> pipeline_;
  int said_ = 0;
};

TEST_F(DeadManTest, AWatchdogThatStopsAndBarksAgain) {
  Bark();
  Pass(15min);
  EXPECT_EQ(StateOf(kWatchdogSilent), "none") << "it may be a slot and its patience";
  Pass(7min);
  EXPECT_EQ(StateOf(kWatchdogSilent), "open 1");
  Pass(2h);
  EXPECT_EQ(StateOf(kWatchdogSilent), "open 1") << "said again and again, counted once";
  Bark();
  Pass(1min);
  EXPECT_EQ(StateOf(kWatchdogSilent), "resolved 1");
  Pass(40min);
  EXPECT_EQ(StateOf(kWatchdogSilent), "open 2");
}

TEST_F(DeadManTest, AWatchdogThatGoesOnIsNoNews) {
  for (int i = 0; i < 30; ++i) {
    Bark();
    Pass(4min);
  }
  EXPECT_EQ(StateOf(kWatchdogSilent), "none");
  EXPECT_EQ(said_, 0);
}

TEST_F(DeadManTest, ARestartNeitherForgetsNorCountsTwice) {
  Bark();
  Pass(30min);
  EXPECT_EQ(StateOf(kWatchdogSilent), "open 1");
  Open();
  // What is known of watchdogs comes from the tables.
  Tick();
  ASSERT_TRUE(dead_man_->LookUp("prometheus"));
  Pass(40min);
  EXPECT_EQ(StateOf(kWatchdogSilent), "open 1");
  Bark();
  Pass(1min);
  EXPECT_EQ(StateOf(kWatchdogSilent), "resolved 1");
}

TEST_F(DeadManTest, WhileTheHubWasDownNobodyCouldSpeak) {
  Bark();
  Expect("billing", 30min);
  Speak();
  clock_.Advance(3h);
  Open();
  ASSERT_TRUE(dead_man_->LookUp("prometheus"));
  Pass(10min);
  EXPECT_EQ(StateOf(kWatchdogSilent), "none");
  EXPECT_EQ(StateOf(kSourceSilent), "none");
  Pass(30min);
  EXPECT_EQ(StateOf(kWatchdogSilent), "open 1");
  EXPECT_EQ(StateOf(kSourceSilent), "open 1");
}

TEST_F(DeadManTest, AConfiguredSource) {
  Expect("billing", 30min);
  Speak();
  Pass(30min);
  EXPECT_EQ(StateOf(kSourceSilent), "none");
  Pass(1min);
  EXPECT_EQ(StateOf(kSourceSilent), "open 1");
  Speak("other");
  Pass(10min);
  EXPECT_EQ(StateOf(kSourceSilent), "open 1");
  Speak();
  Pass(1min);
  EXPECT_EQ(StateOf(kSourceSilent), "resolved 1");
  for (const auto& row : pipeline_->health().Snapshot())
    EXPECT_NE(row.feed, ingest::kOwnFeed) << "the hub is no source of its own";
}

TEST_F(DeadManTest, AConfiguredSourceThatNeverSpoke) {
  Expect("billing", 30min);
  Pass(31min);
  EXPECT_EQ(StateOf(kSourceSilent), "open 1");
}

TEST_F(DeadManTest, WhatWasLearntCountsTheNightsIn) {
  // Three working days from eight to six, every ten minutes.
  for (int day = 0; day < 3; ++day) {
    clock_.Set(*ParseRfc3339("2025-08-26T08:00:00Z") + day * kDay);
    for (int i = 0; i < 60; ++i) {
      Speak();
      clock_.Advance(10min);
    }
    Tick();
  }
  EXPECT_EQ(StateOf(kSourceSilent), "none");
  clock_.Set(*ParseRfc3339("2025-08-29T08:00:00Z"));
  Tick();
  EXPECT_EQ(StateOf(kSourceSilent), "none") << "a night is usual";
  clock_.Set(*ParseRfc3339("2025-08-29T16:30:00Z"));
  Tick();
  EXPECT_EQ(StateOf(kSourceSilent), "open 1") << "a day without a word is not";
}

}  // namespace
}  // namespace srehub::app
