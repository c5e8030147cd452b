#include "base/base64.h"
#include "base/json_writer.h"
#include "sources/testing.h"

namespace srehub::sources {
namespace {

using model::DeployStatus;
using model::EventFact;
using model::Format;
using model::LogFact;
using model::PipelineFact;
using model::PipelineKind;
using model::RefusalReason;
using model::Severity;
using testing::DecodeBody;
using testing::FactOf;
using testing::ObservationsOf;
using testing::ObserveOne;
using testing::RefuseOne;
using testing::Replaced;
using testing::T;

// An EventBridge event around a detail.
std::string Bridge(std::string_view source, std::string_view detail_type, std::string_view detail,
                   std::string_view resources = "") {
  return R"({"version":"0","id":"e-1","account":"123456789012","region":"eu-west-1",
    "time":"2025-08-26T14:06:00Z","source":")" +
         std::string(source) + R"(","detail-type":")" + std::string(detail_type) +
         R"(","resources":[)" + std::string(resources) + R"(],"detail":)" + std::string(detail) +
         "}";
}

constexpr std::string_view kExecution = "CodePipeline Pipeline Execution State Change";

TEST(Aws, CodePipelineExecutions) {
  const std::vector<std::pair<std::string, DeployStatus>> states = {
      {"STARTED", DeployStatus::kRunning},    {"RESUMED", DeployStatus::kRunning},
      {"SUCCEEDED", DeployStatus::kSuccess},  {"FAILED", DeployStatus::kFailure},
      {"CANCELED", DeployStatus::kCancelled}, {"SUPERSEDED", DeployStatus::kCancelled},
      {"STOPPED", DeployStatus::kCancelled},  {"STOPPING", DeployStatus::kRunning}};
  for (const auto& [state, status] : states) {
    const auto body = Bridge("aws.codepipeline", kExecution,
                             R"({"pipeline":"checkout-pipeline","execution-id":"0123","version":1,
        "pipeline-execution-attempt":2.0,"start-time":"2025-08-26T14:00:00.000Z","state":")" +
                                 state + "\"}");
    for (Format format : {Format::kAws, Format::kAuto}) {
      const auto observation = ObserveOne(format, body);
      const auto fact = FactOf<PipelineFact>(observation);
      EXPECT_EQ(observation.format, Format::kAws);
      EXPECT_EQ(observation.identity, "eventbridge|123456789012|eu-west-1|e-1");
      EXPECT_EQ(observation.time, T("2025-08-26T14:06:00Z"));
      EXPECT_EQ(fact.statement.system, "codepipeline");
      EXPECT_EQ(fact.statement.run, "0123");
      EXPECT_EQ(fact.statement.attempt, 2);
      EXPECT_EQ(fact.statement.workflow, "checkout-pipeline");
      EXPECT_EQ(fact.statement.status, status) << state;
      EXPECT_EQ(fact.statement.started_at, T("2025-08-26T14:00:00Z"));
      EXPECT_EQ(fact.statement.finished_at.has_value(), status != DeployStatus::kRunning);
      EXPECT_FALSE(fact.kind_known);
    }
  }
}

// A stage or an action that succeeded has not ended the execution; one that failed has.
TEST(Aws, StagesAndActionsAreParts) {
  const auto part = [](std::string_view type, const std::string& state) {
    return FactOf<PipelineFact>(
        ObserveOne(Format::kAws, Bridge("aws.codepipeline", type,
                                        R"({"pipeline":"p","execution-id":"0123","stage":"Prod",
        "action":"Deploy","type":{"category":"Deploy","owner":"AWS"},"state":")" +
                                            state + "\"}")));
  };
  for (std::string_view type : {"CodePipeline Stage Execution State Change",
                                "CodePipeline Action Execution State Change"}) {
    EXPECT_EQ(part(type, "SUCCEEDED").statement.status, DeployStatus::kRunning);
    EXPECT_EQ(part(type, "FAILED").statement.status, DeployStatus::kFailure);
    EXPECT_EQ(part(type, "FAILED").title, "Prod / Deploy (Deploy)");
  }
  const auto stage = FactOf<PipelineFact>(ObserveOne(
      Format::kAws, Bridge("aws.codepipeline", "CodePipeline Stage Execution State Change",
                           R"({"pipeline":"p","execution-id":"1","stage":"Build","state":"STARTED",
      "sourceActions":[{"sourceActionName":"S",
      "sourceActionVariables":{"BranchName":"main","CommitId":"0123abcd"}}]})")));
  EXPECT_EQ(stage.statement.sha, "0123abcd");
}

TEST(Aws, RollbacksOfCodePipeline) {
  for (const std::string how :
       {R"("execution-trigger":{"trigger-type":"AutomatedRollback","trigger-detail":"x"})",
        R"("execution-trigger":{"trigger-type":"ManualRollback"})",
        R"("execution-type":"ROLLBACK")"}) {
    const auto fact = FactOf<PipelineFact>(
        ObserveOne(Format::kAws,
                   Bridge("aws.codepipeline", kExecution,
                          R"({"pipeline":"p","execution-id":"1","state":"STARTED",)" + how + "}")));
    EXPECT_TRUE(fact.kind_known);
    EXPECT_EQ(fact.statement.kind, PipelineKind::kRollback);
  }
}

TEST(Aws, CodeDeploy) {
  const std::vector<std::pair<std::string, DeployStatus>> states = {
      {"START", DeployStatus::kRunning},
      {"READY", DeployStatus::kRunning},
      {"SUCCESS", DeployStatus::kSuccess},
      {"FAILURE", DeployStatus::kFailure},
      {"STOP", DeployStatus::kCancelled}};
  for (const auto& [state, status] : states) {
    const auto fact = FactOf<PipelineFact>(ObserveOne(
        Format::kAuto, Bridge("aws.codedeploy", "CodeDeploy Deployment State-change Notification",
                              R"({"application":"checkout","deploymentId":"d-123",
        "deploymentGroup":"production","state":")" +
                                  state + "\"}")));
    EXPECT_EQ(fact.statement.status, status) << state;
    EXPECT_EQ(fact.service, "checkout");
    EXPECT_EQ(fact.statement.run, "d-123");
    EXPECT_EQ(fact.statement.environment, "production");
  }
  // One instance of many says nothing about how the deployment ends.
  const auto instance = ObserveOne(
      Format::kAws, Bridge("aws.codedeploy", "CodeDeploy Instance State-change Notification",
                           R"({"application":"checkout","deploymentId":"d-123","state":"FAILURE",
      "instanceId":"i-1"})"));
  EXPECT_EQ(FactOf<EventFact>(instance).event.service_id, "checkout");
  EXPECT_EQ(FactOf<EventFact>(instance).event.severity, Severity::kMedium);
}

TEST(Aws, CodeBuild) {
  const auto build = FactOf<PipelineFact>(ObserveOne(
      Format::kAws, Bridge("aws.codebuild", "CodeBuild Build State Change",
                           R"({"build-status":"TIMED_OUT","project-name":"checkout-build",
      "build-id":"arn:aws:codebuild:eu-west-1:1:build/checkout-build:8745","additional-information":
      {"initiator":"mia","build-start-time":"Sep 1, 2017 4:12:29 PM","source-version":"main",
       "logs":{"deep-link":"https://console.aws.amazon.com/l"}}})")));
  EXPECT_EQ(build.statement.run, "8745");
  EXPECT_EQ(build.statement.status, DeployStatus::kFailure);
  EXPECT_EQ(build.statement.actor, "mia");
  EXPECT_EQ(build.statement.version, "main");
  const auto phase = FactOf<PipelineFact>(ObserveOne(
      Format::kAws, Bridge("aws.codebuild", "CodeBuild Build Phase Change",
                           R"({"completed-phase":"INSTALL","completed-phase-status":"SUCCEEDED",
      "project-name":"checkout-build","build-id":"arn:a:b:c:d:build/x:8745"})")));
  EXPECT_EQ(phase.statement.run, "8745");
  EXPECT_EQ(phase.statement.status, DeployStatus::kRunning);
}

TEST(Aws, EcsDeployments) {
  const std::string service = R"("arn:aws:ecs:eu-west-1:123456789012:service/prod/checkout")";
  const std::vector<std::pair<std::string, DeployStatus>> names = {
      {"SERVICE_DEPLOYMENT_IN_PROGRESS", DeployStatus::kRunning},
      {"SERVICE_DEPLOYMENT_COMPLETED", DeployStatus::kSuccess},
      {"SERVICE_DEPLOYMENT_FAILED", DeployStatus::kFailure}};
  for (const auto& [name, status] : names) {
    const auto fact = FactOf<PipelineFact>(ObserveOne(
        Format::kAuto,
        Bridge(
            "aws.ecs", "ECS Deployment State Change",
            R"({"eventType":"INFO","deploymentId":"ecs-svc/123","updatedAt":"2025-08-26T14:06:00Z",
        "reason":"ECS deployment circuit breaker: rolling back to deploymentId ecs-svc/1","eventName":")" +
                name + "\"}",
            service)));
    EXPECT_EQ(fact.statement.status, status) << name;
    EXPECT_EQ(fact.service, "checkout");
    EXPECT_EQ(fact.statement.environment, "prod");
    EXPECT_EQ(fact.statement.run, "123");
    EXPECT_NE(fact.title.find("rolling back"), std::string::npos);
  }
}

TEST(Aws, EcsServicesAndTasks) {
  const std::string service = R"("arn:aws:ecs:eu-west-1:123456789012:service/prod/checkout")";
  auto fact = FactOf<EventFact>(ObserveOne(
      Format::kAws, Bridge("aws.ecs", "ECS Service Action",
                           R"({"eventType":"WARN","eventName":"SERVICE_TASK_START_IMPAIRED",
      "clusterArn":"arn:aws:ecs:eu-west-1:1:cluster/prod"})",
                           service)));
  EXPECT_EQ(fact.event.event_type, "ServiceTaskStartImpaired");
  EXPECT_EQ(fact.event.severity, Severity::kMedium);
  EXPECT_EQ(fact.event.service_id, "checkout");
  const auto task = [](std::string_view detail) {
    return FactOf<EventFact>(
               ObserveOne(Format::kAws, Bridge("aws.ecs", "ECS Task State Change", detail)))
        .event;
  };
  const auto oom = task(R"({"group":"service:checkout","lastStatus":"STOPPED",
      "stopCode":"EssentialContainerExited","stoppedReason":"Essential container in task exited",
      "containers":[{"name":"app","exitCode":137,"reason":"OutOfMemoryError: Container killed"}]})");
  EXPECT_EQ(oom.event_type, "OOMKilled");
  EXPECT_EQ(oom.severity, Severity::kHigh);
  EXPECT_EQ(oom.service_id, "checkout");
  EXPECT_EQ(task(R"({"group":"service:a","lastStatus":"STOPPED","stopCode":"TaskFailedToStart"})")
                .event_type,
            "TaskFailedToStart");
  EXPECT_EQ(task(R"({"group":"family:a","lastStatus":"STOPPED","containers":[{"exitCode":1}],
      "stopCode":"EssentialContainerExited"})")
                .event_type,
            "TaskFailed");
  // Scaled in: the exit code is that of the signal.
  const auto scaled = task(R"({"group":"service:a","lastStatus":"STOPPED",
      "stopCode":"ServiceSchedulerInitiated","containers":[{"exitCode":143}]})");
  EXPECT_EQ(scaled.event_type, "TaskStopped");
  EXPECT_EQ(scaled.severity, Severity::kInfo);
}

