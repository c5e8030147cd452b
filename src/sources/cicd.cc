// The flat form of a pipeline run, for anything that can send four fields:
// {"workflow": …, "status": …, "run_id": …, "updated_at": …}, and a few more where they are known.
#include "base/text.h"
#include "sources/formats.h"
#include "sources/pipeline_run.h"
#include "sources/pipeline_status.h"

namespace srehub::sources {
namespace {

using model::DeployStatus;
using model::RefusalReason;

constexpr std::string_view kDefaultSystem = "flat";

// A name, or an object that carries it: repository {"full_name"}, actor {"login"}.
std::string NameOf(ObjectReader& root, std::string_view key, std::string_view member,
                   std::string_view other_member) {
  const auto value = root.Peek(key);
  if (!value || !value->is_object()) return std::string(root.String(key));
  ObjectReader& object = root.Child(key);
  std::string name(object.String(member));
  if (name.empty()) name = object.String(other_member);
  return name;
}

void ReadKind(ObjectReader& root, model::PipelineFact* fact) {
  const std::string_view word = root.String("kind");
  if (word.empty()) return;
  const auto kind = model::ParsePipelineKind(word);
  if (!kind) {
    root.Wrong(RefusalReason::kBadValue, "kind",
               "the kind " + Quoted(word) + " is none of deploy, rollback, build, test");
    return;
  }
  fact->statement.kind = *kind;
  fact->kind_known = true;
}

// The conclusion where there is one: `status` then only says that the run is over.
void ReadStatus(ObjectReader& root, model::PipelineFact* fact) {
  const std::string_view status = root.String("status");
  const std::string_view conclusion = root.String("conclusion");
  fact->status_word = conclusion.empty() ? status : conclusion;
  fact->statement.status = StatusOf(fact->status_word);
  if (fact->status_word.empty()) {
    root.Missing("status", "a pipeline run says how it stands in status or conclusion");
  }
}

struct RunTimes {
  std::optional<Instant> updated, started, finished;
};

RunTimes TimesOf(ObjectReader& root) {
  RunTimes times;
  times.updated = root.TimeOrNumber(root.FirstPresent({"updated_at", "timestamp"}));
  times.started = root.TimeOrNumber(root.FirstPresent({"started_at", "run_started_at"}));
  times.finished = root.TimeOrNumber(root.FirstPresent({"finished_at", "completed_at"}));
  return times;
}

std::string IdentityOf(const model::PipelineFact& fact, std::string_view conclusion_and_status,
                       const std::optional<Instant>& time) {
  const model::DeployStatement& s = fact.statement;
  return JoinIdentity({s.system, s.repository, s.workflow, fact.service, s.run,
                       std::to_string(s.attempt), conclusion_and_status, s.environment, s.sha,
                       s.version, time ? FormatTime(*time) : ""});
}

}  // namespace

void DecodeCicd(Record& record) {
  Problem problem;
  ObjectReader root(record.root, record.pointer, &problem);
  model::PipelineFact fact;
  model::DeployStatement& run = fact.statement;
  ReadStatus(root, &fact);
  ReadKind(root, &fact);
  run.system = ToLowerAscii(root.String("system"));
  if (run.system.empty()) run.system = kDefaultSystem;
  run.workflow = root.String("workflow");
  run.run = root.Id("run_id");
  run.attempt = AttemptOf(root, root.FirstPresent({"attempt", "run_attempt"}));
  run.repository = NameOf(root, "repository", "full_name", "name");
  run.sha = root.String(root.FirstPresent({"sha", "commit", "head_sha"}));
  run.environment = root.String("environment");
  run.version = root.Id("version");
  run.actor = NameOf(root, "actor", "login", "name");
  run.url = HttpLink(root.String(root.FirstPresent({"url", "html_url"})));
  fact.service = root.String("service");
  fact.path = root.String("path");
  fact.task = root.String("task");
  fact.title = root.String(root.FirstPresent({"title", "display_title", "message"}));
  const RunTimes times = TimesOf(root);
  if (run.workflow.empty() && fact.service.empty() && run.repository.empty()) {
    root.Missing("workflow", "a pipeline run names its workflow, service or repository");
  }
  if (problem) return problem.Report(record);

  std::optional<Instant> time = times.updated ? times.updated : times.finished;
  run.started_at = times.started;
  if (IsTerminal(run.status)) run.finished_at = times.finished ? times.finished : time;
  if (!time) time = times.started;
  std::string identity = IdentityOf(fact, fact.status_word, time);
  ObserveRun(record, model::Format::kCicd, &root, std::move(identity), time, std::move(fact));
}

}  // namespace srehub::sources
