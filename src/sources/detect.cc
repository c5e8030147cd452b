#include "sources/detect.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>

#include "sources/formats.h"
#include "sources/log_fields.h"
#include "sources/record.h"

namespace srehub::sources {
namespace {

using model::Format;

// Keys at the top of a record that tell formats apart. One look-up per key of the record, instead
// of one search of the record per key that might be there.
// clang-format off
enum Key : uint8_t {
  kAlarmData, kAlarmName, kAlerts, kAnnotations, kApiVersion, kAwslogs, kBuild, kCheckRun,
  kCheckSuite, kContext, kDeployment, kDeploymentStatus, kDetailType, kEndsAt, kEventType,
  kGeneratorUrl, kGroupKey, kHappenedAt, kInvolvedObject, kKind, kLabels, kLevelWord,
  kLogEvents, kMessageType, kNewStateValue, kObject, kObjectKind, kOrgId, kRegarding, kRelease,
  kRepository, kResourceLogs, kResourceMetrics, kResourceSpans, kRunId, kSender, kServiceId,
  kSource, kSpecVersion, kStartsAt, kStatus, kStreams, kTypeLower, kWorkflow, kWorkflowJob, kWorkflowRun, kZen, kLogText,
};
// clang-format on
static_assert(kLogText < 64);

struct KeyName {
  std::string_view name;
  Key key;
};
// By name, for a binary search.
constexpr auto kKeyNames = std::to_array<KeyName>({
    {"AlarmName", kAlarmName},
    {"NewStateValue", kNewStateValue},
    {"alarmData", kAlarmData},
    {"alerts", kAlerts},
    {"annotations", kAnnotations},
    {"apiVersion", kApiVersion},
    {"awslogs", kAwslogs},
    {"build", kBuild},
    {"check_run", kCheckRun},
    {"check_suite", kCheckSuite},
    {"context", kContext},
    {"deployment", kDeployment},
    {"deployment_status", kDeploymentStatus},
    {"detail-type", kDetailType},
    {"endsAt", kEndsAt},
    {"eventType", kEventType},
    {"generatorURL", kGeneratorUrl},
    {"groupKey", kGroupKey},
    {"happened_at", kHappenedAt},
    {"involvedObject", kInvolvedObject},
    {"kind", kKind},
    {"labels", kLabels},
    {"level", kLevelWord},
    {"levelname", kLevelWord},
    {"logEvents", kLogEvents},
    {"lvl", kLevelWord},
    {"message", kLogText},
    {"messageType", kMessageType},
    {"msg", kLogText},
    {"object", kObject},
    {"object_kind", kObjectKind},
    {"orgId", kOrgId},
    {"regarding", kRegarding},
    {"release", kRelease},
    {"repository", kRepository},
    {"resourceLogs", kResourceLogs},
    {"resourceMetrics", kResourceMetrics},
    {"resourceSpans", kResourceSpans},
    {"run_id", kRunId},
    {"sender", kSender},
    {"serviceId", kServiceId},
    {"severity", kLevelWord},
    {"source", kSource},
    {"specversion", kSpecVersion},
    {"startsAt", kStartsAt},
    {"status", kStatus},
    {"streams", kStreams},
    {"type", kTypeLower},
    {"workflow", kWorkflow},
    {"workflow_job", kWorkflowJob},
    {"workflow_run", kWorkflowRun},
    {"zen", kZen},
});
static_assert(std::ranges::is_sorted(kKeyNames, {}, &KeyName::name));

class Keys {
 public:
  explicit Keys(const JsonElement& root) {
    const JsonObject members = root.get_object().value_unsafe();
    for (const auto field : members) {
      const auto found = std::ranges::lower_bound(kKeyNames, field.key, {}, &KeyName::name);
      if (found == kKeyNames.end() || found->name != field.key) continue;
      if (!field.value.is_null()) bits_ |= 1ULL << found->key;
    }
  }
  bool Has(Key key) const { return (bits_ >> key & 1) != 0; }
  template <typename... More>
  bool Any(Key first, More... more) const {
    return Has(first) || (Has(more) || ...);
  }

