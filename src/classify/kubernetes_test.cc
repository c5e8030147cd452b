#include <gtest/gtest.h>

#include "classify/testing.h"

namespace srehub::classify {
namespace {

using model::Phase;
using model::Severity;

model::KubernetesFact Fact(std::string reason, std::string message, std::string type = "Warning",
                           std::string kind = "Pod") {
  model::KubernetesFact fact;
  fact.reason = std::move(reason);
  fact.message = std::move(message);
  fact.type = std::move(type);
  fact.object.kind = std::move(kind);
  fact.object.name = "checkout-api-57ff7";
  return fact;
}

struct Row {
  const char* reason;
  const char* message;
  const char* type;
  const char* kind;
  const char* event_type;
  Severity severity;
};

class KubernetesTypes : public testing::TestWithParam<Row> {};

TEST_P(KubernetesTypes, TypeAndSeverity) {
  const Row& row = GetParam();
  const model::Event event = EventOf(Fact(row.reason, row.message, row.type, row.kind));
  EXPECT_EQ(event.event_type, row.event_type);
  EXPECT_EQ(event.severity, row.severity);
}

constexpr const char* kRestart = "Back-off restarting failed container web in pod checkout_shop(1)";
INSTANTIATE_TEST_SUITE_P(
    Reasons, KubernetesTypes,
    testing::Values(
        Row{"BackOff", "Back-off restarting failed container", "Warning", "Pod", "CrashLoopBackOff",
            Severity::kHigh},
        Row{"BackOff", kRestart, "Warning", "Pod", "CrashLoopBackOff", Severity::kHigh},
        // Normal, and yet high.
        Row{"BackOff", "Back-off pulling image \"a:b\"", "Normal", "Pod", "ImagePullBackOff",
            Severity::kHigh},
        Row{"Failed", "Error: ImagePullBackOff", "Warning", "Pod", "ImagePullBackOff",
            Severity::kHigh},
        Row{"Failed", "Failed to pull image \"a:b\": not found", "Warning", "Pod", "ErrImagePull",
            Severity::kHigh},
        Row{"Failed", "Error: ErrImagePull", "Warning", "Pod", "ErrImagePull", Severity::kHigh},
        Row{"Failed", "Error: InvalidImageName", "Warning", "Pod", "ErrImagePull", Severity::kHigh},
        Row{"InspectFailed", "x", "Warning", "Pod", "ErrImagePull", Severity::kHigh},
        Row{"ErrImageNeverPull", "x", "Warning", "Pod", "ErrImagePull", Severity::kHigh},
        Row{"Failed", "Error: secret \"db\" not found", "Warning", "Pod",
            "CreateContainerConfigError", Severity::kHigh},
        Row{"Failed", "Error: failed to create containerd task: OCI runtime create failed",
            "Warning", "Pod", "RunContainerError", Severity::kMedium},
        Row{"Failed", "Error: CreateContainerError", "Warning", "Pod", "CreateContainerError",
            Severity::kMedium},
        Row{"Failed", "Error: cannot start", "Warning", "Pod", "Failed", Severity::kMedium},
        Row{"OOMKilling", "Killed process 7 (java)", "Warning", "Node", "OOMKilled",
            Severity::kHigh},
        Row{"OOMKilled", "Container web was killed", "Warning", "Pod", "OOMKilled",
            Severity::kHigh},
        Row{"PreviousContainerWasOOMKilled", "x", "Warning", "Pod", "OOMKilled", Severity::kHigh},
        Row{"SystemOOM", "System OOM encountered", "Warning", "Node", "OOMKilled",
            Severity::kCritical},
        Row{"NodeNotReady", "x", "Normal", "Node", "NodeNotReady", Severity::kCritical},
        Row{"NodeNotReady", "Node is not ready", "Warning", "Pod", "NodeNotReady",
            Severity::kMedium},
        Row{"Evicted", "low on memory", "Warning", "Pod", "Evicted", Severity::kHigh},
        Row{"FailedMount", "x", "Warning", "Pod", "FailedMount", Severity::kHigh},
        Row{"FailedCreate", "x", "Warning", "ReplicaSet", "FailedCreate", Severity::kHigh},
        Row{"BackoffLimitExceeded", "x", "Warning", "Job", "BackoffLimitExceeded", Severity::kHigh},
        Row{"ProgressDeadlineExceeded", "x", "Warning", "Deployment", "ProgressDeadlineExceeded",
            Severity::kHigh},
        Row{"FailedScheduling", "x", "Warning", "Pod", "FailedScheduling", Severity::kMedium},
        Row{"Unhealthy", "Readiness probe failed: x", "Warning", "Pod", "Unhealthy",
            Severity::kMedium},
        Row{"Killing", "Stopping container web", "Normal", "Pod", "Killing", Severity::kLow},
        Row{"Preempting", "x", "Warning", "Pod", "Preempting", Severity::kLow},
        Row{"NodeNotSchedulable", "x", "Normal", "Node", "NodeNotSchedulable", Severity::kLow},
        Row{"ScalingReplicaSet", "x", "Normal", "Deployment", "ScalingReplicaSet", Severity::kLow},
        Row{"Started", "Started container web", "Normal", "Pod", "Started", Severity::kInfo},
        Row{"NodeReady", "x", "Normal", "Node", "NodeReady", Severity::kInfo},
        Row{"SomethingNew", "x", "Warning", "Pod", "SomethingNew", Severity::kMedium},
        // Neither Normal nor Warning: medium, and flagged.
        Row{"SomethingNew", "x", "Alarming", "Pod", "SomethingNew", Severity::kMedium},
        Row{"custom reason", "x", "Warning", "Pod", "CustomReason", Severity::kMedium}));

TEST(Kubernetes, AnUnknownTypeIsFlagged) {
  EXPECT_EQ(Detail(EventOf(Fact("New", "x", "Alarming")), "/severityUnknown"), "true");
  EXPECT_EQ(Detail(EventOf(Fact("New", "x", "Warning")), "/severityUnknown"), "(none)");
}

TEST(Kubernetes, CombinedMessagesAreReadWithoutTheirPrefix) {
  const model::Event event =
      EventOf(Fact("Unhealthy", "(combined from similar events): Liveness probe failed: 500"));
  EXPECT_EQ(Detail(event, "/message"), "Liveness probe failed: 500");
  EXPECT_EQ(Detail(event, "/probe"), "Liveness");
}

TEST(Kubernetes, ANodeHasALife) {
  model::KubernetesFact fact = Fact("NodeNotReady", "x", "Normal", "Node");
  fact.object.name = "n1";
  fact.cluster = "prod";
  fact.uid = "u";
  const model::Event down = EventOf(fact);
  EXPECT_EQ(down.service_id, "node-n1");
  EXPECT_EQ(down.phase, Phase::kFiring);
  EXPECT_EQ(down.signal, "node/prod/n1");
  EXPECT_EQ(down.expires_at, down.timestamp + limits::kExpireAfter);
  EXPECT_FALSE(down.starts_at);
  EXPECT_EQ(down.series, "");
  fact.reason = "NodeReady";
  const model::Event up = EventOf(fact);
  EXPECT_EQ(up.phase, Phase::kResolved);
  EXPECT_EQ(up.signal, down.signal);
  EXPECT_EQ(up.closes, "NodeNotReady");
  EXPECT_FALSE(up.expires_at);
}

TEST(Kubernetes, AUidCarriesTheSendersCount) {
  model::KubernetesFact fact = Fact("BackOff", "Back-off restarting failed container");
  fact.cluster = "prod";
  fact.uid = "u-1";
  fact.count = 9;
  fact.first_time = At("2025-08-26T13:00:00Z");
  model::Event event = EventOf(fact);
  EXPECT_EQ(event.phase, Phase::kPoint);
  EXPECT_EQ(event.series, "prod/u-1");
  EXPECT_EQ(event.series_count, 9);
  EXPECT_EQ(event.series_start, At("2025-08-26T13:00:00Z"));
  // Older than retention: no minute is left for it.
  fact.first_time = At("2025-08-01T13:00:00Z");
  event = EventOf(fact);
  EXPECT_EQ(event.series_start, event.timestamp);
  fact.first_time.reset();
  event = EventOf(fact);
  EXPECT_EQ(event.series_start, event.timestamp);
  fact.uid.clear();
  EXPECT_EQ(EventOf(fact).series, "");
}

TEST(Kubernetes, Refusals) {
  std::vector<model::Event> events;
  model::KubernetesFact fact = Fact("Started", "x");
  fact.uid = "u";
  fact.count = limits::kMaxSeriesCount + 1;
  auto refusal = DefaultClassifier().Classify(Of(fact), &events);
  ASSERT_TRUE(refusal);
  EXPECT_EQ(refusal->reason, model::RefusalReason::kBadValue);
  refusal = DefaultClassifier().Classify(Of(Fact("", "x")), &events);
  ASSERT_TRUE(refusal);
  EXPECT_EQ(refusal->reason, model::RefusalReason::kMissingField);
  EXPECT_TRUE(events.empty());
}

TEST(Kubernetes, Details) {
  model::KubernetesFact fact = Fact("Failed", "Error: x");
  fact.object.namespace_ = "shop";
  fact.object.field_path = "spec.containers{web}";
  fact.host = "n1";
  const model::Event event = EventOf(fact);
  EXPECT_EQ(Detail(event, "/object/kind"), "Pod");
  EXPECT_EQ(Detail(event, "/object/namespace"), "shop");
  EXPECT_EQ(Detail(event, "/object/name"), "checkout-api-57ff7");
  EXPECT_EQ(Detail(event, "/object/container"), "web");
  EXPECT_EQ(Detail(event, "/reason"), "Failed");
  EXPECT_EQ(Detail(event, "/node"), "n1");
  EXPECT_EQ(Detail(event, "/title"), "Error: x");
  EXPECT_EQ(Detail(event, "/format"), "kubernetes");
}

}  // namespace
}  // namespace srehub::classify
