// The payload shapes the demo speaks, each as its sender writes it. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"

namespace srehub::app {

// Deterministic numbers (SplitMix64, Steele et al. 2014): the same on every machine.
class StoryRandom {
 public:
  explicit StoryRandom(uint64_t seed) : state_(seed) {}
  uint64_t Next();
  uint64_t Below(uint64_t limit) { return Next() % limit; }
  // `length` characters of `alphabet`.
  std::string Word(size_t length, std::string_view alphabet);
  std::string Uuid();

 private:
  uint64_t state_;
};

struct Pod {
  std::string name, namespace_, uid, container, node;
};
// A Deployment's pod, named as Kubernetes generates names.
Pod MakePod(StoryRandom* random, std::string_view deployment, std::string_view replica_set_hash,
            std::string_view container);
std::string ReplicaSetHash(StoryRandom* random);

// A core/v1 Event about a pod, as the watch sends it.
struct PodEvent {
  std::string uid, type, reason, message, component = "kubelet";
  int64_t count = 1;
  Instant first{}, last{};
};
std::string KubernetesEventJson(const Pod& pod, const PodEvent& event);
// The pod after a container was killed for memory, as the watch sends it.
std::string OomKilledPodJson(const Pod& pod, Instant started, Instant finished, int restarts);

struct LogLine {
  Instant time{};
  std::string service, level, message, trace_id;
  std::optional<int> status;
};
std::string LogLineJson(const LogLine& line);

struct WorkflowRun {
  uint64_t id = 0;
  std::string name, path, sha, status, conclusion, title;
  Instant created{}, updated{};
};
std::string WorkflowRunJson(const WorkflowRun& run);

struct AlarmChange {
  std::string id, name, service, state, previous, reason;
  Instant time{}, previous_time{};
};
// CloudWatch Alarm State Change, carried by EventBridge.
std::string AlarmChangeJson(const AlarmChange& change);

struct Alert {
  std::string name, service, severity, summary, runbook;
  Instant starts_at{}, ends_at{};
};
// What Prometheus posts to /api/v2/alerts: a batch.
std::string AlertsJson(const std::vector<Alert>& alerts);

}  // namespace srehub::app
