#include "sources/testing.h"

namespace srehub::sources {
namespace {

using model::DeployStatus;
using model::Format;
using model::PipelineFact;
using model::RefusalReason;
using testing::DecodeBody;
using testing::FactOf;
using testing::Headers;
using testing::ObservationsOf;
using testing::ObserveOne;
using testing::RefuseOne;
using testing::Replaced;
using testing::T;

constexpr std::string_view kJob = R"({"action":"completed","workflow_job":{"id":11,"run_id":42,
  "run_attempt":2,"workflow_name":"Deploy Checkout","name":"deploy / eu","head_sha":"0123abcd",
  "status":"completed","conclusion":"failure","created_at":"2025-08-26T14:00:00Z",
  "started_at":"2025-08-26T14:01:00Z","completed_at":"2025-08-26T14:05:00Z",
  "html_url":"https://github.com/acme/checkout/actions/runs/42/job/11","steps":[]},
  "repository":{"full_name":"acme/checkout"},"sender":{"login":"mia"}})";
constexpr std::string_view kCheck = R"({"action":"completed","check_run":{"id":12,
  "name":"unit tests","head_sha":"0123abcd","status":"completed","conclusion":"failure",
  "started_at":"2025-08-26T14:01:00Z","completed_at":"2025-08-26T14:05:00Z",
  "html_url":"https://github.com/acme/checkout/runs/12",
  "details_url":"https://github.com/acme/checkout/actions/runs/42/job/11",
  "output":{"title":"2 failed"},"check_suite":{"id":5},"app":{"slug":"github-actions"}},
  "repository":{"full_name":"acme/checkout"}})";
constexpr std::string_view kSuite = R"({"action":"completed","check_suite":{"id":5,
  "head_sha":"0123abcd","status":"completed","conclusion":"success","app":{"name":"Octo"},
  "created_at":"2025-08-26T14:00:00Z","updated_at":"2025-08-26T14:05:00Z",
  "head_commit":{"message":"Fix"}},"repository":{"full_name":"acme/checkout"}})";
constexpr std::string_view kCommit = R"({"id":9,"sha":"0123abcd","name":"acme/checkout",
  "context":"ci/lint","state":"failure","description":"no","target_url":"https://ci.example.com/9",
  "created_at":"2025-08-26T14:05:00Z","updated_at":"2025-08-26T14:05:00Z",
  "repository":{"full_name":"acme/checkout"},"sender":{"login":"mia"}})";
constexpr std::string_view kRelease = R"({"action":"published","release":{"id":3,
  "tag_name":"v1.4.0","target_commitish":"main","name":"1.4","draft":false,"prerelease":false,
  "html_url":"https://github.com/acme/checkout/releases/tag/v1.4.0","author":{"login":"mia"},
  "created_at":"2025-08-26T14:00:00Z","published_at":"2025-08-26T14:05:00Z"},
  "repository":{"full_name":"acme/checkout"}})";

Headers For(std::string_view event, bool asked = true) {
  Headers headers = {{"x-github-event", std::string(event)}};
  if (asked) headers.emplace_back("x-srehub-include", "status, workflow_job,check_run,check_suite");
  return headers;
}

TEST(GithubChecks, OnlyWhenAskedFor) {
  const std::vector<std::pair<std::string, std::string_view>> events = {
      {"workflow_job", kJob}, {"check_run", kCheck}, {"check_suite", kSuite}, {"status", kCommit}};
  for (const auto& [event, body] : events) {
    const auto refusal = RefuseOne(Format::kGithub, body, For(event, false));
    EXPECT_EQ(refusal.reason, RefusalReason::kUnknownShape);
    EXPECT_NE(refusal.message.find("?include=" + event), std::string::npos) << refusal.message;
    for (Format format : {Format::kGithub, Format::kAuto}) {
      EXPECT_EQ(ObserveOne(format, body, For(event)).format, Format::kGithub) << event;
    }
    Headers other = {{"x-github-event", event}, {"x-srehub-include", "something"}};
    RefuseOne(Format::kGithub, body, other);
  }
}

TEST(GithubChecks, JobsArePartsOfTheirRun) {
  const auto observation = ObserveOne(Format::kGithub, kJob, For("workflow_job"));
  const auto fact = FactOf<PipelineFact>(observation);
  EXPECT_EQ(observation.identity,
            "workflow_job|acme/checkout|42|2|11|completed|failure|2025-08-26T14:05:00Z");
  EXPECT_EQ(observation.time, T("2025-08-26T14:05:00Z"));
  EXPECT_EQ(fact.statement.run, "42");
  EXPECT_EQ(fact.statement.attempt, 2);
  EXPECT_EQ(fact.statement.workflow, "Deploy Checkout");
  EXPECT_EQ(fact.task, "deploy / eu");
  EXPECT_EQ(fact.statement.status, DeployStatus::kFailure);
  for (const std::string conclusion : {"success", "cancelled", "skipped", "neutral"}) {
    const auto part = FactOf<PipelineFact>(ObserveOne(
        Format::kGithub, Replaced(std::string(kJob), R"("failure")", "\"" + conclusion + "\""),
        For("workflow_job")));
    EXPECT_EQ(part.statement.status, DeployStatus::kRunning) << conclusion;
    EXPECT_EQ(part.status_word, conclusion);
  }
}

