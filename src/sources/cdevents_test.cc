#include "sources/testing.h"

namespace srehub::sources {
namespace {

using model::DeployStatus;
using model::EventFact;
using model::Format;
using model::Phase;
using model::PipelineFact;
using model::PipelineKind;
using model::RefusalReason;
using testing::FactOf;
using testing::ObserveOne;
using testing::RefuseOne;
using testing::T;

std::string Event(std::string_view name, std::string_view subject_id, std::string_view content) {
  return R"({"context":{"specversion":"0.5.0","id":"c-1","source":"/ci/acme/checkout",
    "type":"dev.cdevents.)" +
         std::string(name) + R"(.0.2.0","timestamp":"2025-08-26T14:06:00Z","chainId":"ch"},
    "subject":{"id":")" +
         std::string(subject_id) + R"(","source":"/ci","type":"x","content":)" +
         std::string(content) +
         R"(},"customData":{"a":1},"customDataContentType":"application/json"})";
}

TEST(Cdevents, ServicesAreDeploys) {
  for (const auto& [predicate, kind] :
       {std::pair("deployed", PipelineKind::kDeploy), std::pair("upgraded", PipelineKind::kDeploy),
        std::pair("rolledback", PipelineKind::kRollback)}) {
    const auto body =
        Event("service." + std::string(predicate), "checkout",
              R"({"environment":{"id":"production"},"artifactId":"pkg:oci/a@sha256:1"})");
    for (Format format : {Format::kCdevents, Format::kAuto}) {
      const auto observation = ObserveOne(format, body);
      const auto fact = FactOf<PipelineFact>(observation);
      EXPECT_EQ(observation.format, Format::kCdevents);
      EXPECT_EQ(observation.identity, "cdevent|/ci/acme/checkout|c-1");
      EXPECT_EQ(observation.time, T("2025-08-26T14:06:00Z"));
      EXPECT_EQ(fact.service, "checkout");
      EXPECT_TRUE(fact.kind_known);
      EXPECT_EQ(fact.statement.kind, kind);
      EXPECT_EQ(fact.statement.status, DeployStatus::kSuccess);
      EXPECT_EQ(fact.statement.environment, "production");
      EXPECT_EQ(fact.statement.version, "pkg:oci/a@sha256:1");
      EXPECT_NE(observation.extra.find("customData"), std::string::npos);
    }
  }
}

TEST(Cdevents, RunsAndTheirOutcomes) {
  struct Row {
    std::string name, content;
    DeployStatus status;
  };
  const std::vector<Row> rows = {
      {"pipelinerun.queued", R"({"pipelineName":"deploy checkout"})", DeployStatus::kRunning},
      {"pipelinerun.started", R"({"pipelineName":"deploy checkout"})", DeployStatus::kRunning},
      {"pipelinerun.finished", R"({"pipelineName":"d","outcome":"success"})",
       DeployStatus::kSuccess},
      {"pipelinerun.finished", R"({"pipelineName":"d","outcome":"failure","errors":"boom"})",
       DeployStatus::kFailure},
      {"pipelinerun.finished", R"({"pipelineName":"d","outcome":"error"})", DeployStatus::kFailure},
      {"pipelinerun.finished", R"({"pipelineName":"d","outcome":"cancel"})",
       DeployStatus::kCancelled},
      {"build.finished", R"({"artifactId":"pkg:a"})", DeployStatus::kSuccess},
      {"testsuiterun.finished", R"({"outcome":"fail","environment":{"id":"e"}})",
       DeployStatus::kFailure},
      {"testcaserun.finished", R"({"outcome":"pass"})", DeployStatus::kSuccess},
  };
  for (const Row& row : rows) {
    const auto fact =
        FactOf<PipelineFact>(ObserveOne(Format::kCdevents, Event(row.name, "r-1", row.content)));
    EXPECT_EQ(fact.statement.status, row.status) << row.name << row.content;
    EXPECT_EQ(fact.statement.run, "r-1");
    EXPECT_EQ(fact.statement.system, "cdevents");
  }
}

TEST(Cdevents, TasksArePartsOfTheirRun) {
  const auto part = FactOf<PipelineFact>(
      ObserveOne(Format::kCdevents,
                 Event("taskrun.finished", "t-1",
                       R"({"taskName":"push","pipelineRun":{"id":"r-1"},"outcome":"success"})")));
  EXPECT_EQ(part.statement.run, "r-1");
  EXPECT_EQ(part.statement.status, DeployStatus::kRunning);
  const auto alone = FactOf<PipelineFact>(
      ObserveOne(Format::kCdevents,
                 Event("taskrun.finished", "t-1", R"({"taskName":"p","outcome":"success"})")));
  EXPECT_EQ(alone.statement.run, "t-1");
  EXPECT_EQ(alone.statement.status, DeployStatus::kSuccess);
}

TEST(Cdevents, IncidentsAreSignals) {
  for (const auto& [predicate, phase] :
       {std::pair("detected", Phase::kFiring), std::pair("reported", Phase::kFiring),
        std::pair("resolved", Phase::kResolved)}) {
    const auto observation =
        ObserveOne(Format::kCdevents, Event("incident." + std::string(predicate), "inc-7",
                                            R"({"description":"slow","service":{"id":"checkout"},
        "environment":{"id":"production"}})"));
    const auto fact = FactOf<EventFact>(observation);
    EXPECT_EQ(fact.event.phase, phase);
    EXPECT_EQ(fact.event.signal, "cdevents:inc-7");
    EXPECT_EQ(fact.event.service_id, "checkout");
    EXPECT_EQ(fact.event.event_type, "IncidentReported");
  }
}

TEST(Cdevents, TheRestAreEvents) {
  const auto merged = FactOf<EventFact>(
      ObserveOne(Format::kCdevents,
                 Event("change.merged", "c-9", R"({"repository":{"id":"acme/checkout"}})")));
  EXPECT_EQ(merged.event.event_type, "ChangeMerged");
  EXPECT_EQ(merged.event.service_id, "checkout");
  EXPECT_EQ(merged.event.severity, model::Severity::kInfo);
  const auto removed =
      FactOf<EventFact>(ObserveOne(Format::kCdevents, Event("service.removed", "checkout", "{}")));
  EXPECT_EQ(removed.event.event_type, "ServiceRemoved");
  EXPECT_EQ(removed.event.service_id, "checkout");
}

TEST(Cdevents, Refusals) {
  EXPECT_EQ(RefuseOne(Format::kCdevents, R"({"a":1})").field, "/context");
  EXPECT_EQ(RefuseOne(Format::kCdevents, R"({"context":{"type":"dev.cdevents.a.b.1","id":"1"},
    "subject":{}})")
                .field,
            "/subject/id");
  const auto type = RefuseOne(Format::kCdevents, R"({"context":{"type":"com.acme","id":"1"},
    "subject":{"id":"s"}})");
  EXPECT_EQ(type.reason, RefusalReason::kBadValue);
  EXPECT_EQ(type.field, "/context/type");
  EXPECT_EQ(
      RefuseOne(Format::kCdevents, Event("service.deployed", "s", R"({"environment":7})")).field,
      "/subject/content/environment");
}

}  // namespace
}  // namespace srehub::sources
