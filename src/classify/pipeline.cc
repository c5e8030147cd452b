// Pipeline runs: deploys, rollbacks, builds and tests.
#include <fmt/format.h>

#include <array>

#include "base/text.h"
#include "classify/engine.h"

namespace srehub::classify {
namespace {

using model::DeployStatus;
using model::PipelineKind;

constexpr std::string_view kProgressed = "Progressed";

struct JudgedKind {
  PipelineKind kind = PipelineKind::kBuild;
  Why why;
};

JudgedKind KindOf(const Engine& engine, const model::PipelineFact& fact) {
  const model::DeployStatement& run = fact.statement;
  const std::string text = run.workflow + '\n' + fact.task + '\n' + fact.path;
  JudgedKind judged{PipelineKind::kBuild, {"no rule for its name: build"}};
  if (fact.kind_known) {
    judged = {run.kind, {"kind as sent"}};
  } else {
    for (const auto& [rule, patterns] : engine.pipeline_kinds) {
      if (!patterns.MatchesAny(text)) continue;
      judged = {rule.kind, {rule.origin}};
      break;
    }
    const bool deploys =
        judged.kind == PipelineKind::kDeploy || judged.kind == PipelineKind::kRollback;
    if (!run.environment.empty() && !deploys) {
      judged = {PipelineKind::kDeploy, {"it has an environment"}};
    }
  }
  if (judged.kind != PipelineKind::kDeploy || fact.kind_known) return judged;
  // A deploy may say in its title that it goes back; a build of a commit that reverts another
  // one does not.
  for (const auto& [rule, patterns] : engine.pipeline_kinds) {
    if (rule.kind == PipelineKind::kRollback && patterns.MatchesAny(fact.title)) {
      return {PipelineKind::kRollback, {rule.origin, "(title)"}};
    }
  }
  return judged;
}

std::string_view KindWord(PipelineKind kind) {
  switch (kind) {
    case PipelineKind::kDeploy: return "Deploy";
    case PipelineKind::kRollback: return "Rollback";
    case PipelineKind::kBuild: return "Build";
    case PipelineKind::kTest: return "Test";
  }
  return "Build";
}

// Ends of a run that are neither success, failure nor a cancellation by somebody.
bool IsQuietEnd(std::string_view word) {
  static constexpr std::array<std::string_view, 3> kWords = {"skipped", "neutral", "stale"};
  for (std::string_view quiet : kWords) {
    if (EqualsIgnoreCase(word, quiet)) return true;
  }
  return false;
}

// Words for the end of a part (a job, a stage) of a run that goes on.
bool IsEndOfPart(std::string_view word) {
  static constexpr std::array<std::string_view, 12> kWords = {
      "success", "succeeded", "passed",   "pass",    "failed",  "failure",
      "skipped", "cancelled", "canceled", "neutral", "stopped", "not_run"};
  for (std::string_view end : kWords) {
    if (EqualsIgnoreCase(word, end)) return true;
  }
  return false;
}

std::string TypeOf(const model::DeployStatement& run, std::string_view status_word) {
  const std::string kind(KindWord(run.kind));
  switch (run.status) {
    case DeployStatus::kRunning:
      if (IsEndOfPart(status_word)) return kind + std::string(kProgressed);
      return kind + (run.kind == PipelineKind::kRollback ? "Triggered" : "Started");
    case DeployStatus::kSuccess:
      return kind + (run.kind == PipelineKind::kRollback ? "Triggered" : "Succeeded");
    case DeployStatus::kFailure: return kind + "Failed";
    case DeployStatus::kCancelled:
      if (!IsQuietEnd(status_word)) return kind + "Cancelled";
      break;
    case DeployStatus::kOther: break;
  }
  const std::string end = CamelCase(ToLowerAscii(status_word));
  return CamelCase(kind + (end.empty() ? "Ended" : end));
}

// What a success ends: the failures of the same kind; a rollback ends failed deploys.
std::string ClosesOf(const model::DeployStatement& run) {
  if (run.status != DeployStatus::kSuccess) return {};
  const PipelineKind kind = run.kind == PipelineKind::kRollback ? PipelineKind::kDeploy : run.kind;
  return std::string(KindWord(kind)) + "Failed";
}

std::string DetailsOf(const Record& record, const model::PipelineFact& fact,
                      const model::DeployStatement& run, const Judgement& judgement) {
  return BuildDetails([&](DetailsWriter& details) {
    details.Message(fact.title);
    details.Text("kind", model::PipelineKindName(run.kind));
    details.Text("status", fact.status_word);
    details.Text("workflow", run.workflow);
    details.Text("path", fact.path);
    details.Text("task", fact.task);
    details.Text("repository", run.repository);
    details.Text("run", run.run);
    details.Text("sha", run.sha);
    details.Text("environment", run.environment);
    details.Text("version", run.version);
    details.Text("actor", run.actor);
    record.WriteCommon(&details, fmt::format("{}: {}", run.workflow, fact.status_word), judgement,
                       fact.status_word);
  });
}

}  // namespace

Refused ClassifyFact(const Record& record, const model::PipelineFact& fact) {
  const Engine& engine = record.engine;
  const JudgedKind kind = KindOf(engine, fact);
  model::DeployStatement run = fact.statement;
  run.kind = kind.kind;
  if (run.system.empty()) run.system = "flat";

  ServiceName service = engine.services.Of(fact);
  model::Event event = record.NewEvent(std::move(service.id));
  if (run.status == DeployStatus::kRunning) {
    if (run.started_at) {
      event.timestamp = *run.started_at;
      event.untimed = false;
    }
  } else {
    if (!record.observation.time && run.finished_at) {
      event.timestamp = *run.finished_at;
      event.untimed = false;
    }
    if (!run.finished_at) run.finished_at = event.timestamp;
  }
  event.event_type = TypeOf(run, fact.status_word);
  event.closes = ClosesOf(run);
  Judgement judgement = engine.severities.Of(run, fact.status_word);
  // A rollback is high; that one of its jobs is done is no news of that kind.
  if (event.event_type.ends_with(kProgressed)) {
    judgement = {model::Severity::kInfo, false, {"a part of a run"}};
  }
  judgement = record.Judge(&event, judgement, run.environment);
  event.details = DetailsOf(record, fact, run, judgement);
  event.deploy = std::move(run);
  record.explainer.Add("deployId", model::DeployId(*event.deploy), {"system, repository, run"});
  record.Emit(std::move(event), service.why, kind.why, judgement.why);
  return std::nullopt;
}

}  // namespace srehub::classify
