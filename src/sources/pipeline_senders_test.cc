// Jenkins, CircleCI and Argo CD, and what all decoders of pipelines share.
#include "sources/pipeline_run.h"
#include "sources/testing.h"

namespace srehub::sources {
namespace {

using model::DeployStatus;
using model::EventFact;
using model::Format;
using model::Phase;
using model::PipelineFact;
using model::RefusalReason;
using testing::DecodeBody;
using testing::FactOf;
using testing::ObservationsOf;
using testing::ObserveOne;
using testing::RefuseOne;
using testing::Replaced;
using testing::T;

TEST(PipelineRun, Repositories) {
  EXPECT_EQ(RepositoryOfUrl("https://github.com/acme/checkout.git"), "acme/checkout");
  EXPECT_EQ(RepositoryOfUrl("https://gitlab.com/a/b/c/"), "a/b/c");
  EXPECT_EQ(RepositoryOfUrl("git@github.com:acme/checkout.git"), "acme/checkout");
  EXPECT_EQ(RepositoryOfUrl("acme/checkout"), "acme/checkout");
  EXPECT_EQ(RepositoryOfUrl("https://host"), "https://host");
  EXPECT_TRUE(IsCommit("bcbb5ec"));
  EXPECT_FALSE(IsCommit("bcbb5e"));
  EXPECT_FALSE(IsCommit("main-branch"));
  EXPECT_EQ(AfterLast("a/b", '/'), "b");
  EXPECT_EQ(AfterLast("ab", '/'), "ab");
}

// ---- Jenkins ----

constexpr std::string_view kBuild = R"({"name":"deploy","display_name":"Deploy Checkout",
  "url":"job/acme/job/deploy/","build":{"full_url":"https://ci.example.com/job/acme/job/deploy/18/",
  "number":18,"queue_id":7,"timestamp":1756217160000,"duration":3000,"phase":"COMPLETED",
  "status":"FAILURE","url":"job/acme/job/deploy/18/","display_name":"#18",
  "scm":{"url":"https://github.com/acme/checkout.git","branch":"origin/main","commit":"0123abcd"},
  "parameters":{"ENVIRONMENT":"production","VERSION":"1.4.0","SERVICE":"checkout"},
  "log":"","notes":"","test_summary":{"total":1},"artifacts":{}}})";

TEST(Jenkins, Builds) {
  for (Format format : {Format::kJenkins, Format::kAuto}) {
    const auto observation = ObserveOne(format, kBuild);
    const auto fact = FactOf<PipelineFact>(observation);
    EXPECT_EQ(observation.format, Format::kJenkins);
    EXPECT_EQ(observation.identity, "acme/deploy|18|completed|failure|2025-08-26T14:06:00Z");
    EXPECT_EQ(observation.time, T("2025-08-26T14:06:00Z"));
    EXPECT_EQ(observation.link, "https://ci.example.com/job/acme/job/deploy/18/");
    EXPECT_EQ(fact.statement.repository, "acme/deploy");
    EXPECT_EQ(fact.statement.workflow, "Deploy Checkout");
    EXPECT_EQ(fact.statement.run, "18");
    EXPECT_EQ(fact.statement.sha, "0123abcd");
    EXPECT_EQ(fact.statement.environment, "production");
    EXPECT_EQ(fact.statement.version, "1.4.0");
    EXPECT_EQ(fact.service, "checkout");
    EXPECT_EQ(fact.statement.status, DeployStatus::kFailure);
    EXPECT_NE(observation.extra.find("VERSION"), std::string::npos);
  }
}

TEST(Jenkins, EveryPhaseAndResult) {
  struct Row {
    std::string phase, result, word;
    DeployStatus status;
  };
  const std::vector<Row> rows = {
      {"QUEUED", "", "queued", DeployStatus::kRunning},
      {"STARTED", "", "started", DeployStatus::kRunning},
      {"COMPLETED", "SUCCESS", "success", DeployStatus::kSuccess},
      {"COMPLETED", "UNSTABLE", "unstable", DeployStatus::kFailure},
      {"COMPLETED", "ABORTED", "aborted", DeployStatus::kCancelled},
      {"COMPLETED", "NOT_BUILT", "not_built", DeployStatus::kCancelled},
      {"COMPLETED", "", "completed", DeployStatus::kRunning},
      {"FINALIZED", "FAILURE", "failure", DeployStatus::kFailure},
  };
  for (const Row& row : rows) {
    auto body = Replaced(std::string(kBuild), "COMPLETED", row.phase);
    body = Replaced(body, R"("status":"FAILURE",)",
                    row.result.empty() ? "" : R"("status":")" + row.result + "\",");
    const auto fact = FactOf<PipelineFact>(ObserveOne(Format::kJenkins, body));
    EXPECT_EQ(fact.status_word, row.word) << row.phase << row.result;
    EXPECT_EQ(fact.statement.status, row.status) << row.phase << row.result;
    EXPECT_EQ(fact.statement.run, "18");  // so COMPLETED and FINALIZED are one run
  }
  for (const std::string phase : {"DELETED", "NONE"}) {
    const auto decoded =
        DecodeBody(Format::kJenkins, Replaced(std::string(kBuild), "COMPLETED", phase));
    EXPECT_TRUE(ObservationsOf(decoded).empty());
    EXPECT_TRUE(testing::RefusalsOf(decoded).empty());
  }
}

