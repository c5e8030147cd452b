// Alarms in all their carriers.
#include "base/json_writer.h"
#include "sources/testing.h"

namespace srehub::sources {
namespace {

using model::AlarmFact;
using model::Format;
using model::RefusalReason;
using testing::DecodeBody;
using testing::FactOf;
using testing::ObservationsOf;
using testing::ObserveOne;
using testing::RefusalsOf;
using testing::RefuseOne;
using testing::Replaced;
using testing::T;

constexpr std::string_view kFounding = R"({
    "AlarmName": "HighCPU-PaymentsAPI",
    "StateChangeTime": "2025-08-26T14:03:00Z",
    "NewStateValue": "ALARM",
    "Trigger": {
        "MetricName": "CPUUtilization",
        "Threshold": 85
    }
})";

constexpr std::string_view kFull =
    R"j({"AlarmName":"HighCPU-PaymentsAPI","AlarmDescription":null,
  "AWSAccountId":"123456789012","AlarmConfigurationUpdatedTimestamp":"2025-08-01T00:00:00.000+0000",
  "NewStateValue":"ALARM","NewStateReason":"Threshold Crossed: 1 datapoint [97.2] > 85",
  "StateChangeTime":"2025-08-26T14:03:00.123+0000","Region":"EU (Ireland)",
  "AlarmArn":"arn:aws:cloudwatch:eu-west-1:123456789012:alarm:HighCPU-PaymentsAPI",
  "OldStateValue":"OK","OKActions":[],"AlarmActions":["arn:aws:sns:eu-west-1:123456789012:ops"],
  "InsufficientDataActions":[],
  "Trigger":{"MetricName":"CPUUtilization","Namespace":"AWS/ECS","StatisticType":"Statistic",
    "Statistic":"AVERAGE","Unit":null,"Dimensions":[{"value":"payments-api","name":"ServiceName"},
    {"value":"prod","name":"ClusterName"}],"Period":60,"EvaluationPeriods":1,
    "ComparisonOperator":"GreaterThanThreshold","Threshold":85.0,
    "TreatMissingData":"- TreatMissingData:                    missing",
    "EvaluateLowSampleCountPercentile":""}})j";

std::string Quoted(std::string_view text) {
  std::string out;
  AppendJsonString(&out, text);
  return out;
}

std::string Sns(std::string_view message, std::string_view message_id = "m-1") {
  return R"({"Type":"Notification","MessageId":")" + std::string(message_id) +
         R"(","TopicArn":"arn:aws:sns:eu-west-1:123456789012:ops","Subject":"ALARM","Message":)" +
         Quoted(message) +
         R"(,"Timestamp":"2025-08-26T14:03:05.000Z","SignatureVersion":"1","Signature":"EXAMPLE",
         "SigningCertURL":"https://sns.eu-west-1.amazonaws.com/x.pem",
    "UnsubscribeURL":"https://x"})";
}

TEST(CloudWatch, TakesTheFoundingSample) {
  const auto observation = ObserveOne(Format::kCloudWatch, kFounding);
  const auto fact = FactOf<AlarmFact>(observation);
  EXPECT_EQ(observation.source, model::Source::kCloudWatch);
  EXPECT_EQ(observation.time, T("2025-08-26T14:03:00Z"));
  EXPECT_EQ(observation.identity, "bare|HighCPU-PaymentsAPI|2025-08-26T14:03:00Z|ALARM");
  EXPECT_EQ(observation.title, "HighCPU-PaymentsAPI ALARM (CPUUtilization, threshold 85)");
  EXPECT_EQ(observation.extra, "{}");
  EXPECT_EQ(fact.name, "HighCPU-PaymentsAPI");
  EXPECT_EQ(fact.state, "ALARM");
  EXPECT_EQ(fact.metric, "CPUUtilization");
  EXPECT_EQ(fact.threshold, 85.0);
  EXPECT_FALSE(fact.composite);
  EXPECT_EQ(ObserveOne(Format::kAuto, kFounding).identity, observation.identity);
}

