#include "http/worker_pool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>

namespace srehub::http {
namespace {

using std::chrono_literals::operator""s;

TEST(WorkerPoolTest, IngestNeverTakesTheReservedWorkers) {
  WorkerLimits limits;
  limits.shared = 2;
  limits.reserved = {1, 2, 0};
  limits.max_queued = {10, 10, 10};
  WorkerPool pool(limits);
  std::promise<void> release;
  const std::shared_future<void> released = release.get_future().share();
  std::atomic<int> started{0};
  for (int i = 0; i < 8; ++i)
    ASSERT_TRUE(pool.Submit(Lane::kIngest, [&started, released] {
      ++started;
      released.wait();
    }));
  // All shared workers hang on ingest; a question and a probe are answered all the same.
  for (const Lane lane : {Lane::kQuestion, Lane::kProbe}) {
    std::promise<void> answered;
    ASSERT_TRUE(pool.Submit(lane, [&answered] { answered.set_value(); }));
    EXPECT_EQ(answered.get_future().wait_for(10s), std::future_status::ready);
  }
  EXPECT_LE(started, 2);
  release.set_value();
  pool.Stop();
  EXPECT_EQ(started, 8);
}

TEST(WorkerPoolTest, AFullLaneRefusesAndTheOthersDoNot) {
  WorkerLimits limits;
  limits.shared = 0;
  limits.reserved = {0, 1, 0};
  limits.max_queued = {2, 2, 2};
  WorkerPool pool(limits);
  EXPECT_TRUE(pool.Submit(Lane::kIngest, [] {}));
  EXPECT_TRUE(pool.Submit(Lane::kIngest, [] {}));
  EXPECT_FALSE(pool.Submit(Lane::kIngest, [] {}));
  EXPECT_EQ(pool.Queued(Lane::kIngest), 2u);
  EXPECT_TRUE(pool.Submit(Lane::kQuestion, [] {}));
}

TEST(WorkerPoolTest, StopRunsWhatIsQueuedAndTakesNoMore) {
  WorkerLimits limits;
  limits.shared = 1;
  WorkerPool pool(limits);
  std::atomic<int> ran{0};
  for (int i = 0; i < 100; ++i) EXPECT_TRUE(pool.Submit(Lane::kIngest, [&ran] { ++ran; }));
  pool.Stop();
  EXPECT_EQ(ran, 100);
  EXPECT_FALSE(pool.Submit(Lane::kIngest, [] {}));
}

}  // namespace
}  // namespace srehub::http
