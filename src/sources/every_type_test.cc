// Every known field of every format is given every JSON type. Whatever comes out, each record is
// answered: observed, refused with a reason, or understood to say nothing.
#include <functional>

#include "base/json_reader.h"
#include "base/json_writer.h"
#include "sources/record.h"
#include "sources/testing.h"

namespace srehub::sources {
namespace {

using model::Format;
using testing::Received;
using testing::TryDecode;

struct Sample {
  Format format;
  std::string body;      // one record with every known field
  bool may_say_nothing;  // whether a record of this kind can be understood and give nothing
};

std::string Escaped(std::string_view text) {
  std::string out;
  AppendJsonString(&out, text);
  return out;
}

// GitHub's events that must be asked for say nothing without the header; the rest of the senders of
// pipelines.
std::vector<Sample> PipelineSamples() {
  const std::string time = "2025-08-26T14:00:00Z";
  const std::string gitlab_pipeline =
      R"({"object_kind":"pipeline","object_attributes":{"id":1,"name":"n","sha":"s",
      "status":"failed","created_at":"2025-08-26 13:50:00 UTC",
      "finished_at":"2025-08-26 14:00:00 UTC","url":"https://x"},"user":{"username":"u","name":"n"},
      "project":{"path_with_namespace":"a/b","name":"b"},"commit":{"title":"t"},
      "builds":[{"id":2,"name":"n","status":"failed","created_at":"2025-08-26 13:50:00 UTC",
      "started_at":"2025-08-26 13:51:00 UTC","finished_at":"2025-08-26 14:00:00 UTC",
      "environment":{"name":"e","action":"start"}}]})";
  const std::string gitlab_job =
      R"({"object_kind":"build","sha":"s","build_id":1,"build_name":"n","build_status":"failed",
      "build_created_at":"2025-08-26 13:50:00 UTC","build_started_at":"2025-08-26 13:51:00 UTC",
      "build_finished_at_iso":"2025-08-26T14:00:00Z","build_allow_failure":false,"pipeline_id":3,
      "project_name":"a / b","commit":{"message":"m"},"project":{"web_url":"https://x"},
      "environment":{"name":"e","action":"start"}})";
  const std::string gitlab_deployment =
      R"({"object_kind":"deployment","status":"success","status_changed_at":
      "2025-08-26 16:00:00 +0200","deployment_id":1,"deployable_id":2,"environment":"e",
      "deployable_url":"https://x","short_sha":"abcdef1","commit_url":"https://x/abcdef1234",
      "commit_title":"t","project":{"path_with_namespace":"a/b"}})";
  const std::string jenkins =
      R"({"name":"n","display_name":"d","url":"job/n/","build":{"full_url":"https://x","number":1,
      "timestamp":1756216800000,"phase":"COMPLETED","status":"FAILURE","scm":{"commit":"c"},
      "parameters":{"ENV":"e"}}})";
  const std::string circleci =
      R"({"type":"job-completed","id":"i","happened_at":"2025-08-26T14:00:00Z",
      "workflow":{"id":"w","name":"n","status":"failed","created_at":"2025-08-26T13:50:00Z",
      "stopped_at":"2025-08-26T14:00:00Z","url":"https://x"},"job":{"id":"j","name":"n",
      "status":"failed","started_at":"2025-08-26T13:50:00Z","stopped_at":"2025-08-26T14:00:00Z"},
      "pipeline":{"vcs":{"revision":"r","tag":"t","commit":{"subject":"s","author":{"name":"a"}}}},
      "project":{"slug":"gh/a/b","name":"b"}})";
  const std::string argocd =
      R"({"sender":"argocd","app":"a","project":"p","phase":"Succeeded","health":"Healthy",
      "message":"m","startedAt":"2025-08-26T13:50:00Z","finishedAt":"2025-08-26T14:00:00Z",
      "healthSince":"2025-08-26T14:00:00Z","revision":"r","environment":"e","version":"v",
      "initiatedBy":"i","url":"https://x","service":"s"})";
  const auto bridge = [&](const std::string& source, const std::string& type,
                          const std::string& detail) {
    return R"({"id":"1","account":"2","region":"r","time":")" + time + R"(","source":")" + source +
           R"(","detail-type":")" + type +
           R"(","resources":["arn:aws:ecs:r:1:service/c/n"],"detail":)" + detail + "}";
  };
  const std::string code_pipeline = bridge(
      "aws.codepipeline", "CodePipeline Stage Execution State Change",
      R"({"pipeline":"p","execution-id":"e","pipeline-execution-attempt":1.0,"state":"FAILED",
      "stage":"s","action":"a","type":{"category":"c"},"start-time":"2025-08-26T13:50:00Z",
      "execution-type":"STANDARD","execution-trigger":{"trigger-type":"t"},
      "sourceActions":[{"sourceActionVariables":{"CommitId":"abcdef1"}}]})");
  const std::string code_build = bridge(
      "aws.codebuild", "CodeBuild Build State Change",
      R"({"build-status":"FAILED","project-name":"p","build-id":"a:b","additional-information":
      {"initiator":"i","source-version":"v","logs":{"deep-link":"https://x"}}})");
  const std::string task =
      bridge("aws.ecs", "ECS Task State Change",
             R"({"group":"service:s","lastStatus":"STOPPED","stopCode":"EssentialContainerExited",
      "stoppedReason":"r","clusterArn":"a/c","containers":[{"name":"n","reason":"r","exitCode":1}]})");
  const std::string cdevent =
      R"({"context":{"id":"1","source":"s","type":"dev.cdevents.taskrun.finished.0.2.0",
      "timestamp":"2025-08-26T14:00:00Z"},"subject":{"id":"i","content":{"taskName":"t",
      "pipelineRun":{"id":"r"},"outcome":"failure","errors":"e","uri":"https://x"}}})";
  const std::string incident =
      R"({"context":{"id":"1","source":"s","type":"dev.cdevents.incident.detected.0.2.0",
      "timestamp":"2025-08-26T14:00:00Z"},"subject":{"id":"i","content":{"description":"d",
      "service":{"id":"s"},"environment":{"id":"e"}}}})";
  const std::string cloudevent =
      R"({"specversion":"1.0","id":"1","source":"/a/b","type":"com.acme.x.failed","subject":"s",
      "service":"s","time":"2025-08-26T14:00:00Z","data":{"message":"m","level":"error"},
      "data_base64":"e30="})";
  return {
      {Format::kGitlab, gitlab_pipeline, false},
      {Format::kGitlab, gitlab_job, false},
      {Format::kGitlab, gitlab_deployment, false},
      {Format::kJenkins, jenkins, true},
      {Format::kCircleci, circleci, true},
      {Format::kArgocd, argocd, false},
      {Format::kAws, code_pipeline, false},
      {Format::kAws,
       bridge("aws.codedeploy", "CodeDeploy Deployment State-change Notification",
              R"({"application":"a","deploymentId":"d","deploymentGroup":"g","state":"FAILURE"})"),
       false},
      {Format::kAws, code_build, false},
      {Format::kAws,
       bridge("aws.ecs", "ECS Deployment State Change",
              R"({"deploymentId":"d","eventName":"SERVICE_DEPLOYMENT_FAILED","reason":"r",
              "updatedAt":"2025-08-26T14:00:00Z"})"),
       false},
      {Format::kAws,
       bridge("aws.ecs", "ECS Service Action",
              R"({"eventName":"E","eventType":"ERROR","reason":"r"})"),
       false},
      {Format::kAws, task, false},
      {Format::kAws, bridge("aws.x", "T", R"({"state":"failed","service":"s"})"), false},
      {Format::kAws, R"({"messageType":"DATA_MESSAGE","logGroup":"/a/b","logStream":"s",
      "logEvents":[{"id":"1","timestamp":1756216800000,"message":"{\"msg\":\"x\"}"}]})",
       true},
      {Format::kCdevents, cdevent, false},
      {Format::kCdevents, incident, false},
      {Format::kCloudevents, cloudevent, false},
      {Format::kGithub, R"({"release":{"id":1,"tag_name":"t","target_commitish":"abcdef1",
      "name":"n","html_url":"https://x","author":{"login":"l"},"created_at":1756216800,
      "published_at":"2025-08-26T14:00:00Z"},"action":"published","repository":{"name":"a"}})",
       true},
  };
}

