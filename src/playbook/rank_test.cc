#include "playbook/rank.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace srehub::playbook {
namespace {

constexpr std::string_view kPlaybook = R"(id: crash
version: 2
types: [Crash, "*"]
title: T
meaning: M
causes:
  - {id: release, text: a bad release, prior: 0.4, tell: {text: t, deploy: any, within: 60m}}
  - {id: memory, text: memory, prior: 0.3, tell: {text: t, events: OOMKilled}}
  - {id: upstream, text: a dependency, prior: 0.1, tell: {text: t, upstream: "*"}}
  - {id: node, text: the node, prior: 0.1, tell: {text: t, node: "*"}}
actions:
  - id: look
    title: Read the log of {pod}
    kind: check
    steps: [{text: read, command: "kubectl logs {pod}", risk: read-only}]
  - id: more-memory
    title: More memory
    kind: fix
    causes: [memory]
    steps: [{text: set, command: "kubectl set resources {deployment}", risk: reversible, undo: u}]
  - id: restart
    title: Restart
    kind: restart
    causes: [memory]
    steps: [{text: restart, risk: disruptive, undo: none}]
  - id: rollback
    title: Roll back to {previous}
    kind: rollback
    causes: [release]
    steps: [{text: undo, command: "kubectl rollout undo deployment/{deployment}", risk: reversible, undo: u}]
  - id: up
    title: Look upstream
    kind: upstream
    causes: [upstream]
    steps: [{text: look, risk: read-only}]
  - id: drain
    title: Drain
    kind: node
    causes: [node]
    steps: [{text: drain, risk: disruptive, undo: uncordon}]
)";

const Instant kNow = FromNanos(1'756'217'400'000'000'000);  // 2025-08-26T14:10:00Z

class RankTest : public testing::Test {
 protected:
  RankTest() : playbook_(ParsePlaybooks({"t.yaml", std::string(kPlaybook)})->front()) {
    facts_.service_id = "checkout-api";
    facts_.event_type = "Crash";
    facts_.incident_id = "checkout-api#Crash";
    facts_.severity = model::Severity::kHigh;
    facts_.state = "active";
    facts_.now = kNow;
    facts_.since = kNow - 9min;
    facts_.placeholders = {{"pod", "checkout-api-57ff7"}};
  }

  DeployFact DeployAt(Instant t, Suspicion suspicion) const {
    DeployFact fact;
    fact.deploy.deploy_id = "github:acme/checkout:4821:1";
    fact.deploy.service_id = "checkout-service";
    fact.deploy.kind = model::PipelineKind::kDeploy;
    fact.deploy.status = model::DeployStatus::kFailure;
    fact.time = t;
    fact.suspicion = suspicion;
    fact.reason = "too few events to tell";
    fact.previous_good = "v41";
    return fact;
  }

  SeenType Seen(const char* type, SeenType::Where where) const {
    return {where, "x", type, kNow - 20min, kNow - 1min, true};
  }

  std::vector<model::Action> Rank() const { return RankActions(playbook_, facts_); }
  size_t Place(std::string_view id) const {
    const auto actions = Rank();
    const auto it =
        std::find_if(actions.begin(), actions.end(), [&](const auto& a) { return a.id == id; });
    return static_cast<size_t>(it - actions.begin());
  }
  const model::Action Get(std::string_view id) const {
    for (const auto& a : Rank())
      if (a.id == id) return a;
    ADD_FAILURE() << "no action " << id;
    return {};
  }

  Playbook playbook_;
  IncidentFacts facts_;
};

TEST_F(RankTest, WithoutEvidenceWhatOnlyLooksComesFirst) {
  const auto actions = Rank();
  ASSERT_FALSE(actions.empty());
  EXPECT_EQ(actions[0].id, "crash/look");
  EXPECT_EQ(actions[0].title, "Read the log of checkout-api-57ff7");
  EXPECT_EQ(actions[0].steps[0].command, "kubectl logs checkout-api-57ff7");
  EXPECT_EQ(actions[0].playbook_version, 2);
  EXPECT_DOUBLE_EQ(actions[0].rank, 0.9);
  EXPECT_TRUE(std::is_sorted(actions.begin(), actions.end(),
                             [](const auto& a, const auto& b) { return a.rank > b.rank; }));
}

TEST_F(RankTest, NoDeployNoRollback) {
  for (const auto& a : Rank()) EXPECT_NE(a.id, "crash/rollback");
}

TEST_F(RankTest, ATellLiftsItsCauseFourfold) {
  const double without = Get("crash/more-memory").rank;
  facts_.seen.push_back(Seen("OOMKilled", SeenType::Where::kService));
  const model::Action with = Get("crash/more-memory");
  EXPECT_DOUBLE_EQ(with.rank, kTellFound * without);
  ASSERT_EQ(with.evidence.size(), 2u);
  EXPECT_EQ(with.evidence[1].incident_id, "x#OOMKilled");
  EXPECT_NE(with.why.find("likely: memory"), std::string::npos);
}

