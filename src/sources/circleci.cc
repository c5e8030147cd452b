// CircleCI's outbound webhooks: workflow-completed and job-completed.
// https://circleci.com/docs/webhooks-reference/
#include "base/text.h"
#include "sources/formats.h"
#include "sources/pipeline_run.h"
#include "sources/pipeline_status.h"

namespace srehub::sources {
namespace {

using model::RefusalReason;

constexpr std::string_view kSystem = "circleci";

// "github/acme/checkout" -> "acme/checkout".
std::string RepositoryOf(ObjectReader& root) {
  ObjectReader& project = root.Child("project");
  const std::string_view slug = project.String("slug");
  const std::string_view name = project.String("name");
  const size_t slash = slug.find('/');
  if (slash == std::string_view::npos) return std::string(name);
  return std::string(slug.substr(slash + 1));
}

struct Part {
  std::string id, name, status, url;
  std::optional<Instant> started, stopped;
};

Part ReadPart(ObjectReader& part, std::string_view started_key) {
  Part out;
  out.id = part.Id("id");
  out.name = part.String("name");
  out.status = part.String("status");
  out.url = HttpLink(part.String("url"));
  out.started = part.Time(started_key);
  out.stopped = part.Time("stopped_at");
  return out;
}

void ReadRevision(ObjectReader& root, model::PipelineFact* fact) {
  ObjectReader& vcs = root.Child("pipeline").Child("vcs");
  fact->statement.sha = vcs.String("revision");
  fact->statement.version = vcs.String("tag");
  ObjectReader& commit = vcs.Child("commit");
  fact->title = commit.String("subject");
  ObjectReader& author = commit.Child("author");
  fact->statement.actor = author.String("name");
}

}  // namespace

void DecodeCircleci(Record& record) {
  Problem problem;
  ObjectReader root(record.root, record.pointer, &problem);
  const std::string_view type = root.String("type");
  const bool of_job = type == "job-completed";
  if (type == "ping") {
    record.context->notices.push_back("CircleCI sent a ping: the webhook is wired");
    return;
  }
  if (!problem && type != "workflow-completed" && !of_job) {
    record.Refuse(RefusalReason::kUnknownShape, root.PointerTo("type"),
                  "the CircleCI event " + Quoted(type) +
                      " is not taken: workflow-completed and job-completed are");
    return;
  }
  const std::string id = root.Id("id");
  const auto happened = root.Time("happened_at");
  for (std::string_view key : {"workflow", of_job ? "job" : "workflow"}) {
    if (!root.Has(key)) root.Missing(key, "the event is about it");
  }
  const Part workflow = ReadPart(root.Child("workflow"), "created_at");
  model::PipelineFact fact;
  model::DeployStatement& run = fact.statement;
  run.system = kSystem;
  run.repository = RepositoryOf(root);
  run.run = workflow.id;
  run.workflow = workflow.name;
  run.url = workflow.url;
  ReadRevision(root, &fact);
  if (run.run.empty()) root.Child("workflow").Missing("id", "a workflow is known by its id");
  std::optional<Instant> time = happened;
  if (of_job) {
    const Part job = ReadPart(root.Child("job"), "started_at");
    fact.task = job.name;
    fact.status_word = job.status;
    run.status = StatusOfPart(StatusOf(job.status));
    if (job.stopped) time = job.stopped;
  } else {
    fact.status_word = workflow.status;
    run.status = StatusOf(workflow.status);
    run.started_at = workflow.started;
    if (workflow.stopped) time = workflow.stopped;
    if (IsTerminal(run.status)) run.finished_at = time;
  }
  if (fact.status_word.empty()) {
    root.Child(of_job ? "job" : "workflow").Missing("status", "what is over has ended somehow");
  }
  if (problem) return problem.Report(record);
  // Retries keep the id.
  std::string identity = !id.empty()
                             ? JoinIdentity({type, id})
                             : JoinIdentity({type, run.repository, run.run, fact.task,
                                             fact.status_word, time ? FormatTime(*time) : ""});
  ObserveRun(record, model::Format::kCircleci, &root, std::move(identity), time, std::move(fact));
}

}  // namespace srehub::sources