const std::vector<Sample>& Samples() {
  static const std::vector<Sample> kSamples = [] {
    const std::string event =
        R"({"kind":"Event","apiVersion":"v1","clusterName":"c","metadata":{"uid":"u","name":"n",
        "creationTimestamp":"2025-08-26T14:00:00Z"},"involvedObject":{"kind":"Pod","namespace":"s",
        "name":"x","uid":"p","fieldPath":"spec.containers{a}","labels":{"a":"b"},
    "annotations":{"a":"b"},
        "ownerReferences":[{"kind":"ReplicaSet","name":"r"}]},"reason":"BackOff","message":"m",
        "source":{"component":"kubelet","host":"h"},"firstTimestamp":"2025-08-26T14:00:00Z",
        "lastTimestamp":"2025-08-26T14:01:00Z","count":2,"type":"Warning",
        "eventTime":"2025-08-26T14:00:00.000000Z","series":{"count":2,
        "lastObservedTime":"2025-08-26T14:02:00.000000Z"},"reportingComponent":"r",
    "reportingInstance":"i"})";
    const std::string events_v1 =
        R"({"kind":"Event","apiVersion":"events.k8s.io/v1","regarding":{"name":"x"},"note":"n",
        "reason":"R","reportingController":"c","deprecatedSource":{"host":"h"},"deprecatedCount":3,
        "deprecatedFirstTimestamp":"2025-08-26T14:00:00Z",
    "deprecatedLastTimestamp":"2025-08-26T14:00:00Z"})";
    const std::string pod =
        R"({"kind":"Pod","metadata":{"name":"n","namespace":"s","uid":"u","labels":{"a":"b"}},
        "spec":{"nodeName":"h"},"status":{"containerStatuses":[{"name":"c","restartCount":2,
        "state":{"terminated":{"reason":"OOMKilled","exitCode":137,
    "finishedAt":"2025-08-26T14:00:00Z"}},
        "lastState":{"terminated":{"reason":"OOMKilled","finishedAt":"2025-08-26T13:00:00Z"}}}]}})";
    const std::string alarm =
        R"({"AlarmName":"a","AlarmArn":"arn:aws:cloudwatch:r:1:alarm:a","AlarmDescription":"d",
        "AWSAccountId":"1","Region":"r","NewStateValue":"ALARM","OldStateValue":"OK",
    "NewStateReason":"x",
        "AlarmRule":"r","StateChangeTime":"2025-08-26T14:00:00Z","Trigger":{"MetricName":"",
    "Namespace":"n",
        "Statistic":"s","Threshold":1,"Dimensions":[{"name":"a","value":"b"}],"Metrics":[{"Id":"e",
        "Label":"l","Expression":"x","ReturnData":true,"MetricStat":{"Stat":"Sum",
    "Metric":{"MetricName":"m",
        "Namespace":"n","Dimensions":[{"name":"a","value":"b"}]}}}]}})";
    const std::string event_bridge =
        R"({"detail-type":"CloudWatch Alarm State Change","source":"aws.cloudwatch","account":"1",
        "region":"r","time":"2025-08-26T14:00:00Z","resources":["arn:a:b:c:d:alarm:x"],"detail":{
        "alarmName":"a","alarmTags":{"service":"s"},"state":{"value":"OK","reason":"r",
        "reasonData":"{\"threshold\":1,\"statistic\":\"s\"}","timestamp":"2025-08-26T14:00:00Z"},
        "previousState":{"value":"ALARM"},"configuration":{"description":"d","alarmRule":"r",
    "metrics":[
        {"label":"l","expression":"e","returnData":true,"metricStat":{"stat":"s",
    "metric":{"name":"n",
        "namespace":"x","dimensions":{"a":"b"}}}}]}}})";
    const std::string run =
        R"({"workflow_run":{"id":1,"name":"n","path":"p","display_title":"t","run_attempt":1,
        "head_sha":"s","status":"completed","conclusion":"success",
    "created_at":"2025-08-26T14:00:00Z",
        "run_started_at":"2025-08-26T14:00:00Z","updated_at":"2025-08-26T14:00:00Z",
    "html_url":"https://x",
        "triggering_actor":{"login":"l"}},"workflow":{"name":"n"},
    "repository":{"full_name":"a/b"}})";
    const std::string status =
        R"({"deployment_status":{"id":1,"state":"failure","environment":"e","description":"d",
        "target_url":"https://x","creator":{"login":"l"},"created_at":"2025-08-26T14:00:00Z",
        "updated_at":"2025-08-26T14:00:00Z"},"deployment":{"id":2,"sha":"s","task":"t",
    "environment":"e",
        "payload":{"service":"s","version":"v"},"description":"d",
    "created_at":"2025-08-26T14:00:00Z"},
        "workflow_run":{"id":3,"run_attempt":1,"name":"n","path":"p"},
    "repository":{"full_name":"a/b"}})";
    const std::string log =
        R"({"timestamp":"2025-08-26T14:00:00Z","level":"error","severityNumber":17,"message":"m",
        "log":"{\"msg\":\"x\",\"level\":\"warn\"}","service":{"name":"s","version":"v",
    "environment":"e"},
        "name":"n","logger":"l","traceId":"t","dd":{"trace_id":"t"},"error":{"type":"t",
    "message":"m",
        "stack_trace":"s"},"exception":"e","stack":"s","status":500,
    "http":{"response":{"status_code":500}},
        "environment":"e","version":"v","host":{"name":"h"},"kubernetes":{"pod_name":"p",
        "namespace_name":"n","container_name":"c","host":"h","labels":{"app":"a"}},
        "record":{"level":{"name":"ERROR","no":40},"time":{"timestamp":1756217100.1},
    "message":"m"}})";
    const std::string group =
        R"({"version":"4","groupKey":"g","truncatedAlerts":1,"status":"firing","receiver":"r",
        "groupLabels":{},"alerts":[{"status":"firing","labels":{"alertname":"a"},
    "annotations":{"summary":"s"},
        "startsAt":"2025-08-26T14:00:00Z","endsAt":"2025-08-26T15:00:00Z","generatorURL":"http://x",
        "fingerprint":"f"}]})";
    const std::string unified =
        R"({"serviceId":"s","timestamp":"2025-08-26T14:00:00Z","eventId":"x","eventType":"T",
        "severity":"high","source":"logs","phase":"point","signal":"s",
    "startsAt":"2025-08-26T14:00:00Z",
        "expiresAt":"2025-08-26T14:00:00Z","series":"s","seriesCount":1,
    "seriesStart":"2025-08-26T14:00:00Z",
        "closes":"c","untimed":false,"deployId":"d","ttl":1,"details":{"message":"m",
    "link":"https://x"},
        "deploy":{"kind":"deploy","status":"success","system":"s","repository":"r","run":"1",
    "attempt":1,
        "sha":"s","environment":"e","workflow":"w","version":"v","actor":"a","url":"https://x",
        "startedAt":"2025-08-26T14:00:00Z","finishedAt":"2025-08-26T14:00:00Z"}})";
    const std::string sns = R"({"Type":"Notification","MessageId":"m","TopicArn":"t","Subject":"s",
        "Timestamp":"2025-08-26T14:00:00Z","Message":)" +
                            Escaped(alarm) + "}";
    std::vector<Sample> samples{
        {Format::kKubernetes, event, false},
        {Format::kKubernetes, events_v1, false},
        {Format::kKubernetes, R"({"type":"ADDED","object":)" + event + "}", true},
        {Format::kKubernetes, R"({"kind":"EventList","apiVersion":"v1","items":[)" + event + "]}",
         true},
        {Format::kKubernetes, pod, true},
        {Format::kCloudWatch, alarm, false},
        {Format::kCloudWatch, sns, true},
        {Format::kCloudWatch,
         R"({"Type":"SubscriptionConfirmation","TopicArn":"t","SubscribeURL":"u"})", true},
        {Format::kCloudWatch,
         R"({"Records":[{"EventSource":"aws:sns","Sns":)" + sns + R"(},{"body":)" + Escaped(alarm) +
             "}]}",
         true},
        {Format::kCloudWatch, event_bridge, false},
        {Format::kCloudWatch, R"({"alarmArn":"a","accountId":"1","time":"2025-08-26T14:00:00Z",
        "region":"r","alarmData":{"alarmName":"a","state":{"value":"OK"}}})",
         false},
        {Format::kCicd, R"({"workflow":"w","status":"failure","conclusion":"failure","run_id":1,
        "updated_at":"2025-08-26T14:00:00Z","started_at":"2025-08-26T14:00:00Z",
    "finished_at":1756217100,
        "service":"s","environment":"e","sha":"s","commit":"c","version":"v",
    "repository":{"full_name":"r"},
        "url":"https://x","actor":{"login":"a"},"attempt":1,"system":"s","kind":"deploy","path":"p",
        "task":"t","title":"t"})",
         false},
        {Format::kGithub, run, true},
        {Format::kGithub, status, true},
        {Format::kGithub, R"({"deployment":{"id":1,"creator":{"login":"x"},"created_at":1756217100},
        "repository":{"full_name":"a/b"}})",
         true},
        {Format::kLogs, log, false},
        {Format::kOtlp,
         R"({"resourceLogs":[{"resource":{"attributes":[{"key":"service.name","value":
         {"stringValue":"a"}}]},"scopeLogs":[{"scope":{"name":"n","version":"v","attributes":
         [{"key":"k","value":{"boolValue":true}}]},"logRecords":[{"timeUnixNano":
         "1756216872000000000","observedTimeUnixNano":1756216872000000000,"severityNumber":17,
         "severityText":"ERROR","body":{"kvlistValue":{"values":[{"key":"msg","value":
         {"stringValue":"x"}}]}},"attributes":[{"key":"n","value":{"intValue":"7"}},{"key":"l",
         "value":{"arrayValue":{"values":[{"doubleValue":1.5},{"bytesValue":"AA=="}]}}}],
         "droppedAttributesCount":1,"flags":1,"traceId":"ab","spanId":"cd","eventName":"e"}]}]}]})",
         true},
        {Format::kLoki,
         R"({"streams":[{"stream":{"app":"a","level":"error"},"values":[["1756216872000000000",
         "level=error msg=x",{"trace_id":"t"}],["1756216872000000001","plain"]]}]})",
         true},
        {Format::kPrometheus, R"({"labels":{"alertname":"a"},"annotations":{"summary":"s"},
        "startsAt":"2025-08-26T14:00:00Z","endsAt":"2025-08-26T15:00:00Z",
    "generatorURL":"http://x"})",
         false},
        {Format::kAlertmanager, group, true},
        {Format::kGrafana,
         R"({"orgId":1,"title":"t","state":"alerting","message":"m","status":"firing","receiver":"r",
        "truncatedAlerts":1,"alerts":[{"status":"resolved","labels":{"alertname":"a"},
        "annotations":{"summary":"s"},"startsAt":"2025-08-26T16:00:00.157076+02:00",
        "endsAt":"2025-08-26T15:00:00Z","generatorURL":"","fingerprint":"f","silenceURL":"https://x",
        "dashboardURL":"https://x","panelURL":"https://x","values":{"A":1},"valueString":"v"}]})",
         true},
        {Format::kEvent, unified, false},
    };
    for (Sample& sample : PipelineSamples()) samples.push_back(std::move(sample));
    return samples;
  }();
  return kSamples;
}