TEST(CloudWatch, TakesAFullBareMessage) {
  const auto observation = ObserveOne(Format::kCloudWatch, kFull);
  const auto fact = FactOf<AlarmFact>(observation);
  EXPECT_EQ(observation.time, T("2025-08-26T14:03:00.123Z"));
  EXPECT_EQ(fact.region, "eu-west-1");
  EXPECT_EQ(fact.account, "123456789012");
  EXPECT_EQ(fact.old_state, "OK");
  EXPECT_EQ(fact.namespace_, "AWS/ECS");
  EXPECT_EQ(fact.statistic, "AVERAGE");
  ASSERT_EQ(fact.dimensions.size(), 2U);
  EXPECT_EQ(fact.dimensions[0],
            std::make_pair(std::string("ServiceName"), std::string("payments-api")));
  EXPECT_NE(observation.extra.find("\"Period\":60"), std::string::npos);
  EXPECT_NE(observation.extra.find("\"AlarmActions\":[\"arn:aws:sns"), std::string::npos);
  EXPECT_EQ(observation.extra.find("NewStateValue"), std::string::npos);
}

TEST(CloudWatch, ReadsTheTimesThatSendersWrite) {
  for (const auto& [written, read] : std::vector<std::pair<std::string, std::string>>{
           {"2015-06-03T17:43:27.123+0000", "2015-06-03T17:43:27.123Z"},
           {"2019-10-02T17:04:40Z", "2019-10-02T17:04:40Z"},
           {"2023-08-04T12: 36: 15.490+0000", "2023-08-04T12:36:15.49Z"}}) {
    EXPECT_EQ(ObserveOne(Format::kCloudWatch,
                         Replaced(std::string(kFounding), "2025-08-26T14:03:00Z", written))
                  .time,
              T(read));
  }
}

TEST(CloudWatch, MetricMathHasNoMetricOfItsOwn) {
  const auto observation =
      ObserveOne(Format::kAuto, R"({"AlarmName":"ErrorRate","NewStateValue":"OK",
    "StateChangeTime":"2025-08-26T14:03:00Z","Trigger":{"Threshold":5,"Metrics":[
      {"Id":"e1","Expression":"m1/m2*100","Label":"Error rate","ReturnData":true},
      {"Id":"m1","MetricStat":{"Metric":{"MetricName":"5XXError","Namespace":"AWS/ApiGateway",
        "Dimensions":[{"name":"ApiName","value":"payments"}]},"Period":60,"Stat":"Sum"},
    "ReturnData":false},
      {"Id":"m2","MetricStat":{"Metric":{"MetricName":"Count","Namespace":"AWS/ApiGateway",
        "Dimensions":[{"name":"ApiName","value":"payments"},{"name":"Stage","value":"prod"}]},
        "Period":60,"Stat":"Sum"},"ReturnData":false}]}})");
  const auto fact = FactOf<AlarmFact>(observation);
  EXPECT_EQ(fact.metric, "Error rate");
  EXPECT_EQ(fact.namespace_, "AWS/ApiGateway");
  EXPECT_EQ(fact.statistic, "Sum");
  ASSERT_EQ(fact.dimensions.size(), 2U);
  EXPECT_EQ(fact.dimensions[1].first, "Stage");
  EXPECT_NE(observation.extra.find("m1/m2*100"), std::string::npos) << "how it is computed is kept";
}

TEST(CloudWatch, CompositeAlarmsHaveARuleAndNoTrigger) {
  const auto fact = FactOf<AlarmFact>(
      ObserveOne(Format::kAuto, R"j({"AlarmName":"checkout-down","NewStateValue":"ALARM",
        "StateChangeTime":"2025-08-26T14:03:00.000+0000","AlarmRule":"ALARM(a) OR ALARM(b)",
        "TriggeringChildren":[]})j"));
  EXPECT_TRUE(fact.composite);
  EXPECT_EQ(fact.alarm_rule, "ALARM(a) OR ALARM(b)");
  EXPECT_EQ(fact.metric, "");
}

