#include "insight/deploy_verdict.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <random>

namespace srehub::insight {
namespace {

TypeCounts Steady(uint64_t per_window, uint64_t per_minute_after) {
  TypeCounts t;
  t.key = "x#Y";
  t.severity = model::Severity::kHigh;
  t.before.fill(per_window);
  t.after.fill(per_minute_after);
  t.seen_in_7_days = per_window > 0;
  t.first_after_pivot = per_window > 0 ? -Duration(60min) : Duration(10s);
  return t;
}

struct VerdictCase {
  const char* name;
  std::function<void(DeployFacts*, TypeCounts*)> change;
  Verdict verdict;
};

class VerdictTest : public testing::TestWithParam<VerdictCase> {};

TEST_P(VerdictTest, Decides) {
  DeployFacts facts;
  TypeCounts counts = Steady(0, 1);  // new, 30 in 30 minutes
  GetParam().change(&facts, &counts);
  const Judgement judgement = Judge(facts, std::span(&counts, 1));
  ASSERT_EQ(judgement.types.size(), 1u);
  EXPECT_EQ(VerdictName(judgement.types[0].verdict), VerdictName(GetParam().verdict))
      << judgement.types[0].reason << " q=" << judgement.types[0].q;
  EXPECT_EQ(judgement.whole.verdict, GetParam().verdict);
  EXPECT_FALSE(judgement.types[0].reason.empty());
}

INSTANTIATE_TEST_SUITE_P(
    All, VerdictTest,
    testing::Values(
        VerdictCase{"new_and_many", [](DeployFacts*, TypeCounts*) {}, Verdict::kLikelyCaused},
        VerdictCase{"five_times_more", [](DeployFacts*, TypeCounts* t) { *t = Steady(2, 1); },
                    Verdict::kLikelyCaused},
        VerdictCase{"one_event",
                    [](DeployFacts*, TypeCounts* t) {
                      t->after.fill(0);
                      t->after[4] = 1;
                    },
                    Verdict::kNotEnoughData},
        VerdictCase{"two_events",
                    [](DeployFacts*, TypeCounts* t) {
                      t->after.fill(0);
                      t->after[4] = 2;
                    },
                    Verdict::kNotEnoughData},
        VerdictCase{"same_rate_as_before", [](DeployFacts*, TypeCounts* t) { *t = Steady(10, 1); },
                    Verdict::kAlreadyThere},
        VerdictCase{"began_twenty_minutes_earlier",
                    [](DeployFacts*, TypeCounts* t) {
                      t->before = {0, 0, 0, 0, 10, 20};
                      t->after.fill(2);
                      t->first_after_pivot = -Duration(20min);
                    },
                    Verdict::kAlreadyThere},
        VerdictCase{"another_deploy_beside_it",
                    [](DeployFacts* f, TypeCounts*) { f->overlapping = {"github:a:1:1"}; },
                    Verdict::kShared},
        VerdictCase{"rose_elsewhere_too",
                    [](DeployFacts*, TypeCounts* t) { t->rose_elsewhere = true; },
                    Verdict::kUnrelated},
        VerdictCase{"node_event", [](DeployFacts*, TypeCounts* t) { t->node_event = true; },
                    Verdict::kUnrelated},
        VerdictCase{"other_environment",
                    [](DeployFacts*, TypeCounts* t) { t->other_environment = true; },
                    Verdict::kUnrelated},
        VerdictCase{"nothing_rolled_out",
                    [](DeployFacts* f, TypeCounts*) { f->rolled_out = false; },
                    Verdict::kUnrelated},
        VerdictCase{"too_early_to_look", [](DeployFacts* f, TypeCounts*) { f->after_minutes = 4; },
                    Verdict::kNotEnoughData},
        VerdictCase{"ended_early_by_a_rollback",
                    [](DeployFacts* f, TypeCounts* t) {
                      f->after_minutes = 4;
                      f->effect_ended = true;
                      t->after.fill(5);
                    },
                    Verdict::kLikelyCaused}),
    [](const auto& info) { return info.param.name; });

TEST(Judge, ZeroBeforeGivesNoInfiniteRatio) {
  const TypeCounts counts = Steady(0, 3);
  const Judgement judgement = Judge({}, std::span(&counts, 1));
  const aggregate::RateComparison& rates = judgement.types[0].rates;
  EXPECT_GT(rates.ratio, kMinRatio);
  EXPECT_LT(rates.ratio, 1e6);
  EXPECT_TRUE(judgement.types[0].is_new);
}

TEST(Judge, AnExpectedMessageThatStopsIsGone) {
  const TypeCounts counts = Steady(20, 0);
  const Judgement judgement = Judge({}, std::span(&counts, 1));
  EXPECT_TRUE(judgement.types[0].gone);
  EXPECT_NE(judgement.types[0].verdict, Verdict::kLikelyCaused);
}

TEST(Judge, LooksAreDueByEventTimeAlone) {
  const TypeCounts counts = Steady(0, 1);
  for (const auto& [minutes, looked] : {std::pair{4, 0}, {5, 5}, {9, 5}, {19, 10}, {30, 30}}) {
    DeployFacts facts;
    facts.after_minutes = minutes;
    EXPECT_EQ(Judge(facts, std::span(&counts, 1)).whole.looked_minutes, looked) << minutes;
  }
}

TEST(Judge, TheWholeTakesTheStrongestClaim) {
  const std::vector<TypeCounts> counts = {Steady(10, 1), Steady(0, 2), Steady(0, 0)};
  EXPECT_EQ(Judge({}, counts).whole.verdict, Verdict::kLikelyCaused);
  EXPECT_EQ(Judge({}, {}).whole.verdict, Verdict::kNotEnoughData);
}

TEST(AdjustedPValues, AreBenjaminiAndHochbergs) {
  const std::vector<double> p = {0.01, 0.04, 0.03, 0.005};
  const std::vector<double> q = AdjustedPValues(p);
  EXPECT_NEAR(q[0], 0.02, 1e-12);
  EXPECT_NEAR(q[1], 0.04, 1e-12);
  EXPECT_NEAR(q[2], 0.04, 1e-12);
  EXPECT_NEAR(q[3], 0.02, 1e-12);
}

TEST(Dispersion, IsZeroForWhatVariesLessThanChanceAndLargeForBursts) {
  const TypeCounts steady = Steady(10, 1);
  EXPECT_EQ(Dispersion(std::span(&steady, 1)), 0.0);
  EXPECT_EQ(Overdispersion(steady, 30, 0.0), 1.0);
  TypeCounts bursts = steady;
  bursts.before = {0, 60, 0, 0, 0, 0};
  // Chi-square 300 on 5 degrees, mean 10: (300 - 5) / 50, and the slack for so few degrees.
  EXPECT_NEAR(Dispersion(std::span(&bursts, 1)), 5.9 * (1 + 0.5 / std::sqrt(5.0)), 1e-9);
  // 90 events in 90 minutes are 10 in a window.
  EXPECT_NEAR(Overdispersion(bursts, 30, 0.2), 1 + 0.2 * 10, 1e-12);
}

// Deploys that changed nothing, on noise that is burstier than Poisson: the stated error rate must
// hold. 2,000 of them from a fixed seed; 4 types each.
TEST(Judge, PlaceboDeploysAreRarelyBlamed) {
  std::mt19937_64 rng(20250826);
  constexpr int kDeploys = 2000;
  int blamed = 0;
  for (int i = 0; i < kDeploys; ++i) {
    std::vector<TypeCounts> types(4);
    for (size_t k = 0; k < types.size(); ++k) {
      TypeCounts& t = types[k];
      t.severity = model::Severity::kHigh;
      t.seen_in_7_days = true;
      t.first_after_pivot = -Duration(60min);
      const double mean = 0.05 * static_cast<double>(k + 1) * 4;  // per minute
      std::gamma_distribution<double> gamma(1.5, 1 / 1.5);        // over-dispersed by blocks
      for (auto& count : t.before) {
        std::poisson_distribution<int> poisson(mean * 10 * gamma(rng) + 1e-9);
        count = static_cast<uint64_t>(poisson(rng));
      }
      for (size_t block = 0; block < 3; ++block) {
        const double rate = mean * gamma(rng) + 1e-9;
        for (size_t m = 0; m < 10; ++m) {
          std::poisson_distribution<int> poisson(rate);
          t.after[block * 10 + m] = static_cast<uint64_t>(poisson(rng));
        }
      }
    }
    if (Judge({}, types).whole.verdict == Verdict::kLikelyCaused) ++blamed;
  }
  // Upper 95 % limit of the share at most 5 %: at most 81 of 2,000.
  EXPECT_LE(blamed, 81) << "of " << kDeploys;
}

// 20 events in the 30 minutes after, against 8 in the 60 before, wherever they fall.
TEST(Judge, AFivefoldRiseIsFound) {
  std::mt19937_64 rng(42);
  constexpr int kDeploys = 500;
  int found = 0;
  for (int i = 0; i < kDeploys; ++i) {
    TypeCounts t = Steady(0, 0);
    t.seen_in_7_days = true;
    t.first_after_pivot = -Duration(60min);
    for (int k = 0; k < 8; ++k) ++t.before[rng() % t.before.size()];
    for (int k = 0; k < 20; ++k) ++t.after[rng() % t.after.size()];
    if (Judge({}, std::span(&t, 1)).types[0].verdict == Verdict::kLikelyCaused) ++found;
  }
  EXPECT_GE(found, kDeploys * 9 / 10) << "of " << kDeploys;
}

}  // namespace
}  // namespace srehub::insight
