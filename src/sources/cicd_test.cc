#include "sources/testing.h"

namespace srehub::sources {
namespace {

using model::DeployStatus;
using model::Format;
using model::PipelineFact;
using model::RefusalReason;
using testing::FactOf;
using testing::ObserveOne;
using testing::RefuseOne;
using testing::Replaced;
using testing::T;

constexpr std::string_view kFounding = R"({
    "workflow": "Deploy Checkout Service",
    "status": "failure",
    "run_id": 4821,
    "updated_at": "2025-08-26T14:06:00Z"
})";

TEST(Cicd, TakesTheFoundingSample) {
  const auto observation = ObserveOne(Format::kCicd, kFounding);
  const auto fact = FactOf<PipelineFact>(observation);
  EXPECT_EQ(observation.source, model::Source::kCicd);
  EXPECT_EQ(observation.time, T("2025-08-26T14:06:00Z"));
  EXPECT_EQ(observation.title, "Deploy Checkout Service: failure");
  EXPECT_EQ(observation.extra, "{}");
  EXPECT_EQ(fact.statement.system, "flat");
  EXPECT_EQ(fact.statement.run, "4821");
  EXPECT_EQ(fact.statement.attempt, 1);
  EXPECT_EQ(fact.statement.status, DeployStatus::kFailure);
  EXPECT_EQ(fact.statement.workflow, "Deploy Checkout Service");
  EXPECT_EQ(fact.statement.started_at, std::nullopt);
  EXPECT_EQ(fact.statement.finished_at, T("2025-08-26T14:06:00Z"));
  EXPECT_FALSE(fact.kind_known);
  EXPECT_EQ(ObserveOne(Format::kAuto, kFounding).identity, observation.identity);
}

TEST(Cicd, TakesTheOptionalFields) {
  const auto observation = ObserveOne(Format::kCicd, R"({"workflow":"Release","status":"completed",
    "conclusion":"success","run_id":"32985824262","attempt":2,"service":"checkout-service",
    "environment":"production","commit":"abc123","version":"v1.2.3","repository":"acme/checkout",
    "url":"https://ci.example.com/1","actor":"mia","started_at":1756216800,
    "updated_at":"2025-08-26T14:06:00Z","system":"Buildkite","kind":"rollback","flavour":"x"})");
  const auto fact = FactOf<PipelineFact>(observation);
  EXPECT_EQ(fact.status_word, "success");
  EXPECT_EQ(fact.service, "checkout-service");
  EXPECT_EQ(fact.statement.run, "32985824262");
  EXPECT_EQ(fact.statement.attempt, 2);
  EXPECT_EQ(fact.statement.environment, "production");
  EXPECT_EQ(fact.statement.sha, "abc123");
  EXPECT_EQ(fact.statement.version, "v1.2.3");
  EXPECT_EQ(fact.statement.repository, "acme/checkout");
  EXPECT_EQ(fact.statement.actor, "mia");
  EXPECT_EQ(fact.statement.system, "buildkite");
  EXPECT_EQ(fact.statement.started_at, T("2025-08-26T14:00:00Z"));
  EXPECT_TRUE(fact.kind_known);
  EXPECT_EQ(fact.statement.kind, model::PipelineKind::kRollback);
  EXPECT_EQ(observation.link, "https://ci.example.com/1");
  EXPECT_EQ(observation.extra, R"({"flavour":"x"})");
}

