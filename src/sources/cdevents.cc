// CDEvents: a vocabulary for continuous delivery. Runs and service deployments are statements about
// runs; incidents are signals; the rest are events of the type that subject and predicate name.
// https://github.com/cdevents/spec
#include "base/text.h"
#include "sources/formats.h"
#include "sources/pipeline_run.h"
#include "sources/pipeline_status.h"
#include "sources/reported_event.h"

namespace srehub::sources {
namespace {

using model::DeployStatus;
using model::Format;
using model::PipelineKind;
using model::RefusalReason;

constexpr std::string_view kTypePrefix = "dev.cdevents.";
// Custom events: dev.cdeventsx.TOOL-SUBJECT.PREDICATE.VERSION
constexpr std::string_view kCustomPrefix = "dev.cdeventsx.";

// The parts of a type: "dev.cdevents.service.deployed.0.1.1".
struct EventName {
  std::string_view subject, predicate;
};

std::optional<EventName> NameOf(std::string_view type) {
  if (type.starts_with(kTypePrefix)) type.remove_prefix(kTypePrefix.size());
  else if (type.starts_with(kCustomPrefix)) type.remove_prefix(kCustomPrefix.size());
  else return std::nullopt;
  const auto parts = Split(type, '.');
  if (parts.size() < 2 || parts[0].empty() || parts[1].empty()) return std::nullopt;
  return EventName{parts[0], parts[1]};
}

// What the readers below share. Views are of the record.
struct Event {
  Record& record;
  ObjectReader& root;
  ObjectReader& subject;
  ObjectReader& content;
  Problem& problem;
  EventName name;
  std::string id, source, subject_id;
  std::optional<Instant> time;

