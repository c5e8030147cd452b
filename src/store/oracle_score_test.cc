#include <gtest/gtest.h>

#include <cmath>

#include "store/oracle.h"
#include "store/oracle_fixture.h"

namespace srehub::store::oracle {
namespace {

using model::Event;
using model::Phase;
using model::Severity;

double HeatAt(double now, const std::vector<Event>& events) {
  Oracle oracle;
  for (const Event& e : events) oracle.Add(e);
  return oracle.At("svc#T", Min(now)).value().heat;
}

// The four samples of the founding document, as the classifier is to read them.
std::vector<Event> FoundingEvents() {
  Event crash = Point(1 + 23 / 60.0);
  crash.service_id = "checkout-api";
  crash.event_type = "CrashLoopBackOff";
  Event cpu = Alarm(3, Phase::kFiring);
  cpu.service_id = "payments-api";
  cpu.event_type = "HighCPU";
  Event timeout = Point(5);
  timeout.service_id = "auth-service";
  timeout.event_type = "DatabaseConnectionTimeout";
  Event deploy = Failed(6, "4821");
  deploy.service_id = "checkout-service";
  return {crash, cpu, timeout, deploy};
}

TEST(FoundingDay, HasTheScoresOfItsTable) {
  Oracle oracle;
  for (const Event& e : FoundingEvents()) oracle.Add(e);
  const auto top = oracle.Top(Min(10), 10);
  const std::pair<const char*, double> expected[] = {
      {"payments-api#HighCPU", 400.6},
      {"checkout-service#DeployFailed", 53.2},
      {"auth-service#DatabaseConnectionTimeout", 50.8},
      {"checkout-api#CrashLoopBackOff", 42.2},
  };
  ASSERT_EQ(top.size(), 4u);
  for (size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(top[i].incident_id, expected[i].first);
    EXPECT_NEAR(top[i].score, expected[i].second, 0.05);
  }
  const Incident cpu = oracle.At("payments-api#HighCPU", Min(10)).value();
  EXPECT_NEAR(cpu.heat, 46.3, 0.05);
  EXPECT_NEAR(cpu.open_term, 354.3, 0.05);
  const Instant day = StartOfDay(DayOf(Min(0)));
  const HighTally tally = oracle.Tally(day, day + kDay, Min(10));
  EXPECT_EQ(tally.recorded, 4u);
  EXPECT_EQ(tally.by_severity, (std::map<Severity, uint64_t>{{Severity::kHigh, 4}}));
  EXPECT_EQ(tally.carried_over, 0u);
}

TEST(Heat, OneLevelIsThirtyMinutesOfAge) {
  EXPECT_NEAR(HeatAt(0, {Point(0, Severity::kMedium)}), HeatAt(30, {Point(0, Severity::kHigh)}),
              1e-9);
  EXPECT_NEAR(HeatAt(15, {Point(0)}) * 2, HeatAt(0, {Point(0)}), 1e-9);
  // Ahead of now it counts as it is.
  EXPECT_NEAR(HeatAt(-10, {Point(0)}), HeatAt(0, {Point(0)}) * std::exp2(10 / 15.0), 1e-9);
}

TEST(Heat, VolumeAndNoveltyTogetherAreWorthOneLevel) {
  std::vector<Event> many;
  for (int i = 0; i < 1000; ++i) many.push_back(Point(0.5));
  EXPECT_NEAR(HeatAt(0, many), 16 * 4, 1e-9);
  EXPECT_NEAR(HeatAt(0, {Point(0)}), 16 * 4, 1e-9);  // new: log2(2) * 4
  EXPECT_EQ(HeatAt(0, {Point(0, Severity::kInfo)}), 0);
}

TEST(Heat, NoveltyLastsAnHour) {
  // Minute 59 is in the first hour, minute 60 is not. lastSeen decides the three hours only.
  const double first = 64 * std::exp2(-60 / 15.0);
  EXPECT_NEAR(HeatAt(60, {Point(0), Point(59)}), first + 64 * std::exp2(-1 / 15.0), 1e-9);
  EXPECT_NEAR(HeatAt(60, {Point(0), Point(60)}), first + 16, 1e-9);
}

TEST(Heat, NewNeedsAWeekOfSilenceInWholeHours) {
  const double week = 168 * 60;
  const auto is_new = [](double earlier) { return HeatAt(0, {Point(earlier), Point(0)}) > 17; };
  // 14:00 is the founding hour: its 168 hours begin at 14:00 a week before.
  EXPECT_FALSE(is_new(-week));
  EXPECT_TRUE(is_new(-week - 1));
  // A signal that fired in that week counts as activity, for as long as it was to last.
  Event fired = Alarm(-week - 600, Phase::kFiring);
  fired.expires_at = Min(-week + 1);
  EXPECT_LT(HeatAt(0, {fired, Point(0)}), 17);
  fired.expires_at = Min(-week);
  EXPECT_GT(HeatAt(0, {fired, Point(0)}), 17);
  // Info is no activity.
  EXPECT_GT(HeatAt(0, {Point(-100, Severity::kInfo), Point(0)}), 17);
}

TEST(Heat, CoversTheThreeHoursUpToLastSeen) {
  EXPECT_NEAR(HeatAt(180, {Point(0), Point(180)}), 16, 1e-9);
  EXPECT_NEAR(HeatAt(180, {Point(0), Point(179)}),
              16 * std::exp2(-1 / 15.0) + 64 * std::exp2(-180 / 15.0), 1e-9);
}

TEST(Heat, TheUsualRateOfTheHourIsTakenOff) {
  // 420 low lines in the same hour of one day of the last seven: 1 a minute is usual.
  const auto with_history = [](Severity severity, int now_count, double days_ago) {
    std::vector<Event> events;
    for (int i = 0; i < 420; ++i) events.push_back(Point(-days_ago * 1440 + i * 0.01, severity));
    for (int i = 0; i < now_count; ++i) events.push_back(Point(0.1, severity));
    return HeatAt(0, events);
  };
  EXPECT_NEAR(with_history(Severity::kLow, 1, 4), 0, 1e-9);
  EXPECT_NEAR(with_history(Severity::kLow, 4, 4), 2, 1e-9);
  EXPECT_NEAR(with_history(Severity::kLow, 4, 3), 2, 1e-9);
  // Known for less than 72 hours: nothing is usual yet.
  EXPECT_NEAR(with_history(Severity::kLow, 3, 2), 2, 1e-9);
  // High keeps the first of a minute.
  EXPECT_NEAR(with_history(Severity::kHigh, 1, 4), 16, 1e-9);
  EXPECT_NEAR(with_history(Severity::kHigh, 2, 4), 16, 1e-9);
  EXPECT_NEAR(with_history(Severity::kHigh, 4, 4), 32, 1e-9);
  // Eight days ago is no longer counted. (By then the incident is new again.)
  EXPECT_NEAR(with_history(Severity::kLow, 1, 8), 4, 1e-9);
}

TEST(OpenTerm, IsAnAlarmRepeatedEveryMinuteForEver) {
  double sum = 0;
  for (int i = 0; i < 10'000; ++i) sum += 16 * std::exp2(-i / 15.0);
  EXPECT_NEAR(OpenTermOf(Severity::kHigh), sum, 1e-6);
  EXPECT_NEAR(OpenTermOf(Severity::kLow), 22.14427629396399, 1e-12);
  EXPECT_EQ(OpenTermOf(Severity::kInfo), 0);
  EXPECT_EQ(OpenTermOf(std::nullopt), 0);
}

TEST(OpenTerm, NoVolumeBelowLiftsAnIncidentAboveAnOpenCritical) {
  std::vector<Event> noise;
  for (int minute = -179; minute <= 0; ++minute) {
    for (const Severity severity : {Severity::kInfo, Severity::kLow, Severity::kMedium}) {
      for (int i = 0; i < 20; ++i) noise.push_back(Point(minute, severity));
    }
  }
  EXPECT_LT(HeatAt(0, noise), OpenTermOf(Severity::kCritical));
}

}  // namespace
}  // namespace srehub::store::oracle