 private:
  uint64_t bits_ = 0;
};

Detection Is(Format format) { return {format, {}}; }

Detection Foreign(std::string seen) {
  return {
      Format::kAuto,
      "this looks like " + std::move(seen) +
          ", which is not taken here yet; taken are: events of the unified schema, Kubernetes "
          "events and Pods, CloudWatch alarms, EventBridge events, the webhooks of GitHub, GitLab, "
          "CircleCI, Jenkins and Argo CD, CDEvents, CloudEvents, the flat CI/CD form, "
          "Prometheus and Alertmanager alerts, OTLP and Loki logs, and log records"};
}

std::string_view TextAt(const JsonElement& root, std::string_view key) {
  return FindString(root, key).value_or("");
}

// Formats told by what surrounds the body.
std::optional<Detection> ByHeaders(const model::Delivery& delivery) {
  if (!delivery.Header("x-github-event").empty()) return Is(Format::kGithub);
  if (!delivery.Header("x-gitlab-event").empty()) return Is(Format::kGitlab);
  if (!delivery.Header("circleci-event-type").empty()) return Is(Format::kCircleci);
  if (!delivery.Header("ce-type").empty()) return Is(Format::kCloudevents);
  return std::nullopt;
}

std::optional<Detection> ByAlertShape(const JsonElement& root, const Keys& keys) {
  if (keys.Has(kLabels) && keys.Any(kStartsAt, kEndsAt, kGeneratorUrl, kAnnotations) &&
      FindObject(root, "labels")) {
    return Is(Format::kPrometheus);
  }
  if (keys.Has(kAlerts) && FindArray(root, "alerts")) {
    if (keys.Has(kOrgId)) return Is(Format::kGrafana);
    if (keys.Any(kGroupKey, kStatus)) return Is(Format::kAlertmanager);
  }
  return std::nullopt;
}

std::optional<Detection> ByAmazonShape(const JsonElement& root, const Keys& keys) {
  if (keys.Has(kAwslogs) || (keys.Has(kLogEvents) && keys.Has(kMessageType))) {
    return Is(Format::kAws);
  }
  if (keys.Any(kAlarmName, kNewStateValue, kAlarmData)) return Is(Format::kCloudWatch);
  if (keys.Has(kDetailType)) {
    const std::string_view detail = TextAt(root, "detail-type");
    if (detail == "CloudWatch Alarm State Change") return Is(Format::kCloudWatch);
    return Is(Format::kAws);
  }
  return std::nullopt;
}

std::optional<Detection> ByPipelineShape(const JsonElement& root, const Keys& keys) {
  if (keys.Has(kObjectKind)) return Is(Format::kGitlab);
  if (keys.Has(kContext)) {
    const auto context = Find(root, "context");
    if (context && TextAt(*context, "type").starts_with("dev.cdevents")) {
      return Is(Format::kCdevents);
    }
  }
  if (keys.Has(kSpecVersion) && keys.Has(kTypeLower) && keys.Has(kSource)) {
    return Is(Format::kCloudevents);
  }
  if (keys.Has(kBuild)) {
    const auto build = Find(root, "build");
    if (build && Find(*build, "phase")) return Is(Format::kJenkins);
  }
  if (keys.Has(kHappenedAt) && keys.Has(kTypeLower)) return Is(Format::kCircleci);
  if (keys.Has(kSender) && TextAt(root, "sender") == "argocd") return Is(Format::kArgocd);
  return std::nullopt;
}

// Tools whose records are known but not taken.
std::optional<Detection> ByForeignShape(const JsonElement& root, const Keys& keys) {
  if (keys.Has(kResourceLogs) && FindArray(root, "resourceLogs")) return Is(Format::kOtlp);
  if (keys.Any(kResourceSpans, kResourceMetrics)) return Foreign("an OTLP request, not of logs");
  if (keys.Has(kStreams) && FindArray(root, "streams")) return Is(Format::kLoki);
  return std::nullopt;
}

bool IsKubernetes(const JsonElement& root, const Keys& keys) {
  if (keys.Any(kInvolvedObject, kRegarding)) return true;
  if (keys.Has(kApiVersion) && keys.Has(kKind)) return true;
  if (keys.Has(kKind) && TextAt(root, "kind") == "Event") return true;
  if (!keys.Has(kObject) || !keys.Has(kTypeLower)) return false;
  const std::string_view type = TextAt(root, "type");
  return type == "ADDED" || type == "MODIFIED" || type == "DELETED" || type == "BOOKMARK" ||
         type == "ERROR";
}

bool IsGithub(const JsonElement& root, const Keys& keys) {
  if (keys.Has(kZen)) return true;
  if (!keys.Has(kRepository)) return false;
  if (keys.Has(kRelease) && FindObject(root, "release")) return true;
  return keys.Any(kDeploymentStatus, kDeployment, kWorkflowRun, kWorkflowJob, kCheckRun,
                  kCheckSuite);
}

// A log line may speak of a workflow and its status; it also has a level and a message.
bool IsFlatPipelineRun(const JsonElement& root, const Keys& keys) {
  if (keys.Has(kLevelWord) && keys.Has(kLogText)) return false;
  return keys.Has(kWorkflow) && keys.Any(kRunId, kStatus) &&
         FindString(root, "workflow").has_value();
}

bool LooksLikeLog(const JsonElement& root, LogFields* fields) {
  fields->Collect(root, nullptr, {});
  for (LogRole role : {LogRole::kMessage, LogRole::kError, LogRole::kExceptionType}) {
    if (!fields->Candidates(role).empty()) return true;
  }
  return false;
}

}  // namespace

Detection Detect(const JsonElement& root, const model::Delivery& delivery, LogFields* fields) {
  if (auto found = ByHeaders(delivery)) return *found;
  return DetectShape(root, fields);
}

Detection DetectShape(const JsonElement& root, LogFields* fields) {
  const Keys keys(root);
  if (keys.Has(kServiceId) && keys.Has(kEventType)) return Is(Format::kEvent);
  if (auto found = ByAlertShape(root, keys)) return *found;
  if (auto found = ByAmazonShape(root, keys)) return *found;
  if (auto found = ByPipelineShape(root, keys)) return *found;
  if (auto found = ByForeignShape(root, keys)) return *found;
  if (IsKubernetes(root, keys)) return Is(Format::kKubernetes);
  if (IsGithub(root, keys)) return Is(Format::kGithub);
  if (IsFlatPipelineRun(root, keys)) return Is(Format::kCicd);
  if (LooksLikeLog(root, fields)) return Is(Format::kLogs);
  return {Format::kAuto,
          "no format is known by this shape: none of the fields that tell one is there, and for a "
          "log record a message is missing (" +
              AliasNames(LogRole::kMessage) + ")"};
}

}  // namespace srehub::sources