TEST(Jenkins, Refusals) {
  EXPECT_EQ(RefuseOne(Format::kJenkins, R"({"name":"a"})").field, "/build");
  EXPECT_EQ(RefuseOne(Format::kJenkins, R"({"name":"a","build":{"phase":"STARTED"}})").field,
            "/build/number");
  const auto phase =
      RefuseOne(Format::kJenkins, R"({"name":"a","build":{"number":1,"phase":"WHAT"}})");
  EXPECT_EQ(phase.reason, RefusalReason::kBadValue);
  EXPECT_EQ(phase.field, "/build/phase");
  EXPECT_EQ(RefuseOne(Format::kJenkins,
                      R"({"name":"a","build":{"number":1,"phase":"STARTED","parameters":[]}})")
                .field,
            "/build/parameters");
}

// ---- CircleCI ----

constexpr std::string_view kWorkflow = R"({"type":"workflow-completed",
  "id":"3888f21b-eaa7-38e3-8f3d-75a63bba8895","happened_at":"2025-08-26T14:06:00.500Z",
  "webhook":{"id":"cf8c4fdd","name":"hub"},
  "workflow":{"id":"fda08377","name":"deploy-checkout","created_at":"2025-08-26T14:00:00.000Z",
    "stopped_at":"2025-08-26T14:06:00.000Z","url":"https://app.circleci.com/w/1",
    "status":"failed"},
  "pipeline":{"id":"1285fe1d","number":130,"created_at":"2025-08-26T13:59:59.000Z",
    "trigger":{"type":"webhook"},"vcs":{"provider_name":"github","revision":"1dc6aa69",
    "branch":"main","commit":{"subject":"Fix the cart","author":{"name":"Mia","email":"m@x"}}}},
  "project":{"id":"84996744","name":"checkout","slug":"github/acme/checkout"},
  "organization":{"id":"f22b6566","name":"acme"}})";

TEST(Circleci, Workflows) {
  for (Format format : {Format::kCircleci, Format::kAuto}) {
    const auto observation = ObserveOne(format, kWorkflow);
    const auto fact = FactOf<PipelineFact>(observation);
    EXPECT_EQ(observation.format, Format::kCircleci);
    EXPECT_EQ(observation.identity, "workflow-completed|3888f21b-eaa7-38e3-8f3d-75a63bba8895");
    EXPECT_EQ(observation.time, T("2025-08-26T14:06:00Z"));
    EXPECT_EQ(fact.statement.repository, "acme/checkout");
    EXPECT_EQ(fact.statement.run, "fda08377");
    EXPECT_EQ(fact.statement.workflow, "deploy-checkout");
    EXPECT_EQ(fact.statement.sha, "1dc6aa69");
    EXPECT_EQ(fact.statement.actor, "Mia");
    EXPECT_EQ(fact.statement.started_at, T("2025-08-26T14:00:00Z"));
    EXPECT_EQ(fact.statement.status, DeployStatus::kFailure);
  }
  const std::vector<std::pair<std::string, DeployStatus>> statuses = {
      {"success", DeployStatus::kSuccess},
      {"failed", DeployStatus::kFailure},
      {"error", DeployStatus::kFailure},
      {"canceled", DeployStatus::kCancelled},
      {"unauthorized", DeployStatus::kFailure}};
  for (const auto& [word, status] : statuses) {
    const auto body =
        Replaced(std::string(kWorkflow), R"("status":"failed")", R"("status":")" + word + "\"");
    EXPECT_EQ(FactOf<PipelineFact>(ObserveOne(Format::kCircleci, body)).statement.status, status);
  }
}

TEST(Circleci, JobsArePartsOfTheirWorkflow) {
  auto body = Replaced(std::string(kWorkflow), "workflow-completed", "job-completed");
  body.pop_back();
  body += R"(,"job":{"id":"8bd71c28","name":"push-image","started_at":"2025-08-26T14:01:00Z",
    "stopped_at":"2025-08-26T14:02:00Z","status":"success","number":136}})";
  auto fact = FactOf<PipelineFact>(ObserveOne(Format::kCircleci, body));
  EXPECT_EQ(fact.statement.run, "fda08377");
  EXPECT_EQ(fact.task, "push-image");
  EXPECT_EQ(fact.status_word, "success");
  EXPECT_EQ(fact.statement.status, DeployStatus::kRunning);
  body = Replaced(body, R"("status":"success")", R"("status":"failed")");
  const auto observation = ObserveOne(Format::kCircleci, body);
  EXPECT_EQ(FactOf<PipelineFact>(observation).statement.status, DeployStatus::kFailure);
  EXPECT_EQ(observation.time, T("2025-08-26T14:02:00Z"));
}

