#include "insight/outcomes.h"

#include <gtest/gtest.h>

namespace srehub::insight {
namespace {

const Instant kAt = *ParseRfc3339("2025-08-26T14:00:00Z");

aggregate::Episode Active(Duration from, Duration to) {
  aggregate::Episode e;
  e.first = MinuteOf(kAt + from);
  e.last = MinuteOf(kAt + to);
  return e;
}

struct OutcomeCase {
  const char* name;
  std::vector<aggregate::Episode> episodes;
  Duration asked;  // after the action
  std::vector<Duration> others;
  OutcomeVerdict verdict;
};

class OutcomeTest : public testing::TestWithParam<OutcomeCase> {};

TEST_P(OutcomeTest, IsJudged) {
  const OutcomeCase& c = GetParam();
  std::vector<Instant> others;
  for (const Duration d : c.others) others.push_back(kAt + d);
  EXPECT_EQ(JudgeOutcome(c.episodes, kAt, others, kAt + c.asked), c.verdict);
}

INSTANTIATE_TEST_SUITE_P(
    All, OutcomeTest,
    testing::Values(
        OutcomeCase{"quiet_at_once", {Active(-20min, 0min)}, 46min, {}, OutcomeVerdict::kHelped},
        OutcomeCase{"quiet_within_15", {Active(-20min, 15min)}, 46min, {}, OutcomeVerdict::kHelped},
        OutcomeCase{"still_going", {Active(-20min, 16min)}, 46min, {}, OutcomeVerdict::kFailed},
        OutcomeCase{"came_back",
                    {Active(-20min, 2min), Active(40min, 41min)},
                    46min,
                    {},
                    OutcomeVerdict::kFailed},
        OutcomeCase{"came_back_later",
                    {Active(-20min, 2min), Active(46min, 47min)},
                    60min,
                    {},
                    OutcomeVerdict::kHelped},
        OutcomeCase{"too_early", {Active(-20min, 2min)}, 44min, {}, OutcomeVerdict::kPending},
        OutcomeCase{"was_not_active", {Active(-40min, -12min)}, 60min, {}, OutcomeVerdict::kVoid},
        OutcomeCase{"two_actions", {Active(-20min, 2min)}, 60min, {10min}, OutcomeVerdict::kVoid}),
    [](const auto& info) { return info.param.name; });

TEST(Learn, CountsTriesAndSaysHowOftenItWentByItself) {
  std::vector<aggregate::Episode> episodes;
  std::vector<model::ActionOutcome> outcomes;
  for (int day = 0; day < 4; ++day) {
    const Duration offset = day * kDay;
    episodes.push_back(Active(offset - 10min, offset + (day == 3 ? 30min : 5min)));
    episodes.push_back(Active(offset + 6h, offset + 6h + 5min));  // nobody did anything
    model::ActionOutcome outcome;
    outcome.action_id = "p/restart";
    outcome.at = kAt + offset;
    outcomes.push_back(outcome);
  }
  const auto learnt = Learn(episodes, outcomes, kAt + 5 * kDay);
  ASSERT_EQ(learnt.size(), 1u);
  EXPECT_EQ(learnt[0].tried, 4);
  EXPECT_EQ(learnt[0].helped, 3);
  EXPECT_FALSE(learnt[0].recently_failed);
  EXPECT_EQ(learnt[0].text, "helped 3 of 4 times (95 %: 30 to 95 %); quiet by itself in 4 of 4");
}

TEST(Learn, FewTriesAreNotToldAndAFreshFailureIs) {
  model::ActionOutcome outcome;
  outcome.action_id = "p/restart";
  outcome.at = kAt;
  const std::vector<aggregate::Episode> episodes = {Active(-10min, 50min)};
  const auto learnt = Learn(episodes, std::span(&outcome, 1), kAt + 50min);
  ASSERT_EQ(learnt.size(), 1u);
  EXPECT_TRUE(learnt[0].recently_failed);
  EXPECT_TRUE(learnt[0].text.empty());
}

}  // namespace
}  // namespace srehub::insight
