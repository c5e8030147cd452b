#include "base/text.h"
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
using testing::RefusalsOf;
using testing::RefuseOne;
using testing::Replaced;
using testing::T;

constexpr std::string_view kRun = R"({"action":"completed",
  "workflow_run":{"id":32985824262,"name":"Deploy Checkout Service",
    "path":".github/workflows/deploy.yml",
    "display_title":"Fix the cart","run_number":7,"run_attempt":2,"event":"push",
    "head_branch":"main",
    "head_sha":"0123abcd","status":"completed","conclusion":"failure",
    "created_at":"2025-08-26T13:50:00Z","run_started_at":"2025-08-26T14:00:00Z",
    "updated_at":"2025-08-26T14:06:00Z",
    "html_url":"https://github.com/acme/checkout/actions/runs/1",
    "actor":{"login":"mia"},"triggering_actor":{"login":"noa"}},
  "workflow":{"name":"Deploy Checkout Service","path":".github/workflows/deploy.yml"},
  "repository":{"full_name":"acme/checkout","name":"checkout"},"sender":{"login":"noa"}})";

constexpr std::string_view kStatus = R"({"action":"created",
  "deployment_status":{"id":11,"state":"success","environment":"production","description":"done",
    "target_url":"https://ci.example.com/9","log_url":"","creator":{"login":"bot"},
    "created_at":"2025-08-26T14:06:00Z","updated_at":"2025-08-26T14:06:01Z"},
  "deployment":{"id":9,"sha":"0123abcd","ref":"main","task":"deploy","environment":"production",
    "payload":{"service":"checkout-service","version":"1.4.0"},"description":null,
    "created_at":"2025-08-26T14:00:00Z"},
  "repository":{"full_name":"acme/checkout"}})";

TEST(Github, WorkflowRuns) {
  for (const Headers& headers : {Headers{{"x-github-event", "workflow_run"}}, Headers{}}) {
    for (Format format : {Format::kGithub, Format::kAuto}) {
      const auto observation = ObserveOne(format, kRun, headers);
      const auto fact = FactOf<PipelineFact>(observation);
      EXPECT_EQ(observation.format, Format::kGithub);
      EXPECT_EQ(observation.identity,
                "workflow_run|acme/checkout|32985824262|2|completed|failure|2025-08-26T14:06:00Z");
      EXPECT_EQ(observation.time, T("2025-08-26T14:06:00Z"));
      EXPECT_EQ(observation.link, "https://github.com/acme/checkout/actions/runs/1");
      EXPECT_EQ(fact.statement.system, "github");
      EXPECT_EQ(fact.statement.status, DeployStatus::kFailure);
      EXPECT_EQ(fact.status_word, "failure");
      EXPECT_EQ(fact.statement.attempt, 2);
      EXPECT_EQ(fact.statement.sha, "0123abcd");
      EXPECT_EQ(fact.statement.actor, "noa");
      EXPECT_EQ(fact.statement.started_at, T("2025-08-26T14:00:00Z"));
      EXPECT_EQ(fact.statement.finished_at, T("2025-08-26T14:06:00Z"));
      EXPECT_EQ(fact.path, ".github/workflows/deploy.yml");
      EXPECT_EQ(fact.title, "Fix the cart");
    }
  }
}

// What the action says is not how the run stands.
TEST(Github, OnlyAConclusionEndsARun) {
  const std::string queued =
      Replaced(Replaced(std::string(kRun), "\"conclusion\":\"failure\"", "\"conclusion\":null"),
               "\"status\":\"completed\"", "\"status\":\"queued\"");
  const auto fact = FactOf<PipelineFact>(ObserveOne(Format::kGithub, queued));
  EXPECT_EQ(fact.statement.status, DeployStatus::kRunning);
  EXPECT_EQ(fact.status_word, "queued");
  EXPECT_EQ(fact.statement.finished_at, std::nullopt);
  const std::vector<std::pair<std::string, DeployStatus>> conclusions = {
      {"success", DeployStatus::kSuccess},         {"timed_out", DeployStatus::kFailure},
      {"startup_failure", DeployStatus::kFailure}, {"cancelled", DeployStatus::kCancelled},
      {"stale", DeployStatus::kCancelled},         {"skipped", DeployStatus::kCancelled},
      {"neutral", DeployStatus::kCancelled},       {"action_required", DeployStatus::kOther}};
  for (const auto& [word, status] : conclusions) {
    EXPECT_EQ(
        FactOf<PipelineFact>(
            ObserveOne(Format::kGithub, Replaced(std::string(kRun), "\"conclusion\":\"failure\"",
                                                 "\"conclusion\":\"" + word + "\"")))
            .statement.status,
        status)
        << word;
  }
}

TEST(Github, ARunWithoutANameHasThatOfItsFile) {
  const std::string unnamed =
      Replaced(std::string(kRun), "\"name\":\"Deploy Checkout Service\"", "\"name\":null");
  EXPECT_EQ(FactOf<PipelineFact>(ObserveOne(Format::kGithub, unnamed)).statement.workflow,
            "deploy.yml");
}

