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
    return std::vector<Sample>{
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
        {Format::kPrometheus, R"({"labels":{"alertname":"a"},"annotations":{"summary":"s"},
        "startsAt":"2025-08-26T14:00:00Z","endsAt":"2025-08-26T15:00:00Z",
    "generatorURL":"http://x"})",
         false},
        {Format::kAlertmanager, group, true},
        {Format::kEvent, unified, false},
    };
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
         {Format::kAuto, Format::kEvent, Format::kKubernetes, Format::kCloudWatch, Format::kCicd,
          Format::kGithub, Format::kLogs, Format::kPrometheus, Format::kAlertmanager}) {
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
