// The objects of a Kubernetes API as the watch needs them, and the records it makes of them for
// the hub. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json_reader.h"
#include "base/result.h"
#include "model/observation.h"

namespace srehub::collect {

struct ObjectName {
  std::string kind, namespace_, name, uid;
};

// What is known of an object besides its name: what a service is told by.
struct ObjectFacts {
  model::Labels labels, annotations;
  std::vector<model::OwnerReference> owners;
};

// One page of a list. The items live as long as the reader's document.
struct ListPage {
  JsonArray items;
  std::string resource_version;
  std::string continue_token;  // empty: the last page
};
// Errors: kMalformed.
Result<ListPage> ReadListPage(JsonReader* reader, std::string_view body);

struct WatchMessage {
  enum class Type { kAdded, kModified, kDeleted, kBookmark, kError };
  Type type = Type::kAdded;
  JsonElement object;            // lives as long as the reader's document
  std::string resource_version;  // of the object; empty for an error
  int code = 0;                  // of an error
  std::string message;           // of an error
};
// Errors: kMalformed.
Result<WatchMessage> ReadWatchMessage(JsonReader* reader, std::string_view line);

// metadata's name, namespace and uid.
ObjectName NameOf(const JsonElement& object, std::string_view kind);
// What an Event is about: involvedObject (core/v1) or regarding (events.k8s.io).
ObjectName SubjectOf(const JsonElement& event);
// Labels, owners, and the annotations that are short enough to be names.
ObjectFacts FactsOf(const JsonElement& object);

// The Event with what is known of its object written into it, as kubernetes-event-exporter does:
// labels, annotations, ownerReferences, and clusterName beside it (if not empty). What the Event
// says itself stays. `kind` and `api_version` are written where they are missing (list items).
// metadata.managedFields is left out: it says who wrote which field, not what happened.
std::string EventRecord(const JsonElement& event, const ObjectFacts& facts,
                        std::string_view api_version, std::string_view cluster);

// The out-of-memory kills a Pod's status tells of: "container/finishedAt". Nothing for most Pods.
std::vector<std::string> OomKillsOf(const JsonElement& pod);
// The Pod cut down to what tells of a kill: its name, `facts`, node and container statuses. Its
// specification, which may hold secrets in its environment, stays where it is.
std::string PodRecord(const JsonElement& pod, const ObjectFacts& facts, std::string_view cluster);

// The reason and message of a Status object, or the beginning of what came instead.
std::string StatusText(std::string_view body);

}  // namespace srehub::collect