  std::string Identity() const { return JoinIdentity({"cdevent", source, id}); }
};

// A reference to another subject: {"id": …}; plain text in older events.
std::string Reference(ObjectReader& content, std::string_view key) {
  const auto value = content.Peek(key);
  if (value && value->is_string()) return std::string(content.String(key));
  return content.Child(key).Id("id");
}

void Finish(Event& event, model::PipelineFact fact) {
  if (event.problem) return event.problem.Report(event.record);
  model::DeployStatement& run = fact.statement;
  run.system = "cdevents";
  run.repository = event.source;
  if (IsTerminal(run.status)) run.finished_at = event.time;
  if (event.name.predicate == "started") run.started_at = event.time;
  ObserveRun(event.record, Format::kCdevents, &event.root, event.Identity(), event.time,
             std::move(fact));
}

// service.deployed, upgraded, rolledback: each is a finished deploy of its own.
void DecodeService(Event& event) {
  model::PipelineFact fact;
  model::DeployStatement& run = fact.statement;
  fact.service = event.subject_id;
  fact.kind_known = true;
  run.kind = event.name.predicate == "rolledback" ? PipelineKind::kRollback : PipelineKind::kDeploy;
  fact.status_word = event.name.predicate;
  run.status = DeployStatus::kSuccess;
  run.run = event.id;
  run.environment = Reference(event.content, "environment");
  run.version = event.content.String("artifactId");
  Finish(event, std::move(fact));
}

// What a run ended with; none of the outcomes in the specification is an unknown end.
void ReadOutcome(Event& event, model::PipelineFact* fact) {
  const std::string_view outcome = event.content.String("outcome");
  if (event.name.predicate == "finished") {
    fact->status_word = outcome.empty() ? "success" : outcome;
    fact->statement.status = StatusOf(fact->status_word);
  } else {
    fact->status_word = event.name.predicate;
    fact->statement.status = DeployStatus::kRunning;
  }
}

void DecodePipelineRun(Event& event) {
  model::PipelineFact fact;
  model::DeployStatement& run = fact.statement;
  run.run = event.subject_id;
  run.workflow = event.content.String("pipelineName");
  run.url = HttpLink(event.content.String(event.content.FirstPresent({"uri", "url"})));
  fact.title = event.content.String("errors");
  ReadOutcome(event, &fact);
  if (run.workflow.empty()) fact.service = AfterLast(event.source, '/');
  Finish(event, std::move(fact));
}

// A task is a part of the pipeline run that it names; without one it is a run of its own.
void DecodeTaskRun(Event& event) {
  model::PipelineFact fact;
  model::DeployStatement& run = fact.statement;
  fact.task = event.content.String("taskName");
  const std::string pipeline_run = Reference(event.content, "pipelineRun");
  run.url = HttpLink(event.content.String(event.content.FirstPresent({"uri", "url"})));
  fact.title = event.content.String("errors");
  ReadOutcome(event, &fact);
  run.run = pipeline_run.empty() ? event.subject_id : pipeline_run;
  if (!pipeline_run.empty()) run.status = StatusOfPart(run.status);
  fact.service = AfterLast(event.source, '/');
  Finish(event, std::move(fact));
}

// build.*, testcaserun.*, testsuiterun.*
void DecodeWork(Event& event, PipelineKind kind) {
  model::PipelineFact fact;
  model::DeployStatement& run = fact.statement;
  fact.kind_known = true;
  run.kind = kind;
  run.run = event.subject_id;
  run.version = event.content.String("artifactId");
  if (kind == PipelineKind::kTest) run.environment = Reference(event.content, "environment");
  fact.task = event.name.subject;
  ReadOutcome(event, &fact);
  fact.service = AfterLast(event.source, '/');
  Finish(event, std::move(fact));
}

void DecodeIncident(Event& event) {
  ReportedEvent out;
  out.service = Reference(event.content, "service");
  out.environment = Reference(event.content, "environment");
  out.message = event.content.String("description");
  if (event.problem) return event.problem.Report(event.record);
  const bool resolved = event.name.predicate == "resolved";
  out.identity = event.Identity();
  out.time = event.time;
  out.type = "IncidentReported";
  out.signal = "cdevents:" + event.subject_id;
  out.phase = resolved ? model::Phase::kResolved : model::Phase::kFiring;
  out.severity = resolved ? model::Severity::kInfo : model::Severity::kHigh;
  out.title = "incident " + event.subject_id + " " + std::string(event.name.predicate);
  if (!out.message.empty()) out.title += ": " + out.message;
  ObserveReported(event.record, Format::kCdevents, event.root, std::move(out));
}

// changes, branches, repositories, artifacts, environments, tickets: what happened, and to what.
void DecodeOther(Event& event) {
  ReportedEvent out;
  out.service = Reference(event.content, "service");
  const bool of_service = event.name.subject == "service";
  if (out.service.empty() && of_service) out.service = event.subject_id;
  if (out.service.empty()) out.service = AfterLast(Reference(event.content, "repository"), '/');
  if (out.service.empty()) out.service = AfterLast(event.source, '/');
  if (event.problem) return event.problem.Report(event.record);
  out.identity = event.Identity();
  out.time = event.time;
  out.type = std::string(event.name.subject) + " " + std::string(event.name.predicate);
  out.title = out.type + ": " + event.subject_id;
  ObserveReported(event.record, Format::kCdevents, event.root, std::move(out));
}

void DecodeNamed(Event& event) {
  const auto [subject, predicate] = event.name;
  if (subject == "service" &&
      (predicate == "deployed" || predicate == "upgraded" || predicate == "rolledback")) {
    return DecodeService(event);
  }
  if (subject == "pipelinerun") return DecodePipelineRun(event);
  if (subject == "taskrun") return DecodeTaskRun(event);
  if (subject == "build") return DecodeWork(event, PipelineKind::kBuild);
  if (subject == "testcaserun" || subject == "testsuiterun" || subject == "testcase" ||
      subject == "testsuite") {
    return DecodeWork(event, PipelineKind::kTest);
  }
  if (subject == "incident") return DecodeIncident(event);
  DecodeOther(event);
}

}  // namespace

void DecodeCdevents(Record& record) {
  Problem problem;
  ObjectReader root(record.root, record.pointer, &problem);
  for (std::string_view key : {"context", "subject"}) {
    if (!root.Has(key)) root.Missing(key, "a CDEvent has a context and a subject");
  }
  ObjectReader& context = root.Child("context");
  ObjectReader& subject = root.Child("subject");
  Event event{record, root, subject, subject.Child("content"), problem, {}, {}, {}, {}, {}};
  const std::string_view type = context.String("type");
  event.id = context.Id("id");
  event.source = context.String("source");
  event.time = context.Time("timestamp");
  event.subject_id = subject.Id("id");
  const auto name = NameOf(type);
  if (type.empty()) context.Missing("type", "a CDEvent has a type");
  if (event.id.empty()) context.Missing("id", "a CDEvent is known by its id");
  if (event.subject_id.empty()) subject.Missing("id", "a subject is known by its id");
  if (!name && !type.empty()) {
    context.Wrong(RefusalReason::kBadValue, "type",
                  Quoted(type) + " is no dev.cdevents.SUBJECT.PREDICATE.VERSION");
  }
  if (problem) return problem.Report(record);
  event.name = *name;
  DecodeNamed(event);
}

}  // namespace srehub::sources
