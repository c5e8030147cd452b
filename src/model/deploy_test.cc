#include "model/deploy.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace srehub::model {
namespace {

Instant Minute(int64_t m) { return FromNanos(m * 60'000'000'000); }

struct Said {
  int64_t minute;
  DeployStatus status;
  std::string run;
  std::string sha;
  std::string environment;
};

TimedStatement Make(const Said& said) {
  TimedStatement t;
  t.timestamp = Minute(said.minute);
  t.statement.system = "github";
  t.statement.repository = "acme/checkout";
  t.statement.workflow = "Deploy";
  t.statement.status = said.status;
  t.statement.run = said.run;
  t.statement.sha = said.sha;
  t.statement.environment = said.environment;
  return t;
}

std::vector<Deploy> Join(std::initializer_list<Said> all) {
  std::vector<TimedStatement> statements;
  for (const Said& said : all) statements.push_back(Make(said));
  return JoinDeploys("checkout-service", statements);
}

constexpr auto kRunning = DeployStatus::kRunning;
constexpr auto kSuccess = DeployStatus::kSuccess;
constexpr auto kFailure = DeployStatus::kFailure;

TEST(DeployIdTest, NamesTheRunElseTheCommitElseTheMoment) {
  DeployStatement s;
  s.system = "flat";
  s.run = "4821";
  EXPECT_EQ(DeployId(s), "flat::4821:1");
  s.repository = "a:b%c";
  s.attempt = 2;
  EXPECT_EQ(DeployId(s), "flat:a%3Ab%25c:4821:2");
  EXPECT_EQ(DeployId(s, Minute(1)), DeployId(s));
  s.run.clear();
  s.sha = "abc";
  s.environment = "prod:eu";
  EXPECT_EQ(DeployId(s), "flat:a%3Ab%25c:abc@prod%3Aeu:1");
  EXPECT_EQ(DeployId(s, Minute(1)), DeployId(s));
  s.sha.clear();
  s.workflow = "Deploy";
  EXPECT_EQ(DeployId(s, Minute(1)), "flat:a%3Ab%25c:Deploy@1970-01-01T00%3A01%3A00Z:1");
  EXPECT_NE(DeployId(s, Minute(1)), DeployId(s, Minute(2)));
}

TEST(JoinDeploysTest, JoinsByRunAndAttempt) {
  auto second = Make({5, kSuccess, "7", "abc", ""});
  second.statement.attempt = 2;
  const auto deploys = JoinDeploys(
      "checkout-service",
      {Make({1, kRunning, "7", "abc", ""}), Make({3, kFailure, "7", "abc", "prod"}), second});
  ASSERT_EQ(deploys.size(), 2u);
  EXPECT_EQ(deploys[0].deploy_id, "github:acme/checkout:7:2");
  EXPECT_EQ(deploys[0].status, kSuccess);
  EXPECT_FALSE(deploys[0].started_at);
  const Deploy& first = deploys[1];
  EXPECT_EQ(first.deploy_id, "github:acme/checkout:7:1");
  EXPECT_EQ(first.service_id, "checkout-service");
  EXPECT_EQ(first.status, kFailure);
  EXPECT_EQ(first.environment, "prod");
  EXPECT_EQ(first.started_at, Minute(1));
  EXPECT_EQ(first.finished_at, Minute(3));
  EXPECT_EQ(first.first_failure, Minute(3));
  EXPECT_EQ(first.first_statement, Minute(1));
  EXPECT_EQ(first.last_statement, Minute(3));
}

TEST(JoinDeploysTest, StatementsWithoutARunJoinTheirCommitsRun) {
  const auto deploys = Join({{1, kRunning, "9", "abc", "prod"},
                             {2, kRunning, "8", "abc", "prod"},
                             {3, kFailure, "", "abc", "prod"}});
  ASSERT_EQ(deploys.size(), 2u);
  // The smallest id of the two runs takes it.
  EXPECT_EQ(deploys[0].run, "8");
  EXPECT_EQ(deploys[0].status, kFailure);
  EXPECT_EQ(deploys[1].run, "9");
  EXPECT_EQ(deploys[1].status, kRunning);
  EXPECT_FALSE(deploys[1].finished_at);
}

TEST(JoinDeploysTest, AnotherEnvironmentOrCommitIsAnotherDeploy) {
  const auto deploys = Join({{1, kRunning, "9", "abc", "prod"},
                             {2, kFailure, "", "abc", "staging"},
                             {3, kFailure, "", "abc", ""},
                             {4, kFailure, "", "abd", "prod"},
                             {5, kSuccess, "", "abd", "prod"}});
  ASSERT_EQ(deploys.size(), 4u);
  EXPECT_EQ(deploys[0].deploy_id, "github:acme/checkout:abd@prod:1");
  EXPECT_EQ(deploys[0].status, kSuccess);
  EXPECT_EQ(deploys[0].first_failure, Minute(4));
  EXPECT_EQ(deploys[1].deploy_id, "github:acme/checkout:abc@:1");
  EXPECT_EQ(deploys[2].deploy_id, "github:acme/checkout:abc@staging:1");
  EXPECT_EQ(deploys[3].run, "9");
}

TEST(JoinDeploysTest, WithNeitherRunNorCommitEachIsItsOwn) {
  const auto deploys = Join({{1, kFailure, "", "", ""}, {2, kFailure, "", "", ""}});
  ASSERT_EQ(deploys.size(), 2u);
  EXPECT_NE(deploys[0].deploy_id, deploys[1].deploy_id);
  // The same words at the same moment are the same deploy.
  EXPECT_EQ(Join({{1, kFailure, "", "", ""}, {1, kFailure, "", "", ""}}).size(), 1u);
}

TEST(JoinDeploysTest, TheNewestStatementDecidesAndAnEndWinsATie) {
  EXPECT_EQ(Join({{1, kFailure, "7", "", ""}, {2, kRunning, "7", "", ""}})[0].status, kRunning);
  EXPECT_EQ(Join({{1, kFailure, "7", "", ""}, {1, kRunning, "7", "", ""}})[0].status, kFailure);
  EXPECT_EQ(Join({{1, kFailure, "7", "", ""}, {1, kSuccess, "7", "", ""}})[0].status, kFailure);
  EXPECT_EQ(Join({{1, kFailure, "7", "", ""}, {2, kSuccess, "7", "", ""}})[0].status, kSuccess);
  const Deploy again = Join({{1, kFailure, "7", "", ""}, {2, kRunning, "7", "", ""}})[0];
  EXPECT_FALSE(again.finished_at);
  EXPECT_EQ(again.first_failure, Minute(1));
}

TEST(JoinDeploysTest, TakesTheEarliestStartAndTheEndOfTheEnd) {
  TimedStatement running = Make({10, kRunning, "7", "", ""});
  TimedStatement done = Make({20, kSuccess, "7", "", ""});
  done.statement.started_at = Minute(8);
  done.statement.finished_at = Minute(19);
  const Deploy d = JoinDeploys("s", {running, done})[0];
  EXPECT_EQ(d.started_at, Minute(8));
  EXPECT_EQ(d.finished_at, Minute(19));
}

TEST(JoinDeploysTest, TheMostTellingKindIsKept) {
  TimedStatement rollback = Make({1, kRunning, "7", "", ""});
  rollback.statement.kind = PipelineKind::kRollback;
  TimedStatement build = Make({2, kSuccess, "7", "", ""});
  build.statement.kind = PipelineKind::kBuild;
  EXPECT_EQ(JoinDeploys("s", {build, rollback})[0].kind, PipelineKind::kRollback);
}

TEST(JoinDeploysTest, OfNothingIsNothing) { EXPECT_TRUE(JoinDeploys("s", {}).empty()); }

bool Same(const Deploy& a, const Deploy& b) {
  const auto key = [](const Deploy& d) {
    return std::tuple(d.deploy_id, d.kind, d.status, std::tie(d.system, d.repository, d.run),
                      std::tie(d.sha, d.environment, d.workflow, d.version, d.actor, d.url),
                      std::tie(d.attempt, d.started_at, d.finished_at, d.first_statement),
                      std::tie(d.last_statement, d.first_failure));
  };
  return key(a) == key(b);
}

TEST(JoinDeploysTest, DoesNotDependOnOrderOrRepetition) {
  std::mt19937_64 random(21);
  const auto pick = [&](std::initializer_list<const char*> words) {
    return std::string(words.begin()[random() % words.size()]);
  };
  for (int round = 0; round < 300; ++round) {
    std::vector<TimedStatement> statements;
    for (int i = 0; i < 12; ++i) {
      TimedStatement t =
          Make({static_cast<int64_t>(random() % 5), static_cast<DeployStatus>(1 + random() % 5),
                pick({"", "1", "2"}), pick({"", "abc", "abd"}), pick({"", "prod"})});
      t.statement.system = pick({"github", "flat"});
      t.statement.actor = pick({"", "ann", "bob"});
      t.statement.kind = static_cast<PipelineKind>(1 + random() % 4);
      if (random() % 3 == 0) t.statement.started_at = Minute(static_cast<int64_t>(random() % 5));
      statements.push_back(t);
    }
    const auto expected = JoinDeploys("s", statements);
    for (size_t i = 1; i < expected.size(); ++i) {
      EXPECT_GE(expected[i - 1].last_statement, expected[i].last_statement);
    }
    statements.push_back(statements[random() % statements.size()]);
    std::shuffle(statements.begin(), statements.end(), random);
    const auto shuffled = JoinDeploys("s", statements);
    ASSERT_TRUE(
        std::equal(expected.begin(), expected.end(), shuffled.begin(), shuffled.end(), Same));
  }
}

}  // namespace
}  // namespace srehub::model
