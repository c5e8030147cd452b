#include "sources/testing.h"

namespace srehub::sources {
namespace {

using model::DeployStatus;
using model::Format;
using model::PipelineFact;
using model::PipelineKind;
using model::RefusalReason;
using testing::DecodeBody;
using testing::FactOf;
using testing::Headers;
using testing::ObservationsOf;
using testing::ObserveOne;
using testing::RefuseOne;
using testing::Replaced;
using testing::T;

constexpr std::string_view kPipeline = R"({"object_kind":"pipeline",
  "object_attributes":{"id":31,"iid":3,"name":"Pipeline for branch: main","ref":"main","tag":false,
    "sha":"bcbb5ec396a2c0f828686f14fac9b80b780504f2","status":"success",
    "detailed_status":"passed","created_at":"2025-08-26 13:50:00 UTC",
    "finished_at":"2025-08-26 14:06:00 UTC","duration":63,
    "url":"https://gitlab.example.com/acme/checkout/-/pipelines/31"},
  "user":{"id":1,"name":"Mia","username":"mia"},
  "project":{"id":1,"name":"Checkout","path_with_namespace":"acme/checkout",
    "web_url":"https://gitlab.example.com/acme/checkout"},
  "commit":{"id":"bcbb5ec3","title":"Fix the cart","message":"Fix the cart\n"}})";

// The same pipeline with a job that deploys, one that stops an environment, and a test.
std::string WithBuilds(std::string_view status) {
  std::string body(kPipeline);
  body.pop_back();
  return body + R"(,"builds":[
    {"id":380,"stage":"deploy","name":"production","status":")" +
         std::string(status) + R"(","created_at":"2025-08-26 13:50:01 UTC",
     "started_at":"2025-08-26 14:00:00 UTC","finished_at":"2025-08-26 14:05:30 UTC",
     "environment":{"name":"production","action":"start","deployment_tier":"production"}},
    {"id":381,"stage":"review","name":"stop","status":"success",
     "environment":{"name":"review/1","action":"stop"}},
    {"id":377,"stage":"test","name":"rspec","status":"success","environment":null}]})";
}

constexpr std::string_view kJob = R"({"object_kind":"build","ref":"main","sha":"2293ada6",
  "build_id":380,"build_name":"production","build_stage":"deploy","build_status":"failed",
  "build_created_at":"2025-08-26 13:50:01 UTC","build_started_at":"2025-08-26 14:00:00 UTC",
  "build_finished_at":"2025-08-26 14:05:30 UTC",
  "build_finished_at_iso":"2025-08-26T16:05:30+02:00","build_allow_failure":false,
  "build_failure_reason":"script_failure","pipeline_id":31,
  "project_name":"acme / checkout","user":{"username":"mia"},
  "commit":{"id":31,"sha":"2293ada6","message":"Fix the cart","status":"running"},
  "project":{"path_with_namespace":"acme/checkout",
    "web_url":"https://gitlab.example.com/acme/checkout"},
  "environment":{"name":"production","action":"start","deployment_tier":"production"}})";

constexpr std::string_view kDeployment = R"({"object_kind":"deployment","status":"success",
  "status_changed_at":"2025-08-26 16:05:31 +0200","deployment_id":15,"deployable_id":380,
  "deployable_url":"https://gitlab.example.com/acme/checkout/-/jobs/380",
  "environment":"production","environment_tier":"production","environment_slug":"production",
  "project":{"id":30,"name":"Checkout","path_with_namespace":"acme/checkout"},
  "short_sha":"bcbb5ec3","user":{"username":"mia"},
  "commit_url":"https://gitlab.example.com/acme/checkout/-/commit/bcbb5ec396a2c0f828686f14fac9b80b780504f2",
  "commit_title":"Fix the cart","ref":"main"})";

TEST(Gitlab, Pipelines) {
  for (const Headers& headers : {Headers{{"x-gitlab-event", "Pipeline Hook"}}, Headers{}}) {
    for (Format format : {Format::kGitlab, Format::kAuto}) {
      const auto observation = ObserveOne(format, kPipeline, headers);
      const auto fact = FactOf<PipelineFact>(observation);
      EXPECT_EQ(observation.format, Format::kGitlab);
      EXPECT_EQ(observation.source, model::Source::kCicd);
      EXPECT_EQ(observation.identity, "pipeline|acme/checkout|31|success|2025-08-26T14:06:00Z");
      EXPECT_EQ(observation.time, T("2025-08-26T14:06:00Z"));
      EXPECT_EQ(observation.link, "https://gitlab.example.com/acme/checkout/-/pipelines/31");
      EXPECT_EQ(fact.statement.system, "gitlab");
      EXPECT_EQ(fact.statement.repository, "acme/checkout");
      EXPECT_EQ(fact.statement.run, "31");
      EXPECT_EQ(fact.statement.sha, "bcbb5ec396a2c0f828686f14fac9b80b780504f2");
      EXPECT_EQ(fact.statement.actor, "mia");
      EXPECT_EQ(fact.statement.started_at, T("2025-08-26T13:50:00Z"));
      EXPECT_EQ(fact.statement.finished_at, T("2025-08-26T14:06:00Z"));
      EXPECT_EQ(fact.title, "Fix the cart");
      // The pipeline's name is one for all services of a branch, so it names none.
      EXPECT_TRUE(fact.statement.workflow.empty());
      EXPECT_NE(observation.extra.find(R"("duration":63)"), std::string::npos);
    }
  }
}

