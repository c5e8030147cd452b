#include "store/oracle.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "store/oracle_fixture.h"

namespace srehub::store::oracle {
namespace {

using model::Event;
using model::Phase;
using model::Severity;

TEST(OracleTest, ADuplicateKeyIsTakenOnce) {
  Oracle oracle;
  const Event e = Point(0);
  EXPECT_TRUE(oracle.Add(e));
  EXPECT_FALSE(oracle.Add(e));
  Event other_service = e;
  other_service.service_id = "other";
  EXPECT_TRUE(oracle.Add(other_service));
  EXPECT_EQ(oracle.events().size(), 2u);
  EXPECT_EQ(oracle.At("svc#T", Min(1))->totals, (Counts{0, 0, 0, 1, 0}));
}

TEST(OracleTest, KnowsTheIncidentsThatAreOnlyClosed) {
  Oracle oracle;
  oracle.Add(Succeeded(0, "7"));
  EXPECT_EQ(oracle.IncidentIds(),
            (std::vector<std::string>{"svc#DeployFailed", "svc#DeploySucceeded"}));
  EXPECT_FALSE(oracle.At("svc#DeployFailed", Min(1))->ranked);
  EXPECT_FALSE(oracle.At("svc#Nothing", Min(1)));
  EXPECT_FALSE(oracle.At("not an id", Min(1)));
  EXPECT_TRUE(oracle.Top(Min(1), 10).empty());
}

TEST(OracleTest, TopBreaksTiesByIdAndLeavesOutTheSilenced) {
  Oracle oracle;
  for (const char* service : {"c", "a", "b"}) {
    Event e = Point(0);
    e.service_id = service;
    oracle.Add(e);
  }
  const auto ids = [&](double now, size_t limit) {
    std::vector<std::string> out;
    for (const RankedIncident& r : oracle.Top(Min(now), limit)) out.push_back(r.incident_id);
    return out;
  };
  EXPECT_EQ(ids(1, 10), (std::vector<std::string>{"a#T", "b#T", "c#T"}));
  EXPECT_EQ(ids(1, 2), (std::vector<std::string>{"a#T", "b#T"}));
  oracle.Add(Silence{"b", "", Min(0), Min(5)});
  EXPECT_EQ(ids(1, 10), (std::vector<std::string>{"a#T", "c#T"}));
  EXPECT_EQ(ids(5, 10), (std::vector<std::string>{"a#T", "b#T", "c#T"}));
  oracle.Add(Silence{"", "T", Min(0), Min(9)});
  EXPECT_TRUE(ids(5, 10).empty());
  oracle.DropSilences();
  EXPECT_EQ(ids(5, 10).size(), 3u);
}

TEST(OracleTest, AnAcknowledgementCanBeTakenBack) {
  Oracle oracle;
  oracle.Add(Alarm(0, Phase::kFiring));
  oracle.Acknowledge("svc#T", {Min(1), {}});
  EXPECT_TRUE(oracle.At("svc#T", Min(2))->acknowledged);
  EXPECT_LT(oracle.At("svc#T", Min(2))->open_term, OpenTermOf(Severity::kHigh));
  oracle.DropAcknowledgement("svc#T");
  EXPECT_FALSE(oracle.At("svc#T", Min(2))->acknowledged);
}

TEST(TallyTest, CountsAnEpisodeOnTheDayItFirstWasHigh) {
  Oracle oracle;
  const double midnight = 10 * 60;  // 14:00 + 10 h
  oracle.Add(Point(midnight - 5, Severity::kMedium));
  oracle.Add(Point(midnight + 2, Severity::kHigh));
  oracle.Add(Point(midnight + 4, Severity::kCritical));
  oracle.Add(Point(midnight + 8, Severity::kLow));
  const auto tally = [&](double from, double to) {
    return oracle.Tally(Min(from), Min(to), Min(to));
  };
  const HighTally today = tally(midnight, midnight + 1440);
  EXPECT_EQ(today.recorded, 1u);
  EXPECT_EQ(today.by_severity, (std::map<Severity, uint64_t>{{Severity::kCritical, 1}}));
  EXPECT_EQ(today.by_service, (std::map<std::string, uint64_t>{{"svc", 1}}));
  EXPECT_EQ(today.carried_over, 0u);
  EXPECT_EQ(tally(midnight - 1440, midnight).recorded, 0u);
  // Had it been high before midnight, today would only carry it over.
  oracle.Add(Point(midnight - 1));
  EXPECT_EQ(tally(midnight - 1440, midnight).recorded, 1u);
  EXPECT_EQ(tally(midnight, midnight + 1440), (HighTally{0, {}, {}, 1}));
  EXPECT_EQ(tally(midnight + 9, midnight + 1440), (HighTally{0, {}, {}, 0}));
}

TEST(TallyTest, FiveFlapsWithinTheHoldDownAreOne) {
  Oracle oracle;
  for (int i = 0; i < 5; ++i) {
    oracle.Add(Alarm(i * 4, Phase::kFiring));
    oracle.Add(Alarm(i * 4 + 1, Phase::kResolved));
  }
  EXPECT_EQ(oracle.Tally(Min(0), Min(60), Min(60)).recorded, 1u);
  EXPECT_EQ(oracle.At("svc#T", Min(60))->totals, (Counts{0, 0, 0, 5, 0}));
}

TEST(EventsTest, AreNewestFirstWithinTheWindowAndNotExpired) {
  Oracle oracle;
  std::vector<Event> events = {Point(0), Point(5), Point(5), Point(15)};
  events[1].event_id = 9'000'001;
  events[2].event_id = 9'000'002;
  Event refresh = Alert(6, Phase::kRefresh, 1);
  for (const Event& e : events) oracle.Add(e);
  oracle.Add(refresh);
  const Window window{Min(0), Min(15)};
  const auto got = oracle.EventsOf("svc", window, Min(15));
  ASSERT_EQ(got.size(), 3u);  // the one at now - 15 min is out, the one at now is in
  EXPECT_EQ(got[0], events[3]);
  EXPECT_EQ(got[1], events[2]);
  EXPECT_EQ(got[2], events[1]);
  EXPECT_EQ(oracle.EventsOf("svc", window, Min(15), true).size(), 4u);
  EXPECT_EQ(oracle.EventsOf("svc", window, Min(15) + 14 * kDay - 1ns).size(), 1u);
  EXPECT_TRUE(oracle.EventsOf("svc", window, Min(15) + 14 * kDay).empty());
  EXPECT_TRUE(oracle.EventsOf("other", window, Min(15)).empty());
}

TEST(DeploysTest, AreJoined) {
  Oracle oracle;
  oracle.Add(Failed(0, "7"));
  oracle.Add(Succeeded(5, "7"));
  const auto deploys = oracle.DeploysOf("svc");
  ASSERT_EQ(deploys.size(), 1u);
  EXPECT_EQ(deploys[0].status, model::DeployStatus::kSuccess);
  EXPECT_EQ(deploys[0].first_failure, Min(0));
}

// Random histories of every kind of event.
std::vector<Event> AnyEvents(std::mt19937_64& random, size_t count) {
  const auto minute = [&] { return static_cast<double>(random() % 4000) / 10; };
  const auto severity = [&] { return static_cast<Severity>(1 + random() % 5); };
  const Phase phases[] = {Phase::kFiring, Phase::kRefresh, Phase::kResolved, Phase::kUnknown};
  std::vector<Event> out;
  while (out.size() < count) {
    Event e;
    switch (random() % 5) {
      case 0: e = Point(minute(), severity()); break;
      case 1:
        e = Seen(minute(), 1 + static_cast<int64_t>(random() % 9), minute(), severity());
        break;
      case 2: e = Alarm(minute(), phases[random() % 4], severity()); break;
      case 3: {
        e = Alert(minute(), phases[random() % 3], static_cast<double>(random() % 20) * 20,
                  severity());
        e.signal = "alert";
        if (random() % 2 == 0) e.expires_at = e.timestamp + 15min;
        break;
      }
      default: {
        const char* words[] = {"", "a", "b"};
        e = random() % 2 == 0
                ? Failed(minute(), words[random() % 3], words[random() % 3], words[random() % 3])
                : Succeeded(minute(), words[random() % 3], words[random() % 3],
                            words[random() % 3]);
      }
    }
    out.push_back(e);
  }
  return out;
}

TEST(OracleTest, DoesNotDependOnOrderOrRepetition) {
  std::mt19937_64 random(41);
  for (int round = 0; round < 40; ++round) {
    std::vector<Event> events = AnyEvents(random, 60);
    Oracle straight;
    for (const Event& e : events) straight.Add(e);
    for (int i = 0; i < 10; ++i) events.push_back(events[random() % events.size()]);
    std::shuffle(events.begin(), events.end(), random);
    Oracle shuffled;
    for (const Event& e : events) shuffled.Add(e);
    const Instant now = Min(static_cast<double>(random() % 500));
    for (const std::string& id : straight.IncidentIds()) {
      const Incident a = straight.At(id, now).value();
      const Incident b = shuffled.At(id, now).value();
      EXPECT_EQ(a.history.occurrences, b.history.occurrences);
      EXPECT_EQ(a.history.resolutions, b.history.resolutions);
      EXPECT_EQ(a.history.signals, b.history.signals);
      EXPECT_EQ(a.episodes, b.episodes);
      EXPECT_EQ(a.state, b.state);
      EXPECT_EQ(a.score, b.score);
    }
    EXPECT_EQ(straight.Tally(Min(0), Min(240), now), shuffled.Tally(Min(0), Min(240), now));
  }
}

}  // namespace
}  // namespace srehub::store::oracle