TEST_F(RankTest, RollbackStandsFirstWhenTheDeployTestPasses) {
  facts_.deploys.push_back(DeployAt(facts_.since - 4min, Suspicion::kLikely));
  facts_.placeholders["previous"] = "v41";
  const auto actions = Rank();
  EXPECT_EQ(actions[0].id, "crash/rollback");
  EXPECT_EQ(actions[0].title, "Roll back to v41");
  EXPECT_DOUBLE_EQ(actions[0].rank,
                   0.4 * kTellFound * EffectOf(model::Risk::kReversible) * kDeployLikely);
}

struct NoRollbackCase {
  const char* name;
  Suspicion suspicion;
  Duration age;
  const char* previous;
  const char* reason;
};
class NoRollback : public RankTest, public testing::WithParamInterface<NoRollbackCase> {};

TEST_P(NoRollback, GivesTheLookAtTheDeployWithTheReason) {
  const NoRollbackCase& c = GetParam();
  facts_.since = kNow - c.age + 1min;
  facts_.deploys.push_back(DeployAt(kNow - c.age, c.suspicion));
  facts_.deploys.back().previous_good = c.previous;
  for (const auto& a : Rank()) EXPECT_NE(a.id, "crash/rollback");
  const model::Action look = Get("crash/check-deploy");
  EXPECT_EQ(look.risk, model::Risk::kReadOnly);
  EXPECT_EQ(look.steps[0].command, "srehub correlate github:acme/checkout:4821:1");
  EXPECT_NE(look.why.find(c.reason), std::string::npos) << look.why;
}

INSTANTIATE_TEST_SUITE_P(
    All, NoRollback,
    testing::Values(
        NoRollbackCase{"untested", Suspicion::kPossible, 10min, "v41", "too few events to tell"},
        NoRollbackCase{"unrelated", Suspicion::kNone, 10min, "v41", "too few events to tell"},
        NoRollbackCase{"old", Suspicion::kLikely, 121min, "v41", "more than two hours old"},
        NoRollbackCase{"nothing_before", Suspicion::kLikely, 10min, "", "no earlier good version"}),
    [](const auto& info) { return info.param.name; });

TEST_F(RankTest, AnOpenDependencyLiftsTheLookUpstreamAndLowersTheRestart) {
  const double up = Get("crash/up").rank, restart = Get("crash/restart").rank;
  facts_.seen.push_back(Seen("HighLatency", SeenType::Where::kUpstream));
  EXPECT_DOUBLE_EQ(Get("crash/up").rank, up * kTellFound * kUpstreamOpen);
  EXPECT_DOUBLE_EQ(Get("crash/restart").rank, restart * kOwnRestart);
}

TEST_F(RankTest, ANodeEventLiftsNodeActions) {
  const double drain = Get("crash/drain").rank;
  facts_.seen.push_back(Seen("NodeNotReady", SeenType::Where::kNode));
  EXPECT_DOUBLE_EQ(Get("crash/drain").rank, drain * kTellFound * kNodeEvent);
}

TEST_F(RankTest, WhatFailedJustNowSinks) {
  facts_.outcomes = {{"crash/more-memory", 0, 1, true, {}}};
  // (0 helped + 2 x 0.6) of (1 + 2), then a quarter of it.
  EXPECT_DOUBLE_EQ(Get("crash/more-memory").rank, 0.3 * (1.2 / 3) * kRecentlyFailed);
}

TEST_F(RankTest, AtEqualRankTheSaferComesFirst) {
  for (PlaybookAction& action : playbook_.actions) action.causes = {"memory"};
  playbook_.actions[0].causes = {"node"};  // 0.1 x 1.0
  playbook_.actions[2].causes = {"node"};
  playbook_.actions[2].risk = model::Risk::kReadOnly;
  const auto actions = Rank();
  for (size_t i = 1; i < actions.size(); ++i) {
    if (actions[i - 1].rank == actions[i].rank) {
      EXPECT_TRUE(actions[i - 1].risk < actions[i].risk ||
                  (actions[i - 1].risk == actions[i].risk && actions[i - 1].id < actions[i].id));
    }
  }
  EXPECT_LT(Place("crash/look"), Place("crash/restart")) << "equal rank and risk: by id";
}

TEST_F(RankTest, UniteKeepsTheOrderOfTheIncidentsAndEachActionOnce) {
  const auto first = Rank();
  facts_.incident_id = "checkout-api#Other";
  facts_.event_type = "Other";
  const auto second = Rank();
  const auto united = Unite({first, second});
  ASSERT_EQ(united.size(), first.size());
  EXPECT_EQ(united[0].incident_id, "checkout-api#Crash");
  EXPECT_EQ(united[0].evidence.size(), 2u) << "the second incident's evidence joins";
}

TEST(Wilson, MatchesPublishedValues) {
  // 7 of 9: 45.3 % to 93.7 %.
  const Share share = WilsonInterval(7, 9);
  EXPECT_NEAR(share.low, 0.4526, 5e-4);
  EXPECT_NEAR(share.high, 0.9368, 5e-4);
  EXPECT_EQ(WilsonInterval(0, 0).high, 1.0);
}

}  // namespace
}  // namespace srehub::playbook
