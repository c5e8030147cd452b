// What `top` reads, counted twice: by the store's wrapper, and by RocksDB itself. Neither may grow
// with the number of incidents. SREHUB_INCIDENTS sets the larger size; the long form asks 100,000.
#include <gtest/gtest.h>
#include <rocksdb/perf_context.h>
#include <rocksdb/perf_level.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <random>

#include "base/clock.h"
#include "base/hash.h"
#include "insight/trending.h"
#include "store/rocksdb/open.h"

namespace srehub::tests {
namespace {

using model::Event;
using model::Phase;
using model::Severity;

const Instant kNow = *ParseRfc3339("2025-08-26T14:10:00Z");
const Instant kStormExpires = kNow + 1min;
constexpr uint64_t kFew = 1'000;
constexpr uint64_t kTypesOfService = 10;
constexpr size_t kBatch = 1'000;
constexpr uint64_t kSlack = 40;  // two chunks of the index and what they look ahead

uint64_t Many() {
  const char* text = std::getenv("SREHUB_INCIDENTS");
  return text == nullptr ? 10'000 : std::strtoull(text, nullptr, 10);
}

struct Reads {
  uint64_t items = 0;  // the wrapper's count
  uint64_t steps = 0;  // keys RocksDB stepped over, and point reads
  uint64_t dead = 0;   // of which deleted ones
  std::vector<std::string> ids;
};

class ReadCost : public testing::Test {
 protected:
  ReadCost() : clock_(kNow) {
    const std::string name = testing::UnitTest::GetInstance()->current_test_info()->name();
    place_ = (std::filesystem::temp_directory_path() /
              ("srehub-reads-" + std::to_string(getpid()) + "-" + Hex64(Hash64(name))))
                 .string();
    playbooks_ = std::make_unique<playbook::Library>(std::move(*playbook::Library::Load({})));
    Empty();
  }
  ~ReadCost() override {
    store_.reset();
    std::filesystem::remove_all(place_);
  }

  void Empty() {
    store_.reset();
    std::filesystem::remove_all(place_);
    store::OpenOptions options;
    options.clock = &clock_;
    options.synced = false;
    store_ = std::move(*store::Open(place_, options));
  }

  void Append(const std::vector<Event>& events) {
    for (size_t at = 0; at < events.size(); at += kBatch) {
      store::AppendBatch batch;
      batch.events.assign(events.begin() + at,
                          events.begin() + std::min(at + kBatch, events.size()));
      ASSERT_TRUE(store_->Append(batch, clock_.Now()));
    }
  }

  Reads Top() {
    insight::Context context;
    context.store = store_.get();
    context.clock = &clock_;
    context.playbooks = playbooks_.get();
    context.source_health = [] { return std::vector<store::SourceHealthRow>{}; };
    rocksdb::SetPerfLevel(rocksdb::PerfLevel::kEnableCount);
    rocksdb::PerfContext* perf = rocksdb::get_perf_context();
    perf->Reset();
    const auto answer = insight::Trending(context, {});
    Reads reads;
    EXPECT_TRUE(answer);
    if (!answer) return reads;
    reads.items = answer->head.cost.items;
    reads.dead = perf->internal_delete_skipped_count;
    reads.steps = perf->internal_key_skipped_count + reads.dead + perf->get_from_memtable_count;
    rocksdb::SetPerfLevel(rocksdb::PerfLevel::kDisable);
    for (const auto& row : answer->incidents) reads.ids.push_back(row.incident_id);
    return reads;
  }

