// Kubernetes events: core/v1 (https://pkg.go.dev/k8s.io/api/core/v1#Event) and events.k8s.io/v1,
// which rename a few fields of the same record; alone, as watch messages, as list items, and as
// kubernetes-event-exporter enriches them.
#include <algorithm>
#include <array>

#include "base/limits.h"
#include "sources/formats.h"
#include "sources/kubernetes.h"

namespace srehub::sources {
namespace {

using model::RefusalReason;

// client-go puts this in front of a message that stands for several different ones.
constexpr std::string_view kCombinedPrefix = "(combined from similar events): ";

std::string TitleOf(std::string_view message, std::string_view reason) {
  if (message.starts_with(kCombinedPrefix)) message.remove_prefix(kCombinedPrefix.size());
  std::string title = OneLine(message);
  return title.empty() ? OneLine(reason) : title;
}

model::ObjectReference ObjectOf(ObjectReader& object) {
  model::ObjectReference out;
  out.kind = object.String("kind");
  out.namespace_ = object.String("namespace");
  out.name = object.String("name");
  out.uid = object.String("uid");
  out.field_path = object.String("fieldPath");
  out.labels = object.StringMap("labels");
  out.annotations = object.StringMap("annotations");
  out.owners = OwnersOf(object);
  return out;
}

// The three counts of an event, of which the greatest is how often it happened.
int64_t CountOf(ObjectReader& event, ObjectReader& series) {
  int64_t count = 1;
  const auto add = [&count](ObjectReader& reader, std::string_view key) {
    const auto value = reader.Int(key);
    if (!value) return;
    if (*value > limits::kMaxSeriesCount) {
      reader.Wrong(RefusalReason::kBadValue, key,
                   "the count " + std::to_string(*value) + " is above " +
                       std::to_string(limits::kMaxSeriesCount));
      return;
    }
    count = std::max(count, *value);
  };
  add(series, "count");
  add(event, "count");
  add(event, "deprecatedCount");
  return count;
}

struct EventTimes {
  std::optional<Instant> time, first;
};

// When it happened last, and where its count began.
EventTimes TimesOf(ObjectReader& event, ObjectReader& series, ObjectReader& metadata) {
  const auto last_observed = series.Time("lastObservedTime");
  const auto last = event.Time(event.FirstPresent({"lastTimestamp", "deprecatedLastTimestamp"}));
  const auto event_time = event.Time("eventTime");
  const auto first = event.Time(event.FirstPresent({"firstTimestamp", "deprecatedFirstTimestamp"}));
  const auto created = metadata.Time("creationTimestamp");
  EventTimes out;
  for (const auto& candidate : {last_observed, last, event_time, first, created}) {
    if (!out.time) out.time = candidate;
  }
  out.first = first ? first : event_time;
  return out;
}

void ReadReporter(ObjectReader& event, model::KubernetesFact* fact) {
  ObjectReader& source = event.Child(event.FirstPresent({"source", "deprecatedSource"}));
  fact->component = source.String("component");
  fact->host = source.String("host");
  const auto controller =
      event.String(event.FirstPresent({"reportingComponent", "reportingController"}));
  const auto instance = event.String("reportingInstance");
  if (fact->component.empty()) fact->component = controller;
  if (fact->host.empty()) fact->host = instance;
}

// An Event object's identity is its uid and its count; without metadata it is what it says.
std::string IdentityOf(const model::KubernetesFact& fact, const std::optional<Instant>& time) {
  const std::string count = std::to_string(fact.count);
  if (!fact.uid.empty()) return JoinIdentity({fact.cluster, fact.uid, count});
  return JoinIdentity({fact.cluster, fact.object.kind, fact.object.namespace_, fact.object.name,
                       fact.reason, fact.message, time ? FormatTime(*time) : "", count});
}

void DecodeEventObject(Record& record, const JsonElement& element, const std::string& pointer,
                       std::string_view cluster) {
  Problem problem;
  ObjectReader event(element, pointer, &problem);
  event.String("kind");
  event.String("apiVersion");
  const std::string_view subject = event.FirstPresent({"regarding", "involvedObject"});
  if (!event.Has(subject)) {
    event.Missing(subject,
                  "an Event names its object in involvedObject (core/v1) or regarding "
                  "(events.k8s.io)");
  }
  model::KubernetesFact fact;
  fact.object = ObjectOf(event.Child(subject));
  fact.reason = event.String("reason");
  fact.message = event.String(event.FirstPresent({"message", "note"}));
  fact.type = event.String("type");
  fact.cluster = event.String("clusterName");
  if (fact.cluster.empty()) fact.cluster = cluster;
  ReadReporter(event, &fact);
  ObjectReader& metadata = event.Child("metadata");
  ObjectReader& series = event.Child("series");
  fact.uid = metadata.String("uid");
  fact.count = CountOf(event, series);
  const EventTimes times = TimesOf(event, series, metadata);
  fact.first_time = times.first;
  if (fact.reason.empty()) event.Missing("reason", "an Event without a reason tells no kind");
  if (problem) return problem.Report(record);

  model::Observation& observation =
      record.Observe(model::Source::kKubernetes, model::Format::kKubernetes);
  observation.identity = IdentityOf(fact, times.time);
  observation.time = times.time;
  observation.title = TitleOf(fact.message, fact.reason);
  JsonWriter extra;
  extra.BeginObject();
  event.WriteLeftovers(&extra);
  extra.EndObject();
  observation.extra = extra.Take();
  observation.fact = std::move(fact);
}

void DecodeObject(Record& record, const JsonElement& object, const std::string& pointer,
                  std::string_view cluster) {
  const std::string_view api_version =
      FindString(object, "apiVersion").value_or(record.implied_api_version);
  if (api_version.starts_with("audit.k8s.io/")) {
    record.Refuse(RefusalReason::kWrongShape, pointer + "/apiVersion",
                  "this is an audit record (" + std::string(api_version) +
                      "), not a cluster event: audit logs are not taken");
    return;
  }
  const auto kind_member = Find(object, "kind");
  if (kind_member && !kind_member->is_string()) {
    record.Refuse(RefusalReason::kWrongType, pointer + "/kind",
                  std::string(TypeInWords(*kind_member)) + " where a string must be");
    return;
  }
  const std::string_view kind =
      kind_member ? kind_member->get_string().value_unsafe() : record.implied_kind;
  if (kind == "Pod") return DecodePod(record, object, pointer);
  if (kind.empty() || kind == "Event") {
    return DecodeEventObject(record, object, pointer, cluster);
  }
  record.Refuse(RefusalReason::kWrongShape, pointer + "/kind",
                "the kind " + Quoted(kind) +
                    " is not taken: Event, Pod, lists of them and watch messages are");
}

void NoteWatchError(Record& record, const JsonElement& status) {
  std::string notice = "the Kubernetes watch ended with an error";
  if (const auto code = FindInt(status, "code")) notice += " " + std::to_string(*code);
  if (const auto message = FindString(status, "message")) notice += ": " + OneLine(*message);
  record.context->notices.push_back(std::move(notice));
}

// {"type": "ADDED", "object": {…}}, as the API server streams it.
void DecodeWatch(Record& record, const JsonElement& object) {
  const std::string pointer = record.pointer + "/object";
  const auto type = FindString(record.root, "type").value_or("");
  static constexpr std::array<std::string_view, 5> kTypes = {"ADDED", "MODIFIED", "DELETED",
                                                             "BOOKMARK", "ERROR"};
  if (std::find(kTypes.begin(), kTypes.end(), type) == kTypes.end()) {
    record.Refuse(
        RefusalReason::kBadValue, record.pointer + "/type",
        "the watch type " + Quoted(type) + " is none of ADDED, MODIFIED, DELETED, BOOKMARK, ERROR");
    return;
  }
  if (!object.is_object()) {
    record.Refuse(RefusalReason::kWrongType, pointer,
                  std::string(TypeInWords(object)) + " where an object must be");
    return;
  }
  // A deleted Event has outlived the API server's memory of it; that is no occurrence.
  if (type == "DELETED" || type == "BOOKMARK") return;
  if (type == "ERROR") return NoteWatchError(record, object);
  DecodeObject(record, object, pointer, FindString(record.root, "clusterName").value_or(""));
}

}  // namespace

std::vector<model::OwnerReference> OwnersOf(ObjectReader& object) {
  std::vector<model::OwnerReference> owners;
  const auto items = object.Array("ownerReferences");
  if (!items) return owners;
  for (const JsonElement item : *items) {
    const auto kind = FindString(item, "kind");
    const auto name = FindString(item, "name");
    if (!kind || !name) {
      object.Wrong(RefusalReason::kWrongType, "ownerReferences",
                   "every owner must be an object with a kind and a name");
      continue;
    }
    owners.push_back({std::string(*kind), std::string(*name)});
  }
  return owners;
}

void DecodeKubernetes(Record& record) {
  if (const auto object = Find(record.root, "object")) return DecodeWatch(record, *object);
  DecodeObject(record, record.root, record.pointer, {});
}

}  // namespace srehub::sources