TEST(Aws, AnyOtherEvent) {
  const auto fact = FactOf<EventFact>(ObserveOne(
      Format::kAuto, Bridge("aws.autoscaling", "EC2 Instance Launch Unsuccessful",
                            R"({"AutoScalingGroupName":"checkout-asg","StatusCode":"Failed"})")));
  EXPECT_EQ(fact.event.event_type, "EC2InstanceLaunchUnsuccessful");
  EXPECT_EQ(fact.event.service_id, "checkout-asg");
  EXPECT_EQ(fact.event.severity, Severity::kMedium);
  EXPECT_EQ(fact.event.source, model::Source::kCloudWatch);
  const auto own = FactOf<EventFact>(
      ObserveOne(Format::kAws, Bridge("com.acme.shop", "Order Placed", R"({"state":7})")));
  EXPECT_EQ(own.event.event_type, "OrderPlaced");
  EXPECT_EQ(own.event.service_id, "shop");
  EXPECT_EQ(own.event.severity, Severity::kInfo);
}

TEST(Aws, EnvelopesAndAlarms) {
  const auto event = Bridge("aws.codedeploy", "CodeDeploy Deployment State-change Notification",
                            R"({"application":"a","deploymentId":"d","state":"SUCCESS"})");
  std::string text;
  AppendJsonString(&text, event);
  for (Format format : {Format::kAws, Format::kAuto}) {
    const auto sns = ObserveOne(format, R"({"Type":"Notification","MessageId":"m","TopicArn":"t",
      "Timestamp":"2025-08-26T14:06:01Z","Message":)" +
                                            text + "}");
    EXPECT_EQ(FactOf<PipelineFact>(sns).statement.run, "d");
    EXPECT_NE(sns.extra.find("MessageId"), std::string::npos);
    EXPECT_EQ(FactOf<PipelineFact>(ObserveOne(format, R"({"Records":[{"body":)" + text + "}]}"))
                  .statement.run,
              "d");
  }
  EXPECT_EQ(ObserveOne(Format::kAws, R"({"AlarmName":"a","NewStateValue":"OK"})").format,
            Format::kCloudWatch);
}