TEST(CloudWatch, SnsNotifications) {
  for (Format format : {Format::kCloudWatch, Format::kAuto}) {
    const auto observation = ObserveOne(format, Sns(kFull));
    EXPECT_EQ(observation.identity,
              "sns|arn:aws:cloudwatch:eu-west-1:123456789012:alarm:HighCPU-PaymentsAPI|"
              "2025-08-26T14:03:00.123Z|ALARM");
    EXPECT_NE(observation.extra.find(R"("sns":{"MessageId":"m-1")"), std::string::npos);
    EXPECT_EQ(observation.extra.find("EXAMPLE"), std::string::npos);
  }
  EXPECT_EQ(ObserveOne(Format::kAuto, Sns(kFull, "m-1")).identity,
            ObserveOne(Format::kAuto, Sns(kFull, "m-2")).identity);
  // Without a time of its own the alarm has that of its notification.
  const auto timeless = ObserveOne(Format::kAuto, Sns(R"({"AlarmName":"a","NewStateValue":"OK"})"));
  EXPECT_EQ(timeless.time, T("2025-08-26T14:03:05Z"));
}

TEST(CloudWatch, SnsCarriesOtherFormatsToo) {
  const auto observation =
      ObserveOne(Format::kAuto, Sns(R"({"level":"error","message":"disk full","service":"auth"})"));
  EXPECT_EQ(observation.format, Format::kLogs);
  EXPECT_EQ(RefuseOne(Format::kAuto, Sns("Your bill is high")).field, "/Message");
  EXPECT_EQ(RefuseOne(Format::kAuto, Sns("Your bill is high")).reason,
            RefusalReason::kUnknownShape);
  EXPECT_EQ(RefuseOne(Format::kAuto, Sns("[1]")).reason, RefusalReason::kWrongShape);
  EXPECT_EQ(RefuseOne(Format::kCloudWatch, Sns(R"({"message":"a log"})")).reason,
            RefusalReason::kUnknownShape);
}

TEST(CloudWatch, ConfirmationsGiveANoticeAndNothingElse) {
  for (const std::string type : {"SubscriptionConfirmation", "UnsubscribeConfirmation"}) {
    const Decoded decoded =
        DecodeBody(Format::kAuto,
                   R"({"Type":")" + type +
                       R"(","MessageId":"m","Token":"t","TopicArn":"arn:aws:sns:eu-west-1:1:ops",
    "Message":"You…",
        "SubscribeURL":"https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription"})");
    EXPECT_TRUE(ObservationsOf(decoded).empty());
    EXPECT_TRUE(RefusalsOf(decoded).empty());
    ASSERT_EQ(decoded.notices.size(), 1U);
    EXPECT_NE(decoded.notices[0].find("https://sns.eu-west-1.amazonaws.com/?Action=Confirm"),
              std::string::npos);
  }
  const Decoded hostile =
      DecodeBody(Format::kAuto,
                 R"j({"Type":"SubscriptionConfirmation","SubscribeURL":"javascript:alert(1)"})j");
  ASSERT_EQ(hostile.notices.size(), 1U);
  EXPECT_EQ(hostile.notices[0].find("javascript"), std::string::npos);
}

