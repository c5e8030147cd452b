#include <gtest/gtest.h>

#include "aggregate/fold.h"
#include "aggregate/rate_comparison.h"
#include "aggregate/view.h"

namespace srehub::aggregate {
namespace {

using model::Severity;

const Instant kNow = *ParseRfc3339("2025-08-26T14:10:00Z");

IncidentState StateOf(const std::vector<model::Event>& events) {
  IncidentState state;
  state.service_id = events.front().service_id;
  state.event_type = events.front().event_type;
  std::vector<const model::Event*> pointers;
  for (const auto& e : events) pointers.push_back(&e);
  EXPECT_TRUE(Fold(&state, pointers, {}, [](Hour) -> Result<HourBlock> { return HourBlock{}; }));
  return state;
}

model::Event At(const char* time, Severity severity, uint64_t id = 1) {
  model::Event e;
  e.service_id = "s";
  e.event_type = "T";
  e.timestamp = *ParseRfc3339(time);
  e.severity = severity;
  e.event_id = id;
  return e;
}

TEST(Score, TheFoundingFour) {
  model::Event alarm = At("2025-08-26T14:03:00Z", Severity::kHigh);
  alarm.phase = model::Phase::kFiring;
  alarm.signal = "HighCPU-PaymentsAPI";
  alarm.expires_at = alarm.timestamp + 24h;
  const IncidentState open = StateOf({alarm});
  const View view = ViewOf(open, {}, kNow);
  EXPECT_EQ(view.open_class, OpenClass::kHigh);
  const Score score = ScoreOf(open, view.open_class, kNow);
  EXPECT_NEAR(score.heat, 46.3, 0.05);
  EXPECT_NEAR(score.open_term, 354.3, 0.05);
  EXPECT_NEAR(score.total(), 400.6, 0.05);

  const std::pair<const char*, double> kPoints[] = {{"2025-08-26T14:06:00Z", 53.2},
                                                    {"2025-08-26T14:05:00Z", 50.8},
                                                    {"2025-08-26T14:01:23Z", 42.2}};
  for (const auto& [time, expected] : kPoints) {
    const IncidentState state = StateOf({At(time, Severity::kHigh)});
    EXPECT_NEAR(ScoreOf(state, OpenClass::kNone, kNow).total(), expected, 0.05) << time;
    EXPECT_NEAR(HeatAt(*LogHeat(state), kNow), expected, 0.05);
  }
}

TEST(Score, TermsAddUpAndOrderByLogHeatHoldsAtEveryInstant) {
  std::vector<model::Event> chatty, single;
  for (uint64_t i = 0; i < 50; ++i)
    chatty.push_back(
        At("2025-08-26T13:40:00Z", i % 2 == 0 ? Severity::kMedium : Severity::kLow, i));
  single.push_back(At("2025-08-26T14:00:00Z", Severity::kHigh));
  const IncidentState a = StateOf(chatty), b = StateOf(single);
  for (const Duration later : {Duration(0), Duration(1h), Duration(24h)}) {
    const Instant t = kNow + later;
    const Score sa = ScoreOf(a, OpenClass::kNone, t), sb = ScoreOf(b, OpenClass::kNone, t);
    EXPECT_EQ(sa.total() < sb.total(), *LogHeat(a) < *LogHeat(b));
    double sum = 0;
    for (const ScoreTerm& term : sa.terms) sum += term.value;
    EXPECT_NEAR(sum, sa.total(), 1e-9);
    EXPECT_NEAR(sa.total(), RankedScore(OpenClass::kNone, HeatRankOf(LogHeat(a)), t),
                1e-8 * sa.total());
  }
}

TEST(Score, NoveltyNeedsAQuietWeek) {
  const IncidentState fresh = StateOf({At("2025-08-26T14:00:00Z", Severity::kHigh, 1)});
  const IncidentState known = StateOf({At("2025-08-20T03:00:00Z", Severity::kHigh, 2),
                                       At("2025-08-26T14:00:00Z", Severity::kHigh, 1)});
  EXPECT_NEAR(ScoreOf(fresh, OpenClass::kNone, kNow).heat,
              4 * ScoreOf(known, OpenClass::kNone, kNow).heat, 1e-9);
}

TEST(RateTest, MatchesKnownValues) {
  // Binomial(12, 1/2): P(X >= 10) = 79/4096.
  const RateComparison r = CompareRates(2, 30, 10, 30);
  EXPECT_NEAR(r.p_up, 79.0 / 4096.0, 1e-12);
  EXPECT_NEAR(r.ratio, 5.0, 1e-12);
  EXPECT_LT(r.ratio_low, 5.0);
  EXPECT_GT(r.ratio_high, 5.0);
  // Clopper-Pearson for 10 of 12: [0.5159, 0.9791] as shares.
  EXPECT_NEAR(r.ratio_low, 0.515862 / (1 - 0.515862), 1e-3);
  EXPECT_NEAR(r.ratio_high, 0.979137 / (1 - 0.979137), 2e-1);
  const RateComparison zero = CompareRates(0, 15, 3, 30);
  EXPECT_TRUE(zero.ratio < 1e6 && zero.ratio > 1);
  EXPECT_FALSE(CompareRates(0, 15, 1, 30).enough_data);
  EXPECT_NEAR(IncompleteBeta(2, 3, 0.5), 0.6875, 1e-14);
  EXPECT_NEAR(IncompleteBeta(300, 5000, 0.06), 1 - IncompleteBeta(5000, 300, 0.94), 1e-10);
}

}  // namespace
}  // namespace srehub::aggregate