TEST(Aws, Refusals) {
  EXPECT_EQ(RefuseOne(Format::kAws, R"({"a":1})").reason, RefusalReason::kUnknownShape);
  EXPECT_EQ(RefuseOne(Format::kAws, R"({"detail-type":"x","source":"y"})").field, "/detail");
  EXPECT_EQ(RefuseOne(Format::kAws, R"({"detail-type":"x","detail":{}})").field, "/source");
  EXPECT_EQ(RefuseOne(Format::kAws, Bridge("aws.codepipeline", kExecution,
                                           R"({"pipeline":7,"execution-id":"1","state":"x"})"))
                .field,
            "/detail/pipeline");
  EXPECT_EQ(RefuseOne(Format::kAws, Bridge("aws.s3", "x", "{}", "7")).field, "/resources");
  EXPECT_EQ(RefuseOne(Format::kAws, Bridge("aws.ecs", "ECS Deployment State Change",
                                           R"({"eventName":"E","deploymentId":"d"})"))
                .field,
            "/resources");
}

// ---- CloudWatch Logs ----

// gzip of a DATA_MESSAGE of /aws/lambda/checkout with four log events.
constexpr std::string_view kData =
    "H4sIAAAAAAACA3WQX2uDMBTFv0rIczuTtFrnm2yu7GEMVPbQKiPqXSeLf5bESin97ktcGZSuIU/"
    "nnpzfuTniBpTiO0gPPeAA4ccwDd9foiQJ1xGeIdyNLUg7oGyxdL2Vf08oswPR7dayG3o7c/"
    "ioHMGbouJO+QnlVzfosyfREnhjTYww1yG+wzxnS3NeWIMaClXKutd11z7VQoNUxrrFXAic/"
    "wZEe2j1pB5xXdkgoPaprk1zzRtbgK5cj1HPJ/"
    "aY2Xkna95Gcfwa58jS58SfMy+ly4AQczdoBeiha1soLR9J+BgUVKg4oJ4fGovNWnyaoT8wuwmmV+"
    "AkDeMUxfA9GPdzFVjYm9nPkMy7i9jFzVh2FXvMsIA9iAwHGR65bDM8y3CjdpOgRDdOggK5r0uYxJJLPYkWMSnXn8Hu3E2G"
    "Txe1ljdrLf6rxU00NQn56QdTU/S9VQIAAA==";

