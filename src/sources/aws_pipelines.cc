// Pipelines and deploys among EventBridge events: CodePipeline, CodeDeploy, CodeBuild, ECS.
// https://docs.aws.amazon.com/codepipeline/latest/userguide/detect-state-changes-cloudwatch-events.html
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_service_deployment_events.html
#include "base/text.h"
#include "sources/aws_events.h"
#include "sources/pipeline_run.h"
#include "sources/pipeline_status.h"

namespace srehub::sources {
namespace {

using model::DeployStatus;
using model::Format;
using model::PipelineFact;
using model::RefusalReason;

// The commit that a CodePipeline stage was started with.
std::string CommitOfSources(const ObjectReader& detail) {
  const auto sources = detail.Peek("sourceActions");
  if (!sources || !sources->is_array()) return {};
  for (const JsonElement action : JsonArray(sources->get_array().value_unsafe())) {
    const auto variables = Find(action, "sourceActionVariables");
    if (!variables) continue;
    for (std::string_view key : {"CommitId", "commitId", "revisionId"}) {
      const std::string_view commit = FindString(*variables, key).value_or("");
      if (IsCommit(commit)) return std::string(commit);
    }
  }
  return {};
}

// Rollbacks of V2 pipelines say so in what triggered the execution.
bool IsRollback(ObjectReader& detail) {
  const std::string_view type = detail.String("execution-type");
  const std::string_view trigger = detail.Child("execution-trigger").String("trigger-type");
  return type == "ROLLBACK" || trigger == "ManualRollback" || trigger == "AutomatedRollback";
}

void Finish(AwsEvent& event, PipelineFact fact) {
  model::DeployStatement& run = fact.statement;
  if (IsTerminal(run.status)) run.finished_at = event.time;
  ObserveRun(event.record, Format::kAws, &event.root, event.Identity(), event.time,
             std::move(fact));
}

std::string StateOf(AwsEvent& event, std::string_view key) {
  const std::string_view state = event.detail.String(key);
  if (state.empty()) event.detail.Missing(key, "a state change names the state");
  return ToLowerAscii(state);
}

}  // namespace

void DecodeCodePipeline(AwsEvent& event) {
  ObjectReader& detail = event.detail;
  PipelineFact fact;
  model::DeployStatement& run = fact.statement;
  run.system = "codepipeline";
  run.workflow = detail.String("pipeline");
  run.repository = run.workflow;
  run.run = detail.Id("execution-id");
  run.attempt = AttemptOf(detail, "pipeline-execution-attempt");
  run.sha = CommitOfSources(detail);
  fact.status_word = StateOf(event, "state");
  const std::string_view stage = detail.String("stage");
  const std::string_view action = detail.String("action");
  const std::string_view category = detail.Child("type").String("category");
  const auto started = detail.Time("start-time");
  if (IsRollback(detail)) {
    run.kind = model::PipelineKind::kRollback;
    fact.kind_known = true;
  }
  if (run.workflow.empty()) detail.Missing("pipeline", "an execution is one of a pipeline");
  if (run.run.empty()) detail.Missing("execution-id", "an execution is known by its id");
  if (event.problem) return event.problem.Report(event.record);

  const DeployStatus status = StatusOf(fact.status_word);
  const bool part = !stage.empty() || !action.empty() ||
                    event.detail_type != "CodePipeline Pipeline Execution State Change";
  run.status = part ? StatusOfPart(status) : status;
  if (!part) run.started_at = started;
  // The rules' word for a pipeline whose own name does not tell what it is for.
  fact.task = "CodePipeline";
  for (std::string_view name : {stage, action}) {
    if (!name.empty()) fact.title += (fact.title.empty() ? "" : " / ") + std::string(name);
  }
  if (!category.empty()) fact.title += " (" + std::string(category) + ")";
  Finish(event, std::move(fact));
}

void DecodeCodeDeploy(AwsEvent& event) {
  ObjectReader& detail = event.detail;
  PipelineFact fact;
  model::DeployStatement& run = fact.statement;
  run.system = "codedeploy";
  run.repository = detail.String("application");
  run.workflow = run.repository;
  fact.service = run.repository;
  run.run = detail.Id("deploymentId");
  run.environment = detail.String("deploymentGroup");
  fact.task = "deploy";
  fact.status_word = StateOf(event, "state");
  run.status = StatusOf(fact.status_word);
  if (run.repository.empty()) detail.Missing("application", "a deployment is one of it");
  if (event.problem) return event.problem.Report(event.record);
  if (fact.status_word == "start") run.started_at = event.time;
  Finish(event, std::move(fact));
}

void DecodeCodeBuild(AwsEvent& event) {
  ObjectReader& detail = event.detail;
  PipelineFact fact;
  model::DeployStatement& run = fact.statement;
  run.system = "codebuild";
  run.workflow = detail.String("project-name");
  run.repository = run.workflow;
  // arn:aws:codebuild:REGION:ACCOUNT:build/PROJECT:ID
  run.run = AfterLast(detail.String("build-id"), ':');
  const bool phase_change = detail.Has("completed-phase");
  const std::string_view phase = detail.String("completed-phase");
  const std::string_view phase_status = detail.String("completed-phase-status");
  if (phase_change) {
    fact.title = phase;
    fact.status_word = ToLowerAscii(phase_status.empty() ? phase : phase_status);
    run.status = StatusOfPart(StatusOf(fact.status_word));
  } else {
    fact.status_word = StateOf(event, "build-status");
    run.status = StatusOf(fact.status_word);
    if (run.status == DeployStatus::kRunning) run.started_at = event.time;
  }
  ObjectReader& more = detail.Child("additional-information");
  run.actor = more.String("initiator");
  run.url = HttpLink(more.Child("logs").String("deep-link"));
  const std::string_view version = more.String("source-version");
  if (IsCommit(version)) run.sha = version;
  else run.version = version;
  if (run.workflow.empty()) detail.Missing("project-name", "a build is one of a project");
  if (event.problem) return event.problem.Report(event.record);
  Finish(event, std::move(fact));
}

void DecodeEcsDeployment(AwsEvent& event) {
  static constexpr std::string_view kPrefix = "SERVICE_DEPLOYMENT_";
  ObjectReader& detail = event.detail;
  PipelineFact fact;
  model::DeployStatement& run = fact.statement;
  run.system = "ecs";
  fact.service = AwsResource(event, "service");
  std::string_view name = detail.String("eventName");
  run.run = AfterLast(detail.Id("deploymentId"), '/');
  fact.title = detail.String("reason");
  const auto updated = detail.Time("updatedAt");
  // arn:aws:ecs:REGION:ACCOUNT:service/CLUSTER/NAME; without the cluster in ARNs of the old form.
  for (std::string_view arn : event.resources) {
    const auto parts = Split(arn, '/');
    if (parts.size() == 3 && parts[0].ends_with(":service")) run.environment = parts[1];
  }
  if (fact.service.empty()) {
    event.root.Missing("resources", "the ARN of the service stands there");
  }
  if (run.run.empty()) detail.Missing("deploymentId", "a deployment is known by its id");
  if (name.empty()) detail.Missing("eventName", "it says how the deployment stands");
  if (event.problem) return event.problem.Report(event.record);
  if (name.starts_with(kPrefix)) name.remove_prefix(kPrefix.size());
  if (!event.time) event.time = updated;
  fact.task = "deploy";
  fact.status_word = ToLowerAscii(name);
  run.status = StatusOf(fact.status_word);
  run.repository = fact.service;
  if (run.status == DeployStatus::kRunning) run.started_at = event.time;
  Finish(event, std::move(fact));
}

}  // namespace srehub::sources
