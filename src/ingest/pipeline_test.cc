#include "ingest/pipeline.h"

#include <gtest/gtest.h>

#include <algorithm>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "ingest/fake_store_for_test.h"

namespace srehub::ingest {
namespace {

const Instant kNow = *ParseRfc3339("2025-08-26T14:10:00Z");

std::string EventJson(int n, std::string_view type = "Http5xx",
                      std::string_view time = "2025-08-26T14:05:00Z",
                      std::string_view service = "payments-api") {
  return R"({"serviceId":")" + std::string(service) + R"(","timestamp":")" + std::string(time) +
         R"(","eventType":")" + std::string(type) +
         R"(","severity":"high","source":"logs","details":{"message":"failure )" +
         std::to_string(n) + "\"}}";
}

class PipelineTest : public testing::Test {
 protected:
  void Start(Limits limits = {}) {
    auto classifier = classify::Classifier::Create({}, {});
    ASSERT_TRUE(classifier) << classifier.error().message;
    pipeline_ = std::make_unique<Pipeline>(
        &store_, std::make_shared<const classify::Classifier>(std::move(*classifier)), &clock_,
        limits, [this](const std::vector<std::string>& services) { changes_ += services.size(); });
  }

  Result<Receipt> Send(const std::string& body, std::string key = {}) {
    model::Delivery delivery{
        .format = model::Format::kEvent, .body = body, .received = clock_.Now(), .headers = {}};
    if (!key.empty()) delivery.headers.emplace_back("idempotency-key", std::move(key));
    return pipeline_->Ingest(delivery);
  }

  ManualClock clock_{kNow};
  FakeStore store_;
  std::atomic<size_t> changes_{0};
  std::unique_ptr<Pipeline> pipeline_;
};

void ExpectCounts(const Result<Receipt>& receipt, uint64_t accepted, uint64_t duplicate,
                  uint64_t rejected) {
  ASSERT_TRUE(receipt) << receipt.error().message;
  EXPECT_EQ(receipt->accepted, accepted);
  EXPECT_EQ(receipt->duplicate, duplicate);
  EXPECT_EQ(receipt->rejected, rejected);
}

TEST_F(PipelineTest, AcceptedThenDuplicate) {
  Start();
  const std::string body = EventJson(1) + "\n" + EventJson(2) + "\n";
  ExpectCounts(Send(body), 2, 0, 0);
  ExpectCounts(Send(body), 0, 2, 0);
  EXPECT_EQ(store_.events().size(), 2u);
  const auto rows = pipeline_->health().Snapshot();
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].accepted, 2u);
  EXPECT_EQ(rows[0].duplicate, 2u);
  EXPECT_EQ(rows[0].lateness, 5min);
}

TEST_F(PipelineTest, OneBadRecordNeverFailsTheOthersAndIsKept) {
  Start();
  const std::string late = EventJson(2, "Http5xx", "2025-08-26T15:13:00Z");
  const auto receipt = Send(EventJson(1) + "\n" + late + "\n{oops\n" + EventJson(3));
  ExpectCounts(receipt, 2, 0, 2);
  ASSERT_EQ(receipt->errors.size(), 2u);
  EXPECT_EQ(receipt->errors[0].reason, model::RefusalReason::kFutureDated);
  EXPECT_EQ(receipt->errors[0].record, 1u);
  EXPECT_NE(receipt->errors[0].message.find("1 h 3 min ahead"), std::string::npos);
  EXPECT_EQ(receipt->errors[1].record, 2u);
  const auto rejects = store_.rejects();
  ASSERT_EQ(rejects.size(), 2u);
  EXPECT_EQ(rejects[0].payload, late);
  EXPECT_EQ(rejects[0].received, kNow);
  // What could be read counts for its own feed, what could not for the route it came by.
  const auto rows = pipeline_->health().Snapshot();
  uint64_t refused = 0;
  Duration ahead{};
  for (const auto& row : rows) {
    refused += row.rejected;
    ahead = std::max(ahead, row.max_ahead);
  }
  EXPECT_EQ(refused, 2u);
  EXPECT_EQ(ahead, 63min);
}

TEST_F(PipelineTest, ADeliveryOfRefusalsOnlyWaitsForItsRejects) {
  Start();
  const std::string expired = EventJson(1, "Http5xx", "2025-08-01T00:00:00Z");
  ExpectCounts(Send(expired), 0, 0, 1);
  EXPECT_EQ(store_.rejects().size(), 1u);
  store_.SetFailing(true);
  const auto receipt = Send(expired);
  ASSERT_FALSE(receipt);
  EXPECT_EQ(receipt.error().code, ErrorCode::kUnavailable);
}

