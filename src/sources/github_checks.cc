// GitHub webhooks about parts of runs (jobs, checks, commit statuses), and releases.
#include <algorithm>

#include "base/text.h"
#include "sources/github_events.h"
#include "sources/pipeline_run.h"
#include "sources/pipeline_status.h"

namespace srehub::sources {
namespace {

using model::DeployStatus;
using model::Format;

constexpr std::string_view kSystem = "github";

std::string TimeText(const std::optional<Instant>& time) { return time ? FormatTime(*time) : ""; }

// "https://github.com/acme/checkout/actions/runs/123/job/456" -> "123": a check that is a job of a
// workflow speaks about that run.
std::string_view RunInLink(std::string_view link) {
  static constexpr std::string_view kRuns = "/actions/runs/";
  const size_t at = link.find(kRuns);
  if (at == std::string_view::npos) return {};
  const std::string_view rest = link.substr(at + kRuns.size());
  const size_t end = rest.find_first_not_of("0123456789");
  return rest.substr(0, end);
}

// What a job and a check say alike: status, conclusion and times.
struct PartState {
  std::string_view status, conclusion;
  std::optional<Instant> created, started, completed;
};

PartState ReadState(ObjectReader& part, std::string_view completed_key) {
  PartState state;
  state.status = part.String("status");
  state.conclusion = part.String("conclusion");
  state.created = part.TimeOrNumber("created_at");
  state.started = part.TimeOrNumber("started_at");
  state.completed = part.TimeOrNumber(completed_key);
  if (state.status.empty() && state.conclusion.empty()) {
    part.Missing("status", "a part of a run says how it stands");
  }
  return state;
}

// Sets what follows from the state; the time of the statement. `whole`: the part is a run itself.
std::optional<Instant> Apply(const PartState& state, bool whole, model::PipelineFact* fact) {
  const bool over = !state.conclusion.empty();
  fact->status_word = over ? state.conclusion : state.status;
  const DeployStatus status = over ? StatusOf(state.conclusion) : DeployStatus::kRunning;
  fact->statement.status = whole ? status : StatusOfPart(status);
  std::optional<Instant> time = state.started ? state.started : state.created;
  if (whole) fact->statement.started_at = time;
  if (over && state.completed) time = state.completed;
  if (fact->statement.status == DeployStatus::kFailure || (whole && over)) {
    fact->statement.finished_at = time;
  }
  return time;
}

}  // namespace

void DecodeGithubWorkflowJob(Record& record) {
  Problem problem;
  ObjectReader root(record.root, record.pointer, &problem);
  if (!root.Has("workflow_job")) {
    root.Missing("workflow_job", "a workflow_job event carries the job in this member");
  }
  ObjectReader& job = root.Child("workflow_job");
  model::PipelineFact fact;
  model::DeployStatement& run = fact.statement;
  run.system = kSystem;
  run.repository = GithubRepository(root);
  run.run = job.Id("run_id");
  run.attempt = AttemptOf(job, "run_attempt");
  run.sha = job.String("head_sha");
  run.workflow = job.String("workflow_name");
  run.url = HttpLink(job.String("html_url"));
  run.actor = GithubLogin(root, "sender");
  fact.task = job.String("name");
  const std::string id = job.Id("id");
  const PartState state = ReadState(job, "completed_at");
  if (id.empty()) job.Missing("id", "a job is known by its id");
  if (run.run.empty()) job.Missing("run_id", "a job is a part of a run");
  if (problem) return problem.Report(record);
  const auto time = Apply(state, false, &fact);
  std::string identity =
      JoinIdentity({"workflow_job", run.repository, run.run, std::to_string(run.attempt), id,
                    state.status, state.conclusion, TimeText(time)});
  ObserveRun(record, Format::kGithub, &root, std::move(identity), time, std::move(fact));
}

void DecodeGithubCheckRun(Record& record) {
  Problem problem;
  ObjectReader root(record.root, record.pointer, &problem);
  if (!root.Has("check_run")) {
    root.Missing("check_run", "a check_run event carries the check in this member");
  }
  ObjectReader& check = root.Child("check_run");
  model::PipelineFact fact;
  model::DeployStatement& run = fact.statement;
  run.system = kSystem;
  run.repository = GithubRepository(root);
  run.sha = check.String("head_sha");
  const std::string_view details_url = check.String("details_url");
  run.url = HttpLink(check.String("html_url"));
  if (run.url.empty()) run.url = HttpLink(details_url);
  run.run = RunInLink(details_url);
  fact.task = check.String("name");
  fact.title = check.Child("output").String("title");
  run.environment = check.Child("deployment").String("environment");
  const std::string id = check.Id("id");
  const PartState state = ReadState(check, "completed_at");
  if (id.empty()) check.Missing("id", "a check is known by its id");
  if (problem) return problem.Report(record);
  const bool whole = run.run.empty();
  if (whole) run.run = "check-" + id;
  const auto time = Apply(state, whole, &fact);
  std::string identity = JoinIdentity(
      {"check_run", run.repository, id, state.status, state.conclusion, TimeText(time)});
  ObserveRun(record, Format::kGithub, &root, std::move(identity), time, std::move(fact));
}

void DecodeGithubCheckSuite(Record& record) {
  Problem problem;
  ObjectReader root(record.root, record.pointer, &problem);
  if (!root.Has("check_suite")) {
    root.Missing("check_suite", "a check_suite event carries the suite in this member");
  }
  ObjectReader& suite = root.Child("check_suite");
  model::PipelineFact fact;
  model::DeployStatement& run = fact.statement;
  run.system = kSystem;
  run.repository = GithubRepository(root);
  run.sha = suite.String("head_sha");
  fact.task = suite.Child("app").String("name");
  fact.title = suite.Child("head_commit").String("message");
  const std::string id = suite.Id("id");
  const PartState state = ReadState(suite, "updated_at");
  if (id.empty()) suite.Missing("id", "a check suite is known by its id");
  if (problem) return problem.Report(record);
  run.run = "suite-" + id;
  const auto time = Apply(state, true, &fact);
  std::string identity = JoinIdentity(
      {"check_suite", run.repository, id, state.status, state.conclusion, TimeText(time)});
  ObserveRun(record, Format::kGithub, &root, std::move(identity), time, std::move(fact));
}

void DecodeGithubStatus(Record& record) {
  Problem problem;
  ObjectReader root(record.root, record.pointer, &problem);
  model::PipelineFact fact;
  model::DeployStatement& run = fact.statement;
  const std::string id = root.Id("id");
  const std::string_view name = root.String("name");
  run.system = kSystem;
  run.repository = GithubRepository(root);
  if (run.repository.empty()) run.repository = name;
  run.sha = root.String("sha");
  run.url = HttpLink(root.String("target_url"));
  run.actor = GithubLogin(root, "sender");
  fact.task = root.String("context");
  fact.title = root.String("description");
  fact.status_word = root.String("state");
  run.status = StatusOf(fact.status_word);
  const auto created = root.TimeOrNumber("created_at");
  const auto updated = root.TimeOrNumber("updated_at");
  if (fact.status_word.empty()) root.Missing("state", "a commit status has a state");
  if (run.sha.empty()) root.Missing("sha", "a commit status is about a commit");
  if (problem) return problem.Report(record);
  run.run = "status-" + fact.task + "@" + run.sha;
  const std::optional<Instant> time = updated ? updated : created;
  if (IsTerminal(run.status)) run.finished_at = time;
  std::string identity = JoinIdentity(
      {"status", run.repository, run.sha, fact.task, id, fact.status_word, TimeText(time)});
  ObserveRun(record, Format::kGithub, &root, std::move(identity), time, std::move(fact));
}

void DecodeGithubRelease(Record& record) {
  Problem problem;
  ObjectReader root(record.root, record.pointer, &problem);
  if (!root.Has("release")) {
    root.Missing("release", "a release event carries the release in this member");
  }
  const std::string_view action = root.String("action");
  ObjectReader& release = root.Child("release");
  model::PipelineFact fact;
  model::DeployStatement& run = fact.statement;
  run.system = kSystem;
  run.repository = GithubRepository(root);
  run.version = release.String("tag_name");
  const std::string_view target = release.String("target_commitish");
  if (IsCommit(target)) run.sha = target;  // it may name a branch
  run.url = HttpLink(release.String("html_url"));
  run.actor = GithubLogin(release, "author");
  fact.title = release.String("name");
  fact.task = "release";
  const std::string id = release.Id("id");
  const auto created = release.TimeOrNumber("created_at");
  const auto published = release.TimeOrNumber("published_at");
  if (id.empty()) release.Missing("id", "a release is known by its id");
  if (problem) return problem.Report(record);
  // "released" comes beside "published"; drafts, edits and deletions roll nothing out.
  if (!action.empty() && action != "published") return;
  // What was published was not proved to run anywhere, so no failure ends by it.
  fact.status_word = "published";
  run.status = DeployStatus::kOther;
  run.kind = model::PipelineKind::kDeploy;
  fact.kind_known = true;
  run.run = "release-" + id;
  const std::optional<Instant> time = published ? published : created;
  std::string identity = JoinIdentity({"release", run.repository, id, TimeText(time)});
  ObserveRun(record, Format::kGithub, &root, std::move(identity), time, std::move(fact));
}

}  // namespace srehub::sources