TEST(CloudWatch, LambdaAndSqsRecords) {
  const std::string lambda =
      R"({"Records":[{"EventSource":"aws:sns","EventVersion":"1.0","Sns":{"Type":"Notification",
      "MessageId":"m","Subject":null,"Message":)" +
      Quoted(kFull) + R"(,"Timestamp":"2025-08-26T14:03:05.000Z","SigningCertUrl":"x"}}]})";
  const std::string sqs = R"({"Records":[{"messageId":"q","eventSource":"aws:sqs","body":)" +
                          Quoted(Sns(kFull)) + R"(},{"body":)" + Quoted(kFounding) + "}]}";
  for (Format format : {Format::kAuto, Format::kCloudWatch}) {
    EXPECT_TRUE(ObserveOne(format, lambda).identity.starts_with("sns|arn:"));
    const auto both = ObservationsOf(DecodeBody(format, sqs));
    ASSERT_EQ(both.size(), 2U);
    EXPECT_TRUE(both[0].identity.starts_with("sns|arn:"));
    EXPECT_TRUE(both[1].identity.starts_with("bare|HighCPU"));
  }
  const Decoded partly = DecodeBody(Format::kAuto,
                                    R"({"Records":[7,{"eventSource":"aws:s3"},{"Sns":{}},
      {"body":)" + Quoted(kFounding) + "}]}");
  ASSERT_EQ(partly.records.size(), 1U);
  EXPECT_EQ(partly.records[0].observations.size(), 1U);
  ASSERT_EQ(partly.records[0].refusals.size(), 3U);
  EXPECT_EQ(partly.records[0].refusals[0].field, "/Records/0");
  EXPECT_NE(partly.records[0].refusals[1].message.find("aws:s3"), std::string::npos);
  EXPECT_EQ(partly.records[0].refusals[2].field, "/Records/2/Sns/Message");
}

TEST(CloudWatch, EnvelopesEndSomewhere) {
  std::string body(kFounding);
  for (int i = 0; i < 6; ++i) body = Sns(body);
  EXPECT_EQ(RefuseOne(Format::kAuto, body).reason, RefusalReason::kTooDeep);
}

constexpr std::string_view kEventBridge = R"({"version":"0","id":"c4c1","source":"aws.cloudwatch",
  "detail-type":"CloudWatch Alarm State Change","account":"123456789012","region":"eu-west-1",
  "time":"2025-08-26T14:03:01Z",
  "resources":["arn:aws:cloudwatch:eu-west-1:123456789012:alarm:HighCPU-PaymentsAPI"],
  "detail":{"alarmName":"HighCPU-PaymentsAPI","alarmTags":{"service":"payments-api"},
    "alarmTagsStatus":"OK",
    "state":{"value":"ALARM","reason":"Threshold Crossed",
    "timestamp":"2025-08-26T14:03:00.123+0000",
      "reasonData":"{\"version\":\"1.0\",\"statistic\":\"Average\",\"threshold\":85.0}"},
    "previousState":{"value":"OK","reason":"fine","timestamp":"2025-08-26T13:03:00.000+0000"},
    "configuration":{"description":"CPU of payments","metrics":[{"id":"m","metricStat":{"metric":
      {"name":"CPUUtilization","namespace":"AWS/ECS","dimensions":{"ServiceName":"payments-api"}},
      "period":60,"stat":"Average"},"returnData":true}]}}})";

TEST(CloudWatch, EventBridgeStateChanges) {
  for (Format format : {Format::kAuto, Format::kCloudWatch}) {
    const auto observation = ObserveOne(format, kEventBridge);
    const auto fact = FactOf<AlarmFact>(observation);
    EXPECT_EQ(observation.identity,
              "eventbridge|arn:aws:cloudwatch:eu-west-1:123456789012:alarm:HighCPU-PaymentsAPI|"
              "2025-08-26T14:03:00.123Z|ALARM");
    EXPECT_EQ(fact.metric, "CPUUtilization");
    EXPECT_EQ(fact.threshold, 85.0);
    EXPECT_EQ(fact.old_state, "OK");
    EXPECT_EQ(fact.tags.at("service"), "payments-api");
    EXPECT_EQ(fact.description, "CPU of payments");
    ASSERT_EQ(fact.dimensions.size(), 1U);
    EXPECT_EQ(fact.dimensions[0].second, "payments-api");
    EXPECT_NE(observation.extra.find(R"("id":"c4c1")"), std::string::npos);
  }
  const auto refusal = RefuseOne(
      Format::kCloudWatch, Replaced(std::string(kEventBridge), "CloudWatch Alarm State Change",
                                    "CodePipeline Pipeline Execution State Change"));
  EXPECT_EQ(refusal.reason, RefusalReason::kUnknownShape);
  EXPECT_NE(refusal.message.find("CodePipeline"), std::string::npos);
}