TEST_F(PipelineTest, AStoreFailurePromisesNothingAndASecondSendIsSafe) {
  Start();
  store_.SetFailing(true);
  const auto failed = Send(EventJson(1));
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, ErrorCode::kUnavailable);
  EXPECT_NE(failed.error().message.find("disk is full"), std::string::npos);
  EXPECT_TRUE(pipeline_->health().Snapshot().empty());
  store_.SetFailing(false);
  ExpectCounts(Send(EventJson(1)), 1, 0, 0);
}

TEST_F(PipelineTest, AKnownIdempotencyKeyMakesEveryRecordADuplicate) {
  Start();
  // Without a time of its own, a second send at a later instant would be a second event.
  const std::string untimed =
      R"({"serviceId":"a","eventType":"Panic","severity":"high","source":"logs"})";
  ExpectCounts(Send(untimed, "k1"), 1, 0, 0);
  clock_.Advance(1min);
  ExpectCounts(Send(untimed, "k1"), 0, 1, 0);
  ExpectCounts(Send(untimed, "k2"), 1, 0, 0);
  // Another body under the same key is another delivery.
  ExpectCounts(Send(EventJson(1), "k1"), 1, 0, 0);
  EXPECT_EQ(store_.events().size(), 3u);
}

TEST_F(PipelineTest, TheSameKeyAtTheSameTimeIsTakenOnce) {
  Start();
  store_.Hold();
  std::thread plug([&] { (void)Send(EventJson(0)); });
  store_.AwaitAppends(1);
  std::atomic<uint64_t> accepted{0}, duplicate{0};
  std::vector<std::thread> senders;
  const std::string untimed =
      R"({"serviceId":"a","eventType":"Panic","severity":"high","source":"logs"})";
  for (int i = 0; i < 4; ++i) {
    senders.emplace_back([&] {
      const auto receipt = Send(untimed, "same");
      if (!receipt) return;
      accepted += receipt->accepted;
      duplicate += receipt->duplicate;
    });
  }
  store_.Release();
  plug.join();
  for (std::thread& sender : senders) sender.join();
  EXPECT_EQ(accepted.load(), 1u);
  EXPECT_EQ(duplicate.load(), 3u);
}

TEST_F(PipelineTest, ManySendersShareFewSyncs) {
  Start();
  constexpr int kThreads = 8;
  constexpr int kEach = 50;
  store_.Hold();
  std::atomic<uint64_t> accepted{0};
  std::vector<std::thread> senders;
  for (int t = 0; t < kThreads; ++t) {
    senders.emplace_back([&, t] {
      for (int i = 0; i < kEach; ++i) {
        const auto receipt = Send(EventJson(t * kEach + i));
        if (receipt) accepted += receipt->accepted;
      }
    });
  }
  store_.AwaitAppends(1);
  std::this_thread::sleep_for(50ms);  // the other senders line up behind the first batch
  store_.Release();
  for (std::thread& sender : senders) sender.join();
  EXPECT_EQ(accepted.load(), static_cast<uint64_t>(kThreads * kEach));
  EXPECT_EQ(store_.events().size(), static_cast<size_t>(kThreads * kEach));
  EXPECT_GT(store_.largest_batch(), 1u);
  EXPECT_LT(store_.appends(), static_cast<size_t>(kThreads * kEach));
  pipeline_->Stop();
  EXPECT_GT(changes_.load(), 0u);
}

TEST_F(PipelineTest, AFullQueueIsSaidAndNothingOfTheDeliveryIsTaken) {
  Start({.max_queued_events = 3,
         .max_queued_bytes = 1 << 20,
         .max_batch_events = 10,
         .commit_timeout = 10s});
  store_.Hold();
  std::thread first([&] { ExpectCounts(Send(EventJson(1)), 1, 0, 0); });
  store_.AwaitAppends(1);
  const auto refused = Send(EventJson(2) + "\n" + EventJson(3) + "\n" + EventJson(4));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kOverloaded);
  EXPECT_NE(refused.error().message.find("limits.max_queued_events"), std::string::npos);
  store_.Release();
  first.join();
  EXPECT_EQ(store_.events().size(), 1u);
  // A delivery larger than the whole queue is taken when nothing else waits.
  Result<Receipt> large = Fail(ErrorCode::kOverloaded, "not tried");
  for (int i = 0; i < 100 && !large; ++i) {
    large = Send(EventJson(5) + "\n" + EventJson(6) + "\n" + EventJson(7) + "\n" + EventJson(8));
    if (!large) std::this_thread::sleep_for(10ms);
  }
  ExpectCounts(large, 4, 0, 0);
}

