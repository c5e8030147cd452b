#include "contract/store_contract.h"
#include "store/rocksdb/open.h"

namespace srehub::tests {
namespace {

Result<std::unique_ptr<store::Store>> OpenRocksdb(const std::string& place, const Clock* clock) {
  store::OpenOptions options;
  options.clock = clock;
  return store::Open(place, options);
}

INSTANTIATE_TEST_SUITE_P(Rocksdb, StoreContract, testing::Values(Backend{"rocksdb", OpenRocksdb}),
                         [](const auto& info) { return info.param.name; });

// The safeties are seen missing when they are taken away.
TEST(RocksdbMutants, WithoutDedupVerifyFindsTheDifference) {
  ManualClock clock(*ParseRfc3339("2025-08-26T14:10:00Z"));
  const std::string place =
      testing::TempDir() + "srehub-" + std::to_string(getpid()) + "-mutant-dedup";
  store::OpenOptions options;
  options.clock = &clock;
  options.mutants.no_dedup = true;
  auto store = store::Open(place, options);
  ASSERT_TRUE(store);
  store::AppendBatch batch;
  batch.events = {PointEvent(clock.Now(), 1), PointEvent(clock.Now(), 1)};
  ASSERT_TRUE((*store)->Append(batch, clock.Now()));
  EXPECT_GT((*store)->Verify(clock.Now())->difference_count, 0u);
}

TEST(RocksdbMutants, WithoutTheTtlFilterExpiredEventsShow) {
  ManualClock clock(*ParseRfc3339("2025-08-26T14:10:00Z"));
  const std::string place =
      testing::TempDir() + "srehub-" + std::to_string(getpid()) + "-mutant-ttl";
  store::OpenOptions options;
  options.clock = &clock;
  options.mutants.no_ttl_filter = true;
  auto store = store::Open(place, options);
  ASSERT_TRUE(store);
  store::AppendBatch batch;
  batch.events = {PointEvent(clock.Now(), 1)};
  ASSERT_TRUE((*store)->Append(batch, clock.Now()));
  clock.Advance(15 * kDay);
  store::EventQuery query;
  query.service_id = "checkout-api";
  query.window = {Instant{}, clock.Now()};
  EXPECT_EQ((*store)->ReadEvents(query, clock.Now(), nullptr)->events.size(), 1u);
}

TEST(RocksdbOpen, ASecondProcessIsToldWhy) {
  ManualClock clock(*ParseRfc3339("2025-08-26T14:10:00Z"));
  const std::string place =
      testing::TempDir() + "srehub-" + std::to_string(getpid()) + "-open-twice";
  const auto first = OpenRocksdb(place, &clock);
  ASSERT_TRUE(first);
  const auto second = OpenRocksdb(place, &clock);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::kUnavailable);
  EXPECT_NE(second.error().message.find("already running"), std::string::npos);
}

}  // namespace
}  // namespace srehub::tests
