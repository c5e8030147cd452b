#include <gtest/gtest.h>

#include "classify/testing.h"

namespace srehub::classify {
namespace {

using model::DeployStatus;
using model::PipelineKind;

model::PipelineFact RunOf(std::string workflow, DeployStatus status, std::string word) {
  model::PipelineFact fact;
  fact.statement.system = "github";
  fact.statement.repository = "acme/checkout";
  fact.statement.run = "4821";
  fact.statement.workflow = std::move(workflow);
  fact.statement.status = status;
  fact.status_word = std::move(word);
  return fact;
}

TEST(Pipeline, Types) {
  struct Row {
    const char* workflow;
    DeployStatus status;
    const char* word;
    const char* type;
    const char* closes;
  };
  const Row rows[] = {
      {"Deploy x", DeployStatus::kRunning, "in_progress", "DeployStarted", ""},
      {"Deploy x", DeployStatus::kSuccess, "success", "DeploySucceeded", "DeployFailed"},
      {"Deploy x", DeployStatus::kFailure, "failure", "DeployFailed", ""},
      {"Deploy x", DeployStatus::kFailure, "timed_out", "DeployFailed", ""},
      {"Deploy x", DeployStatus::kCancelled, "cancelled", "DeployCancelled", ""},
      {"Deploy x", DeployStatus::kCancelled, "skipped", "DeploySkipped", ""},
      {"Deploy x", DeployStatus::kOther, "action_required", "DeployActionRequired", ""},
      {"Rollback x", DeployStatus::kRunning, "queued", "RollbackTriggered", ""},
      {"Rollback x", DeployStatus::kSuccess, "success", "RollbackTriggered", "DeployFailed"},
      {"Roll back x", DeployStatus::kFailure, "failure", "RollbackFailed", ""},
      {"x CI", DeployStatus::kRunning, "queued", "BuildStarted", ""},
      {"Build x", DeployStatus::kSuccess, "success", "BuildSucceeded", "BuildFailed"},
      {"Build x", DeployStatus::kFailure, "failure", "BuildFailed", ""},
      {"Build and test x", DeployStatus::kFailure, "failure", "BuildFailed", ""},
      {"x tests", DeployStatus::kFailure, "failure", "TestFailed", ""},
      {"Lint", DeployStatus::kSuccess, "success", "TestSucceeded", "TestFailed"},
      {"Release x", DeployStatus::kFailure, "failure", "DeployFailed", ""},
      // A job of a run that goes on, a release that proves nothing.
      {"Deploy x", DeployStatus::kRunning, "success", "DeployProgressed", ""},
      {"x CI", DeployStatus::kRunning, "skipped", "BuildProgressed", ""},
      {"Release x", DeployStatus::kOther, "published", "DeployPublished", ""},
  };
  for (const Row& row : rows) {
    const model::Event event = EventOf(RunOf(row.workflow, row.status, row.word));
    EXPECT_EQ(event.event_type, row.type) << row.workflow << ' ' << row.word;
    EXPECT_EQ(event.closes, row.closes) << row.workflow << ' ' << row.word;
    EXPECT_EQ(event.phase, model::Phase::kPoint);
    ASSERT_TRUE(event.deploy);
  }
}

// Pipelines of Amazon's whose name does not tell what they are for deliver something.
TEST(Pipeline, CodePipelinesDeploy) {
  model::PipelineFact fact = RunOf("checkout-pipeline", DeployStatus::kFailure, "failed");
  fact.task = "CodePipeline";
  EXPECT_EQ(EventOf(fact).event_type, "DeployFailed");
  EXPECT_EQ(EventOf(fact).service_id, "checkout");
  fact.statement.workflow = "checkout-tests";
  EXPECT_EQ(EventOf(fact).event_type, "TestFailed");
}

TEST(Pipeline, APartOfARollbackIsNoNews) {
  const auto severity = [](const char* word) {
    return EventOf(RunOf("Rollback x", DeployStatus::kRunning, word)).severity;
  };
  EXPECT_EQ(severity("in_progress"), model::Severity::kHigh);
  EXPECT_EQ(severity("success"), model::Severity::kInfo);
}

TEST(Pipeline, AReleaseIsNoTrouble) {
  model::PipelineFact fact = RunOf("", DeployStatus::kOther, "published");
  fact.task = "release";
  EXPECT_EQ(EventOf(fact).severity, model::Severity::kInfo);
}

TEST(Pipeline, WhatMakesADeploy) {
  model::PipelineFact fact = RunOf("Nightly", DeployStatus::kFailure, "failure");
  EXPECT_EQ(EventOf(fact).deploy->kind, PipelineKind::kBuild);
  fact.path = ".github/workflows/deploy-prod.yml";
  EXPECT_EQ(EventOf(fact).deploy->kind, PipelineKind::kDeploy);
  fact.path.clear();
  fact.task = "promote";
  EXPECT_EQ(EventOf(fact).deploy->kind, PipelineKind::kDeploy);
  fact.task.clear();
  fact.statement.environment = "production";
  EXPECT_EQ(EventOf(fact).deploy->kind, PipelineKind::kDeploy);
  fact.statement.kind = PipelineKind::kTest;
  fact.kind_known = true;
  EXPECT_EQ(EventOf(fact).deploy->kind, PipelineKind::kTest);
}

TEST(Pipeline, ATitleMakesARollbackOnlyOfADeploy) {
  model::PipelineFact fact = RunOf("Deploy x", DeployStatus::kSuccess, "success");
  fact.title = "Rolled back to v41";
  EXPECT_EQ(EventOf(fact).event_type, "RollbackTriggered");
  fact.statement.workflow = "CI";  // the commit message of a revert
  fact.title = "Revert \"Add cart\"";
  EXPECT_EQ(EventOf(fact).event_type, "BuildSucceeded");
}

TEST(Pipeline, Times) {
  model::PipelineFact fact = RunOf("Deploy x", DeployStatus::kRunning, "in_progress");
  fact.statement.started_at = At("2025-08-26T14:00:00Z");
  EXPECT_EQ(EventOf(fact).timestamp, At("2025-08-26T14:00:00Z"));
  fact.statement.status = DeployStatus::kFailure;
  model::Event event = EventOf(fact);
  EXPECT_EQ(event.timestamp, At("2025-08-26T14:05:00Z"));
  EXPECT_EQ(event.deploy->finished_at, At("2025-08-26T14:05:00Z"));
  model::Observation untimed = Of(fact);
  untimed.time.reset();
  event = EventOf(untimed);
  EXPECT_TRUE(event.untimed);
  EXPECT_EQ(event.timestamp, untimed.received);
}

TEST(Pipeline, StatementAndDetails) {
  model::PipelineFact fact = RunOf("Deploy x", DeployStatus::kFailure, "failure");
  fact.statement.environment = "production";
  fact.statement.version = "v42";
  const model::Event event = EventOf(fact);
  EXPECT_EQ(model::DeployId(*event.deploy), "github:acme/checkout:4821:1");
  EXPECT_EQ(Detail(event, "/environment"), "production");
  EXPECT_EQ(Detail(event, "/version"), "v42");
  EXPECT_EQ(Detail(event, "/status"), "failure");
}

}  // namespace
}  // namespace srehub::classify