TEST_F(PipelineTest, AStoreThatDoesNotAnswerIsUnavailable) {
  Start({.max_queued_events = 10,
         .max_queued_bytes = 1 << 20,
         .max_batch_events = 10,
         .commit_timeout = 20ms});
  store_.Hold();
  const auto receipt = Send(EventJson(1));
  ASSERT_FALSE(receipt);
  EXPECT_EQ(receipt.error().code, ErrorCode::kUnavailable);
  store_.Release();
}

TEST_F(PipelineTest, StopCommitsWhatIsQueuedAndTakesNoMore) {
  Start();
  store_.Hold();
  std::vector<std::thread> senders;
  std::atomic<uint64_t> accepted{0};
  senders.emplace_back([&] { accepted += Send(EventJson(0))->accepted; });
  store_.AwaitAppends(1);
  std::thread stopper([&] { pipeline_->Stop(); });
  store_.Release();
  stopper.join();
  for (std::thread& sender : senders) sender.join();
  EXPECT_EQ(accepted.load(), 1u);
  EXPECT_EQ(store_.events().size(), 1u);
  const auto late = Send(EventJson(1));
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, ErrorCode::kUnavailable);
  pipeline_->Stop();
}

TEST_F(PipelineTest, APoisonRecordIsSingledOut) {
  Start();
  store_.SetPoisonType("Cursed");
  std::string body;
  for (int i = 0; i < 9; ++i) body += EventJson(i) + "\n";
  const std::string cursed = EventJson(9, "Cursed");
  const auto receipt = Send(body + cursed + "\n" + EventJson(10));
  ExpectCounts(receipt, 10, 0, 1);
  ASSERT_EQ(receipt->errors.size(), 1u);
  EXPECT_EQ(receipt->errors[0].reason, model::RefusalReason::kStore);
  EXPECT_EQ(receipt->errors[0].record, 9u);
  ASSERT_EQ(store_.rejects().size(), 1u);
  EXPECT_EQ(store_.rejects()[0].payload, cursed);
}

TEST_F(PipelineTest, AServicePastTheCapGoesToTheRejectLog) {
  Start();
  store_.SetCappedService("one-too-many");
  const std::string capped = EventJson(1, "Http5xx", "2025-08-26T14:05:00Z", "one-too-many");
  const auto receipt = Send(EventJson(0) + "\n" + capped);
  ExpectCounts(receipt, 1, 0, 1);
  ASSERT_EQ(store_.rejects().size(), 1u);
  EXPECT_EQ(store_.rejects()[0].service_id, "one-too-many");
  EXPECT_EQ(store_.rejects()[0].refusal.reason, model::RefusalReason::kServiceCap);
}

TEST_F(PipelineTest, ReplayTakesInWhatIsAdmissibleNowAndKeepsTheFirstReceipt) {
  Start();
  const std::string ahead = EventJson(1, "Http5xx", "2025-08-26T14:30:00Z");
  const std::string far = EventJson(2, "Http5xx", "2025-08-27T14:30:00Z");
  ExpectCounts(Send(ahead, "key"), 0, 0, 1);
  ExpectCounts(Send(far), 0, 0, 1);
  clock_.Advance(30min);
  auto report = pipeline_->ReplayRejects({});
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(report->tried, 2u);
  EXPECT_EQ(report->accepted, 1u);
  EXPECT_EQ(report->still_refused, 1u);
  ASSERT_EQ(store_.rejects().size(), 1u);
  EXPECT_EQ(store_.rejects()[0].payload, far);
  EXPECT_EQ(store_.rejects()[0].received, kNow);
  EXPECT_EQ(pipeline_->health().Snapshot()[0].rejected, 2u) << "a replay counts no refusal again";

  clock_.Advance(kDay);
  report = pipeline_->ReplayRejects({"no-such-id"});
  ASSERT_TRUE(report);
  EXPECT_EQ(report->tried, 0u);
  report = pipeline_->ReplayRejects({store_.rejects()[0].id});
  ASSERT_TRUE(report);
  EXPECT_EQ(report->accepted, 1u);
  EXPECT_TRUE(store_.rejects().empty());
}

TEST_F(PipelineTest, ADistrustedClockIsReplacedByTheReceiptInstant) {
  Start();
  const std::string ahead = EventJson(1, "Http5xx", "2025-08-26T20:00:00Z");
  ExpectCounts(Send(ahead), 0, 0, 1);
  pipeline_->SetDistrustedClocks({"logs"});
  const auto report = pipeline_->ReplayRejects({});
  ASSERT_TRUE(report);
  EXPECT_EQ(report->accepted, 1u);
  ASSERT_EQ(store_.events().size(), 1u);
  EXPECT_EQ(store_.events().begin()->second.timestamp, kNow);
}