TEST(Gitlab, EveryStatusOfAPipeline) {
  const std::vector<std::pair<std::string, DeployStatus>> statuses = {
      {"created", DeployStatus::kRunning},   {"waiting_for_resource", DeployStatus::kRunning},
      {"preparing", DeployStatus::kRunning}, {"pending", DeployStatus::kRunning},
      {"running", DeployStatus::kRunning},   {"success", DeployStatus::kSuccess},
      {"failed", DeployStatus::kFailure},    {"canceled", DeployStatus::kCancelled},
      {"skipped", DeployStatus::kCancelled}, {"manual", DeployStatus::kRunning},
      {"scheduled", DeployStatus::kRunning}, {"blocked", DeployStatus::kRunning}};
  for (const auto& [word, status] : statuses) {
    const auto body =
        Replaced(std::string(kPipeline), R"("status":"success")", R"("status":")" + word + "\"");
    const auto fact = FactOf<PipelineFact>(ObserveOne(Format::kGitlab, body));
    EXPECT_EQ(fact.statement.status, status) << word;
    EXPECT_EQ(fact.statement.finished_at.has_value(), status != DeployStatus::kRunning) << word;
  }
}

// The deploy job, the job webhook and the deployment webhook speak of one run.
TEST(Gitlab, DeploysOfAPipelineAreRunsOfTheirOwn) {
  const auto observations = ObservationsOf(DecodeBody(Format::kAuto, WithBuilds("failed")));
  ASSERT_EQ(observations.size(), 2U);
  const auto deploy = FactOf<PipelineFact>(observations[0]);
  EXPECT_EQ(deploy.statement.run, "job-380");
  EXPECT_EQ(deploy.statement.environment, "production");
  EXPECT_EQ(deploy.statement.status, DeployStatus::kFailure);
  EXPECT_EQ(deploy.statement.finished_at, T("2025-08-26T14:05:30Z"));
  EXPECT_FALSE(deploy.kind_known);
  EXPECT_EQ(observations[0].extra, "{}");
  const auto pipeline = FactOf<PipelineFact>(observations[1]);
  EXPECT_EQ(pipeline.statement.run, "31");
  EXPECT_TRUE(pipeline.kind_known);
  EXPECT_EQ(pipeline.statement.kind, PipelineKind::kBuild);
  EXPECT_NE(observations[1].extra.find("rspec"), std::string::npos);

  const auto job = FactOf<PipelineFact>(ObserveOne(Format::kAuto, kJob));
  EXPECT_EQ(job.statement.run, "job-380");
  EXPECT_EQ(job.statement.status, DeployStatus::kFailure);
  EXPECT_EQ(job.statement.finished_at, T("2025-08-26T14:05:30Z"));
  EXPECT_EQ(job.statement.url, "https://gitlab.example.com/acme/checkout/-/jobs/380");

  const auto deployment = FactOf<PipelineFact>(ObserveOne(Format::kAuto, kDeployment));
  EXPECT_EQ(deployment.statement.run, "job-380");
  EXPECT_EQ(deployment.statement.sha, "bcbb5ec396a2c0f828686f14fac9b80b780504f2");
  EXPECT_EQ(deployment.statement.environment, "production");
  EXPECT_EQ(deployment.statement.finished_at, T("2025-08-26T14:05:31Z"));
}

// A deploy that waits for a person is none yet.
TEST(Gitlab, ADeployJobThatHasNotBegun) {
  for (const std::string word : {"manual", "created", "pending", "scheduled", "skipped"}) {
    EXPECT_EQ(ObservationsOf(DecodeBody(Format::kGitlab, WithBuilds(word))).size(), 1U) << word;
    const auto job = FactOf<PipelineFact>(ObserveOne(
        Format::kGitlab, Replaced(std::string(kJob), R"("failed")", "\"" + word + "\"")));
    EXPECT_EQ(job.statement.run, "31") << word;
    EXPECT_TRUE(job.statement.environment.empty()) << word;
    EXPECT_EQ(job.statement.status, DeployStatus::kRunning) << word;
  }
}

