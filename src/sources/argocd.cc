// Argo CD notifications. Their webhook has no body of its own: what is read here is what the
// template in docs/senders/argocd.md writes.
//
// The end of a sync operation is not the end of a rollout: a deploy has succeeded when its
// application is Healthy. Health itself is a signal, which fires while it is Degraded.
#include "base/text.h"
#include "sources/formats.h"
#include "sources/pipeline_run.h"
#include "sources/pipeline_status.h"
#include "sources/reported_event.h"

namespace srehub::sources {
namespace {

using model::DeployStatus;
using model::Format;
using model::RefusalReason;

constexpr std::string_view kSystem = "argocd";

struct Application {
  std::string app, project, phase, health, message;
  std::optional<Instant> started, finished, healthy_since;
};

// Of .status.operationState.phase; none for a word that is not Argo CD's.
std::optional<DeployStatus> StatusOfOperation(std::string_view phase, std::string_view health) {
  if (phase == "Running" || phase == "Terminating") return DeployStatus::kRunning;
  if (phase == "Failed" || phase == "Error") return DeployStatus::kFailure;
  if (phase != "Succeeded") return std::nullopt;
  return health == "Progressing" ? DeployStatus::kRunning : DeployStatus::kSuccess;
}

std::string TimeText(const std::optional<Instant>& time) { return time ? FormatTime(*time) : ""; }

void ObserveOperation(Record& record, const ObjectReader& root, const Application& app,
                      DeployStatus status, model::PipelineFact fact) {
  model::DeployStatement& run = fact.statement;
  run.status = status;
  const bool rolling_out = app.phase == "Succeeded" && status == DeployStatus::kRunning;
  fact.status_word = ToLowerAscii(rolling_out ? app.health : app.phase);
  run.started_at = app.started;
  std::optional<Instant> time = app.finished ? app.finished : app.started;
  // The rollout ends when it became healthy, which may be long after the operation was over.
  if (status == DeployStatus::kSuccess && app.health == "Healthy" && app.healthy_since &&
      (!time || *app.healthy_since > *time)) {
    time = app.healthy_since;
  }
  if (status != DeployStatus::kRunning) run.finished_at = time;
  std::string identity = JoinIdentity({"operation", app.project, app.app, TimeText(app.started),
                                       run.sha, app.phase, fact.status_word, TimeText(time)});
  ObserveRun(record, Format::kArgocd, &root, std::move(identity), time, std::move(fact));
}

void ObserveHealth(Record& record, const ObjectReader& root, const Application& app,
                   const model::PipelineFact& fact) {
  const bool degraded = app.health == "Degraded";
  ReportedEvent event;
  event.time = app.healthy_since;
  if (!event.time && !degraded) event.time = app.finished;
  event.service = fact.service;
  event.type = "HealthDegraded";
  event.severity = degraded ? model::Severity::kHigh : model::Severity::kInfo;
  event.phase = degraded ? model::Phase::kFiring : model::Phase::kResolved;
  event.signal = "argocd:" + app.project + "/" + app.app;
  event.title = app.app + " is " + app.health;
  event.message = app.message;
  event.environment = fact.statement.environment;
  event.link = fact.statement.url;
  event.identity = JoinIdentity({"health", app.project, app.app, app.health, TimeText(event.time)});
  ObserveReported(record, Format::kArgocd, root, std::move(event));
}

}  // namespace

void DecodeArgocd(Record& record) {
  Problem problem;
  ObjectReader root(record.root, record.pointer, &problem);
  root.String("sender");
  Application app;
  app.app = root.String("app");
  app.project = root.String("project");
  app.phase = root.String("phase");
  app.health = root.String("health");
  app.message = root.String("message");
  app.started = root.Time("startedAt");
  app.finished = root.Time("finishedAt");
  app.healthy_since = root.Time("healthSince");
  model::PipelineFact fact;
  model::DeployStatement& run = fact.statement;
  run.system = kSystem;
  run.repository = app.project.empty() ? app.app : app.project + "/" + app.app;
  run.workflow = app.app;
  run.sha = root.String("revision");
  run.environment = root.String("environment");
  run.version = root.String("version");
  run.actor = root.String("initiatedBy");
  run.url = HttpLink(root.String("url"));
  // An operation has no id; an application has one at a time.
  if (app.started) run.run = FormatTime(*app.started);
  fact.service = root.String("service");
  if (fact.service.empty()) fact.service = app.app;
  fact.task = "deploy";
  fact.title = app.message;
  if (app.app.empty()) root.Missing("app", "a notification names its application");
  const auto status = StatusOfOperation(app.phase, app.health);
  const bool degraded = app.health == "Degraded", healthy = app.health == "Healthy";
  if (!app.phase.empty() && !status) {
    root.Wrong(RefusalReason::kBadValue, "phase",
               "the phase " + Quoted(app.phase) +
                   " is none of Running, Terminating, Succeeded, Failed, Error");
  } else if (app.phase.empty() && !degraded && !healthy) {
    root.Missing("phase", "a notification is about an operation, or about health");
  }
  if (problem) return problem.Report(record);
  // A Degraded application says nothing new about an operation that went well.
  if (status && !(degraded && *status == DeployStatus::kSuccess)) {
    ObserveOperation(record, root, app, *status, fact);
  }
  const bool settled = !status || *status != DeployStatus::kRunning;
  if (degraded || (healthy && settled)) ObserveHealth(record, root, app, fact);
}

}  // namespace srehub::sources