TEST(CloudWatch, BrokenReasonDataIsNoReasonToRefuse) {
  const auto fact = FactOf<AlarmFact>(ObserveOne(
      Format::kAuto, Replaced(std::string(kEventBridge), R"({\"version\":\"1.0\",)", "{{{")));
  EXPECT_EQ(fact.threshold, std::nullopt);
}

TEST(CloudWatch, DirectLambdaAction) {
  const auto observation = ObserveOne(Format::kAuto, R"j({"source":"aws.cloudwatch",
    "alarmArn":"arn:aws:cloudwatch:eu-west-1:123456789012:alarm:c","accountId":"123456789012",
    "time":"2025-08-26T14:03:01.000+0000","region":"eu-west-1","alarmData":{"alarmName":"c",
    "state":{"value":"ALARM","reason":"x","timestamp":"2025-08-26T14:03:00.000+0000",
      "actionsSuppressedBy":"WaitPeriod"},
    "configuration":{"alarmRule":"ALARM(a)","actionsSuppressor":"s"}}})j");
  const auto fact = FactOf<AlarmFact>(observation);
  EXPECT_TRUE(fact.composite);
  EXPECT_EQ(fact.name, "c");
  EXPECT_EQ(observation.time, T("2025-08-26T14:03:00Z"));
  EXPECT_NE(observation.extra.find("WaitPeriod"), std::string::npos);
}

TEST(CloudWatch, Refusals) {
  struct Case {
    std::string body;
    RefusalReason reason;
    std::string field;
  };
  const std::string f(kFounding);
  const std::vector<Case> cases = {
      {Replaced(f, "\"ALARM\"", "\"alarm\""), RefusalReason::kBadValue, "/NewStateValue"},
      {Replaced(f, "\"ALARM\"", "\"\""), RefusalReason::kBadValue, "/NewStateValue"},
      {Replaced(f, "\"ALARM\"", "null"), RefusalReason::kMissingField, "/NewStateValue"},
      {Replaced(f, "\"ALARM\"", "1"), RefusalReason::kWrongType, "/NewStateValue"},
      {Replaced(f, "\"HighCPU-PaymentsAPI\"", "null"), RefusalReason::kMissingField, "/AlarmName"},
      {Replaced(f, "85", "\"85\""), RefusalReason::kWrongType, "/Trigger/Threshold"},
      {Replaced(f, "85", "85,\"Dimensions\":[7]"), RefusalReason::kWrongType,
       "/Trigger/Dimensions"},
      {Replaced(f, "2025-08-26T14:03:00Z", "soon"), RefusalReason::kBadTime, "/StateChangeTime"},
      {Replaced(std::string(kEventBridge), "\"value\":\"ALARM\"", "\"value\":\"Alarm\""),
       RefusalReason::kBadValue, "/detail/state/value"},
      {R"({"detail-type":"CloudWatch Alarm State Change"})", RefusalReason::kMissingField,
       "/detail"},
      {R"({"hello":"world"})", RefusalReason::kUnknownShape, ""},
  };
  for (const Case& c : cases) {
    const auto refusal = RefuseOne(Format::kCloudWatch, c.body);
    EXPECT_EQ(refusal.reason, c.reason) << c.body << "\n" << refusal.message;
    EXPECT_EQ(refusal.field, c.field) << c.body;
  }
  EXPECT_EQ(RefuseOne(Format::kCloudWatch, Sns(Replaced(f, "85", "\"85\""))).field,
            "/Message/Trigger/Threshold");
}

}  // namespace
}  // namespace srehub::sources