TEST_F(PipelineTest, AnAlertOlderThanRetentionStaysOpenByItsRefreshes) {
  Start();
  const std::string alert =
      R"([{"labels":{"alertname":"DiskFilling","service":"db","severity":"critical"},)"
      R"("annotations":{},"startsAt":"2025-07-01T00:00:00Z","endsAt":"2025-08-26T14:14:00Z"}])";
  const auto receipt = pipeline_->Ingest(
      {.format = model::Format::kPrometheus, .body = alert, .received = kNow, .headers = {}});
  ExpectCounts(receipt, 1, 0, 0);
  ASSERT_EQ(store_.events().size(), 1u);
  EXPECT_EQ(store_.events().begin()->second.phase, model::Phase::kRefresh);
  EXPECT_TRUE(store_.rejects().empty());
}

TEST_F(PipelineTest, AnUnreadableBodyIsAnErrorOfTheWhole) {
  Start();
  const auto receipt = Send("   ");
  ASSERT_FALSE(receipt);
  EXPECT_EQ(receipt.error().code, ErrorCode::kMalformed);
  EXPECT_EQ(store_.appends(), 0u);
}

TEST_F(PipelineTest, AnOversizedRejectIsCutAndNotReplayed) {
  Start();
  std::string record = EventJson(1, "Http5xx", "2025-08-26T23:00:00Z");
  record.insert(record.size() - 2, ",\"blob\":\"" + std::string(100'000, 'x') + "\"");
  ExpectCounts(Send(record), 0, 0, 1);
  ASSERT_EQ(store_.rejects().size(), 1u);
  EXPECT_TRUE(store_.rejects()[0].payload_cut);
  EXPECT_EQ(store_.rejects()[0].payload.size(), store::kMaxRejectPayloadBytes);
  const auto report = pipeline_->ReplayRejects({});
  ASSERT_TRUE(report);
  EXPECT_EQ(report->not_replayable, 1u);
}

TEST_F(PipelineTest, WhatASourceLeavesOutIsCountedAndNeverSilent) {
  Start();
  FeedRules rules;
  rules.min_severity = model::Severity::kHigh;
  rules.drop.push_back({.service = {}, .event_type = "Noise*", .text = {}, .severity = {}});
  pipeline_->SetFeedRules({{"billing", rules}});
  const auto event = [](int id, const char* type, const char* severity) {
    return "{\"serviceId\":\"a\",\"eventId\":\"" + std::to_string(id) + "\",\"eventType\":\"" +
           type + "\",\"severity\":\"" + severity + "\",\"timestamp\":\"2025-08-26T14:05:00Z\"}\n";
  };
  const std::string body = event(1, "Http5xx", "high") + event(2, "Http5xx", "low") +
                           event(3, "NoiseA", "critical") + event(4, "T", "high") + "{}\n";
  const auto send = [&](std::string feed) {
    return pipeline_->Ingest({.format = model::Format::kEvent,
                              .feed = std::move(feed),
                              .body = body,
                              .received = kNow,
                              .headers = {}});
  };
  const auto receipt = send("billing");
  ExpectCounts(receipt, 2, 0, 1);
  EXPECT_EQ(receipt->dropped, 2u);
  EXPECT_EQ(store_.events().size(), 2u);
  const auto rows = pipeline_->health().Snapshot();
  const auto row = std::ranges::find(rows, "billing", &store::SourceHealthRow::feed);
  ASSERT_NE(row, rows.end());
  const std::vector<std::pair<std::string, uint64_t>> expected = {{"below_min_severity", 1},
                                                                  {"drop_rule", 1}};
  EXPECT_EQ(row->dropped, expected);
  // The rules are that source's own.
  ExpectCounts(send(""), 2, 2, 1);
}

TEST_F(PipelineTest, ADeliveryOfWhichNothingIsLeftIsAnswered) {
  Start();
  FeedRules rules;
  rules.min_severity = model::Severity::kCritical;
  pipeline_->SetFeedRules({{"event", rules}});
  const auto receipt = Send(EventJson(1, "Http5xx", "2025-08-26T14:05:00Z"));
  ExpectCounts(receipt, 0, 0, 0);
  EXPECT_EQ(receipt->dropped, 1u);
  EXPECT_EQ(store_.appends(), 0u);
  ASSERT_EQ(pipeline_->health().Snapshot().size(), 1u);
  EXPECT_EQ(pipeline_->health().Snapshot()[0].dropped.size(), 1u);
}

}  // namespace
}  // namespace srehub::ingest
