// What ECS says about services and tasks beside their deployments.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_cwe_events.html
#include "base/text.h"
#include "sources/aws_events.h"
#include "sources/pipeline_run.h"
#include "sources/reported_event.h"

namespace srehub::sources {
namespace {

using model::RefusalReason;
using model::Severity;

Severity SeverityOfEventType(std::string_view type) {
  if (type == "ERROR") return Severity::kHigh;
  if (type == "WARN") return Severity::kMedium;
  return Severity::kInfo;
}

struct Containers {
  bool out_of_memory = false, failed = false;
  std::string reason;
};

// The list counts as unread: it is kept whole.
Containers ReadContainers(AwsEvent& event) {
  Containers out;
  const auto containers = event.detail.PeekArray("containers");
  if (!containers) return out;
  size_t position = 0;
  for (const JsonElement item : *containers) {
    const std::string at = event.detail.PointerTo("containers") + "/" + std::to_string(position++);
    if (!item.is_object()) {
      event.problem.Note(RefusalReason::kWrongType, at,
                         std::string(TypeInWords(item)) + " where an object must be");
      break;
    }
    ObjectReader container(item, at, &event.problem);
    const std::string_view reason = container.String("reason");
    const std::string_view name = container.String("name");
    const auto exit_code = container.Int("exitCode");
    if (exit_code.value_or(0) != 0) out.failed = true;
    if (ContainsIgnoreCase(reason, "OutOfMemory")) out.out_of_memory = true;
    if (out.reason.empty() && !reason.empty()) {
      out.reason = std::string(name) + ": " + std::string(reason);
    }
  }
  return out;
}

void DecodeServiceAction(AwsEvent& event, ReportedEvent out) {
  const std::string_view name = event.detail.String("eventName");
  const std::string_view type = event.detail.String("eventType");
  out.message = event.detail.String("reason");
  out.service = AwsResource(event, "service");
  if (name.empty()) event.detail.Missing("eventName", "a service action has a name");
  if (event.problem) return event.problem.Report(event.record);
  out.type = name;
  out.severity = SeverityOfEventType(type);
  out.title = out.service + ": " + std::string(name);
  ObserveReported(event.record, model::Format::kAws, event.root, std::move(out));
}

// A task that was stopped because somebody scaled or deployed is no trouble; one whose container
// ended by itself, or never started, is.
void DecodeTask(AwsEvent& event, ReportedEvent out) {
  const std::string_view group = event.detail.String("group");
  const std::string_view status = event.detail.String("lastStatus");
  const std::string_view stop_code = event.detail.String("stopCode");
  const std::string_view stopped_reason = event.detail.String("stoppedReason");
  const Containers containers = ReadContainers(event);
  if (status.empty()) event.detail.Missing("lastStatus", "a task state change names the state");
  if (event.problem) return event.problem.Report(event.record);
  static constexpr std::string_view kService = "service:", kFamily = "family:";
  if (group.starts_with(kService)) out.service = group.substr(kService.size());
  else if (group.starts_with(kFamily)) out.service = group.substr(kFamily.size());
  else out.service = group;
  const bool stopped = status == "STOPPED";
  if (stopped && containers.out_of_memory) {
    out.type = "OOMKilled";
    out.severity = Severity::kHigh;
  } else if (stopped && stop_code == "TaskFailedToStart") {
    out.type = "TaskFailedToStart";
    out.severity = Severity::kHigh;
  } else if (stopped && containers.failed && stop_code == "EssentialContainerExited") {
    out.type = "TaskFailed";
    out.severity = Severity::kHigh;
  } else {
    out.type = "Task" + TypeOfWords(status);
  }
  out.message = stopped_reason;
  if (!containers.reason.empty()) {
    out.message += (out.message.empty() ? "" : "; ") + containers.reason;
  }
  out.title = out.service + ": task " + ToLowerAscii(status);
  if (!out.message.empty()) out.title += ": " + out.message;
  ObserveReported(event.record, model::Format::kAws, event.root, std::move(out));
}

}  // namespace

void DecodeEcsEvent(AwsEvent& event) {
  ReportedEvent out;
  out.source = model::Source::kCloudWatch;
  out.identity = event.Identity();
  out.time = event.time;
  out.environment = AfterLast(event.detail.String("clusterArn"), '/');
  if (event.detail_type == "ECS Service Action") DecodeServiceAction(event, std::move(out));
  else DecodeTask(event, std::move(out));
}

}  // namespace srehub::sources
