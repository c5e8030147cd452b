#include "app/demo_payloads.h"

#include <algorithm>

#include "base/hash.h"
#include "base/json_writer.h"

namespace srehub::app {
namespace {

constexpr std::string_view kHex = "0123456789abcdef";
// Kubernetes' alphabets for generated names: no vowels, so no words.
constexpr std::string_view kPodSuffix = "bcdfghjklmnpqrstvwxz2456789";
constexpr std::string_view kReplicaSet = "456789bcdf";
constexpr std::string_view kAccount = "123456789012";
constexpr std::string_view kRegion = "eu-west-1";

// Kubernetes writes whole seconds.
Instant WholeSecond(Instant t) { return std::chrono::floor<std::chrono::seconds>(t); }

}  // namespace

uint64_t StoryRandom::Next() {
  state_ += 0x9E3779B97F4A7C15ULL;
  uint64_t z = state_;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
  return z ^ (z >> 31);
}

std::string StoryRandom::Word(size_t length, std::string_view alphabet) {
  std::string word;
  for (size_t i = 0; i < length; ++i) word += alphabet[Below(alphabet.size())];
  return word;
}

std::string StoryRandom::Uuid() {
  return Word(8, kHex) + "-" + Word(4, kHex) + "-4" + Word(3, kHex) + "-" + Word(1, "89ab") +
         Word(3, kHex) + "-" + Word(12, kHex);
}

std::string ReplicaSetHash(StoryRandom* random) { return random->Word(10, kReplicaSet); }

Pod MakePod(StoryRandom* random, std::string_view deployment, std::string_view replica_set_hash,
            std::string_view container) {
  Pod pod;
  pod.name = std::string(deployment) + "-" + std::string(replica_set_hash) + "-" +
             random->Word(5, kPodSuffix);
  pod.namespace_ = "shop";
  pod.uid = random->Uuid();
  pod.container = std::string(container);
  pod.node = "ip-10-0-" + std::to_string(random->Below(4)) + "-" +
             std::to_string(10 + random->Below(200)) + ".eu-west-1.compute.internal";
  return pod;
}

std::string KubernetesEventJson(const Pod& pod, const PodEvent& event) {
  const Instant first = WholeSecond(event.first);
  JsonWriter json;
  json.BeginObject().Field("kind", "Event").Field("apiVersion", "v1");
  json.Key("metadata")
      .BeginObject()
      .Field("name", pod.name + "." + event.uid.substr(0, 8) + event.uid.substr(9, 4))
      .Field("namespace", pod.namespace_)
      .Field("uid", event.uid)
      .Field("creationTimestamp", first)
      .EndObject();
  json.Key("involvedObject")
      .BeginObject()
      .Field("kind", "Pod")
      .Field("namespace", pod.namespace_)
      .Field("name", pod.name)
      .Field("uid", pod.uid)
      .Field("apiVersion", "v1")
      .Field("fieldPath", "spec.containers{" + pod.container + "}")
      .EndObject();
  json.Field("reason", event.reason).Field("message", event.message);
  json.Key("source").BeginObject().Field("component", event.component);
  if (event.component == "kubelet") json.Field("host", pod.node);
  json.EndObject();
  json.Field("firstTimestamp", first).Field("lastTimestamp", WholeSecond(event.last));
  json.Field("count", event.count).Field("type", event.type);
  json.Key("eventTime").Null();
  json.Field("reportingComponent", event.component).Field("reportingInstance", "");
  return json.EndObject().Take();
}

std::string OomKilledPodJson(const Pod& pod, Instant started, Instant finished, int restarts) {
  JsonWriter json;
  json.BeginObject().Field("type", "MODIFIED").Key("object").BeginObject();
  json.Field("kind", "Pod").Field("apiVersion", "v1");
  json.Key("metadata")
      .BeginObject()
      .Field("name", pod.name)
      .Field("namespace", pod.namespace_)
      .Field("uid", pod.uid)
      .EndObject();
  json.Key("spec").BeginObject().Field("nodeName", pod.node).EndObject();
  json.Key("status").BeginObject().Field("phase", "Running");
  json.Key("containerStatuses").BeginArray().BeginObject();
  json.Field("name", pod.container).Field("restartCount", restarts).Field("ready", false);
  json.Key("lastState").BeginObject().Key("terminated").BeginObject();
  json.Field("exitCode", 137).Field("reason", "OOMKilled");
  json.Field("startedAt", WholeSecond(started)).Field("finishedAt", WholeSecond(finished));
  json.EndObject().EndObject().EndObject().EndArray().EndObject();
  return json.EndObject().EndObject().Take();
}

std::string LogLineJson(const LogLine& line) {
  JsonWriter json;
  json.BeginObject().Field("timestamp", line.time).Field("level", line.level);
  json.Field("service", line.service).Field("message", line.message);
  if (line.status) json.Field("status", *line.status);
  json.FieldIf("traceId", line.trace_id);
  return json.EndObject().Take();
}

std::string WorkflowRunJson(const WorkflowRun& run) {
  JsonWriter json;
  json.BeginObject().Field("action", run.conclusion.empty() ? run.status : "completed");
  json.Key("workflow_run").BeginObject();
  json.Field("id", run.id).Field("name", run.name).Field("path", run.path);
  json.Field("display_title", run.title).Field("run_number", run.id - 4000);
  json.Field("run_attempt", 1).Field("event", "push").Field("head_branch", "main");
  json.Field("head_sha", run.sha).Field("status", run.status);
  if (run.conclusion.empty()) json.Key("conclusion").Null();
  else json.Field("conclusion", run.conclusion);
  json.Field("created_at", WholeSecond(run.created))
      .Field("run_started_at", WholeSecond(run.created));
  json.Field("updated_at", WholeSecond(run.updated));
  json.Field("html_url",
             "https://github.com/example/checkout/actions/runs/" + std::to_string(run.id));
  json.Key("actor").BeginObject().Field("login", "dana").EndObject();
  json.EndObject();
  json.Key("repository")
      .BeginObject()
      .Field("name", "checkout")
      .Field("full_name", "example/checkout")
      .EndObject();
  return json.EndObject().Take();
}

std::string AlarmChangeJson(const AlarmChange& change) {
  const auto state = [](JsonWriter* json, std::string_view value, std::string_view reason,
                        Instant time) {
    json->BeginObject().Field("value", value).Field("reason", reason);
    json->Field("timestamp", time).EndObject();
  };
  const std::string arn = "arn:aws:cloudwatch:" + std::string(kRegion) + ":" +
                          std::string(kAccount) + ":alarm:" + change.name;
  JsonWriter json;
  json.BeginObject().Field("version", "0").Field("id", change.id);
  json.Field("detail-type", "CloudWatch Alarm State Change").Field("source", "aws.cloudwatch");
  json.Field("account", kAccount).Field("time", WholeSecond(change.time)).Field("region", kRegion);
  json.Key("resources").BeginArray().String(arn).EndArray();
  json.Key("detail").BeginObject().Field("alarmName", change.name);
  json.Key("state");
  state(&json, change.state, change.reason, change.time);
  json.Key("previousState");
  state(&json, change.previous, "Threshold not crossed", change.previous_time);
  json.Key("configuration").BeginObject().Field("description", "CPU of " + change.service);
  json.Key("metrics").BeginArray().BeginObject().Field("id", "m1").Field("returnData", true);
  json.Key("metricStat").BeginObject().Field("period", 60).Field("stat", "Average");
  json.Key("metric").BeginObject().Field("namespace", "AWS/ECS").Field("name", "CPUUtilization");
  json.Key("dimensions")
      .BeginObject()
      .Field("ClusterName", "shop")
      .Field("ServiceName", change.service)
      .EndObject();
  json.EndObject().EndObject().EndObject().EndArray().EndObject().EndObject();
  return json.EndObject().Take();
}

std::string AlertsJson(const std::vector<Alert>& alerts) {
  JsonWriter json;
  json.BeginArray();
  for (const Alert& alert : alerts) {
    json.BeginObject().Key("labels").BeginObject();
    json.Field("alertname", alert.name).Field("namespace", "shop");
    json.Field("service", alert.service).Field("severity", alert.severity).EndObject();
    json.Key("annotations").BeginObject().Field("summary", alert.summary);
    json.FieldIf("runbook_url", alert.runbook).EndObject();
    json.Field("startsAt", alert.starts_at).Field("endsAt", alert.ends_at);
    json.Field("generatorURL", "http://prometheus.example:9090/graph?g0.expr=" + alert.name);
    json.EndObject();
  }
  return json.EndArray().Take();
}

}  // namespace srehub::app
