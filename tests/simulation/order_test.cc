// Promise 1: the same deliveries in any order, with any duplication and restarts between, give the
// same tables. And promise 2 on the way: the recount finds no difference.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <random>

#include "base/clock.h"
#include "store/rocksdb/open.h"
#include "support/history.h"
#include "support/tables.h"

namespace srehub::tests {
namespace {

const Instant kStart = *ParseRfc3339("2025-08-25T02:00:00Z");
constexpr Duration kSpan = 36h;

uint64_t Rounds() {
  const char* text = std::getenv("SREHUB_ROUNDS");
  return text == nullptr ? 25 : std::strtoull(text, nullptr, 10);
}

std::string Place(const std::string& name) {
  const char* memory = "/dev/shm";  // no disk is worn by thousands of stores
  const std::filesystem::path base =
      std::filesystem::exists(memory) ? memory : std::filesystem::temp_directory_path();
  return (base / ("srehub-order-" + std::to_string(getpid()) + "-" + name)).string();
}

// Plays the deliveries, opening the store anew now and then, and returns the tables.
std::string Play(const std::string& name, uint64_t seed,
                 const std::vector<std::vector<model::Event>>& deliveries,
                 store::Mutants mutants = {}) {
  const std::string place = Place(name);
  std::filesystem::remove_all(place);
  ManualClock clock(kStart + kSpan);
  store::OpenOptions options;
  options.clock = &clock;
  options.synced = false;
  options.mutants = mutants;
  std::mt19937_64 rng(seed);
  auto opened = store::Open(place, options);
  EXPECT_TRUE(opened);
  for (const auto& events : deliveries) {
    store::AppendBatch batch;
    batch.events = events;
    EXPECT_TRUE((*opened)->Append(batch, clock.Now()));
    if (rng() % 20 == 0) {
      opened->reset();
      opened = store::Open(place, options);
      EXPECT_TRUE(opened);
    }
    if (rng() % 8 == 0) {
      EXPECT_TRUE((*opened)->SweepDue(clock.Now(), 1000));
    }
  }
  const auto report = (*opened)->Verify(clock.Now());
  EXPECT_TRUE(report);
  const bool mutant = mutants.no_dedup || mutants.arrival_order;
  if (!mutant && report->difference_count != 0) {
    const auto& d = report->differences.front();
    ADD_FAILURE() << "seed " << seed << ": verify: " << d.incident_id << " " << d.what
                  << "\n stored    " << d.stored << "\n recounted " << d.recounted;
  }
  std::string tables = DumpTables(opened->get(), kStart - 1h, clock.Now());
  opened->reset();
  std::filesystem::remove_all(place);
  return tables;
}

TEST(Order, AnyOrderAnyDuplicationAnyRestartGivesTheSameTables) {
  HistoryOptions history;
  history.start = kStart;
  history.span = kSpan;
  for (uint64_t seed = 1; seed <= Rounds(); ++seed) {
    const auto events = RandomHistory(seed, history);
    const std::string in_order =
        Play("a", seed, Deliveries(seed, events, {.late = 0, .duplicated = 0, .shuffled = false}));
    const std::string shuffled = Play("b", seed + 1, Deliveries(seed + 7, events, {}));
    ASSERT_EQ(in_order, shuffled) << "seed " << seed;
  }
}

// Each safety, taken away, must be seen missing within a few histories.
void ExpectCaught(const store::Mutants& mutants) {
  HistoryOptions history;
  history.start = kStart;
  history.span = kSpan;
  for (uint64_t seed = 1; seed <= 10; ++seed) {
    const auto events = RandomHistory(seed, history);
    const std::string right =
        Play("c", seed, Deliveries(seed, events, {.late = 0, .duplicated = 0, .shuffled = false}));
    if (Play("d", seed, Deliveries(seed, events, {}), mutants) != right) return;
  }
  ADD_FAILURE() << "ten histories did not tell the mutant from the store";
}

TEST(OrderMutants, CountingOnArrivalIsCaught) {
  store::Mutants mutants;
  mutants.no_dedup = true;
  ExpectCaught(mutants);
}

TEST(OrderMutants, StatementsByArrivalAreCaught) {
  store::Mutants mutants;
  mutants.arrival_order = true;
  ExpectCaught(mutants);
}

}  // namespace
}  // namespace srehub::tests