TEST(AwsLogs, Subscriptions) {
  for (Format format : {Format::kAws, Format::kAuto, Format::kCloudWatch, Format::kLogs}) {
    const auto observations = ObservationsOf(
        DecodeBody(format, R"({"awslogs":{"data":")" + std::string(kData) + R"("}})"));
    ASSERT_EQ(observations.size(), 4U);
    for (const auto& observation : observations) {
      EXPECT_EQ(observation.format, Format::kAws);
      EXPECT_EQ(observation.source, model::Source::kLogs);
    }
    EXPECT_EQ(observations[0].identity, "awslogs|/aws/lambda/checkout|2025/08/26/[1]ab|e1");
    EXPECT_EQ(observations[0].time, T("2025-08-26T14:00:00Z"));
    const auto error = FactOf<LogFact>(observations[0]);
    EXPECT_EQ(error.level, "ERROR");
    EXPECT_EQ(error.service, "checkout");
    EXPECT_EQ(error.message.back(), 's');
    EXPECT_EQ(FactOf<LogFact>(observations[1]).level, "INFO");
    // A line that is a log record of its own says more.
    const auto json = FactOf<LogFact>(observations[2]);
    EXPECT_EQ(json.service, "cart");
    EXPECT_EQ(json.level, "warn");
    EXPECT_EQ(observations[2].time, T("2025-08-26T14:00:02.5Z"));
    EXPECT_EQ(observations[2].identity, "awslogs|/aws/lambda/checkout|2025/08/26/[1]ab|e3");
    // An object that is none is a text.
    EXPECT_EQ(FactOf<LogFact>(observations[3]).message, R"({"a":1})");
  }
}