// `root` with the `target`-th value (in document order) replaced by `replacement`, or removed
// with its key when the replacement is empty. False when there is no such value.
class Mutation {
 public:
  Mutation(const JsonElement& root, size_t target, std::string_view replacement)
      : target_(target), replacement_(replacement) {
    Write(root);
  }
  bool done() const { return done_; }
  const std::string& text() const { return out_.text(); }

 private:
  bool Hit() { return count_++ == target_; }

  void Write(const JsonElement& value) {
    if (Hit()) {
      done_ = true;
      out_.Raw(replacement_);
      return;
    }
    if (value.is_object()) {
      out_.BeginObject();
      for (const auto field : JsonObject(value.get_object().value_unsafe())) {
        if (replacement_.empty() && count_ == target_) {
          ++count_;
          done_ = true;
          continue;
        }
        out_.Key(field.key);
        Write(field.value);
      }
      out_.EndObject();
    } else if (value.is_array()) {
      out_.BeginArray();
      for (const JsonElement item : JsonArray(value.get_array().value_unsafe())) Write(item);
      out_.EndArray();
    } else {
      WriteElement(&out_, value);
    }
  }

  size_t target_, count_ = 0;
  std::string replacement_;
  bool done_ = false;
  JsonWriter out_;
};

const std::vector<std::string>& Replacements() {
  static const std::vector<std::string> kValues = {"",  // the field is not there
                                                   "null",
                                                   "true",
                                                   "false",
                                                   "0",
                                                   "-1",
                                                   "7",
                                                   "1.5",
                                                   "-0.0",
                                                   "1e300",
                                                   "-1e300",
                                                   "9223372036854775807",
                                                   "-9223372036854775808",
                                                   "18446744073709551615",
                                                   "\"\"",
                                                   "\" \"",
                                                   "\"text\"",
                                                   "\"0\"",
                                                   "\"-1\"",
                                                   "\"1e999\"",
                                                   "\"9999-12-31T23:59:59Z\"",
                                                   "\"0000-00-00T00:00:00Z\"",
                                                   "\"0001-01-01T00:00:00Z\"",
                                                   "\"2016-12-31T23:59:60Z\"",
                                                   "\"2025-02-30T00:00:00Z\"",
                                                   "\"2025-08-26T14:00:00-23:59\"",
                                                   "\"\\u0000\\u001b[31m\"",
                                                   "\"\\ud83d\\ude00\"",
                                                   "\"{}\"",
                                                   "\"{\\\"a\\\":{}}\"",
                                                   "\"[\"",
                                                   "[]",
                                                   "[null]",
                                                   "[[]]",
                                                   "[1,\"a\",{}]",
                                                   "[{}]",
                                                   "{}",
                                                   "{\"\":\"\"}",
                                                   "{\"name\":{}}",
                                                   "{\"name\":\"x\",\"value\":1}"};
  return kValues;
}

