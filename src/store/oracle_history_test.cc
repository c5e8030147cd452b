#include "store/oracle_history.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "store/oracle_fixture.h"

namespace srehub::store::oracle {
namespace {

using model::Event;
using model::Phase;
using model::Severity;

// As the store sees it: the incident `type` is touched by the events of that type and by those
// that close it.
History HistoryOfType(const std::vector<Event>& events, std::string_view type = "T") {
  std::vector<Touch> touches;
  for (const Event& e : events) {
    if (e.closes == type) touches.push_back({&e, true});
    else if (e.event_type == type) touches.push_back({&e, false});
  }
  return HistoryOf(touches, 14 * kDay);
}

struct Occurred {
  double minute;
  uint64_t count;
  Severity severity = Severity::kHigh;
  const char* scope = "";
};

void ExpectOccurrences(const History& history, const std::vector<Occurred>& expected) {
  std::vector<Occurrence> want;
  for (const Occurred& o : expected) want.push_back({Min(o.minute), o.severity, o.scope, o.count});
  ASSERT_EQ(history.occurrences.size(), want.size());
  for (size_t i = 0; i < want.size(); ++i) EXPECT_EQ(history.occurrences[i], want[i]) << i;
}

TEST(Points, AreOneOccurrenceEach) {
  const History h = HistoryOfType({Point(3), Point(1, Severity::kLow), Point(3)});
  ExpectOccurrences(h, {{1, 1, Severity::kLow}, {3, 1}, {3, 1}});
  EXPECT_EQ(h.FirstSeen(), Min(1));
  EXPECT_EQ(h.LastSeen(), Min(3));
  EXPECT_EQ(h.Totals(), (Counts{0, 1, 0, 2, 0}));
  EXPECT_EQ(h.Minutes().at(MinuteNo(3)), (Counts{0, 0, 0, 2, 0}));
}

TEST(SeriesTest, CountsAreTheSendersOwn) {
  // First heard with 3: one at its start, two at its time. Then 3 to 9 adds six.
  ExpectOccurrences(HistoryOfType({Seen(10, 3, 0), Seen(20, 9, 0)}), {{0, 1}, {10, 2}, {20, 6}});
  ExpectOccurrences(HistoryOfType({Seen(10, 1, 4)}), {{4, 1}});
  // A repetition adds nothing.
  ExpectOccurrences(HistoryOfType({Seen(10, 3, 0), Seen(12, 3, 0)}), {{0, 1}, {10, 2}});
}

TEST(SeriesTest, ALateOneInTheMiddleMovesWhatItMust) {
  ExpectOccurrences(HistoryOfType({Seen(20, 9, 0), Seen(10, 3, 0), Seen(15, 4, 0)}),
                    {{0, 1}, {10, 2}, {15, 1}, {20, 5}});
  // A smaller count heard later takes over the start.
  ExpectOccurrences(HistoryOfType({Seen(20, 9, 0), Seen(10, 2, -5)}), {{-5, 1}, {10, 1}, {20, 7}});
}

TEST(SeriesTest, EqualCountsKeepTheEarliestThenTheEarlierStartThenTheLesserSeverity) {
  ExpectOccurrences(HistoryOfType({Seen(11, 2, 3), Seen(10, 2, 4)}), {{4, 1}, {10, 1}});
  ExpectOccurrences(HistoryOfType({Seen(10, 2, 4), Seen(10, 2, 3)}), {{3, 1}, {10, 1}});
  ExpectOccurrences(HistoryOfType({Seen(10, 2, 4), Seen(10, 2, 4, Severity::kLow)}),
                    {{4, 1, Severity::kLow}, {10, 1, Severity::kLow}});
}

TEST(SeriesTest, EachSeriesIsItsOwnAndEachStepHasItsSeverity) {
  Event other = Seen(10, 2, 1);
  other.series = "uid-2";
  ExpectOccurrences(HistoryOfType({Seen(10, 1, 0), other, Seen(12, 2, 0, Severity::kLow)}),
                    {{0, 1}, {1, 1}, {10, 1}, {12, 1, Severity::kLow}});
}

TEST(SignalsTest, ContributeOneAtEachOpening) {
  const History h = HistoryOfType({Alarm(1, Phase::kFiring), Alarm(5, Phase::kResolved),
                                   Alarm(7, Phase::kFiring, Severity::kCritical)});
  ExpectOccurrences(h, {{1, 1}, {7, 1, Severity::kCritical}});
  EXPECT_EQ(h.resolutions, (std::vector<Resolution>{{Min(5), ""}}));
  EXPECT_EQ(h.signals.at("alarm").size(), 2u);
}

TEST(SignalsTest, TwoCarriersOfOneFactCountOnce) {
  Event copy = Alert(2, Phase::kFiring, 0);
  copy.source = model::Source::kPrometheus;
  ExpectOccurrences(HistoryOfType({Alert(1, Phase::kFiring, 0), copy}), {{0, 1}});
}

TEST(Closing, ASignalsOwnTypeAndTheOneItCloses) {
  // NodeReady closes NodeNotReady: the same node.
  Event down = Alarm(1, Phase::kFiring);
  down.event_type = "NodeNotReady";
  Event up = Alarm(9, Phase::kResolved, Severity::kInfo);
  up.event_type = "NodeReady";
  up.closes = "NodeNotReady";
  const History closed = HistoryOfType({down, up}, "NodeNotReady");
  ExpectOccurrences(closed, {{1, 1}});
  EXPECT_EQ(closed.signals.at("alarm")[0].end, Min(9));
  EXPECT_EQ(closed.resolutions, (std::vector<Resolution>{{Min(9), ""}}));
  const History own = HistoryOfType({down, up}, "NodeReady");
  EXPECT_TRUE(own.occurrences.empty());
  EXPECT_TRUE(own.signals.empty());
}

TEST(Closing, APlainOneIsAResolution) {
  Event fixed = Point(9, Severity::kInfo);
  fixed.event_type = "Fixed";
  fixed.phase = Phase::kResolved;
  fixed.closes = "T";
  const History h = HistoryOfType({Point(1), fixed});
  ExpectOccurrences(h, {{1, 1}});
  EXPECT_EQ(h.resolutions, (std::vector<Resolution>{{Min(9), ""}}));
  EXPECT_TRUE(HistoryOfType({fixed}, "Fixed").occurrences.empty());
  fixed.event_type = "T";  // closes its own type
  EXPECT_EQ(HistoryOfType({fixed}).resolutions.size(), 1u);
  EXPECT_TRUE(HistoryOfType({fixed}).occurrences.empty());
}

TEST(Closing, AResolvedWithoutSignalThatNamesNoTypeClosesItsOwn) {
  Event e = Point(1);
  e.phase = Phase::kResolved;
  const History h = HistoryOfType({e});
  EXPECT_TRUE(h.occurrences.empty());
  EXPECT_EQ(h.resolutions, (std::vector<Resolution>{{Min(1), ""}}));
}

TEST(Runs, OneFailurePerJoinedRunAtItsEarliest) {
  const History h = HistoryOfType(
      {Failed(6, "7"), Failed(4, "7"), Failed(5, "8"), Succeeded(9, "9")}, "DeployFailed");
  ExpectOccurrences(h, {{4, 1}, {5, 1}});
  EXPECT_EQ(h.resolutions, (std::vector<Resolution>{{Min(9), ""}}));
}

TEST(Runs, TheTieGoesToTheLesserSeverity) {
  Event low = Failed(4, "7");
  low.severity = Severity::kLow;
  ExpectOccurrences(HistoryOfType({Failed(4, "7"), low}, "DeployFailed"), {{4, 1, Severity::kLow}});
}

TEST(Runs, WithoutARunIdTheCommitJoins) {
  const std::vector<Event> events = {Failed(5, "9", "abc", "prod"), Failed(6, "8", "abc", "prod"),
                                     Failed(4, "", "abc", "prod")};
  // It belongs to the smaller run, whose failure it moves to minute 4.
  ExpectOccurrences(HistoryOfType(events, "DeployFailed"),
                    {{4, 1, Severity::kHigh, "prod"}, {5, 1, Severity::kHigh, "prod"}});
  ExpectOccurrences(
      HistoryOfType({Failed(4, "", "abc"), Failed(5, "", "abc"), Failed(6, "", "abd")},
                    "DeployFailed"),
      {{4, 1}, {6, 1}});
  ExpectOccurrences(HistoryOfType({Failed(4, "", ""), Failed(5, "", "")}, "DeployFailed"),
                    {{4, 1}, {5, 1}});
}

TEST(Runs, AKnownEnvironmentIsTheScopeOfTheWholeRun) {
  const History h = HistoryOfType({Failed(4, "7"), Failed(5, "7", "", "prod"),
                                   Succeeded(9, "8", "", "prod"), Succeeded(8, "8")},
                                  "DeployFailed");
  ExpectOccurrences(h, {{4, 1, Severity::kHigh, "prod"}});
  EXPECT_EQ(h.resolutions, (std::vector<Resolution>{{Min(9), "prod"}}));
}

TEST(Runs, OnTheirOwnTypeASuccessIsAnOccurrence) {
  const History h = HistoryOfType({Succeeded(9, "8")}, "DeploySucceeded");
  ExpectOccurrences(h, {{9, 1, Severity::kInfo}});
  EXPECT_TRUE(h.resolutions.empty());
}

TEST(Generations, ALongSilenceForgetsWhatWasBefore) {
  const double gap = 17 * 1440;  // retention + 3 days, in minutes
  ExpectOccurrences(HistoryOfType({Point(0), Point(gap)}), {{0, 1}, {gap, 1}});
  ExpectOccurrences(HistoryOfType({Point(0), Point(gap + 1)}), {{gap + 1, 1}});
  ExpectOccurrences(HistoryOfType({Point(0), Point(gap + 1), Point(gap / 2)}),
                    {{0, 1}, {gap / 2, 1}, {gap + 1, 1}});
}

}  // namespace
}  // namespace srehub::store::oracle