TEST(Gitlab, OtherJobsArePartsOfTheirPipeline) {
  const std::string test =
      Replaced(std::string(kJob),
               R"({"name":"production","action":"start","deployment_tier":"production"})", "null");
  const auto failed = FactOf<PipelineFact>(ObserveOne(Format::kGitlab, test));
  EXPECT_EQ(failed.statement.run, "31");
  EXPECT_EQ(failed.statement.status, DeployStatus::kFailure);
  const auto passed = FactOf<PipelineFact>(
      ObserveOne(Format::kGitlab, Replaced(test, R"("failed")", R"("success")")));
  EXPECT_EQ(passed.statement.status, DeployStatus::kRunning);
  EXPECT_EQ(passed.status_word, "success");
  const auto allowed = FactOf<PipelineFact>(ObserveOne(
      Format::kGitlab,
      Replaced(test, R"("build_allow_failure":false)", R"("build_allow_failure":true)")));
  EXPECT_EQ(allowed.statement.status, DeployStatus::kRunning);
}

TEST(Gitlab, EveryStatusOfADeployment) {
  const std::vector<std::pair<std::string, DeployStatus>> statuses = {
      {"created", DeployStatus::kRunning},
      {"running", DeployStatus::kRunning},
      {"success", DeployStatus::kSuccess},
      {"failed", DeployStatus::kFailure},
      {"canceled", DeployStatus::kCancelled}};
  for (const auto& [word, status] : statuses) {
    const auto body =
        Replaced(std::string(kDeployment), R"("status":"success")", R"("status":")" + word + "\"");
    EXPECT_EQ(FactOf<PipelineFact>(ObserveOne(Format::kGitlab, body)).statement.status, status);
  }
  // One that was made by a call to the API has no job; a link without the commit gives the short
  // id.
  const auto bare = FactOf<PipelineFact>(ObserveOne(
      Format::kGitlab, R"({"object_kind":"deployment","status":"running","deployment_id":7,
      "deployable_id":null,"short_sha":"abcdef12","commit_url":"https://x/commit/main",
      "status_changed_at":"2025-08-26 14:00:00 UTC"})"));
  EXPECT_EQ(bare.statement.run, "deployment-7");
  EXPECT_EQ(bare.statement.sha, "abcdef12");
  EXPECT_EQ(bare.statement.started_at, T("2025-08-26T14:00:00Z"));
}

TEST(Gitlab, Refusals) {
  struct Case {
    std::string body;
    RefusalReason reason;
    std::string field;
  };
  const std::vector<Case> cases = {
      {R"({"object_kind":7})", RefusalReason::kWrongType, "/object_kind"},
      {R"({"a":1})", RefusalReason::kUnknownShape, ""},
      {R"({"object_kind":"pipeline"})", RefusalReason::kMissingField, "/object_attributes"},
      {Replaced(std::string(kPipeline), R"("id":31,)", ""), RefusalReason::kMissingField,
       "/object_attributes/id"},
      {Replaced(std::string(kPipeline), R"("2025-08-26 14:06:00 UTC")", "\"soon\""),
       RefusalReason::kBadTime, "/object_attributes/finished_at"},
      {Replaced(WithBuilds("failed"), R"("id":380,)", R"("id":true,)"), RefusalReason::kWrongType,
       "/builds/0/id"},
      {Replaced(std::string(kJob), R"("build_id":380,)", ""), RefusalReason::kMissingField,
       "/build_id"},
      {Replaced(std::string(kDeployment), R"("status":"success",)", ""),
       RefusalReason::kMissingField, "/status"},
  };
  for (const Case& c : cases) {
    const auto refusal = RefuseOne(Format::kGitlab, c.body);
    EXPECT_EQ(refusal.reason, c.reason) << c.body << refusal.message;
    EXPECT_EQ(refusal.field, c.field) << c.body;
  }
}

TEST(Gitlab, OtherWebhooksAreIgnoredNotRefused) {
  const auto decoded = DecodeBody(Format::kGitlab, R"({"object_kind":"push","ref":"main"})");
  ASSERT_EQ(decoded.records.size(), 1U);
  EXPECT_TRUE(decoded.records[0].refusals.empty());
  EXPECT_TRUE(decoded.records[0].observations.empty());
  ASSERT_EQ(decoded.notices.size(), 1U);
  EXPECT_NE(decoded.notices[0].find("\"push\""), std::string::npos);
}

}  // namespace
}  // namespace srehub::sources