void ExpectAnswered(const Sample& sample, Format format, const std::string& body) {
  const auto decoded = TryDecode(format, body);
  ASSERT_TRUE(decoded.has_value()) << decoded.error().message << "\n" << body;
  for (const DecodedRecord& record : decoded->records) {
    if (!sample.may_say_nothing && format != Format::kAuto) {
      EXPECT_FALSE(record.observations.empty() && record.refusals.empty()) << body;
    }
    for (const model::Refusal& refusal : record.refusals) {
      EXPECT_EQ(refusal.record, record.index);
      EXPECT_FALSE(refusal.message.empty()) << body;
    }
    for (const model::Observation& observation : record.observations) {
      EXPECT_FALSE(observation.identity.empty()) << body;
      EXPECT_EQ(observation.received, Received());
      EXPECT_EQ(observation.title.find('\n'), std::string::npos) << body;
      JsonReader reader;
      const auto extra = reader.Parse(observation.extra);
      ASSERT_TRUE(extra.has_value()) << extra.error().message << "\n" << observation.extra;
      EXPECT_TRUE(extra->is_object());
    }
  }
}

TEST(EveryType, SamplesAreObserved) {
  for (const Sample& sample : Samples()) {
    const auto decoded = TryDecode(sample.format, sample.body);
    ASSERT_TRUE(decoded.has_value()) << sample.body;
    for (const DecodedRecord& record : decoded->records) {
      for (const auto& refusal : record.refusals) ADD_FAILURE() << refusal.message << sample.body;
    }
    ExpectAnswered(sample, sample.format, sample.body);
  }
}