TEST(Circleci, Refusals) {
  EXPECT_EQ(RefuseOne(Format::kCircleci, R"({"type":"other","id":"1"})").field, "/type");
  EXPECT_EQ(RefuseOne(Format::kCircleci, R"({"type":"job-completed","workflow":{"id":"1"}})").field,
            "/job");
  EXPECT_EQ(RefuseOne(Format::kCircleci,
                      Replaced(std::string(kWorkflow), R"("status":"failed")", R"("x":1)"))
                .field,
            "/workflow/status");
  const auto ping = DecodeBody(Format::kCircleci, R"({"type":"ping","id":"1"})");
  EXPECT_TRUE(testing::RefusalsOf(ping).empty());
  EXPECT_EQ(ping.notices.size(), 1U);
}

// ---- Argo CD ----

std::string Argo(std::string_view phase, std::string_view health, std::string_view since = "") {
  return R"({"sender":"argocd","app":"checkout","project":"shop","environment":"production",
    "phase":)" +
         (phase.empty() ? "null" : "\"" + std::string(phase) + "\"") + R"(,"sync":"Synced",
    "health":")" +
         std::string(health) + R"(","revision":"0123abcd0123abcd","message":"applied",
    "startedAt":"2025-08-26T14:00:00Z","finishedAt":"2025-08-26T14:01:00Z",
    "healthSince":")" +
         std::string(since) + R"(","initiatedBy":"mia","url":"https://argo.example.com/a"})";
}

TEST(Argocd, Operations) {
  struct Row {
    std::string phase, health;
    DeployStatus status;
    std::string word;
  };
  const std::vector<Row> rows = {
      {"Running", "Healthy", DeployStatus::kRunning, "running"},
      {"Failed", "Healthy", DeployStatus::kFailure, "failed"},
      {"Error", "Missing", DeployStatus::kFailure, "error"},
      {"Failed", "Degraded", DeployStatus::kFailure, "failed"},
      {"Succeeded", "Progressing", DeployStatus::kRunning, "progressing"},
      {"Succeeded", "Healthy", DeployStatus::kSuccess, "succeeded"},
      {"Succeeded", "Suspended", DeployStatus::kSuccess, "succeeded"},
  };
  for (const Row& row : rows) {
    for (Format format : {Format::kArgocd, Format::kAuto}) {
      const auto observations = ObservationsOf(DecodeBody(format, Argo(row.phase, row.health)));
      ASSERT_FALSE(observations.empty());
      EXPECT_EQ(observations[0].format, Format::kArgocd);
      const auto fact = FactOf<PipelineFact>(observations[0]);
      EXPECT_EQ(fact.statement.status, row.status) << row.phase << row.health;
      EXPECT_EQ(fact.status_word, row.word);
      EXPECT_EQ(fact.service, "checkout");
      EXPECT_EQ(fact.statement.repository, "shop/checkout");
      EXPECT_EQ(fact.statement.run, "2025-08-26T14:00:00Z");
      EXPECT_EQ(fact.statement.sha, "0123abcd0123abcd");
      EXPECT_EQ(fact.statement.environment, "production");
    }
  }
}

// The rollout is over when the application became healthy.
TEST(Argocd, ADeployEndsHealthy) {
  const auto observations = ObservationsOf(
      DecodeBody(Format::kArgocd, Argo("Succeeded", "Healthy", "2025-08-26T14:04:00Z")));
  ASSERT_EQ(observations.size(), 2U);
  EXPECT_EQ(observations[0].time, T("2025-08-26T14:04:00Z"));
  EXPECT_EQ(FactOf<PipelineFact>(observations[0]).statement.finished_at, T("2025-08-26T14:04:00Z"));
  const auto health = FactOf<EventFact>(observations[1]);
  EXPECT_EQ(health.event.phase, Phase::kResolved);
  EXPECT_EQ(health.event.event_type, "HealthDegraded");
  EXPECT_EQ(health.event.signal, "argocd:shop/checkout");
}

TEST(Argocd, DegradedIsASignal) {
  for (const std::string phase : {"Succeeded", ""}) {
    const auto observation =
        ObserveOne(Format::kArgocd, Argo(phase, "Degraded", "2025-08-26T14:05:00Z"));
    const auto fact = FactOf<EventFact>(observation);
    EXPECT_EQ(observation.time, T("2025-08-26T14:05:00Z"));
    EXPECT_EQ(fact.event.phase, Phase::kFiring);
    EXPECT_EQ(fact.event.severity, model::Severity::kHigh);
    EXPECT_EQ(fact.event.service_id, "checkout");
    EXPECT_EQ(fact.event.signal, "argocd:shop/checkout");
  }
}

TEST(Argocd, Refusals) {
  EXPECT_EQ(RefuseOne(Format::kArgocd, R"({"phase":"Running"})").field, "/app");
  EXPECT_EQ(RefuseOne(Format::kArgocd, R"({"app":"a"})").field, "/phase");
  EXPECT_EQ(RefuseOne(Format::kArgocd, R"({"app":"a","phase":"Odd"})").reason,
            RefusalReason::kBadValue);
  EXPECT_EQ(RefuseOne(Format::kArgocd, R"({"app":7,"phase":"Running"})").reason,
            RefusalReason::kWrongType);
}

}  // namespace
}  // namespace srehub::sources
