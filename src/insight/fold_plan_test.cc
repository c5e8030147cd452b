#include "insight/fold_plan.h"

#include <gtest/gtest.h>

namespace srehub::insight {
namespace {

const Instant kNow = *ParseRfc3339("2025-08-26T14:10:00Z");
const Window kWindow{kNow - 15min, kNow};

aggregate::SeriesObservation Seen(int64_t count, Duration ago, Duration start_ago) {
  return {count, kNow - ago, kNow - start_ago, model::Severity::kHigh};
}

struct SeriesCase {
  const char* name;
  std::vector<aggregate::SeriesObservation> observations;
  uint64_t occurrences;  // 0: no line
  bool lower_bound;
  uint64_t lifetime;  // 0: none shown
};

class SeriesTest : public testing::TestWithParam<SeriesCase> {};

TEST_P(SeriesTest, CountsWhatFellIntoTheWindow) {
  const SeriesCase& c = GetParam();
  const auto line = SeriesLine({"uid", c.observations}, kWindow, model::Severity::kInfo);
  ASSERT_EQ(line.has_value(), c.occurrences > 0);
  if (!line) return;
  EXPECT_EQ(line->occurrences, c.occurrences);
  EXPECT_EQ(line->lower_bound, c.lower_bound);
  EXPECT_EQ(line->lifetime.value_or(0), c.lifetime);
}

INSTANTIATE_TEST_SUITE_P(
    All, SeriesTest,
    testing::Values(
        // One object, seen once with its first occurrence.
        SeriesCase{"once", {Seen(1, 5min, 5min)}, 1, false, 0},
        // First seen with nine, all inside.
        SeriesCase{"nine_inside", {Seen(9, 2min, 10min)}, 9, false, 0},
        // From -60 min to -2 min, seen once: nobody knows where the eight fell; at least the last.
        SeriesCase{"seen_late", {Seen(9, 2min, 60min)}, 1, true, 9},
        // 3 -> 9 across the window's edge: six somewhere, at least one inside.
        SeriesCase{"across_the_edge", {Seen(3, 20min, 60min), Seen(9, 2min, 60min)}, 1, true, 9},
        // 3 -> 4 across the edge: exactly one, and it is inside.
        SeriesCase{"one_across", {Seen(3, 20min, 60min), Seen(4, 2min, 60min)}, 1, false, 4},
        // Each step inside is exact.
        SeriesCase{"steps_inside",
                   {Seen(3, 20min, 60min), Seen(4, 12min, 60min), Seen(9, 2min, 60min)},
                   6,
                   false,
                   9},
        SeriesCase{"all_before", {Seen(3, 20min, 60min)}, 0, false, 0},
        // Exactly 15 minutes ago is out, now is in.
        SeriesCase{"at_the_edge", {Seen(1, 15min, 15min), Seen(2, 0min, 15min)}, 1, false, 2}),
    [](const auto& info) { return info.param.name; });

aggregate::Statement Said(model::Phase phase, Duration ago) {
  const bool firing = phase == model::Phase::kFiring;
  return {kNow - ago, phase, firing ? model::Severity::kHigh : model::Severity::kInfo, kNow + 24h};
}

aggregate::Signal Alternating(size_t transitions) {
  aggregate::Signal signal{"arn", {}, {}};
  for (size_t i = 0; i < transitions; ++i)
    signal.statements.push_back(Said(i % 2 == 0 ? model::Phase::kFiring : model::Phase::kResolved,
                                     std::chrono::seconds(600 - 10 * static_cast<int64_t>(i))));
  return signal;
}

TEST(Flapping, FortyTransitionsAreOneLine) {
  const auto line = FlappingLine(Alternating(40), kWindow, model::Severity::kInfo);
  ASSERT_TRUE(line);
  EXPECT_EQ(line->folded, 40u);
  EXPECT_EQ(line->occurrences, 20u) << "openings";
  EXPECT_EQ(line->newest, kNow - 210s);
  EXPECT_EQ(line->oldest, kNow - 600s);
}

TEST(Flapping, TwoTransitionsAreNotFlapping) {
  EXPECT_FALSE(FlappingLine(Alternating(2), kWindow, model::Severity::kInfo));
  EXPECT_TRUE(FlappingLine(Alternating(3), kWindow, model::Severity::kInfo));
}

TEST(Flapping, RepeatsOfOneStateAreNoTransitions) {
  aggregate::Signal signal{"arn", {}, {}};
  for (int i = 0; i < 5; ++i)
    signal.statements.push_back(Said(model::Phase::kFiring, std::chrono::minutes(10 - i)));
  EXPECT_FALSE(FlappingLine(signal, kWindow, model::Severity::kInfo));
}

TEST(Flapping, TransitionsBeforeTheWindowDoNotCount) {
  aggregate::Signal signal = Alternating(4);
  for (auto& s : signal.statements) s.time -= 1h;
  EXPECT_FALSE(FlappingLine(signal, kWindow, model::Severity::kInfo));
}

TEST(Flapping, LivesWithStartsFlapToo) {
  aggregate::Signal signal{"fp", {}, {}};
  for (int i = 0; i < 2; ++i) {
    aggregate::Life life;
    life.starts_at = kNow - 10min + std::chrono::minutes(4 * i);
    life.resolved_at = life.starts_at + 1min;
    life.severity = model::Severity::kCritical;
    signal.lives.push_back(life);
  }
  const auto line = FlappingLine(signal, kWindow, model::Severity::kInfo);
  ASSERT_TRUE(line);
  EXPECT_EQ(line->folded, 4u);
  EXPECT_EQ(line->newest, kNow - 5min);
  // With a severity filter the resolutions, which are info, cannot stand for the line.
  EXPECT_EQ(FlappingLine(signal, kWindow, model::Severity::kHigh)->newest, kNow - 6min);
}

TEST(FoldPlanTest, ExactlyOneEventStandsForItsLine) {
  aggregate::IncidentState state;
  state.service_id = "checkout-api";
  state.event_type = "CrashLoopBackOff";
  state.series = {{"uid", {Seen(3, 10min, 60min), Seen(4, 6min, 60min), Seen(9, 2min, 60min)}}};
  const std::vector<aggregate::IncidentState> states = {state};
  const FoldPlan plan(states, kWindow, model::Severity::kInfo);
  model::Event e;
  e.service_id = state.service_id;
  e.event_type = state.event_type;
  e.series = "uid";
  int shown = 0;
  for (const auto& o : state.series[0].observations) {
    e.timestamp = o.time;
    e.series_count = o.count;
    shown += plan.Shown(e) ? 1 : 0;
  }
  EXPECT_EQ(shown, 1);
  EXPECT_TRUE(plan.Shown(e)) << "the newest";
  e.series = "another";
  EXPECT_TRUE(plan.Shown(e));
  EXPECT_EQ(plan.LineOf(e), nullptr);
}

}  // namespace
}  // namespace srehub::insight