TEST(EveryType, EveryFieldWithEveryTypeIsAnswered) {
  size_t mutants = 0;
  for (const Sample& sample : Samples()) {
    JsonReader reader;
    const auto root = reader.Parse(sample.body);
    ASSERT_TRUE(root.has_value()) << sample.body;
    for (const std::string& replacement : Replacements()) {
      for (size_t target = 1;; ++target) {
        const Mutation mutation(*root, target, replacement);
        if (!mutation.done()) break;
        if (!JsonReader().Parse(mutation.text()).has_value()) {
          // An array's item cannot be left out by the empty replacement; nothing to try there.
          ASSERT_TRUE(replacement.empty()) << mutation.text();
        } else {
          ExpectAnswered(sample, sample.format, mutation.text());
          ExpectAnswered(sample, Format::kAuto, mutation.text());
          ++mutants;
        }
        if (::testing::Test::HasFailure()) return;
      }
    }
  }
  EXPECT_GT(mutants, 5'000U);
}

// Every record may come in through every route.
TEST(EveryType, EveryRecordThroughEveryRoute) {
  for (const Sample& sample : Samples()) {
    for (Format format :
         {Format::kAuto,         Format::kEvent,  Format::kKubernetes, Format::kCloudWatch,
          Format::kCicd,         Format::kGithub, Format::kLogs,       Format::kPrometheus,
          Format::kAlertmanager, Format::kGitlab, Format::kArgocd,     Format::kJenkins,
          Format::kCircleci,     Format::kAws,    Format::kCdevents,   Format::kCloudevents,
          Format::kGrafana,      Format::kMapped, Format::kOtlp,       Format::kLoki,
          Format::kSyslog,       Format::kText}) {
      Sample other = sample;
      other.may_say_nothing = true;
      ExpectAnswered(other, format, sample.body);
    }
  }
}

// A byte changed anywhere is answered too: taken, refused, or a body that is no JSON.
TEST(EveryType, EveryByteChangedIsAnswered) {
  for (const Sample& sample : Samples()) {
    for (size_t i = 0; i < sample.body.size(); i += 3) {
      for (char c : {'"', '{', ']', '\\', '\n', '\0', '\xff'}) {
        std::string body = sample.body;
        body[i] = c;
        const auto decoded = TryDecode(sample.format, body);
        if (!decoded) {
          EXPECT_EQ(decoded.error().code, ErrorCode::kMalformed);
          EXPECT_TRUE(decoded.error().where.starts_with("byte "));
        }
      }
    }
  }
}

}  // namespace
}  // namespace srehub::sources
