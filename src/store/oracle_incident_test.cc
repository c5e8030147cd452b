#include "store/oracle_incident.h"

#include <gtest/gtest.h>

#include "store/oracle.h"
#include "store/oracle_fixture.h"

namespace srehub::store::oracle {
namespace {

using model::Event;
using model::Phase;
using model::Severity;

Incident JudgeAt(double now, const std::vector<Event>& events, std::string_view id = "svc#T") {
  Oracle oracle;
  for (const Event& e : events) oracle.Add(e);
  return oracle.At(id, Min(now)).value();
}

struct Stretch {
  int64_t first, last;
};
std::vector<Stretch> MinutesOf(const std::vector<Episode>& episodes) {
  std::vector<Stretch> out;
  for (const Episode& e : episodes) out.push_back({e.first - MinuteNo(0), e.last - MinuteNo(0)});
  return out;
}
bool operator==(const Stretch& a, const Stretch& b) {
  return a.first == b.first && a.last == b.last;
}

TEST(Episodes, AreRunsWithGapsOfAtMostTheHoldDown) {
  EXPECT_EQ(MinutesOf(JudgeAt(60, {Point(0), Point(10.9), Point(20)}).episodes),
            (std::vector<Stretch>{{0, 20}}));
  EXPECT_EQ(MinutesOf(JudgeAt(60, {Point(0), Point(11)}).episodes),
            (std::vector<Stretch>{{0, 0}, {11, 11}}));
  EXPECT_TRUE(JudgeAt(60, {Point(0, Severity::kInfo)}).episodes.empty());
}

TEST(Episodes, ASignalIsActiveWhileItFiresUpToNow) {
  const std::vector<Event> events = {Alarm(0, Phase::kFiring), Alarm(30, Phase::kResolved),
                                     Point(39.5), Point(41)};
  // The signal's last minute is 29: it ended as 30 began.
  EXPECT_EQ(MinutesOf(JudgeAt(60, events).episodes), (std::vector<Stretch>{{0, 41}}));
  EXPECT_EQ(MinutesOf(JudgeAt(60, {events[0], events[1], Point(40)}).episodes),
            (std::vector<Stretch>{{0, 29}, {40, 40}}));
  EXPECT_EQ(MinutesOf(JudgeAt(20, {events[0]}).episodes), (std::vector<Stretch>{{0, 19}}));
  EXPECT_EQ(MinutesOf(JudgeAt(20.5, {events[0]}).episodes), (std::vector<Stretch>{{0, 20}}));
  EXPECT_TRUE(JudgeAt(20, {events[0]}).episodes[0].open);
  EXPECT_FALSE(JudgeAt(60, events).episodes[0].open);
  // Starts ahead of now: its start counts as it is.
  EXPECT_EQ(MinutesOf(JudgeAt(-5, {events[0]}).episodes), (std::vector<Stretch>{{0, 0}}));
  EXPECT_FALSE(JudgeAt(-5, {events[0]}).episodes[0].open);
}

TEST(Episodes, KnowTheirWorstAndWhenTheyFirstWereHigh) {
  const Episode e = JudgeAt(60, {Point(0, Severity::kLow), Point(5), Point(8, Severity::kCritical),
                                 Point(9, Severity::kMedium)})
                        .episodes.at(0);
  EXPECT_EQ(e.worst, Severity::kCritical);
  EXPECT_EQ(e.first_high, MinuteNo(5));
  EXPECT_FALSE(JudgeAt(60, {Point(0, Severity::kMedium)}).episodes[0].first_high);
  const Episode signal = JudgeAt(60, {Alarm(0, Phase::kFiring, Severity::kMedium),
                                      Alarm(7, Phase::kFiring, Severity::kHigh)})
                             .episodes.at(0);
  EXPECT_EQ(signal.worst, Severity::kHigh);
  EXPECT_EQ(signal.first_high, MinuteNo(7));
}

TEST(StateTest, OfAnAlarm) {
  const std::vector<Event> fired = {Alarm(0, Phase::kFiring)};
  EXPECT_EQ(JudgeAt(-1, fired).state, State::kActive);
  EXPECT_EQ(JudgeAt(0, fired).state, State::kOpen);
  EXPECT_EQ(JudgeAt(1439, fired).state, State::kOpen);
  EXPECT_EQ(JudgeAt(1440, fired).state, State::kActive);
  EXPECT_EQ(JudgeAt(1451, fired).state, State::kAssumedEnded);
  const std::vector<Event> resolved = {fired[0], Alarm(5, Phase::kResolved)};
  EXPECT_EQ(JudgeAt(6, resolved).state, State::kResolved);
  EXPECT_EQ(JudgeAt(2, resolved).state, State::kOpen);
  // Anything later makes it active again, and then quiet: nobody has resolved that.
  EXPECT_EQ(JudgeAt(10, {resolved[0], resolved[1], Point(7)}).state, State::kActive);
  EXPECT_EQ(JudgeAt(30, {resolved[0], resolved[1], Point(7)}).state, State::kQuiet);
  EXPECT_EQ(JudgeAt(30, {resolved[0], resolved[1], Point(5)}).state, State::kResolved);
}

TEST(StateTest, OfPointsOnly) {
  EXPECT_EQ(JudgeAt(10, {Point(0.5)}).state, State::kActive);
  EXPECT_EQ(JudgeAt(10.1, {Point(0.5)}).state, State::kQuiet);
  EXPECT_EQ(JudgeAt(-9, {Point(0)}).state, State::kActive);
  EXPECT_EQ(JudgeAt(1, {Point(0, Severity::kInfo)}).state, State::kQuiet);
}

TEST(StateTest, AssumedEndedUnlessSomethingCameAfter) {
  Event fired = Alarm(0, Phase::kFiring);
  fired.expires_at = Min(20);
  EXPECT_EQ(JudgeAt(60, {fired}).state, State::kAssumedEnded);
  EXPECT_EQ(JudgeAt(60, {fired, Point(20)}).state, State::kAssumedEnded);
  EXPECT_EQ(JudgeAt(60, {fired, Point(20.01)}).state, State::kQuiet);
  EXPECT_EQ(JudgeAt(60, {fired, Point(21, Severity::kInfo)}).state, State::kQuiet);
}

TEST(StateTest, EveryScopeOfADeployMustBeResolved) {
  const std::string id = "svc#DeployFailed";
  const std::vector<Event> failures = {Failed(0, "1", "", "prod"), Failed(1, "2", "", "staging"),
                                       Succeeded(5, "3", "", "prod")};
  EXPECT_EQ(JudgeAt(8, failures, id).state, State::kActive);
  EXPECT_EQ(JudgeAt(8, {failures[0], failures[2]}, id).state, State::kResolved);
  // An unknown environment matches only an unknown one.
  EXPECT_EQ(JudgeAt(8, {Failed(0, "1"), failures[2]}, id).state, State::kActive);
  EXPECT_EQ(JudgeAt(8, {Failed(0, "1"), Succeeded(0, "3")}, id).state, State::kResolved);
  EXPECT_EQ(JudgeAt(8, {Failed(1, "1"), Succeeded(0, "3")}, id).state, State::kActive);
}

TEST(OpenLevel, IsTheWorstThatFires) {
  Event other = Alarm(1, Phase::kFiring, Severity::kCritical);
  other.signal = "other";
  other.expires_at = Min(5);
  const std::vector<Event> events = {Alarm(0, Phase::kFiring, Severity::kMedium), other};
  EXPECT_EQ(JudgeAt(2, events).open_level, Severity::kCritical);
  EXPECT_EQ(JudgeAt(5, events).open_level, Severity::kMedium);
  EXPECT_FALSE(JudgeAt(-1, events).open_level);
}

Incident AckAt(double now, Acknowledgement ack, const std::vector<Event>& events) {
  Oracle oracle;
  for (const Event& e : events) oracle.Add(e);
  oracle.Acknowledge("svc#T", ack);
  return oracle.At("svc#T", Min(now)).value();
}

TEST(AcknowledgementTest, LowersByOneLevelButNotBelowLow) {
  const auto level = [](Severity severity) {
    return *AckAt(5, {Min(2), {}}, {Alarm(0, Phase::kFiring, severity)}).effective_level;
  };
  EXPECT_EQ(level(Severity::kCritical), Severity::kHigh);
  EXPECT_EQ(level(Severity::kMedium), Severity::kLow);
  EXPECT_EQ(level(Severity::kLow), Severity::kLow);
  EXPECT_EQ(level(Severity::kInfo), Severity::kInfo);
}

TEST(AcknowledgementTest, EndsWithItsEpisodeOrAtItsTime) {
  const std::vector<Event> fired = {Alarm(0, Phase::kFiring)};
  EXPECT_TRUE(AckAt(600, {Min(2), {}}, fired).acknowledged);
  EXPECT_FALSE(AckAt(1, {Min(2), {}}, fired).acknowledged);
  EXPECT_FALSE(AckAt(1, {Min(-1), {}}, fired).acknowledged);
  EXPECT_TRUE(AckAt(9, {Min(2), Min(10)}, fired).acknowledged);
  EXPECT_FALSE(AckAt(10, {Min(2), Min(10)}, fired).acknowledged);
  const std::vector<Event> points = {Point(0), Point(5)};
  EXPECT_TRUE(AckAt(15, {Min(2), {}}, points).acknowledged);
  EXPECT_FALSE(AckAt(15.1, {Min(2), {}}, points).acknowledged);
  EXPECT_TRUE(AckAt(6, {Min(0.5), {}}, points).acknowledged);
  // A new episode needs a new acknowledgement.
  EXPECT_FALSE(AckAt(31, {Min(2), {}}, {Point(0), Point(30)}).acknowledged);
}

TEST(RankedTest, OnlyResolvedSilencedAndInfoOnlyLeave) {
  EXPECT_TRUE(JudgeAt(600, {Point(0)}).ranked);
  EXPECT_FALSE(JudgeAt(1, {Point(0, Severity::kInfo)}).ranked);
  EXPECT_FALSE(JudgeAt(9, {Alarm(0, Phase::kFiring), Alarm(5, Phase::kResolved)}).ranked);
}

}  // namespace
}  // namespace srehub::store::oracle
