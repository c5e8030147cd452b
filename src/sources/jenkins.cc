// Jenkins' Notification plugin, JSON form.
// https://plugins.jenkins.io/notification/
//
// COMPLETED and FINALIZED both carry the result. They are two statements about one run, which a
// run counts once; either may be the only one that is sent.
#include <array>

#include "base/text.h"
#include "sources/formats.h"
#include "sources/pipeline_run.h"
#include "sources/pipeline_status.h"

namespace srehub::sources {
namespace {

using model::DeployStatus;
using model::RefusalReason;

constexpr std::string_view kSystem = "jenkins";

// "job/folder/job/deploy/" -> "folder/deploy". A name alone is not unique between folders.
std::string JobPath(std::string_view url, std::string_view name) {
  std::string path;
  bool is_name = false;
  for (std::string_view part : Split(url, '/')) {
    if (is_name && !part.empty()) path.append(path.empty() ? "" : "/").append(part);
    is_name = !is_name && part == "job";
  }
  return path.empty() ? std::string(name) : path;
}

// A build's parameters are what the job's owner named them: the usual names are understood, in any
// case. They stay among the details.
std::string Parameter(const model::Labels& parameters,
                      std::initializer_list<std::string_view> names) {
  for (std::string_view wanted : names) {
    for (const auto& [name, value] : parameters) {
      if (EqualsIgnoreCase(name, wanted) && !value.empty()) return value;
    }
  }
  return {};
}

model::Labels ReadParameters(ObjectReader& build) {
  model::Labels out;
  const auto parameters = build.Peek("parameters");
  if (!parameters) return out;
  if (!parameters->is_object()) {
    build.Child("parameters");  // notes the wrong type
    return out;
  }
  for (const auto field : JsonObject(parameters->get_object().value_unsafe())) {
    std::string_view text;
    if (field.value.get_string().get(text) == simdjson::SUCCESS) out.emplace(field.key, text);
  }
  return out;
}

struct Phase {
  std::string word;
  DeployStatus status = DeployStatus::kOther;
  bool known = true, silent = false;
};

Phase PhaseOf(std::string_view phase, std::string_view result) {
  const std::string word = ToLowerAscii(phase);
  if (word == "queued" || word == "started") return {word, DeployStatus::kRunning};
  if (word == "completed" || word == "finalized") {
    if (result.empty()) return {word, DeployStatus::kRunning};
    return {ToLowerAscii(result), StatusOf(result)};
  }
  // A build that was removed from the list, and a phase that means none of them.
  if (word == "deleted" || word == "none") return {word, DeployStatus::kOther, true, true};
  return {word, DeployStatus::kOther, false};
}

}  // namespace

void DecodeJenkins(Record& record) {
  Problem problem;
  ObjectReader root(record.root, record.pointer, &problem);
  if (!root.Has("build")) root.Missing("build", "a Jenkins notification carries it");
  ObjectReader& build = root.Child("build");
  model::PipelineFact fact;
  model::DeployStatement& run = fact.statement;
  const std::string_view name = root.String("name");
  const std::string_view display_name = root.String("display_name");
  run.system = kSystem;
  run.workflow = display_name.empty() ? name : display_name;
  run.repository = JobPath(root.String("url"), name);
  run.run = build.Id("number");
  run.url = HttpLink(build.String("full_url"));
  ObjectReader& scm = build.Child("scm");
  run.sha = scm.String("commit");
  const model::Labels parameters = ReadParameters(build);
  run.environment = Parameter(parameters, {"environment", "env", "deploy_env", "target_env"});
  run.version = Parameter(parameters, {"version", "tag", "release"});
  fact.service = Parameter(parameters, {"service", "service_name"});
  const std::string_view phase_word = build.String("phase");
  const std::string_view result = build.String("status");
  const auto time = build.TimeOrNumber("timestamp");
  if (run.repository.empty()) root.Missing("name", "a job has a name");
  if (run.run.empty()) build.Missing("number", "a build is known by its number");
  if (phase_word.empty()) build.Missing("phase", "a notification is about a phase of the build");
  const Phase phase = PhaseOf(phase_word, result);
  if (!phase_word.empty() && !phase.known) {
    build.Wrong(RefusalReason::kBadValue, "phase",
                "the phase " + Quoted(phase_word) +
                    " is none of QUEUED, STARTED, COMPLETED, FINALIZED, DELETED, NONE");
  }
  if (problem) return problem.Report(record);
  if (phase.silent) return;
  fact.status_word = phase.word;
  run.status = phase.status;
  if (phase.word == "started") run.started_at = time;
  if (IsTerminal(run.status)) run.finished_at = time;
  std::string identity = JoinIdentity({run.repository, run.run, ToLowerAscii(phase_word),
                                       fact.status_word, time ? FormatTime(*time) : ""});
  ObserveRun(record, model::Format::kJenkins, &root, std::move(identity), time, std::move(fact));
}

}  // namespace srehub::sources