TEST(Github, DeploymentStatuses) {
  for (Format format : {Format::kGithub, Format::kAuto}) {
    const auto observation = ObserveOne(format, kStatus);
    const auto fact = FactOf<PipelineFact>(observation);
    EXPECT_EQ(observation.identity,
              "deployment_status|acme/checkout|9|11|success|production|2025-08-26T14:06:01Z");
    EXPECT_EQ(fact.statement.run, "9");
    EXPECT_EQ(fact.statement.environment, "production");
    EXPECT_EQ(fact.statement.version, "1.4.0");
    EXPECT_EQ(fact.service, "checkout-service");
    EXPECT_EQ(fact.task, "deploy");
    EXPECT_EQ(fact.title, "done");
    EXPECT_EQ(fact.statement.status, DeployStatus::kSuccess);
    EXPECT_EQ(fact.statement.started_at, T("2025-08-26T14:00:00Z"));
    EXPECT_EQ(fact.statement.finished_at, T("2025-08-26T14:06:01Z"));
    EXPECT_EQ(fact.statement.actor, "bot");
    EXPECT_EQ(observation.link, "https://ci.example.com/9");
  }
  // Beside a run, the deployment is a statement about that run.
  const std::string with_run = Replaced(
      std::string(kStatus), "\"repository\"",
      R"("check_run":{"id":1},"workflow_run":{"id":77,"run_attempt":3,"name":"Deploy","path":"p"},
    "repository")");
  const auto joined = FactOf<PipelineFact>(ObserveOne(Format::kAuto, with_run));
  EXPECT_EQ(joined.statement.run, "77");
  EXPECT_EQ(joined.statement.attempt, 3);
  EXPECT_EQ(joined.statement.workflow, "Deploy");
  // A payload may be JSON in a string.
  const std::string text_payload =
      Replaced(std::string(kStatus), R"({"service":"checkout-service","version":"1.4.0"})",
               R"("{\"service\":\"cart\"}")");
  EXPECT_EQ(FactOf<PipelineFact>(ObserveOne(Format::kAuto, text_payload)).service, "cart");
}

TEST(Github, AnInactiveDeploymentSaysNothing) {
  const Decoded decoded =
      DecodeBody(Format::kAuto, Replaced(std::string(kStatus), "\"success\"", "\"inactive\""));
  EXPECT_TRUE(ObservationsOf(decoded).empty());
  EXPECT_TRUE(RefusalsOf(decoded).empty());
}

TEST(Github, Deployments) {
  const auto observation = ObserveOne(Format::kAuto, R"({"action":"created","deployment":{"id":9,
    "sha":"0123abcd","ref":"v1","task":"deploy","environment":"production",
    "creator":{"login":"mia"},
    "created_at":1756216800},"repository":{"full_name":"acme/checkout"}})");
  const auto fact = FactOf<PipelineFact>(observation);
  EXPECT_EQ(fact.statement.status, DeployStatus::kRunning);
  EXPECT_EQ(fact.statement.actor, "mia");
  EXPECT_EQ(observation.time, T("2025-08-26T14:00:00Z"));
}

TEST(Github, OtherEventsAreNamed) {
  const Decoded ping = DecodeBody(Format::kAuto, R"({"zen":"Keep it simple.","hook_id":1})",
                                  {{"x-github-event", "ping"}});
  EXPECT_TRUE(ObservationsOf(ping).empty());
  EXPECT_TRUE(RefusalsOf(ping).empty());
  EXPECT_EQ(ping.notices.size(), 1U);
  const auto push = RefuseOne(Format::kGithub, R"({"ref":"refs/heads/main","commits":[]})",
                              {{"x-github-event", "push"}});
  EXPECT_EQ(push.reason, RefusalReason::kUnknownShape);
  EXPECT_NE(push.message.find("\"push\""), std::string::npos);
  const auto job =
      RefuseOne(Format::kAuto,
                R"({"workflow_job":{"id":1},"deployment":{"id":1},"repository":{"name":"x"}})");
  EXPECT_NE(job.message.find("workflow_job"), std::string::npos);
  EXPECT_EQ(RefuseOne(Format::kGithub, R"({"a":1})").reason, RefusalReason::kUnknownShape);
}

TEST(Github, FormEncodedBodies) {
  const std::string body = "payload=" + PercentEncode(kRun) + "&x=1";
  for (const Headers& headers : {Headers{{"x-github-event", "workflow_run"},
                                         {"content-type", "application/x-www-form-urlencoded"}},
                                 Headers{}}) {
    const Decoded decoded = DecodeBody(Format::kGithub, body, headers);
    ASSERT_EQ(ObservationsOf(decoded).size(), 1U);
    EXPECT_EQ(decoded.records[0].raw, body);
  }
  EXPECT_EQ(ObserveOne(Format::kGithub, body).identity, ObserveOne(Format::kGithub, kRun).identity);
  EXPECT_FALSE(testing::TryDecode(Format::kGithub, "payload=%7B%zz").has_value());
}

TEST(Github, Refusals) {
  const Headers run = {{"x-github-event", "workflow_run"}};
  EXPECT_EQ(RefuseOne(Format::kGithub, "{}", run).field, "/workflow_run");
  EXPECT_EQ(RefuseOne(Format::kGithub, R"({"workflow_run":{"status":"queued"}})", run).field,
            "/workflow_run/id");
  EXPECT_EQ(RefuseOne(Format::kGithub,
                      Replaced(std::string(kRun), "\"run_attempt\":2", "\"run_attempt\":\"2\""))
                .field,
            "/workflow_run/run_attempt");
  EXPECT_EQ(RefuseOne(Format::kGithub, Replaced(std::string(kStatus), "\"success\"", "null")).field,
            "/deployment_status/state");
}

}  // namespace
}  // namespace srehub::sources
