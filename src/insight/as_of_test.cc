#include "insight/as_of.h"

#include <gtest/gtest.h>

#include <map>
#include <random>

#include "aggregate/fold.h"
#include "aggregate/view.h"

namespace srehub::insight {
namespace {

const Instant kStart = *ParseRfc3339("2025-08-26T00:00:00Z");
constexpr int kMinutes = 20 * 60;

// An incident and the hours that left its state.
struct Folded {
  aggregate::IncidentState state;
  std::map<Hour, aggregate::HourBlock> hours;

  Result<aggregate::HourBlock> Load(Hour hour) const {
    const auto it = hours.find(hour);
    return it == hours.end() ? aggregate::HourBlock{} : it->second;
  }
};

Folded FoldAll(const std::vector<model::Event>& events, Instant up_to) {
  Folded folded;
  folded.state.service_id = "checkout-api";
  folded.state.event_type = "Boom";
  for (const model::Event& e : events) {
    if (e.timestamp > up_to) continue;
    const model::Event* one = &e;
    auto result = aggregate::Fold(&folded.state, std::span(&one, 1), {},
                                  [&](Hour hour) { return folded.Load(hour); });
    EXPECT_TRUE(result);
    for (auto& [hour, block] : result->hours) folded.hours[hour] = std::move(block);
  }
  return folded;
}

// Points, a counted series and an alarm, over twenty hours.
std::vector<model::Event> RandomEvents(std::mt19937_64* rng) {
  std::vector<model::Event> events;
  int64_t count = 0;
  Instant series_start{};
  bool firing = false;
  for (int minute = 0; minute < kMinutes; ++minute) {
    const uint64_t draw = (*rng)() % 60;
    if (draw > 4) continue;
    model::Event e;
    e.service_id = "checkout-api";
    e.event_type = "Boom";
    e.timestamp = kStart + std::chrono::minutes(minute) + std::chrono::seconds((*rng)() % 60);
    e.event_id = (*rng)();
    e.severity = model::SeverityAt(1 + (*rng)() % 4);
    if (draw == 3) {
      e.series = "uid";
      e.series_count = count += 1 + static_cast<int64_t>((*rng)() % 4);
      // A later report may place its first occurrence before `at`; here it never does.
      if (series_start == Instant{}) series_start = e.timestamp;
      e.series_start = series_start;
    } else if (draw == 4) {
      firing = !firing;
      e.signal = "arn";
      e.phase = firing ? model::Phase::kFiring : model::Phase::kResolved;
      e.expires_at = e.timestamp + 24h;
    }
    events.push_back(std::move(e));
  }
  return events;
}

TEST(StateAsOf, EqualsTheFoldOfWhatHadHappened) {
  for (uint64_t seed = 1; seed <= 25; ++seed) {
    std::mt19937_64 rng(seed);
    const std::vector<model::Event> events = RandomEvents(&rng);
    const Folded all = FoldAll(events, Instant::max());
    for (int i = 0; i < 8; ++i) {
      // The last instant of a minute, so that cutting at whole minutes is exact.
      const Instant at =
          kStart + std::chrono::minutes(1 + static_cast<int64_t>(rng() % kMinutes)) - 1ns;
      SCOPED_TRACE("seed " + std::to_string(seed) + " at " + FormatTime(at));
      const aggregate::IncidentState then = FoldAll(events, at).state;
      const auto cut = StateAsOf(all.state, at, [&](Hour hour) { return all.Load(hour); });
      ASSERT_TRUE(cut);
      EXPECT_EQ(cut->totals, then.totals);
      const aggregate::View a = aggregate::ViewOf(*cut, {}, at);
      const aggregate::View b = aggregate::ViewOf(then, {}, at);
      EXPECT_EQ(aggregate::LifeStateName(a.life_state), aggregate::LifeStateName(b.life_state));
      EXPECT_EQ(a.open_class, b.open_class);
      EXPECT_EQ(a.listed, b.listed);
      EXPECT_EQ(a.first_seen, b.first_seen);
      const double score = aggregate::ScoreOf(then, b.open_class, at).total();
      EXPECT_NEAR(aggregate::ScoreOf(*cut, a.open_class, at).total(), score,
                  1e-9 * std::max(1.0, score));
    }
  }
}

TEST(StateAsOf, NothingAfterItLeavesTheStateAsItIs) {
  std::mt19937_64 rng(7);
  const Folded all = FoldAll(RandomEvents(&rng), Instant::max());
  const auto cut =
      StateAsOf(all.state, all.state.last_evidence, [&](Hour hour) { return all.Load(hour); });
  ASSERT_TRUE(cut);
  EXPECT_TRUE(aggregate::SameContent(*cut, all.state));
}

TEST(StateAsOf, BeforeItBeganThereIsNothing) {
  std::mt19937_64 rng(7);
  const Folded all = FoldAll(RandomEvents(&rng), Instant::max());
  const auto cut = StateAsOf(all.state, kStart - 1h, [&](Hour hour) { return all.Load(hour); });
  ASSERT_TRUE(cut);
  EXPECT_EQ(aggregate::Sum(cut->totals), 0u);
  EXPECT_FALSE(aggregate::ViewOf(*cut, {}, kStart - 1h).listed);
}

}  // namespace
}  // namespace srehub::insight
