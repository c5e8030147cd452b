#include "store/oracle_signals.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "store/oracle_fixture.h"

namespace srehub::store::oracle {
namespace {

using model::Phase;
using model::Severity;

constexpr auto kFiring = Phase::kFiring;
constexpr auto kRefresh = Phase::kRefresh;
constexpr auto kUnknown = Phase::kUnknown;
constexpr auto kResolved = Phase::kResolved;
constexpr double kNone = -1e6;  // no expiry

SignalStatement Says(double time, Phase phase, double expires = kNone,
                     Severity severity = Severity::kHigh) {
  SignalStatement s{Min(time), phase, severity, std::nullopt, std::nullopt};
  if (expires != kNone) s.expires_at = Min(expires);
  return s;
}
SignalStatement Of(double start, double time, Phase phase, double expires = kNone,
                   Severity severity = Severity::kHigh) {
  SignalStatement s = Says(time, phase, expires, severity);
  s.starts_at = Min(start);
  return s;
}

struct Expected {
  double start, end;
  bool assumed;
};

// Also that the order of telling does not matter.
void Expect(std::vector<SignalStatement> statements, const std::vector<Expected>& expected,
            const std::vector<double>& resolutions) {
  std::mt19937 random(1);
  for (int round = 0; round < 8; ++round) {
    const SignalHistory got = HistoryOfSignal(statements);
    ASSERT_EQ(got.intervals.size(), expected.size());
    for (size_t i = 0; i < expected.size(); ++i) {
      EXPECT_EQ(got.intervals[i].start, Min(expected[i].start)) << i;
      EXPECT_EQ(got.intervals[i].end, Min(expected[i].end)) << i;
      EXPECT_EQ(got.intervals[i].assumed, expected[i].assumed) << i;
    }
    std::vector<Instant> at;
    for (const double minute : resolutions) at.push_back(Min(minute));
    EXPECT_EQ(got.resolutions, at);
    statements.push_back(statements[random() % statements.size()]);
    std::shuffle(statements.begin(), statements.end(), random);
  }
}

TEST(Transitions, OpenAndResolve) {
  Expect({Says(3, kFiring), Says(9, kResolved)}, {{3, 9, false}}, {9});
  Expect({Says(3, kFiring)}, {{3, 3 + 1440, true}}, {});
  Expect({Says(9, kResolved)}, {}, {9});
  Expect({Says(9, kUnknown)}, {}, {});
}

TEST(Transitions, ALateFiringNeverReopens) {
  Expect({Says(3, kFiring), Says(9, kResolved), Says(5, kFiring)}, {{3, 9, false}}, {9});
}

TEST(Transitions, AlarmUnknownAlarmIsOneOpening) {
  Expect({Says(3, kFiring), Says(5, kUnknown), Says(7, kFiring), Says(9, kResolved)},
         {{3, 9, false}}, {9});
}

TEST(Transitions, ResolvedWinsATieAndUnknownIsHeardFirst) {
  Expect({Says(3, kFiring), Says(3, kResolved)}, {{3, 3, false}}, {3});
  Expect({Says(3, kUnknown, 9), Says(3, kFiring, 5)}, {{3, 5, true}}, {});
  Expect({Says(3, kFiring), Says(5, kResolved), Says(5, kFiring)}, {{3, 5, false}}, {5});
}

TEST(Transitions, FlappingOpensEachTime) {
  Expect({Says(1, kFiring), Says(2, kResolved), Says(3, kFiring), Says(4, kResolved)},
         {{1, 2, false}, {3, 4, false}}, {2, 4});
}

TEST(Transitions, ExpiryEndsBeforeTheNextStatementCounts) {
  Expect({Says(1, kFiring, 5), Says(5, kFiring, 9)}, {{1, 5, true}, {5, 9, true}}, {});
  Expect({Says(1, kFiring, 5), Says(4, kFiring, 9)}, {{1, 9, true}}, {});
  Expect({Says(1, kFiring, 5), Says(4, kUnknown, 9), Says(8, kResolved)}, {{1, 8, false}}, {8});
  Expect({Says(1, kFiring, 5), Says(8, kResolved)}, {{1, 5, true}}, {8});
  Expect({Says(1, kFiring, 50), Says(4, kFiring, 9)}, {{1, 50, true}}, {});
}

TEST(Transitions, SeverityIsOfTheOpeningAndTheWorst) {
  const SignalHistory got = HistoryOfSignal(
      {Says(1, kFiring, kNone, Severity::kMedium), Says(4, kFiring, kNone, Severity::kCritical),
       Says(5, kFiring, kNone, Severity::kHigh), Says(6, kUnknown, kNone, Severity::kCritical)});
  ASSERT_EQ(got.intervals.size(), 1u);
  EXPECT_EQ(got.intervals[0].opening, Severity::kMedium);
  EXPECT_EQ(got.intervals[0].worst, Severity::kCritical);
  EXPECT_EQ(got.intervals[0].first_high, Min(4));
}

TEST(Starts, LifeEndsByResolutionElseByTheGreatestExpiry) {
  Expect({Of(0, 1, kFiring, 10), Of(0, 7, kResolved)}, {{0, 7, false}}, {7});
  Expect({Of(0, 1, kFiring, 10), Of(0, 5, kRefresh, 20), Of(0, 6, kRefresh, 15)}, {{0, 20, true}},
         {});
  Expect({Of(0, 1, kFiring)}, {{0, 1440, true}}, {});
  Expect({Of(0, 5, kRefresh, 20)}, {{0, 20, true}}, {});
  Expect({Of(0, 7, kResolved), Of(0, 9, kResolved)}, {{0, 9, false}}, {9});
  Expect({Of(5, 3, kResolved)}, {{5, 5, false}}, {5});
}

TEST(Starts, OnlyAResendTenMinutesLaterUndoesAResolution) {
  Expect({Of(0, 7, kResolved), Of(0, 17, kRefresh, 25)}, {{0, 7, false}}, {7});
  Expect({Of(0, 7, kResolved), Of(0, 17.001, kRefresh, 25)}, {{0, 25, true}}, {});
  Expect({Of(0, 7, kResolved), Of(0, 30, kFiring, 40)}, {{0, 7, false}}, {7});
}

TEST(Starts, LivesAreUnited) {
  Expect({Of(0, 1, kFiring), Of(0, 10, kResolved), Of(5, 6, kFiring), Of(5, 20, kResolved)},
         {{0, 20, false}}, {10, 20});
  Expect({Of(0, 10, kResolved), Of(10, 20, kResolved)}, {{0, 20, false}}, {10, 20});
  Expect({Of(0, 10, kResolved), Of(11, 20, kResolved)}, {{0, 10, false}, {11, 20, false}},
         {10, 20});
  Expect({Of(0, 30, kResolved), Of(5, 10, kResolved)}, {{0, 30, false}}, {10, 30});
}

TEST(Starts, AMomentIsAnOpeningUnlessItLiesInsideAnother) {
  Expect({Of(5, 5, kResolved)}, {{5, 5, false}}, {5});
  Expect({Of(0, 10, kResolved), Of(5, 5, kResolved)}, {{0, 10, false}}, {5, 10});
  Expect({Of(5, 5, kResolved), Of(6, 6, kResolved)}, {{5, 5, false}, {6, 6, false}}, {5, 6});
}

TEST(Starts, AssumedIsThatOfTheGreatestEndAndAResolutionWinsATie) {
  Expect({Of(0, 1, kFiring, 20), Of(5, 10, kResolved)}, {{0, 20, true}}, {10});
  Expect({Of(0, 1, kFiring, 8), Of(5, 10, kResolved)}, {{0, 10, false}}, {10});
  Expect({Of(0, 1, kFiring, 10), Of(5, 10, kResolved)}, {{0, 10, false}}, {10});
}

TEST(Starts, SeverityIsOfTheLifeThatOpensAndTheWorst) {
  const SignalHistory got = HistoryOfSignal({Of(0, 1, kFiring, 20, Severity::kMedium),
                                             Of(5, 6, kFiring, 20, Severity::kLow),
                                             Of(5, 7, kRefresh, 20, Severity::kHigh)});
  ASSERT_EQ(got.intervals.size(), 1u);
  EXPECT_EQ(got.intervals[0].opening, Severity::kMedium);
  EXPECT_EQ(got.intervals[0].worst, Severity::kHigh);
  EXPECT_EQ(got.intervals[0].first_high, Min(5));
}

}  // namespace
}  // namespace srehub::store::oracle
