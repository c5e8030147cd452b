// The generic route: every record finds its format, and what is not taken is named.
#include "sources/detect.h"
#include "sources/log_fields.h"
#include "sources/testing.h"

namespace srehub::sources {
namespace {

using model::Format;
using model::RefusalReason;
using testing::DecodeBody;
using testing::Headers;
using testing::ObservationsOf;
using testing::RefuseOne;

TEST(Detect, TheFoundingSamplesInOneBody) {
  const Decoded decoded = DecodeBody(Format::kAuto, R"(
    {"kind":"Event","involvedObject":{"kind":"Pod","name":"checkout-api-57ff7"},"reason":"BackOff",
     "message":"Back-off restarting failed container","type":"Warning",
    "firstTimestamp":"2025-08-26T14:01:23Z"}
    {"AlarmName":"HighCPU-PaymentsAPI","StateChangeTime":"2025-08-26T14:03:00Z",
    "NewStateValue":"ALARM",
     "Trigger":{"MetricName":"CPUUtilization","Threshold":85}}
    {"workflow":"Deploy Checkout Service","status":"failure","run_id":4821,
    "updated_at":"2025-08-26T14:06:00Z"}
    {"timestamp":"2025-08-26T14:05:00Z","level":"ERROR","service":"auth-service",
     "message":"Login DB connection timeout","traceId":"abc123"})");
  std::vector<Format> formats;
  for (const auto& observation : ObservationsOf(decoded)) formats.push_back(observation.format);
  EXPECT_EQ(formats, (std::vector<Format>{Format::kKubernetes, Format::kCloudWatch, Format::kCicd,
                                          Format::kLogs}));
}

TEST(Detect, WhatIsNotTakenIsNamed) {
  struct Case {
    std::string body;
    Headers headers;
    std::string named;
  };
  const std::vector<Case> cases = {
      {R"({"resourceSpans":[]})", {}, "OTLP"},
  };
  for (const Case& c : cases) {
    const auto refusal = RefuseOne(Format::kAuto, c.body, c.headers);
    EXPECT_EQ(refusal.reason, RefusalReason::kUnknownShape) << c.body;
    EXPECT_NE(refusal.message.find(c.named), std::string::npos) << refusal.message;
    EXPECT_NE(refusal.message.find("Kubernetes events"), std::string::npos) << refusal.message;
  }
}

TEST(Detect, PipelineSenders) {
  struct Case {
    std::string body;
    Headers headers;
    Format format;
  };
  const std::vector<Case> cases = {
      {R"({"object_kind":"pipeline"})", {}, Format::kGitlab},
      {R"({"message":"x"})", {{"x-gitlab-event", "Pipeline Hook"}}, Format::kGitlab},
      {R"({"message":"x"})", {{"circleci-event-type", "workflow-completed"}}, Format::kCircleci},
      {R"({"type":"workflow-completed","happened_at":"x"})", {}, Format::kCircleci},
      {R"({"awslogs":{"data":"H4sI"}})", {}, Format::kAws},
      {R"({"messageType":"DATA_MESSAGE","logEvents":[]})", {}, Format::kAws},
      {R"({"detail-type":"CodeDeploy Deployment State-change Notification"})", {}, Format::kAws},
      {R"({"detail-type":"CloudWatch Alarm State Change"})", {}, Format::kCloudWatch},
      {R"({"context":{"type":"dev.cdevents.service.deployed.0.1.0"}})", {}, Format::kCdevents},
      {R"({"specversion":"1.0","type":"a","source":"b","id":"c"})", {}, Format::kCloudevents},
      {R"({"a":1})", {{"ce-type", "a"}}, Format::kCloudevents},
      {R"({"name":"job","build":{"phase":"COMPLETED"}})", {}, Format::kJenkins},
      {R"({"sender":"argocd","app":"x"})", {}, Format::kArgocd},
      {R"({"release":{"id":1},"repository":{},"action":"published"})", {}, Format::kGithub},
      {R"({"release":"1.2","repository":"r","message":"m"})", {}, Format::kLogs},
  };
  for (const Case& c : cases) {
    JsonReader reader;
    const auto root = reader.Parse(c.body);
    ASSERT_TRUE(root) << c.body;
    model::Delivery delivery;
    delivery.headers = c.headers;
    LogFields fields;
    EXPECT_EQ(Detect(*root, delivery, &fields).format, c.format) << c.body;
  }
}

TEST(Detect, ALogMaySpeakOfAnything) {
  for (const std::string body :
       {R"({"level":"info","message":"done","workflow":"nightly","status":"ok"})",
        R"({"msg":"x","labels":{"a":"b"}})", R"({"message":"m","kind":"audit"})",
        R"({"message":"m","alerts":3})", R"({"message":"m","build":"1.2"})", R"({"error":"boom"})",
        R"({"exception.type":"IOError"})"}) {
    const auto observations = ObservationsOf(DecodeBody(Format::kAuto, body));
    ASSERT_EQ(observations.size(), 1U) << body;
    EXPECT_EQ(observations[0].format, Format::kLogs) << body;
  }
}

TEST(Detect, NothingKnown) {
  for (const std::string body :
       {R"({})", R"({"a":1,"b":{"c":[]}})", R"({"workflow":7,"status":"x"})"}) {
    EXPECT_EQ(RefuseOne(Format::kAuto, body).reason, RefusalReason::kUnknownShape) << body;
  }
}

}  // namespace
}  // namespace srehub::sources