TEST(AwsLogs, ThroughKinesisAndUnpacked) {
  const auto kinesis = ObservationsOf(
      DecodeBody(Format::kAuto, R"({"Records":[{"eventSource":"aws:kinesis","kinesis":{"data":")" +
                                    std::string(kData) + R"("}}]})"));
  EXPECT_EQ(kinesis.size(), 4U);
  const auto plain = ObserveOne(Format::kAuto, R"({"messageType":"DATA_MESSAGE","owner":"1",
    "logGroup":"/ecs/cart","logStream":"s","logEvents":[{"id":"1","timestamp":1756216800000,
    "message":"WARN slow"}]})");
  EXPECT_EQ(FactOf<LogFact>(plain).service, "cart");
  EXPECT_EQ(FactOf<LogFact>(plain).level, "WARN");
  const auto control = DecodeBody(Format::kAws, R"({"messageType":"CONTROL_MESSAGE",
    "logEvents":[{"id":"","timestamp":1,"message":"CWL CONTROL MESSAGE"}]})");
  EXPECT_TRUE(ObservationsOf(control).empty());
  EXPECT_TRUE(testing::RefusalsOf(control).empty());
}

TEST(AwsLogs, Refusals) {
  const auto packed = [](std::string_view data) {
    return RefuseOne(Format::kAws, R"({"awslogs":{"data":")" + std::string(data) + R"("}})");
  };
  EXPECT_EQ(packed("").reason, RefusalReason::kMissingField);
  EXPECT_EQ(packed("%%%").reason, RefusalReason::kBadValue);
  EXPECT_EQ(packed(Base64Encode("\x1f\x8b\x08 broken")).reason, RefusalReason::kBadValue);
  EXPECT_EQ(packed(Base64Encode("no json")).field, "/awslogs/data");
  EXPECT_EQ(packed(Base64Encode(R"({"logGroup":"g"})")).reason, RefusalReason::kMissingField);
  EXPECT_EQ(packed(std::string(kData).substr(0, 40)).reason, RefusalReason::kBadValue);
  const auto message = RefuseOne(Format::kAws, R"({"messageType":"DATA_MESSAGE",
    "logEvents":[{"id":"1","message":7}]})");
  EXPECT_EQ(message.field, "/logEvents/0/message");
}

}  // namespace
}  // namespace srehub::sources
