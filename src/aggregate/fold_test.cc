#include "aggregate/fold.h"

#include <gtest/gtest.h>

#include "aggregate/view.h"

namespace srehub::aggregate {
namespace {

using model::Event;
using model::Phase;
using model::Severity;

const Instant kNoon = *ParseRfc3339("2025-08-26T12:00:00Z");

Event Make(const char* type, Instant t, Severity severity, uint64_t id) {
  Event e;
  e.service_id = "checkout-api";
  e.event_type = type;
  e.timestamp = t;
  e.severity = severity;
  e.event_id = id;
  return e;
}

// Folds into a state whose hour items live in a map.
struct Incident {
  IncidentState state;
  std::map<Hour, HourBlock> items;

  explicit Incident(const char* type) {
    state.service_id = "checkout-api";
    state.event_type = type;
  }
  void Take(const std::vector<Event>& events) {
    std::vector<const Event*> pointers;
    for (const Event& e : events) pointers.push_back(&e);
    const auto result = Fold(&state, pointers, {}, [&](Hour hour) -> Result<HourBlock> {
      return items.contains(hour) ? items[hour] : HourBlock{};
    });
    ASSERT_TRUE(result);
    for (const auto& [hour, block] : result->hours) {
      if (block.empty()) items.erase(hour);
      else items[hour] = block;
    }
  }
  uint64_t At(Instant t, Severity s) const {
    const Hour hour = HourOf(t);
    const HourBlock* block = nullptr;
    if (const auto it = state.recent.find(hour); it != state.recent.end()) block = &it->second;
    if (const auto it = items.find(hour); it != items.end()) block = &it->second;
    if (block == nullptr) return 0;
    for (const auto& [minute, counts] : block->minutes())
      if (minute == MinuteOf(t) - hour * 60) return counts[model::SeverityIndex(s)];
    return 0;
  }
};

Event Observation(Instant t, int64_t count, uint64_t id) {
  Event e = Make("CrashLoopBackOff", t, Severity::kHigh, id);
  e.series = "c/uid";
  e.series_count = count;
  e.series_start = kNoon - 1h;
  return e;
}

TEST(FoldSeries, CountsDifferencesWhateverTheOrder) {
  const std::vector<Event> events = {Observation(kNoon, 3, 1), Observation(kNoon + 5min, 9, 2),
                                     Observation(kNoon + 20min, 41, 3)};
  const std::vector<std::vector<size_t>> orders = {{0, 1, 2}, {2, 0, 1}, {1, 2, 0}, {2, 1, 0}};
  for (const auto& order : orders) {
    Incident incident("CrashLoopBackOff");
    for (const size_t i : order) incident.Take({events[i]});
    EXPECT_EQ(Sum(incident.state.totals), 41u);
    EXPECT_EQ(incident.At(kNoon - 1h, Severity::kHigh), 1u);
    EXPECT_EQ(incident.At(kNoon, Severity::kHigh), 2u);
    EXPECT_EQ(incident.At(kNoon + 5min, Severity::kHigh), 6u);
    EXPECT_EQ(incident.At(kNoon + 20min, Severity::kHigh), 32u);
  }
}

Event Alarm(Instant t, Phase phase, uint64_t id) {
  Event e = Make("HighCPU", t, phase == Phase::kResolved ? Severity::kInfo : Severity::kHigh, id);
  e.phase = phase;
  e.signal = "arn";
  e.expires_at = t + 24h;
  return e;
}

TEST(FoldSignal, LateFiringNeverReopensAResolvedAlarm) {
  Incident incident("HighCPU");
  incident.Take({Alarm(kNoon + 10min, Phase::kFiring, 1)});
  incident.Take({Alarm(kNoon + 20min, Phase::kResolved, 2)});
  EXPECT_EQ(ViewOf(incident.state, {}, kNoon + 30min).life_state, LifeState::kResolved);
  incident.Take({Alarm(kNoon + 15min, Phase::kFiring, 3)});
  EXPECT_EQ(ViewOf(incident.state, {}, kNoon + 30min).life_state, LifeState::kResolved);
  EXPECT_EQ(Sum(incident.state.totals), 1u);
}

TEST(FoldSignal, InsufficientDataNeitherOpensNorResolves) {
  Incident incident("HighCPU");
  incident.Take({Alarm(kNoon, Phase::kFiring, 1), Alarm(kNoon + 1h, Phase::kUnknown, 2),
                 Alarm(kNoon + 2h, Phase::kFiring, 3)});
  EXPECT_EQ(Sum(incident.state.totals), 1u);
  EXPECT_EQ(ViewOf(incident.state, {}, kNoon + 90min).life_state, LifeState::kOpen);
}

Event Alert(Instant t, Phase phase, Instant starts_at, std::optional<Instant> expires,
            uint64_t id) {
  Event e = Make("TargetDown", t, Severity::kCritical, id);
  e.phase = phase;
  e.signal = "fp";
  e.starts_at = starts_at;
  e.expires_at = expires;
  return e;
}

TEST(FoldSignal, LateResendBridgesTwoLivesIntoOne) {
  Incident incident("TargetDown");
  incident.Take({Alert(kNoon, Phase::kFiring, kNoon, {}, 1),
                 Alert(kNoon, Phase::kRefresh, kNoon, kNoon + 10min, 2)});
  incident.Take({Alert(kNoon + 5h, Phase::kFiring, kNoon + 5h, {}, 3),
                 Alert(kNoon + 5h, Phase::kRefresh, kNoon + 5h, kNoon + 5h + 10min, 4)});
  EXPECT_EQ(Sum(incident.state.totals), 2u);
  EXPECT_EQ(*LastSeen(incident.state), kNoon + 5h);
  incident.Take({Alert(kNoon + 295min, Phase::kRefresh, kNoon, kNoon + 301min, 5)});
  EXPECT_EQ(Sum(incident.state.totals), 1u);
  EXPECT_EQ(*LastSeen(incident.state), kNoon);
  EXPECT_EQ(incident.At(kNoon, Severity::kCritical), 1u);
  EXPECT_EQ(incident.At(kNoon + 5h, Severity::kCritical), 0u);
}

TEST(FoldSignal, ResolutionIsFinalUnlessResentMuchLater) {
  Incident incident("TargetDown");
  incident.Take({Alert(kNoon, Phase::kRefresh, kNoon, kNoon + 10min, 1),
                 Alert(kNoon + 8min, Phase::kResolved, kNoon, {}, 2)});
  EXPECT_EQ(ViewOf(incident.state, {}, kNoon + 9min).life_state, LifeState::kResolved);
  incident.Take({Alert(kNoon + 15min, Phase::kRefresh, kNoon, kNoon + 25min, 3)});
  EXPECT_EQ(ViewOf(incident.state, {}, kNoon + 16min).life_state, LifeState::kResolved);
  incident.Take({Alert(kNoon + 20min, Phase::kRefresh, kNoon, kNoon + 30min, 4)});
  EXPECT_EQ(ViewOf(incident.state, {}, kNoon + 21min).life_state, LifeState::kOpen);
}

TEST(FoldRuns, OneFailurePerJoinedRunAtItsEarliestTime) {
  const auto failed = [](Instant t, const char* run, const char* sha, const char* env,
                         uint64_t id) {
    Event e = Make("DeployFailed", t, Severity::kHigh, id);
    e.deploy.emplace();
    e.deploy->system = "github";
    e.deploy->repository = "acme/checkout";
    e.deploy->run = run;
    e.deploy->sha = sha;
    e.deploy->environment = env;
    e.deploy->status = model::DeployStatus::kFailure;
    return e;
  };
  Incident incident("DeployFailed");
  incident.Take({failed(kNoon + 2min, "4821", "abc", "", 1)});
  incident.Take({failed(kNoon, "4821", "abc", "production", 2)});
  incident.Take({failed(kNoon + 1min, "", "abc", "production", 3)});
  EXPECT_EQ(Sum(incident.state.totals), 1u);
  EXPECT_EQ(incident.At(kNoon, Severity::kHigh), 1u);

  Event success = Make("DeploySucceeded", kNoon + 10min, Severity::kInfo, 4);
  success.deploy.emplace();
  success.deploy->system = "github";
  success.deploy->repository = "acme/checkout";
  success.deploy->run = "4822";
  success.deploy->environment = "staging";
  success.closes = "DeployFailed";
  incident.Take({success});
  EXPECT_NE(ViewOf(incident.state, {}, kNoon + 11min).life_state, LifeState::kResolved);
  success.event_id = 5;
  success.deploy->run = "4823";
  success.deploy->environment = "production";
  incident.Take({success});
  EXPECT_EQ(ViewOf(incident.state, {}, kNoon + 11min).life_state, LifeState::kResolved);
}

TEST(FoldWindow, LateEventsReachHoursThatLeftTheState) {
  Incident incident("Http5xx");
  incident.Take({Make("Http5xx", kNoon, Severity::kHigh, 1)});
  incident.Take({Make("Http5xx", kNoon + 20h, Severity::kHigh, 2)});
  EXPECT_FALSE(incident.state.recent.contains(HourOf(kNoon)));
  incident.Take({Make("Http5xx", kNoon + 1s, Severity::kHigh, 3)});
  EXPECT_EQ(incident.At(kNoon, Severity::kHigh), 2u);
  EXPECT_EQ(incident.state.hourly[HourOf(kNoon)][model::SeverityIndex(Severity::kHigh)], 2u);
}

TEST(StateCodec, RoundTripsAndRefusesDamage) {
  Incident incident("HighCPU");
  incident.Take({Alarm(kNoon, Phase::kFiring, 1), Make("HighCPU", kNoon + 1h, Severity::kLow, 2),
                 Observation(kNoon, 3, 3), Alert(kNoon, Phase::kRefresh, kNoon, kNoon + 1h, 4)});
  const std::string bytes = EncodeState(incident.state);
  const auto back = DecodeState(bytes);
  ASSERT_TRUE(back);
  EXPECT_TRUE(SameContent(*back, incident.state));
  EXPECT_EQ(EncodeState(*back), bytes);
  for (size_t size = 0; size < bytes.size(); ++size)
    EXPECT_FALSE(DecodeState(std::string_view(bytes).substr(0, size))) << size;
  std::string newer = bytes;
  newer[0] = 2;
  EXPECT_FALSE(DecodeState(newer));
}

}  // namespace
}  // namespace srehub::aggregate