TEST(Cicd, KnowsTheWordsOfAllVendors) {
  const std::vector<std::pair<DeployStatus, std::vector<std::string>>> words = {
      {DeployStatus::kSuccess,
       {"success", "succeeded", "SUCCESS", "SUCCEEDED", "SUCCESSFUL", "completed", "deployed",
        "passed"}},
      {DeployStatus::kFailure,
       {"failure", "failed", "FAILURE", "FAILED", "error", "timed_out", "startup_failure",
        "unauthorized", "UNSTABLE"}},
      {DeployStatus::kCancelled,
       {"cancelled", "canceled", "CANCELED", "Cancelled", "ABORTED", "STOP", "Stopped",
        "superseded", "stale", "skipped", "neutral"}},
      {DeployStatus::kRunning,
       {"queued", "requested", "waiting", "pending", "in_progress", "running", "STARTED", "started",
        "preparing", "created", "manual", "scheduled", "waiting_for_resource", "in progress"}},
      {DeployStatus::kOther, {"action_required", "banana"}}};
  for (const auto& [status, list] : words) {
    for (const std::string& word : list) {
      const auto fact = FactOf<PipelineFact>(
          ObserveOne(Format::kCicd, Replaced(std::string(kFounding), "failure", word)));
      EXPECT_EQ(fact.statement.status, status) << word;
      EXPECT_EQ(fact.status_word, word);
      const bool terminal = status != DeployStatus::kRunning && status != DeployStatus::kOther;
      EXPECT_EQ(fact.statement.finished_at.has_value(), terminal) << word;
    }
  }
}

TEST(Cicd, IdentityIsWhatWasSaid) {
  const std::string f(kFounding);
  const auto identity = [](std::string_view body) {
    return ObserveOne(Format::kCicd, body).identity;
  };
  EXPECT_EQ(identity(f), identity(Replaced(f, "4821", "\"4821\"")));
  EXPECT_NE(identity(f), identity(Replaced(f, "4821", "4822")));
  EXPECT_NE(identity(f), identity(Replaced(f, "failure", "success")));
  EXPECT_NE(identity(f), identity(Replaced(f, "14:06", "14:07")));
  EXPECT_NE(identity(f), identity(Replaced(f, "4821", "4821,\"attempt\":2")));
}

TEST(Cicd, OnlyHttpLinksAreLinks) {
  for (const std::string url :
       {"javascript:alert(1)", "data:text/html,x", "ftp://x", "https://a b"}) {
    EXPECT_EQ(ObserveOne(Format::kCicd,
                         Replaced(std::string(kFounding), "4821", "4821,\"url\":\"" + url + "\""))
                  .link,
              "");
  }
}

TEST(Cicd, Refusals) {
  struct Case {
    std::string body;
    RefusalReason reason;
    std::string field;
  };
  const std::string f(kFounding);
  const std::vector<Case> cases = {
      {Replaced(f, "\"failure\"", "null"), RefusalReason::kMissingField, "/status"},
      {Replaced(f, "\"failure\"", "1"), RefusalReason::kWrongType, "/status"},
      {Replaced(f, "\"Deploy Checkout Service\"", "null"), RefusalReason::kMissingField,
       "/workflow"},
      {Replaced(f, "4821", "true"), RefusalReason::kWrongType, "/run_id"},
      {Replaced(f, "4821", "1.5"), RefusalReason::kWrongType, "/run_id"},
      {Replaced(f, "4821", "1,\"attempt\":0"), RefusalReason::kBadValue, "/attempt"},
      {Replaced(f, "4821", "1,\"kind\":\"party\""), RefusalReason::kBadValue, "/kind"},
      {Replaced(f, "\"2025-08-26T14:06:00Z\"", "\"2300-01-01T00:00:00Z\""),
       RefusalReason::kFutureDated, "/updated_at"},
      {Replaced(f, "\"2025-08-26T14:06:00Z\"", "-5"), RefusalReason::kExpired, "/updated_at"},
      {Replaced(f, "\"2025-08-26T14:06:00Z\"", "12"), RefusalReason::kBadTime, "/updated_at"},
      {Replaced(f, "\"2025-08-26T14:06:00Z\"", "253402300799"), RefusalReason::kFutureDated,
       "/updated_at"},
      {Replaced(f, "\"2025-08-26T14:06:00Z\"", "\"253402300799000\""), RefusalReason::kFutureDated,
       "/updated_at"},
  };
  for (const Case& c : cases) {
    const auto refusal = RefuseOne(Format::kCicd, c.body);
    EXPECT_EQ(refusal.reason, c.reason) << c.body << "\n" << refusal.message;
    EXPECT_EQ(refusal.field, c.field) << c.body;
  }
}

}  // namespace
}  // namespace srehub::sources
