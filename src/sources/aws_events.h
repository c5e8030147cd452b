// The parts of the decoder of EventBridge events: one function per service, and the frame around
// what they read. Internal to sources/.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sources/object_reader.h"
#include "sources/record.h"

namespace srehub::sources {

// The members that every EventBridge event has. Views are of the record.
struct AwsEvent {
  Record& record;
  ObjectReader& root;
  ObjectReader& detail;
  Problem& problem;
  std::string_view detail_type, source;
  std::string id, account;
  std::string_view region;
  std::vector<std::string_view> resources;  // ARNs
  std::optional<Instant> time;

  // The event's own id: a redelivery keeps it.
  std::string Identity() const;
};

// "name" of the first resource whose ARN holds "…:kind/…name" or "…:kind:name"; empty: none.
std::string_view AwsResource(const AwsEvent& event, std::string_view kind);

void DecodeCodePipeline(AwsEvent& event);
void DecodeCodeDeploy(AwsEvent& event);
void DecodeCodeBuild(AwsEvent& event);
void DecodeEcsDeployment(AwsEvent& event);
// ECS Service Action and ECS Task State Change.
void DecodeEcsEvent(AwsEvent& event);
// Whatever else an EventBridge rule may send: one event of the type that detail-type names.
void DecodeOtherAwsEvent(AwsEvent& event);

}  // namespace srehub::sources
