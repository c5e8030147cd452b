#include "collect/kube_records.h"

#include <algorithm>
#include <array>

#include "base/json_writer.h"
#include "base/text.h"

namespace srehub::collect {
namespace {

// Longer annotations are documents (a last applied configuration), not names.
constexpr size_t kMaxAnnotationBytes = 256;
constexpr size_t kMaxLabels = 64;  // of each sort, for one object
constexpr size_t kMaxOwners = 8;
constexpr size_t kMaxMessage = 300;

constexpr std::array<std::string_view, 3> kStatusLists = {
    "initContainerStatuses", "containerStatuses", "ephemeralContainerStatuses"};

std::string Text(const JsonElement& object, std::string_view key) {
  return std::string(FindString(object, key).value_or(""));
}

model::Labels LabelsOf(const JsonElement& metadata, std::string_view key, size_t most) {
  model::Labels labels;
  const auto found = FindObject(metadata, key);
  if (!found) return labels;
  for (const auto& [name, value] : *found) {
    std::string_view text;
    if (value.get(text) == simdjson::SUCCESS && text.size() <= most && labels.size() < kMaxLabels)
      labels.emplace(name, text);
  }
  return labels;
}

void WriteLabels(JsonWriter* out, const model::Labels& labels) {
  out->BeginObject();
  for (const auto& [name, value] : labels) out->Field(name, value);
  out->EndObject();
}

void WriteOwners(JsonWriter* out, const std::vector<model::OwnerReference>& owners) {
  out->BeginArray();
  for (const model::OwnerReference& owner : owners)
    out->BeginObject().Field("kind", owner.kind).Field("name", owner.name).EndObject();
  out->EndArray();
}

bool Has(const JsonObject& object, std::string_view key) {
  return object.at_key(key).error() == simdjson::SUCCESS;
}

// The members of `object`, then the facts it does not tell itself.
void WriteSubject(JsonWriter* out, const JsonObject& object, const ObjectFacts& facts) {
  out->BeginObject();
  for (const auto& [name, value] : object) out->FieldRaw(name, ToJson(value));
  if (!facts.labels.empty() && !Has(object, "labels")) {
    out->Key("labels");
    WriteLabels(out, facts.labels);
  }
  if (!facts.annotations.empty() && !Has(object, "annotations")) {
    out->Key("annotations");
    WriteLabels(out, facts.annotations);
  }
  if (!facts.owners.empty() && !Has(object, "ownerReferences")) {
    out->Key("ownerReferences");
    WriteOwners(out, facts.owners);
  }
  out->EndObject();
}

void WriteMetadata(JsonWriter* out, const JsonObject& metadata) {
  out->BeginObject();
  for (const auto& [name, value] : metadata)
    if (name != "managedFields") out->FieldRaw(name, ToJson(value));
  out->EndObject();
}

tl::unexpected<Error> Malformed(std::string message) {
  return Fail(ErrorCode::kMalformed, std::move(message));
}

}  // namespace

Result<ListPage> ReadListPage(JsonReader* reader, std::string_view body) {
  SREHUB_TRY(const JsonElement root, reader->Parse(body));
  const auto metadata = Find(root, "metadata");
  const auto items = Find(root, "items");
  // Go writes null for a list that has nothing in it.
  const bool no_items = root.is_object() && !items;
  if (!root.is_object() || !metadata || !metadata->is_object() || (items && !items->is_array()))
    return Malformed("the API server's answer is not a list: " + StatusText(body));
  ListPage page;
  page.resource_version = Text(*metadata, "resourceVersion");
  page.continue_token = Text(*metadata, "continue");
  if (page.resource_version.empty())
    return Malformed("the API server's list has no resourceVersion");
  if (no_items) {
    SREHUB_TRY(const JsonElement empty, reader->Parse("[]"));
    page.items = JsonArray(empty.get_array().value_unsafe());
  } else {
    page.items = JsonArray(items->get_array().value_unsafe());
  }
  return page;
}

Result<WatchMessage> ReadWatchMessage(JsonReader* reader, std::string_view line) {
  SREHUB_TRY(const JsonElement root, reader->Parse(line));
  const auto object = Find(root, "object");
  if (!object || !object->is_object()) return Malformed("a watch message has no object");
  const std::string type = Text(root, "type");
  WatchMessage message;
  message.object = *object;
  using Type = WatchMessage::Type;
  if (type == "ADDED") message.type = Type::kAdded;
  else if (type == "MODIFIED") message.type = Type::kModified;
  else if (type == "DELETED") message.type = Type::kDeleted;
  else if (type == "BOOKMARK") message.type = Type::kBookmark;
  else if (type == "ERROR") message.type = Type::kError;
  else
    return Malformed("'" + std::string(TruncateUtf8(type, 40)) + "' is no type of a watch message");
  if (message.type == Type::kError) {
    message.code =
        static_cast<int>(std::clamp<int64_t>(FindInt(*object, "code").value_or(0), 0, 999));
    message.message = Text(*object, "message");
    return message;
  }
  if (const auto metadata = Find(*object, "metadata"))
    message.resource_version = Text(*metadata, "resourceVersion");
  return message;
}

ObjectName NameOf(const JsonElement& object, std::string_view kind) {
  ObjectName name;
  name.kind = kind;
  const auto metadata = Find(object, "metadata");
  if (!metadata) return name;
  name.namespace_ = Text(*metadata, "namespace");
  name.name = Text(*metadata, "name");
  name.uid = Text(*metadata, "uid");
  return name;
}

ObjectName SubjectOf(const JsonElement& event) {
  auto subject = Find(event, "regarding");
  if (!subject) subject = Find(event, "involvedObject");
  if (!subject) return {};
  return {Text(*subject, "kind"), Text(*subject, "namespace"), Text(*subject, "name"),
          Text(*subject, "uid")};
}

ObjectFacts FactsOf(const JsonElement& object) {
  ObjectFacts facts;
  const auto metadata = Find(object, "metadata");
  if (!metadata) return facts;
  facts.labels = LabelsOf(*metadata, "labels", kMaxAnnotationBytes);
  facts.annotations = LabelsOf(*metadata, "annotations", kMaxAnnotationBytes);
  const auto owners = FindArray(*metadata, "ownerReferences");
  if (!owners) return facts;
  for (const JsonElement owner : *owners) {
    const auto kind = FindString(owner, "kind");
    const auto name = FindString(owner, "name");
    if (kind && name && facts.owners.size() < kMaxOwners)
      facts.owners.push_back({std::string(*kind), std::string(*name)});
  }
  return facts;
}

std::string EventRecord(const JsonElement& event, const ObjectFacts& facts,
                        std::string_view api_version, std::string_view cluster) {
  JsonWriter out;
  out.BeginObject();
  const JsonObject members(event.get_object().value_unsafe());
  if (!Has(members, "kind")) out.Field("kind", "Event");
  if (!Has(members, "apiVersion")) out.Field("apiVersion", api_version);
  for (const auto& [name, value] : members) {
    JsonObject inner;
    const bool is_object = value.get(inner) == simdjson::SUCCESS;
    out.Key(name);
    if (is_object && (name == "involvedObject" || name == "regarding")) {
      WriteSubject(&out, inner, facts);
    } else if (is_object && name == "metadata") {
      WriteMetadata(&out, inner);
    } else {
      out.Raw(ToJson(value));
    }
  }
  if (!cluster.empty() && !Has(members, "clusterName")) out.Field("clusterName", cluster);
  return out.EndObject().Take();
}

std::vector<std::string> OomKillsOf(const JsonElement& pod) {
  std::vector<std::string> kills;
  const auto status = Find(pod, "status");
  if (!status) return kills;
  for (const std::string_view list : kStatusLists) {
    const auto containers = FindArray(*status, list);
    if (!containers) continue;
    for (const JsonElement container : *containers) {
      for (const std::string_view when : {"state", "lastState"}) {
        const auto state = Find(container, when);
        const auto terminated = state ? Find(*state, "terminated") : std::nullopt;
        if (!terminated || FindString(*terminated, "reason") != "OOMKilled") continue;
        kills.push_back(Text(container, "name") + "/" + Text(*terminated, "finishedAt"));
      }
    }
  }
  return kills;
}

std::string PodRecord(const JsonElement& pod, const ObjectFacts& facts, std::string_view cluster) {
  const ObjectName name = NameOf(pod, "Pod");
  JsonWriter out;
  out.BeginObject().Field("kind", "Pod").Field("apiVersion", "v1").Key("metadata").BeginObject();
  out.Field("name", name.name).FieldIf("namespace", name.namespace_).FieldIf("uid", name.uid);
  out.Key("labels");
  WriteLabels(&out, facts.labels);
  out.Key("annotations");
  WriteLabels(&out, facts.annotations);
  out.Key("ownerReferences");
  WriteOwners(&out, facts.owners);
  out.EndObject();
  if (const auto spec = Find(pod, "spec"))
    if (const auto node = FindString(*spec, "nodeName"))
      out.Key("spec").BeginObject().Field("nodeName", *node).EndObject();
  out.Key("status").BeginObject();
  if (const auto status = Find(pod, "status"))
    for (const std::string_view list : kStatusLists)
      if (const auto containers = Find(*status, list)) out.FieldRaw(list, ToJson(*containers));
  out.EndObject();
  if (!cluster.empty()) out.Field("clusterName", cluster);
  return out.EndObject().Take();
}

std::string StatusText(std::string_view body) {
  JsonReader reader;
  if (const auto root = reader.Parse(body))
    if (const auto message = FindString(*root, "message"); message && !message->empty())
      return std::string(TruncateUtf8(*message, kMaxMessage));
  return std::string(TruncateUtf8(body, kMaxMessage));
}

}  // namespace srehub::collect
