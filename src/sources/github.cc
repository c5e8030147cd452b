// GitHub webhooks about runs and deployments.
// https://docs.github.com/en/webhooks/webhook-events-and-payloads
#include <array>

#include "base/text.h"
#include "sources/formats.h"
#include "sources/github_events.h"
#include "sources/pipeline_run.h"
#include "sources/pipeline_status.h"

namespace srehub::sources {
namespace {

using model::DeployStatus;
using model::RefusalReason;

constexpr std::string_view kSystem = "github";

struct ShapeOfEvent {
  std::string_view member, event;
};
// In this order: a deployment_status may carry a workflow_run and a check_run beside it, and a
// workflow_job a deployment.
constexpr std::array<ShapeOfEvent, 9> kShapes = {{{"deployment_status", "deployment_status"},
                                                  {"workflow_job", "workflow_job"},
                                                  {"check_run", "check_run"},
                                                  {"check_suite", "check_suite"},
                                                  {"deployment", "deployment"},
                                                  {"workflow_run", "workflow_run"},
                                                  {"release", "release"},
                                                  {"pull_request", "pull_request"},
                                                  {"zen", "ping"}}};

// The run's name; one that was never given is the name of its file.
std::string WorkflowName(std::string_view run_name, std::string_view workflow_name,
                         std::string_view path) {
  if (!run_name.empty()) return std::string(run_name);
  if (!workflow_name.empty()) return std::string(workflow_name);
  path = path.substr(0, path.find('@'));
  const size_t slash = path.rfind('/');
  return std::string(slash == std::string_view::npos ? path : path.substr(slash + 1));
}

void DecodeWorkflowRun(Record& record) {
  Problem problem;
  ObjectReader root(record.root, record.pointer, &problem);
  if (!root.Has("workflow_run")) {
    root.Missing("workflow_run", "a workflow_run event carries the run in this member");
  }
  ObjectReader& run = root.Child("workflow_run");
  ObjectReader& workflow = root.Child("workflow");
  model::PipelineFact fact;
  model::DeployStatement& statement = fact.statement;
  const std::string_view status = run.String("status");
  const std::string_view conclusion = run.String("conclusion");
  // `action` is not to be trusted: a run may be "completed" there while still queued.
  fact.status_word = conclusion.empty() ? status : conclusion;
  statement.status = conclusion.empty() ? DeployStatus::kRunning : StatusOf(conclusion);
  statement.system = kSystem;
  statement.repository = GithubRepository(root);
  statement.run = run.Id("id");
  statement.attempt = AttemptOf(run, "run_attempt");
  statement.sha = run.String("head_sha");
  fact.path = run.String("path");
  statement.workflow = WorkflowName(run.String("name"), workflow.String("name"), fact.path);
  statement.actor = GithubLogin(run, run.FirstPresent({"triggering_actor", "actor"}));
  statement.url = HttpLink(run.String("html_url"));
  fact.title = run.String("display_title");
  const auto created = run.TimeOrNumber("created_at");
  const auto started = run.TimeOrNumber("run_started_at");
  const auto updated = run.TimeOrNumber("updated_at");
  if (statement.run.empty()) run.Missing("id", "a run is known by its id");
  if (fact.status_word.empty()) run.Missing("status", "a run says how it stands");
  if (problem) return problem.Report(record);
  statement.started_at = started ? started : created;
  const std::optional<Instant> time = updated ? updated : statement.started_at;
  if (!conclusion.empty()) statement.finished_at = time;
  std::string identity = JoinIdentity({"workflow_run", statement.repository, statement.run,
                                       std::to_string(statement.attempt), status, conclusion,
                                       time ? FormatTime(*time) : ""});
  ObserveRun(record, model::Format::kGithub, &root, std::move(identity), time, std::move(fact));
}

// deployment.payload is what its creator put there: an object, or its JSON as a string.
void ReadPayload(Record& record, ObjectReader& deployment, model::PipelineFact* fact) {
  const auto payload = deployment.Peek("payload");
  if (!payload) return;
  std::optional<JsonElement> object = *payload;
  std::string_view text;
  if (payload->get_string().get(text) == simdjson::SUCCESS) {
    const auto parsed = record.context->Reader(record.depth + 1).Parse(text);
    object = parsed ? std::optional<JsonElement>(*parsed) : std::nullopt;
  }
  if (!object) return;
  fact->service = FindString(*object, "service").value_or("");
  fact->statement.version = FindString(*object, "version").value_or("");
}

// What a deployment and its statuses have in common. Returns the deployment's id.
std::string ReadDeployment(Record& record, ObjectReader& root, ObjectReader& deployment,
                           model::PipelineFact* fact) {
  model::DeployStatement& statement = fact->statement;
  statement.system = kSystem;
  statement.repository = GithubRepository(root);
  statement.sha = deployment.String("sha");
  statement.environment = deployment.String("environment");
  fact->task = deployment.String("task");
  if (fact->task.empty()) fact->task = "deploy";
  fact->title = deployment.String("description");
  ObjectReader& run = root.Child("workflow_run");
  ObjectReader& workflow = root.Child("workflow");
  // Made by a workflow, the deployment is a statement about that run; otherwise a run of its own.
  std::string deployment_id = deployment.Id("id");
  statement.run = run.Id("id");
  statement.attempt = AttemptOf(run, "run_attempt");
  if (statement.run.empty()) statement.run = deployment_id;
  const std::string_view run_path = run.String("path");
  const std::string_view workflow_path = workflow.String("path");
  fact->path = run_path.empty() ? workflow_path : run_path;
  statement.workflow = WorkflowName(run.String("name"), workflow.String("name"), fact->path);
  statement.started_at = deployment.TimeOrNumber("created_at");
  if (deployment_id.empty()) deployment.Missing("id", "a deployment is known by its id");
  ReadPayload(record, deployment, fact);
  return deployment_id;
}

void DecodeDeploymentStatus(Record& record) {
  Problem problem;
  ObjectReader root(record.root, record.pointer, &problem);
  for (std::string_view key : {"deployment_status", "deployment"}) {
    if (!root.Has(key)) root.Missing(key, "a deployment_status event carries both members");
  }
  ObjectReader& status = root.Child("deployment_status");
  ObjectReader& deployment = root.Child("deployment");
  model::PipelineFact fact;
  model::DeployStatement& statement = fact.statement;
  const std::string deployment_id = ReadDeployment(record, root, deployment, &fact);
  fact.status_word = status.String("state");
  statement.status = StatusOf(fact.status_word);
  if (const std::string_view environment = status.String("environment"); !environment.empty()) {
    statement.environment = environment;
  }
  const std::string target_url = HttpLink(status.String("target_url"));
  statement.url = HttpLink(status.String("log_url"));
  if (statement.url.empty()) statement.url = target_url;
  statement.actor = GithubLogin(status, "creator");
  if (statement.actor.empty()) statement.actor = GithubLogin(root, "sender");
  if (const std::string_view text = status.String("description"); !text.empty()) fact.title = text;
  const std::string status_id = status.Id("id");
  const auto created = status.TimeOrNumber("created_at");
  const auto updated = status.TimeOrNumber("updated_at");
  if (fact.status_word.empty()) status.Missing("state", "a deployment status has a state");
  if (problem) return problem.Report(record);
  // "inactive" only says that a newer deployment took the place of this one.
  if (fact.status_word == "inactive") return;
  const std::optional<Instant> time = updated ? updated : created;
  if (IsTerminal(statement.status)) statement.finished_at = time;
  std::string identity =
      JoinIdentity({"deployment_status", statement.repository, deployment_id, status_id,
                    fact.status_word, statement.environment, time ? FormatTime(*time) : ""});
  ObserveRun(record, model::Format::kGithub, &root, std::move(identity), time, std::move(fact));
}

void DecodeDeployment(Record& record) {
  Problem problem;
  ObjectReader root(record.root, record.pointer, &problem);
  if (!root.Has("deployment")) {
    root.Missing("deployment", "a deployment event carries the deployment in this member");
  }
  ObjectReader& deployment = root.Child("deployment");
  model::PipelineFact fact;
  model::DeployStatement& statement = fact.statement;
  const std::string deployment_id = ReadDeployment(record, root, deployment, &fact);
  statement.status = DeployStatus::kRunning;
  fact.status_word = "created";
  statement.actor = GithubLogin(deployment, "creator");
  if (problem) return problem.Report(record);
  const std::optional<Instant> time = statement.started_at;
  std::string identity = JoinIdentity({"deployment", statement.repository, deployment_id,
                                       statement.environment, time ? FormatTime(*time) : ""});
  ObserveRun(record, model::Format::kGithub, &root, std::move(identity), time, std::move(fact));
}

// Events that come in numbers and say little that workflow_run does not say: taken when the
// webhook's address asks for them ("?include=workflow_job,check_run").
struct OptionalEvent {
  std::string_view event;
  void (*decode)(Record& record);
};
constexpr std::array<OptionalEvent, 4> kOptional = {{{"workflow_job", DecodeGithubWorkflowJob},
                                                     {"check_run", DecodeGithubCheckRun},
                                                     {"check_suite", DecodeGithubCheckSuite},
                                                     {"status", DecodeGithubStatus}}};

bool IsAskedFor(const model::Delivery& delivery, std::string_view event) {
  for (std::string_view asked : Split(delivery.Header(kIncludeHeader), ',')) {
    if (TrimAscii(asked) == event) return true;
  }
  return false;
}

}  // namespace

std::string GithubLogin(ObjectReader& owner, std::string_view key) {
  return std::string(owner.Child(key).String("login"));
}

std::string GithubRepository(ObjectReader& root) {
  ObjectReader& repository = root.Child("repository");
  const std::string_view full_name = repository.String("full_name");
  const std::string_view name = repository.String("name");
  return std::string(full_name.empty() ? name : full_name);
}

std::string_view GithubEventOf(const JsonElement& root) {
  for (const ShapeOfEvent& shape : kShapes) {
    if (Find(root, shape.member)) return shape.event;
  }
  return {};
}

std::optional<std::string> GithubFormPayload(std::string_view body) {
  static constexpr std::string_view kField = "payload=";
  for (std::string_view part : Split(TrimAscii(body), '&')) {
    if (!part.starts_with(kField)) continue;
    std::string plain(part.substr(kField.size()));
    for (char& c : plain) {
      if (c == '+') c = ' ';
    }
    std::string out;
    if (!PercentDecode(plain, &out)) return std::nullopt;
    return out;
  }
  return std::nullopt;
}

void DecodeGithub(Record& record) {
  std::string_view event = record.context->delivery().Header("x-github-event");
  if (event.empty()) event = GithubEventOf(record.root);
  if (event == "workflow_run") return DecodeWorkflowRun(record);
  if (event == "deployment_status") return DecodeDeploymentStatus(record);
  if (event == "deployment") return DecodeDeployment(record);
  if (event == "ping") {
    record.context->notices.push_back("GitHub sent a ping: the webhook is wired");
    return;
  }
  if (event == "release") return DecodeGithubRelease(record);
  for (const OptionalEvent& optional : kOptional) {
    if (event != optional.event) continue;
    if (IsAskedFor(record.context->delivery(), event)) return optional.decode(record);
    record.Refuse(RefusalReason::kUnknownShape, record.pointer,
                  "the GitHub event " + Quoted(event) +
                      " is taken only when asked for: add ?include=" + std::string(event) +
                      " to the webhook's address, or leave the event out there");
    return;
  }
  static constexpr std::string_view kTaken =
      "workflow_run, deployment, deployment_status and release are";
  record.Refuse(
      RefusalReason::kUnknownShape, record.pointer,
      event.empty()
          ? "no GitHub event that is known by its shape: " + std::string(kTaken) + " looked for"
          : "the GitHub event " + Quoted(event) + " is not taken: " + std::string(kTaken));
}

}  // namespace srehub::sources
