#include "contract/store_contract.h"

#include <filesystem>

#include "base/hash.h"
#include "base/limits.h"

namespace srehub::tests {

using aggregate::OpenClass;
using model::Event;
using model::Phase;
using model::Severity;
using store::AppendResult;

void StoreContract::SetUp() {
  const std::string name = testing::UnitTest::GetInstance()->current_test_info()->name();
  place_ = (std::filesystem::temp_directory_path() /
            ("srehub-contract-" + std::to_string(getpid()) + "-" + Hex64(Hash64(name))))
               .string();
  std::filesystem::remove_all(place_);
  Reopen();
}

void StoreContract::TearDown() {
  store_.reset();
  std::filesystem::remove_all(place_);
}

void StoreContract::Reopen() {
  store_.reset();
  auto opened = GetParam().open(place_, &clock_);
  ASSERT_TRUE(opened) << opened.error().message;
  store_ = std::move(*opened);
}

std::vector<AppendResult> StoreContract::Append(std::vector<Event> events) {
  store::AppendBatch batch;
  batch.events = std::move(events);
  const auto outcome = store_->Append(batch, clock_.Now());
  EXPECT_TRUE(outcome) << outcome.error().message;
  return outcome ? outcome->results : std::vector<AppendResult>{};
}

aggregate::IncidentState StoreContract::Incident(const std::string& id) {
  const auto state = store_->GetIncident(id, nullptr);
  EXPECT_TRUE(state && *state) << id;
  return state && *state ? **state : aggregate::IncidentState{};
}

std::vector<std::string> StoreContract::ByHeat(OpenClass open_class) {
  const auto rows = store_->ReadHeat(open_class, std::nullopt, 1000, nullptr);
  EXPECT_TRUE(rows);
  std::vector<std::string> ids;
  for (const auto& row : *rows) ids.push_back(row.incident_id);
  return ids;
}

Event PointEvent(Instant t, uint64_t id) {
  Event e;
  e.service_id = "checkout-api";
  e.event_type = "Http5xx";
  e.timestamp = t;
  e.event_id = id;
  e.severity = Severity::kHigh;
  e.ttl = t + limits::kDefaultRetention;
  e.details = R"({"title":"GET /pay 500","object":{"name":"checkout-api-57ff7"}})";
  return e;
}

namespace {

const std::string kId = "checkout-api#Http5xx";

TEST_P(StoreContract, ARedeliveryChangesNothing) {
  const Instant t = clock_.Now() - 5min;
  EXPECT_EQ(Append({PointEvent(t, 1), PointEvent(t, 2)}),
            (std::vector{AppendResult::kNew, AppendResult::kNew}));
  EXPECT_EQ(Append({PointEvent(t, 2), PointEvent(t, 3), PointEvent(t, 3)}),
            (std::vector{AppendResult::kDuplicate, AppendResult::kNew, AppendResult::kDuplicate}));
  EXPECT_EQ(aggregate::Sum(Incident(kId).totals), 3u);
  Reopen();
  EXPECT_EQ(Append({PointEvent(t, 1)}), (std::vector{AppendResult::kDuplicate}));
  EXPECT_EQ(aggregate::Sum(Incident(kId).totals), 3u);
}

TEST_P(StoreContract, WindowsAreHalfOpenAndPagesStable) {
  const Instant now = clock_.Now();
  std::vector<Event> events = {PointEvent(now - 15min, 1), PointEvent(now, 2)};
  for (uint64_t i = 0; i < 30; ++i) events.push_back(PointEvent(now - 3min, 100 + i));
  Append(events);
  store::EventQuery query;
  query.service_id = "checkout-api";
  query.window = {now - 15min, now};
  query.limit = 7;
  std::vector<uint64_t> ids;
  while (true) {
    store::ReadCost cost;
    const auto page = store_->ReadEvents(query, now, &cost);
    ASSERT_TRUE(page);
    for (const Event& e : page->events) ids.push_back(e.event_id);
    EXPECT_LE(cost.items, query.limit + 1);
    if (!page->truncated) break;
    query.before = {page->events.back().timestamp, page->events.back().event_id};
  }
  std::vector<uint64_t> expected = {2};
  for (uint64_t i = 30; i-- > 0;) expected.push_back(100 + i);
  EXPECT_EQ(ids, expected);
}

TEST_P(StoreContract, ExpiredButPresentItemsAreHidden) {
  Event e = PointEvent(clock_.Now() - 13 * kDay, 1);
  Append({e});
  store::EventQuery query;
  query.service_id = "checkout-api";
  query.window = {clock_.Now() - 20 * kDay, clock_.Now() + 20 * kDay};
  EXPECT_EQ(store_->ReadEvents(query, clock_.Now(), nullptr)->events.size(), 1u);
  clock_.Advance(2 * kDay);
  EXPECT_EQ(store_->ReadEvents(query, clock_.Now(), nullptr)->events.size(), 0u);
  EXPECT_FALSE(store_->GetEvent(model::KeyOf(e), clock_.Now(), nullptr)->has_value());
}

TEST_P(StoreContract, EventsComeBackAsTheyWent) {
  Event e = PointEvent(clock_.Now() - 1min, 7);
  e.event_type = "Deploy#Failed%@ü";
  e.service_id = std::string(255, 'a');
  e.signal = "s";
  e.starts_at = clock_.Now() - 2h;
  e.expires_at = clock_.Now() + 1ns;
  e.series = "u";
  e.series_count = 41;
  e.series_start = clock_.Now() - 3h;
  e.deploy.emplace();
  e.deploy->run = "4821";
  e.deploy->system = "flat";
  e.deploy->started_at = clock_.Now() - 9min;
  e.closes = "Other";
  e.untimed = true;
  e.details = R"({"title":")" + std::string(20'000, 'x') + R"("})";
  Append({e});
  const auto back = store_->GetEvent(model::KeyOf(e), clock_.Now(), nullptr);
  ASSERT_TRUE(back && *back);
  EXPECT_EQ(**back, e);
  EXPECT_TRUE(
      store_->GetIncident(model::IncidentId(e.service_id, e.event_type), nullptr)->has_value());
}

TEST_P(StoreContract, HeatRowsAreByClassHottestFirst) {
  const Instant now = clock_.Now();
  Event quiet = PointEvent(now - 60min, 1), hot = PointEvent(now - 1min, 2),
        open = PointEvent(now - 5min, 3), info = PointEvent(now, 4);
  quiet.event_type = "A";
  hot.event_type = "B";
  open.event_type = "C";
  open.phase = Phase::kFiring;
  open.signal = "arn";
  open.expires_at = now + 1h;
  info.event_type = "D";
  info.severity = Severity::kInfo;
  Append({quiet, hot, open, info});
  EXPECT_EQ(ByHeat(OpenClass::kNone),
            (std::vector<std::string>{"checkout-api#B", "checkout-api#A"}));
  EXPECT_EQ(ByHeat(OpenClass::kHigh), (std::vector<std::string>{"checkout-api#C"}));
  const auto first = store_->ReadHeat(OpenClass::kNone, std::nullopt, 1, nullptr);
  const auto second = store_->ReadHeat(OpenClass::kNone, first->front(), 1, nullptr);
  ASSERT_EQ(second->size(), 1u);
  EXPECT_EQ(second->front().incident_id, "checkout-api#A");
}

TEST_P(StoreContract, AResolvedIncidentLeavesTheIndexAndALateFiringDoesNotBringItBack) {
  const Instant now = clock_.Now();
  Event fire = PointEvent(now - 9min, 1);
  fire.phase = Phase::kFiring;
  fire.signal = "arn";
  fire.expires_at = now + 1h;
  Event resolve = fire, late = fire;
  resolve.timestamp = now - 4min;
  resolve.event_id = 2;
  resolve.phase = Phase::kResolved;
  late.timestamp = now - 6min;
  late.event_id = 3;
  Append({fire});
  EXPECT_EQ(ByHeat(OpenClass::kHigh).size(), 1u);
  Append({resolve});
  Append({late});
  for (const OpenClass c : aggregate::kOpenClasses) EXPECT_TRUE(ByHeat(c).empty());
  EXPECT_EQ(aggregate::Sum(Incident(kId).totals), 1u);
}

TEST_P(StoreContract, ExpiryIsDueAndSwept) {
  const Instant now = clock_.Now();
  Event fire = PointEvent(now - 1min, 1);
  fire.phase = Phase::kFiring;
  fire.signal = "arn";
  fire.expires_at = now + 30min;
  Append({fire});
  EXPECT_TRUE(store_->ReadDue(now, 10, nullptr)->empty());
  clock_.Advance(30min);
  ASSERT_EQ(store_->ReadDue(clock_.Now(), 10, nullptr)->size(), 1u);
  const auto swept = store_->SweepDue(clock_.Now(), 10);
  ASSERT_TRUE(swept);
  EXPECT_EQ(swept->swept, 1u);
  EXPECT_EQ(swept->changed_services, std::vector<std::string>{"checkout-api"});
  EXPECT_TRUE(store_->ReadDue(clock_.Now(), 10, nullptr)->empty());
  EXPECT_TRUE(ByHeat(OpenClass::kHigh).empty());
  EXPECT_EQ(ByHeat(OpenClass::kNone).size(), 1u);
  EXPECT_EQ(store_->SweepDue(clock_.Now(), 10)->swept, 0u);
}

TEST_P(StoreContract, DayRowsHoldTheEpisodesOfHighSeverity) {
  const Instant midnight = *ParseRfc3339("2025-08-26T00:00:00Z");
  Event medium = PointEvent(midnight + 1h, 1);
  medium.event_type = "Unhealthy";
  medium.severity = Severity::kMedium;
  Append({medium, PointEvent(midnight - 2min, 2), PointEvent(midnight + 3min, 3),
          PointEvent(midnight + 2h, 4)});
  const auto today = store_->ReadDay(DayOf(midnight), nullptr);
  ASSERT_TRUE(today);
  ASSERT_EQ(today->size(), 1u);
  ASSERT_EQ(today->front().episodes.size(), 2u);
  EXPECT_EQ(*today->front().episodes[0].first_high, MinuteOf(midnight - 2min));
  EXPECT_EQ(*today->front().episodes[1].first_high, MinuteOf(midnight + 2h));
  EXPECT_EQ(store_->ReadDay(DayOf(midnight) - 1, nullptr)->size(), 1u);
}

TEST_P(StoreContract, DeploysAreFoundByServiceTimeAndRun) {
  const Instant now = clock_.Now();
  Event a = PointEvent(now - 10min, 1), b = PointEvent(now - 5min, 2);
  for (Event* e : {&a, &b}) {
    e->event_type = "DeployFailed";
    e->deploy.emplace();
    e->deploy->system = "flat";
    e->deploy->run = "4821";
  }
  b.service_id = "payments-api";
  b.deploy->run = std::string(
      "48\0"
      "21",
      5);
  Append({a, b, PointEvent(now, 3)});
  const Window hour{now - 1h, now};
  EXPECT_EQ(store_->ReadDeployStatements("checkout-api", hour, now, nullptr)->size(), 1u);
  const auto all = store_->ReadAllDeployStatements(hour, 10, now, nullptr);
  ASSERT_EQ(all->size(), 2u);
  EXPECT_EQ(all->front(), b);
  EXPECT_EQ(store_->FindRun("4821", now, nullptr)->size(), 1u);
  EXPECT_EQ(store_->FindRun(model::DeployId(*a.deploy), now, nullptr)->size(), 1u);
  EXPECT_TRUE(store_->FindRun("482", now, nullptr)->empty());
}

TEST_P(StoreContract, ServicesAndSiblings) {
  Event other = PointEvent(clock_.Now(), 2);
  other.service_id = "checkout-service";
  Append({PointEvent(clock_.Now() - 1min, 1), other});
  const auto siblings = store_->ServicesOfStem(model::ServiceStem("checkout-api"), nullptr);
  EXPECT_EQ(*siblings, (std::vector<std::string>{"checkout-api", "checkout-service"}));
  const auto rest = store_->ListServices("checkout-api", 10, nullptr);
  ASSERT_EQ(rest->size(), 1u);
  EXPECT_EQ(rest->front().service_id, "checkout-service");
  EXPECT_EQ(rest->front().last_seen, clock_.Now());
  EXPECT_FALSE(store_->GetService("nobody", nullptr)->has_value());
}

TEST_P(StoreContract, SilencesHideUntilTheyEndOrAreDeleted) {
  Append({PointEvent(clock_.Now(), 1)});
  aggregate::Silence silence;
  silence.id = "s1";
  silence.service_id = "checkout-api";
  silence.starts_at = clock_.Now();
  silence.ends_at = clock_.Now() + 1h;
  ASSERT_TRUE(store_->PutSilence(silence, clock_.Now()));
  EXPECT_TRUE(ByHeat(OpenClass::kNone).empty());
  EXPECT_EQ(store_->ListSilences(clock_.Now())->size(), 1u);
  ASSERT_TRUE(store_->DeleteSilence("s1", clock_.Now()));
  EXPECT_EQ(ByHeat(OpenClass::kNone).size(), 1u);
  EXPECT_FALSE(store_->DeleteSilence("s1", clock_.Now()));
  silence.id = "s2";
  ASSERT_TRUE(store_->PutSilence(silence, clock_.Now()));
  Reopen();
  clock_.Advance(1h);
  EXPECT_EQ(store_->ReadDue(clock_.Now(), 10, nullptr)->size(), 1u);
  ASSERT_TRUE(store_->SweepDue(clock_.Now(), 10));
  EXPECT_EQ(ByHeat(OpenClass::kNone).size(), 1u);
  EXPECT_TRUE(store_->ListSilences(clock_.Now())->empty());
}

TEST_P(StoreContract, AnAcknowledgementLowersTheOpenClassAndSurvivesARestart) {
  Event fire = PointEvent(clock_.Now() - 1min, 1);
  fire.phase = Phase::kFiring;
  fire.signal = "arn";
  fire.expires_at = clock_.Now() + 1h;
  Append({fire});
  ASSERT_TRUE(store_->PutAcknowledgement({kId, clock_.Now(), {}, "ann", "on it"}, clock_.Now()));
  EXPECT_EQ(ByHeat(OpenClass::kMedium).size(), 1u);
  Reopen();
  EXPECT_EQ((*store_->GetAcknowledgement(kId))->by, "ann");
  ASSERT_TRUE(store_->DeleteAcknowledgement(kId, clock_.Now()));
  EXPECT_EQ(ByHeat(OpenClass::kHigh).size(), 1u);
}

TEST_P(StoreContract, RecommendationsAreWrittenOnlyOverTheVersionThatWasRead) {
  model::Recommendations item;
  item.service_id = "checkout-api";
  item.version = 1;
  item.summary = "one";
  ASSERT_TRUE(store_->PutRecommendations(item));
  EXPECT_EQ(store_->PutRecommendations(item).error().code, ErrorCode::kConflict);
  item.version = 2;
  item.summary = "two";
  ASSERT_TRUE(store_->PutRecommendations(item));
  store::ReadCost cost;
  EXPECT_EQ((*store_->GetRecommendations("checkout-api", &cost))->summary, "two");
  EXPECT_EQ(cost.items, 1u);
}

TEST_P(StoreContract, RejectsAreListedNewestFirstReplayedAndExpire) {
  store::AppendBatch batch;
  for (int i = 0; i < 3; ++i) {
    store::RejectRow row;
    row.received = clock_.Now() + Duration(i);
    row.refusal.reason = model::RefusalReason::kFutureDated;
    row.refusal.message = std::to_string(i);
    row.payload = "{}";
    row.headers = {{"content-type", "application/json"}};
    batch.rejects.push_back(row);
  }
  ASSERT_TRUE(store_->Append(batch, clock_.Now()));
  const auto rows = store_->ListRejects({}, 2);
  ASSERT_EQ(rows->size(), 2u);
  EXPECT_EQ(rows->front().refusal.message, "2");
  EXPECT_EQ(rows->front().refusal.reason, model::RefusalReason::kFutureDated);
  EXPECT_EQ(rows->front().headers, batch.rejects[0].headers);
  EXPECT_EQ(store_->ListRejects(rows->back().id, 9)->front().refusal.message, "0");
  const std::vector<std::string> gone = {rows->front().id};
  ASSERT_TRUE(store_->DeleteRejects(gone));
  EXPECT_EQ(store_->ListRejects({}, 9)->size(), 2u);
  clock_.Advance(store::kRejectRetention + 1h);
  ASSERT_TRUE(store_->DeleteExpired(clock_.Now(), 100));
  EXPECT_TRUE(store_->ListRejects({}, 9)->empty());
}

TEST_P(StoreContract, IdempotencyKeysAreRememberedForADay) {
  store::AppendBatch batch;
  batch.idempotency_keys = {"k1"};
  ASSERT_TRUE(store_->Append(batch, clock_.Now()));
  Reopen();
  EXPECT_TRUE(*store_->HasIdempotencyKey("k1", clock_.Now() + 23h));
  EXPECT_FALSE(*store_->HasIdempotencyKey("k1", clock_.Now() + 25h));
  EXPECT_FALSE(*store_->HasIdempotencyKey("k2", clock_.Now()));
}

TEST_P(StoreContract, ExpiredIncidentsGoAndMayRecur) {
  Append({PointEvent(clock_.Now(), 1)});
  clock_.Advance(40 * kDay);
  while (*store_->DeleteExpired(clock_.Now(), 100) > 0) {
  }
  EXPECT_FALSE(store_->GetIncident(kId, nullptr)->has_value());
  EXPECT_TRUE(ByHeat(OpenClass::kNone).empty());
  Append({PointEvent(clock_.Now(), 2)});
  EXPECT_EQ(aggregate::Sum(Incident(kId).totals), 1u);
}

TEST_P(StoreContract, OutcomesAndSourceHealthAreKept) {
  model::ActionOutcome outcome{"checkout-api", "oom/limit", kId, "ann", "done", clock_.Now()};
  ASSERT_TRUE(store_->PutOutcome(outcome));
  store::SourceHealthRow row;
  row.format = "logs";
  row.accepted = 5;
  row.refusals = {{"expired", 2}};
  store::SourceHealthRow named = row;  // the same source and format, for a configured source
  named.feed = "billing";
  named.dropped = {{"drop_rule", 7}};
  named.unresolved = 3;
  named.arrivals.count = 21;
  named.arrivals.first = clock_.Now();
  named.arrivals.mean_gap = 5min;
  named.arrivals.longest[3] = {20326, 9h};
  ASSERT_TRUE(store_->PutSourceHealth(std::vector{row, named}));
  Reopen();
  EXPECT_EQ(store_->ListOutcomes("checkout-api")->front().note, "done");
  const auto rows = *store_->ListSourceHealth();
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0].refusals, row.refusals);
  EXPECT_EQ(rows[0].feed, "");
  EXPECT_EQ(rows[1].feed, "billing");
  EXPECT_EQ(rows[1].dropped, named.dropped);
  EXPECT_EQ(rows[1].unresolved, 3u);
  EXPECT_EQ(rows[1].arrivals, named.arrivals);
}

TEST_P(StoreContract, VerifyFindsNoDifference) {
  const Instant now = clock_.Now();
  std::vector<Event> events;
  for (uint64_t i = 0; i < 300; ++i) events.push_back(PointEvent(now - Duration(i * 7min), i));
  Append(events);
  Append({PointEvent(now - 20h, 9999)});
  const auto report = store_->Verify(now);
  ASSERT_TRUE(report);
  EXPECT_EQ(report->difference_count, 0u)
      << report->differences.front().what << " " << report->differences.front().stored << " / "
      << report->differences.front().recounted;
  EXPECT_EQ(report->events, 301u);
  EXPECT_GT(report->counters, 10u);
}

}  // namespace
}  // namespace srehub::tests
