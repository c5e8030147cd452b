// GitLab webhooks about pipelines, jobs and deployments.
// https://docs.gitlab.com/user/project/integrations/webhook_events/
//
// A job that deploys is a run of its own, known by the job's id, because that is the one id which
// all three webhooks name (builds[].id, build_id, deployable_id). Its pipeline is a build, and its
// other jobs are parts of the pipeline.
#include <algorithm>
#include <array>

#include "base/text.h"
#include "sources/formats.h"
#include "sources/pipeline_run.h"
#include "sources/pipeline_status.h"

namespace srehub::sources {
namespace {

using model::Format;
using model::PipelineFact;
using model::RefusalReason;

constexpr std::string_view kSystem = "gitlab";
// What one tick too many in GitLab's form sends.
constexpr std::array<std::string_view, 17> kOtherKinds = {"push",
                                                          "tag_push",
                                                          "issue",
                                                          "work_item",
                                                          "note",
                                                          "merge_request",
                                                          "wiki_page",
                                                          "feature_flag",
                                                          "release",
                                                          "milestone",
                                                          "emoji",
                                                          "access_token",
                                                          "subgroup",
                                                          "project",
                                                          "user_add_to_group",
                                                          "user_remove_from_group",
                                                          "vulnerability"};

std::string RepositoryOf(ObjectReader& root) {
  ObjectReader& project = root.Child("project");
  std::string path(project.String("path_with_namespace"));
  if (path.empty()) path = project.String("name");
  // "gitlab-org / gitlab-test", in the job webhooks of older servers.
  const std::string_view spaced = root.String("project_name");
  if (path.empty()) {
    path = spaced;
    std::erase(path, ' ');
  }
  return path;
}

std::string UserOf(ObjectReader& root) {
  ObjectReader& user = root.Child("user");
  const std::string_view login = user.String("username");
  const std::string_view name = user.String("name");
  return std::string(login.empty() ? name : login);
}

// The environment that a job deploys to. One that only prepares, checks or stops it does not.
std::string DeployedEnvironment(ObjectReader& job) {
  ObjectReader& environment = job.Child("environment");
  const std::string_view action = environment.String("action");
  const std::string_view name = environment.String("name");
  return action.empty() || action == "start" ? std::string(name) : std::string();
}

// A deploy job that waits for its turn, or for a person, has not deployed anything yet.
bool HasBegun(std::string_view status) {
  static constexpr std::array<std::string_view, 5> kWords = {"running", "success", "failed",
                                                             "canceled", "canceling"};
  return std::find(kWords.begin(), kWords.end(), status) != kWords.end();
}

std::string DeployRun(std::string_view job_id) { return "job-" + std::string(job_id); }

struct RunTimes {
  std::optional<Instant> created, started, finished;
};

// Sets the statement's times and gives that of the statement itself.
std::optional<Instant> Place(const RunTimes& times, model::DeployStatement* statement) {
  statement->started_at = times.started;
  if (IsTerminal(statement->status)) statement->finished_at = times.finished;
  if (statement->finished_at) return statement->finished_at;
  return times.started ? times.started : times.created;
}

std::string TimeText(const std::optional<Instant>& time) { return time ? FormatTime(*time) : ""; }

// One of a pipeline's `builds` that deploys.
struct DeployJob {
  std::string id, name, status, environment;
  RunTimes times;
};

// The list counts as unread: it is kept whole with the pipeline's own event.
std::vector<DeployJob> ReadDeployJobs(ObjectReader& root, Problem* problem) {
  std::vector<DeployJob> jobs;
  const auto builds = root.PeekArray("builds");
  if (!builds) return jobs;
  size_t position = 0;
  for (const JsonElement build : *builds) {
    const std::string at = root.PointerTo("builds") + "/" + std::to_string(position++);
    if (!build.is_object()) {
      problem->Note(RefusalReason::kWrongType, at,
                    std::string(TypeInWords(build)) + " where an object must be");
      break;
    }
    ObjectReader reader(build, at, problem);
    DeployJob job;
    job.environment = DeployedEnvironment(reader);
    job.id = reader.Id("id");
    job.name = reader.String("name");
    job.status = reader.String("status");
    job.times = {reader.TimeOrNumber("created_at"), reader.TimeOrNumber("started_at"),
                 reader.TimeOrNumber("finished_at")};
    if (job.environment.empty()) continue;
    if (job.id.empty()) reader.Missing("id", "a job is known by its id");
    jobs.push_back(std::move(job));
  }
  return jobs;
}

// Only what does not change from one webhook of the pipeline to the next goes into the event.
void ObserveDeployJob(Record& record, const PipelineFact& pipeline, DeployJob job) {
  if (!HasBegun(job.status)) return;
  PipelineFact fact;
  fact.statement = pipeline.statement;
  fact.title = pipeline.title;
  fact.kind_known = false;
  fact.status_word = std::move(job.status);
  fact.task = std::move(job.name);
  model::DeployStatement& statement = fact.statement;
  statement.run = DeployRun(job.id);
  statement.environment = std::move(job.environment);
  statement.status = StatusOf(fact.status_word);
  statement.finished_at.reset();
  const std::optional<Instant> time = Place(job.times, &statement);
  std::string identity = JoinIdentity({"pipeline_job", statement.repository, job.id,
                                       fact.status_word, statement.environment, TimeText(time)});
  ObserveRun(record, Format::kGitlab, nullptr, std::move(identity), time, std::move(fact));
}

void DecodePipeline(Record& record) {
  Problem problem;
  ObjectReader root(record.root, record.pointer, &problem);
  root.String("object_kind");
  if (!root.Has("object_attributes")) {
    root.Missing("object_attributes", "a pipeline webhook carries the pipeline in this member");
  }
  ObjectReader& pipeline = root.Child("object_attributes");
  PipelineFact fact;
  model::DeployStatement& statement = fact.statement;
  statement.system = kSystem;
  statement.repository = RepositoryOf(root);
  statement.run = pipeline.Id("id");
  statement.sha = pipeline.String("sha");
  statement.actor = UserOf(root);
  statement.url = HttpLink(pipeline.String("url"));
  fact.status_word = pipeline.String("status");
  statement.status = StatusOf(fact.status_word);
  // As a task, not as the workflow: it is often one text for every branch, and names no service.
  fact.task = pipeline.String("name");
  fact.title = root.Child("commit").String("title");
  const auto created = pipeline.TimeOrNumber("created_at");
  const RunTimes times{created, created, pipeline.TimeOrNumber("finished_at")};
  std::vector<DeployJob> jobs = ReadDeployJobs(root, &problem);
  if (!jobs.empty()) {  // they speak for themselves
    fact.kind_known = true;
    statement.kind = model::PipelineKind::kBuild;
  }
  if (statement.run.empty()) pipeline.Missing("id", "a pipeline is known by its id");
  if (fact.status_word.empty()) pipeline.Missing("status", "a pipeline says how it stands");
  if (problem) return problem.Report(record);

  for (DeployJob& job : jobs) ObserveDeployJob(record, fact, std::move(job));
  const std::optional<Instant> time = Place(times, &statement);
  std::string identity = JoinIdentity(
      {"pipeline", statement.repository, statement.run, fact.status_word, TimeText(time)});
  ObserveRun(record, Format::kGitlab, &root, std::move(identity), time, std::move(fact));
}

// "…_at_iso" where the server sends it: it has an offset.
std::optional<Instant> BuildTime(ObjectReader& root, const std::string& key) {
  const auto iso = root.TimeOrNumber(key + "_iso");
  const auto plain = root.TimeOrNumber(key);
  return iso ? iso : plain;
}

void DecodeJob(Record& record) {
  Problem problem;
  ObjectReader root(record.root, record.pointer, &problem);
  root.String("object_kind");
  PipelineFact fact;
  model::DeployStatement& statement = fact.statement;
  statement.system = kSystem;
  statement.repository = RepositoryOf(root);
  statement.sha = root.String("sha");
  statement.actor = UserOf(root);
  const std::string job = root.Id("build_id");
  const std::string pipeline = root.Id("pipeline_id");
  fact.task = root.String("build_name");
  fact.status_word = root.String("build_status");
  fact.title = root.Child("commit").String("message");
  const bool may_fail = root.Bool("build_allow_failure").value_or(false);
  std::string environment = DeployedEnvironment(root);
  const RunTimes times{BuildTime(root, "build_created_at"), BuildTime(root, "build_started_at"),
                       BuildTime(root, "build_finished_at")};
  if (job.empty()) root.Missing("build_id", "a job is known by its id");
  if (fact.status_word.empty()) root.Missing("build_status", "a job says how it stands");
  if (problem) return problem.Report(record);

  const model::DeployStatus status = StatusOf(fact.status_word);
  const std::string project_url = HttpLink(
      FindString(Find(record.root, "project").value_or(record.root), "web_url").value_or(""));
  if (!project_url.empty()) statement.url = project_url + "/-/jobs/" + job;
  std::optional<Instant> time;
  if (!environment.empty() && HasBegun(fact.status_word)) {
    statement.run = DeployRun(job);
    statement.environment = std::move(environment);
    statement.status = status;
    time = Place(times, &statement);
  } else {
    statement.run = pipeline.empty() ? DeployRun(job) : pipeline;
    statement.status = may_fail ? model::DeployStatus::kRunning : StatusOfPart(status);
    time = times.finished && IsTerminal(status) ? times.finished : times.started;
    if (!time) time = times.created;
  }
  std::string identity = JoinIdentity(
      {"job", statement.repository, job, fact.status_word, statement.environment, TimeText(time)});
  ObserveRun(record, Format::kGitlab, &root, std::move(identity), time, std::move(fact));
}

// The whole commit id stands only at the end of a link.
std::string CommitOf(ObjectReader& root) {
  const std::string_view part = root.String("short_sha");
  const std::string_view whole = AfterLast(root.String("commit_url"), '/');
  return std::string(IsCommit(whole) && whole.starts_with(part) ? whole : part);
}

void DecodeGitlabDeployment(Record& record) {
  Problem problem;
  ObjectReader root(record.root, record.pointer, &problem);
  root.String("object_kind");
  PipelineFact fact;
  model::DeployStatement& statement = fact.statement;
  statement.system = kSystem;
  statement.repository = RepositoryOf(root);
  statement.sha = CommitOf(root);
  statement.environment = root.String("environment");
  statement.actor = UserOf(root);
  statement.url = HttpLink(root.String("deployable_url"));
  fact.status_word = root.String("status");
  statement.status = StatusOf(fact.status_word);
  fact.task = "deploy";
  fact.title = root.String("commit_title");
  const std::string deployment = root.Id("deployment_id");
  const std::string job = root.Id("deployable_id");
  const auto changed = root.TimeOrNumber("status_changed_at");
  if (deployment.empty()) root.Missing("deployment_id", "a deployment is known by its id");
  if (fact.status_word.empty()) root.Missing("status", "a deployment says how it stands");
  if (problem) return problem.Report(record);
  // One that was made by a call to the API has no job.
  statement.run = job.empty() ? "deployment-" + deployment : DeployRun(job);
  if (IsTerminal(statement.status)) statement.finished_at = changed;
  if (fact.status_word == "running") statement.started_at = changed;
  std::string identity = JoinIdentity({"deployment", statement.repository, deployment,
                                       fact.status_word, statement.environment, TimeText(changed)});
  ObserveRun(record, Format::kGitlab, &root, std::move(identity), changed, std::move(fact));
}

}  // namespace

void DecodeGitlab(Record& record) {
  const auto member = Find(record.root, "object_kind");
  const std::string_view kind = FindString(record.root, "object_kind").value_or("");
  if (kind == "pipeline") return DecodePipeline(record);
  if (kind == "build") return DecodeJob(record);
  if (kind == "deployment") return DecodeGitlabDeployment(record);
  static constexpr std::string_view kTaken =
      "pipeline, build (the job webhook) and deployment are taken";
  if (!member || member->is_null()) {
    record.Refuse(RefusalReason::kUnknownShape, record.pointer,
                  "no GitLab webhook: it has no object_kind; " + std::string(kTaken));
  } else if (!member->is_string()) {
    record.Refuse(RefusalReason::kWrongType, record.pointer + "/object_kind",
                  std::string(TypeInWords(*member)) + " where a string must be");
  } else if (std::ranges::find(kOtherKinds, kind) == kOtherKinds.end()) {
    record.Refuse(RefusalReason::kUnknownShape, record.pointer + "/object_kind",
                  "GitLab has no webhook " + Quoted(kind) + ": " + std::string(kTaken));
  } else {
    // Not a refusal: GitLab switches a webhook off for good after a few answers of 4xx, and one
    // kind too many must not cost the others.
    record.context->notices.push_back("GitLab's webhook " + Quoted(kind) +
                                      " says nothing that is kept: " + std::string(kTaken));
  }
}

}  // namespace srehub::sources