TEST(GithubChecks, ChecksOfActionsSpeakOfTheirRun) {
  const auto part = FactOf<PipelineFact>(ObserveOne(Format::kGithub, kCheck, For("check_run")));
  EXPECT_EQ(part.statement.run, "42");
  EXPECT_EQ(part.statement.status, DeployStatus::kFailure);
  EXPECT_EQ(part.title, "2 failed");
  const auto other =
      Replaced(std::string(kCheck), "https://github.com/acme/checkout/actions/runs/42/job/11",
               "https://ci.example.com/1");
  const std::vector<std::pair<std::string, DeployStatus>> conclusions = {
      {"success", DeployStatus::kSuccess},        {"failure", DeployStatus::kFailure},
      {"neutral", DeployStatus::kCancelled},      {"cancelled", DeployStatus::kCancelled},
      {"timed_out", DeployStatus::kFailure},      {"action_required", DeployStatus::kOther},
      {"stale", DeployStatus::kCancelled},        {"skipped", DeployStatus::kCancelled},
      {"startup_failure", DeployStatus::kFailure}};
  for (const auto& [word, status] : conclusions) {
    const auto whole = FactOf<PipelineFact>(ObserveOne(
        Format::kGithub, Replaced(other, R"("failure")", "\"" + word + "\""), For("check_run")));
    EXPECT_EQ(whole.statement.run, "check-12");
    EXPECT_EQ(whole.statement.status, status) << word;
  }
}

TEST(GithubChecks, SuitesAndCommitStatuses) {
  const auto suite = FactOf<PipelineFact>(ObserveOne(Format::kGithub, kSuite, For("check_suite")));
  EXPECT_EQ(suite.statement.run, "suite-5");
  EXPECT_EQ(suite.statement.status, DeployStatus::kSuccess);
  const std::vector<std::pair<std::string, DeployStatus>> states = {
      {"pending", DeployStatus::kRunning},
      {"success", DeployStatus::kSuccess},
      {"failure", DeployStatus::kFailure},
      {"error", DeployStatus::kFailure}};
  for (const auto& [state, status] : states) {
    const auto fact = FactOf<PipelineFact>(ObserveOne(
        Format::kGithub, Replaced(std::string(kCommit), "failure", state), For("status")));
    EXPECT_EQ(fact.statement.run, "status-ci/lint@0123abcd");
    EXPECT_EQ(fact.statement.status, status) << state;
  }
}

// A release marks a deploy and proves none.
TEST(GithubChecks, Releases) {
  for (Format format : {Format::kGithub, Format::kAuto}) {
    const auto observation = ObserveOne(format, kRelease);
    const auto fact = FactOf<PipelineFact>(observation);
    EXPECT_EQ(observation.time, T("2025-08-26T14:05:00Z"));
    EXPECT_EQ(fact.statement.version, "v1.4.0");
    EXPECT_EQ(fact.statement.sha, "");
    EXPECT_EQ(fact.statement.kind, model::PipelineKind::kDeploy);
    EXPECT_EQ(fact.statement.status, DeployStatus::kOther);
    EXPECT_EQ(fact.status_word, "published");
  }
  for (const std::string action : {"created", "edited", "deleted", "released", "prereleased"}) {
    const auto decoded =
        DecodeBody(Format::kGithub, Replaced(std::string(kRelease), R"("action":"published")",
                                             R"("action":")" + action + "\""));
    EXPECT_TRUE(ObservationsOf(decoded).empty());
    EXPECT_TRUE(testing::RefusalsOf(decoded).empty());
  }
  const auto commit = FactOf<PipelineFact>(ObserveOne(
      Format::kGithub, Replaced(std::string(kRelease), R"("main")", R"("0123abcd0123abcd")")));
  EXPECT_EQ(commit.statement.sha, "0123abcd0123abcd");
}

TEST(GithubChecks, Refusals) {
  struct Case {
    std::string event, body, field;
  };
  const std::vector<Case> cases = {
      {"workflow_job", "{}", "/workflow_job"},
      {"workflow_job", Replaced(std::string(kJob), R"("run_id":42,)", ""), "/workflow_job/run_id"},
      {"workflow_job", Replaced(std::string(kJob), R"("name":"deploy / eu")", R"("name":[])"),
       "/workflow_job/name"},
      {"check_run", Replaced(std::string(kCheck), R"("id":12,)", ""), "/check_run/id"},
      {"check_suite", R"({"check_suite":{"id":5}})", "/check_suite/status"},
      {"status", Replaced(std::string(kCommit), R"("sha":"0123abcd",)", ""), "/sha"},
      {"release", "{}", "/release"},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(RefuseOne(Format::kGithub, c.body, For(c.event)).field, c.field) << c.body;
  }
}

}  // namespace
}  // namespace srehub::sources
