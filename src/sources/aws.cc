// EventBridge events: the frame, and what goes to which decoder.
// https://docs.aws.amazon.com/eventbridge/latest/ref/overiew-event-structure.html
#include "sources/aws_events.h"

#include "base/text.h"
#include "sources/formats.h"
#include "sources/pipeline_run.h"
#include "sources/pipeline_status.h"
#include "sources/reported_event.h"

namespace srehub::sources {
namespace {

using model::RefusalReason;
using model::Severity;

// Members of a detail that tell how something stands, in the order in which they are looked for.
constexpr std::string_view kStateMembers[] = {"state", "status", "eventType", "lastStatus",
                                              "State", "Status", "StatusCode"};
// Members of a detail that name what it is about.
constexpr std::string_view kNameMembers[] = {
    "service",         "serviceName",          "application",     "applicationName",
    "functionName",    "AutoScalingGroupName", "project-name",    "pipeline",
    "repository-name", "DBInstanceIdentifier", "SourceIdentifier"};

std::vector<std::string_view> ReadResources(ObjectReader& root) {
  std::vector<std::string_view> arns;
  const auto resources = root.PeekArray("resources");
  if (!resources) return arns;
  for (const JsonElement resource : *resources) {
    std::string_view arn;
    if (resource.get_string().get(arn) == simdjson::SUCCESS) {
      arns.push_back(arn);
      continue;
    }
    root.Wrong(RefusalReason::kWrongType, "resources",
               std::string(TypeInWords(resource)) + " where an ARN must be");
    break;
  }
  return arns;
}

// Text members of other events are read without a claim on their types: what they mean differs
// from service to service.
std::string_view FirstText(const ObjectReader& detail, std::span<const std::string_view> keys) {
  for (std::string_view key : keys) {
    const auto value = detail.Peek(key);
    std::string_view text;
    if (value && value->get_string().get(text) == simdjson::SUCCESS && !text.empty()) return text;
  }
  return {};
}

// The name at the end of an ARN: "arn:aws:s3:::bucket" -> "bucket", "…:function/checkout" ->
// "checkout".
std::string_view NameInArn(std::string_view arn) { return AfterLast(AfterLast(arn, ':'), '/'); }

Severity SeverityOf(std::string_view detail_type, std::string_view state) {
  if (EqualsIgnoreCase(state, "WARN") || EqualsIgnoreCase(state, "WARNING")) {
    return Severity::kMedium;
  }
  if (StatusOf(state) == model::DeployStatus::kFailure) return Severity::kMedium;
  for (std::string_view word : {"unsuccessful", "fail", "error", "interruption"}) {
    if (ContainsIgnoreCase(detail_type, word)) return Severity::kMedium;
  }
  return Severity::kInfo;
}

void DecodeEvent(AwsEvent& event) {
  if (event.source == "aws.codepipeline") return DecodeCodePipeline(event);
  if (event.source == "aws.codedeploy" && event.detail.Has("deploymentId") &&
      !event.detail.Has("instanceId")) {
    return DecodeCodeDeploy(event);
  }
  if (event.source == "aws.codebuild" && event.detail.Has("build-id")) {
    return DecodeCodeBuild(event);
  }
  if (event.source == "aws.ecs") {
    if (event.detail_type == "ECS Deployment State Change") return DecodeEcsDeployment(event);
    if (event.detail_type == "ECS Service Action" || event.detail_type == "ECS Task State Change") {
      return DecodeEcsEvent(event);
    }
  }
  DecodeOtherAwsEvent(event);
}

void DecodeBridge(Record& record) {
  Problem problem;
  ObjectReader root(record.root, record.pointer, &problem);
  if (!root.Has("detail")) root.Missing("detail", "an EventBridge event carries it");
  AwsEvent event{record, root, root.Child("detail"), problem, {}, {}, {}, {}, {}, {}, {}};
  event.detail_type = root.String("detail-type");
  event.source = root.String("source");
  event.id = root.Id("id");
  event.account = root.Id("account");
  event.region = root.String("region");
  event.resources = ReadResources(root);
  event.time = root.Time("time");
  if (event.detail_type.empty()) root.Missing("detail-type", "an EventBridge event has a type");
  if (event.source.empty()) root.Missing("source", "an EventBridge event names its source");
  if (problem) return problem.Report(record);
  DecodeEvent(event);
}

}  // namespace

std::string AwsEvent::Identity() const {
  if (!id.empty()) return JoinIdentity({"eventbridge", account, region, id});
  return JoinIdentity({"eventbridge", WholeRecordIdentity(record)});
}

std::string_view AwsResource(const AwsEvent& event, std::string_view kind) {
  for (std::string_view arn : event.resources) {
    const size_t at = arn.find(":" + std::string(kind));
    if (at == std::string_view::npos) continue;
    const std::string_view rest = arn.substr(at + 1 + kind.size());
    if (rest.starts_with('/') || rest.starts_with(':')) return AfterLast(rest.substr(1), '/');
  }
  return {};
}

void DecodeOtherAwsEvent(AwsEvent& event) {
  const std::string_view state = FirstText(event.detail, kStateMembers);
  ReportedEvent out;
  out.source = model::Source::kCloudWatch;
  out.identity = event.Identity();
  out.time = event.time;
  out.service = FirstText(event.detail, kNameMembers);
  if (out.service.empty() && !event.resources.empty()) {
    out.service = NameInArn(event.resources.front());
  }
  if (out.service.empty()) out.service = AfterLast(event.source, '.');
  out.type = event.detail_type;
  out.severity = SeverityOf(event.detail_type, state);
  out.title = out.service + ": " + std::string(event.detail_type);
  if (!state.empty()) out.title += " " + std::string(state);
  ObserveReported(event.record, model::Format::kAws, event.root, std::move(out));
}

void DecodeAws(Record& record) {
  if (IsSnsEnvelope(record.root)) return DecodeSns(record, model::Format::kAws);
  if (IsAwsRecords(record.root)) return DecodeAwsRecords(record, model::Format::kAws);
  if (IsLogsSubscription(record.root)) return DecodeLogsSubscription(record);
  const bool alarm = FindString(record.root, "detail-type") == "CloudWatch Alarm State Change";
  if (alarm || Find(record.root, "AlarmName") || Find(record.root, "alarmData")) {
    return DecodeCloudWatch(record);
  }
  if (Find(record.root, "detail-type")) return DecodeBridge(record);
  record.Refuse(RefusalReason::kUnknownShape, record.pointer,
                "no event of Amazon's that is known by its shape: detail-type (EventBridge), "
                "AlarmName or alarmData (CloudWatch), awslogs (CloudWatch Logs), Type and Message "
                "(SNS) and Records (Lambda, SQS) are looked for");
}

}  // namespace srehub::sources
