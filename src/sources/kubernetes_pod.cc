// What the kubelet never says in an Event: that a container was killed for memory. It stands only
// in the Pod's status, as the reason of a terminated state.
#include <array>

#include "base/limits.h"
#include "sources/kubernetes.h"

namespace srehub::sources {
namespace {

using model::RefusalReason;

constexpr std::string_view kOomKilled = "OOMKilled";

struct PodFacts {
  model::ObjectReference object;
  std::string cluster, node;
};

struct Termination {
  std::optional<Instant> finished_at;
  std::optional<int64_t> exit_code;
};

// The terminated state in `state`, if it is an OOM kill.
std::optional<Termination> OomKillIn(ObjectReader& state) {
  ObjectReader& terminated = state.Child("terminated");
  if (terminated.String("reason") != kOomKilled) return std::nullopt;
  return Termination{terminated.Time("finishedAt"), terminated.Int("exitCode")};
}

void Observe(Record& record, const PodFacts& pod, std::string_view container, int64_t incarnation,
             const Termination& termination, const JsonElement& status) {
  const std::string finished =
      termination.finished_at ? FormatTime(*termination.finished_at) : std::string();
  const std::string& pod_id =
      pod.object.uid.empty() ? pod.object.namespace_ + "/" + pod.object.name : pod.object.uid;
  model::KubernetesFact fact;
  fact.reason = kOomKilled;
  fact.message = "Container " + std::string(container) + " was killed for memory";
  if (termination.exit_code) {
    fact.message += " (exit code " + std::to_string(*termination.exit_code) + ")";
  }
  fact.type = "Warning";
  fact.object = pod.object;
  fact.object.field_path = "spec.containers{" + std::string(container) + "}";
  fact.component = "kubelet";
  fact.host = pod.node;
  fact.cluster = pod.cluster;
  fact.first_time = termination.finished_at;

  model::Observation& observation =
      record.Observe(model::Source::kKubernetes, model::Format::kKubernetes);
  observation.identity =
      JoinIdentity({"pod", pod.cluster, pod_id, container, std::to_string(incarnation), finished});
  observation.time = termination.finished_at;
  observation.title = fact.message;
  observation.fact = std::move(fact);
  // A pod's whole specification with every kill would bury what matters; its container's status
  // is what explains the kill.
  JsonWriter extra;
  extra.BeginObject().Key("containerStatus");
  WriteElement(&extra, status);
  extra.EndObject();
  observation.extra = extra.Take();
}

// `restartCount` counts the starts that came before the present one. So the termination shown in
// `state` ended that incarnation and the one in `lastState` the one before: the same kill, seen
// before and after the restart, is one.
void DecodeContainer(Record& record, const PodFacts& pod, const JsonElement& status,
                     const std::string& pointer, Problem* problem) {
  ObjectReader reader(status, pointer, problem);
  const std::string_view name = reader.String("name");
  const int64_t restarts = reader.Int("restartCount").value_or(0);
  if (restarts < 0 || restarts > limits::kMaxSeriesCount) {
    reader.Wrong(RefusalReason::kBadValue, "restartCount",
                 std::to_string(restarts) + " is not a count from 0 to " +
                     std::to_string(limits::kMaxSeriesCount));
  }
  const auto current = OomKillIn(reader.Child("state"));
  const auto previous = OomKillIn(reader.Child("lastState"));
  if (*problem) return;
  if (previous) Observe(record, pod, name, restarts - 1, *previous, status);
  if (current) Observe(record, pod, name, restarts, *current, status);
}

}  // namespace

void DecodePod(Record& record, const JsonElement& element, const std::string& pointer) {
  Problem problem;
  ObjectReader root(element, pointer, &problem);
  ObjectReader& metadata = root.Child("metadata");
  PodFacts pod;
  pod.cluster = root.String("clusterName");
  pod.object.kind = "Pod";
  pod.object.namespace_ = metadata.String("namespace");
  pod.object.name = metadata.String("name");
  pod.object.uid = metadata.String("uid");
  pod.object.labels = metadata.StringMap("labels");
  pod.object.annotations = metadata.StringMap("annotations");
  pod.object.owners = OwnersOf(metadata);
  pod.node = root.Child("spec").String("nodeName");
  if (pod.object.name.empty())
    metadata.Missing("name", "a Pod without a name cannot be told apart");
  ObjectReader& status = root.Child("status");
  const size_t before = record.out->observations.size();
  static constexpr std::array<std::string_view, 3> kLists = {
      "initContainerStatuses", "containerStatuses", "ephemeralContainerStatuses"};
  for (std::string_view list : kLists) {
    const auto containers = status.Array(list);
    if (!containers) continue;
    size_t position = 0;
    for (const JsonElement container : *containers) {
      const std::string at = status.PointerTo(list) + "/" + std::to_string(position++);
      if (!container.is_object()) {
        problem.Note(RefusalReason::kWrongType, at,
                     std::string(TypeInWords(container)) + " where an object must be");
        continue;
      }
      if (!problem) DecodeContainer(record, pod, container, at, &problem);
    }
  }
  if (!problem) return;
  // A Pod is taken whole or not at all, so that mending its refusal repeats nothing.
  record.out->observations.resize(before);
  problem.Report(record);
}

}  // namespace srehub::sources