  // Sweeps until the rank index is settled; returns the wall time.
  std::chrono::duration<double> Sweep() {
    const auto began = std::chrono::steady_clock::now();
    while (true) {
      const auto swept = store_->SweepDue(clock_.Now(), 1'000);
      EXPECT_TRUE(swept);
      if (!swept || swept->swept < 1'000) break;
    }
    return std::chrono::steady_clock::now() - began;
  }

  std::string place_;
  ManualClock clock_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<playbook::Library> playbooks_;
};

Event At(std::string service, std::string type, Instant t, uint64_t id) {
  Event e;
  e.service_id = std::move(service);
  e.event_type = std::move(type);
  e.timestamp = t;
  e.event_id = id;
  e.ttl = t + limits::kDefaultRetention;
  e.details = R"({"title":"failed"})";
  return e;
}

// Of all severities over three hours; few are hot.
std::vector<Event> Spread(uint64_t count) {
  std::mt19937_64 chance(1);
  std::vector<Event> events;
  for (uint64_t n = 0; n < count; ++n) {
    const auto minutes = std::chrono::minutes(20 + chance() % 150);
    events.push_back(At("flat-" + std::to_string(n / kTypesOfService),
                        "Type" + std::to_string(n % kTypesOfService), kNow - minutes, n));
    const uint64_t of_hundred = chance() % 100;
    events.back().severity = of_hundred < 1    ? Severity::kCritical
                             : of_hundred < 6  ? Severity::kHigh
                             : of_hundred < 66 ? Severity::kMedium
                                               : Severity::kLow;
  }
  for (uint64_t n = 0; n < 30; ++n)
    for (uint64_t k = 0; k <= n % 7; ++k) {
      events.push_back(At("hot-" + std::to_string(n), "Hot",
                          kNow - std::chrono::seconds(10 * n + k), 1'000'000 + 100 * n + k));
      events.back().severity = Severity::kCritical;
    }
  return events;
}

// A storm of alarms that fire, and the statements that end it.
std::vector<Event> Storm(uint64_t count, Phase phase, Instant t) {
  std::vector<Event> events;
  for (uint64_t n = 0; n < count; ++n) {
    events.push_back(At("storm-" + std::to_string(n / kTypesOfService),
                        "Storm" + std::to_string(n % kTypesOfService), t,
                        (phase == Phase::kFiring ? 10'000'000 : 20'000'000) + n));
    Event& e = events.back();
    e.source = model::Source::kCloudWatch;
    e.severity = phase == Phase::kFiring ? Severity::kCritical : Severity::kInfo;
    e.phase = phase;
    e.signal = "storm-" + std::to_string(n);
    if (phase == Phase::kFiring) e.expires_at = kStormExpires;
  }
  return events;
}

TEST_F(ReadCost, DoesNotGrowWithTheIncidents) {
  Append(Spread(kFew));
  const Reads few = Top();
  Empty();
  Append(Spread(Many()));
  const Reads many = Top();
  std::printf("%lu incidents: %lu items, RocksDB %lu steps; %lu: %lu items, %lu steps\n", kFew,
              few.items, few.steps, Many(), many.items, many.steps);
  EXPECT_EQ(few.ids.size(), 10u);
  EXPECT_EQ(few.ids, many.ids);
  EXPECT_LE(many.items, few.items + kSlack);
  EXPECT_LE(many.steps, few.steps + kSlack);
  // Each counted item is a step of RocksDB's or more; the wrapper hides none.
  EXPECT_GE(few.steps + kSlack, few.items);
  EXPECT_LE(few.steps, few.items * 2 + kSlack);
}

// What ends a storm, how long after, and what it is called in the output.
struct Ending {
  const char* name;
  void (*end)(store::Store&, ManualClock&);
};

class AfterAStorm : public ReadCost, public testing::WithParamInterface<Ending> {};

TEST_P(AfterAStorm, ExactAtOnceAndFlatOnceSwept) {
  const uint64_t storm = std::min<uint64_t>(Many(), 10'000);
  // The same hub, had the storm never been.
  Append(Spread(kFew));
  GetParam().end(*store_, clock_);
  Sweep();
  const Reads quiet = Top();
  clock_.Set(kNow);
  Empty();

  Append(Spread(kFew));
  Append(Storm(storm, Phase::kFiring, kNow - 8min));
  Sweep();
  ASSERT_NE(Top().ids, quiet.ids) << "the storm is on top";
  if (std::string_view(GetParam().name) == "resolved")
    Append(Storm(storm, Phase::kResolved, kNow - 1min));
  GetParam().end(*store_, clock_);
  const Reads at_once = Top();
  EXPECT_EQ(at_once.ids, quiet.ids) << "exact before the sweep";
  const auto took = Sweep();
  const Reads swept = Top();
  std::printf(
      "%lu %s: %lu items (RocksDB %lu) at once; swept in %.2f s: %lu items (RocksDB %lu, "
      "%lu of them dead); without the storm %lu (%lu)\n",
      storm, GetParam().name, at_once.items, at_once.steps, took.count(), swept.items, swept.steps,
      swept.dead, quiet.items, quiet.steps);
  EXPECT_EQ(swept.ids, quiet.ids);
  EXPECT_LE(swept.items, quiet.items + kSlack);
  EXPECT_LE(swept.steps, quiet.steps + kSlack);
}

INSTANTIATE_TEST_SUITE_P(
    , AfterAStorm,
    testing::Values(Ending{"resolved", [](store::Store&, ManualClock&) {}},
                    Ending{"silenced",
                           [](store::Store& store, ManualClock& clock) {
                             for (uint64_t n = 0; n < kTypesOfService; ++n) {
                               aggregate::Silence silence;
                               silence.id = "s" + std::to_string(n);
                               silence.event_type = "Storm" + std::to_string(n);
                               silence.starts_at = clock.Now();
                               silence.ends_at = clock.Now() + 2h;
                               ASSERT_TRUE(store.PutSilence(silence, clock.Now()));
                             }
                           }},
                    Ending{"expired",
                           [](store::Store&, ManualClock& clock) { clock.Advance(2min); }}),
    [](const auto& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace srehub::tests
