// The workload behind a generated Kubernetes name. Pure; after the generators in Kubernetes 1.33
// (apimachinery's util/rand and the ReplicaSet controller's pod-template hash).
#pragma once

#include <string_view>

#include "classify/names.h"

namespace srehub::classify {

struct WorkloadName {
  std::string_view name;  // a part of the name given
  std::string_view rule;  // which generator it was, for an explanation
};

// `host`: the node the pod ran on, or empty; a static pod's name ends in it. `known`: service
// names that only look generated.
WorkloadName WorkloadOfPod(std::string_view pod, std::string_view host, const TextSet& known);
// "checkout-api-5d4f8c7b9d" is checkout-api's.
std::string_view WorkloadOfReplicaSet(std::string_view name, const TextSet& known);
// "report-29384756" is CronJob report's; other Jobs keep their name.
std::string_view WorkloadOfJob(std::string_view name, const TextSet& known);

}  // namespace srehub::classify
