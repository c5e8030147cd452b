#include "insight/event_fields.h"

#include <optional>

#include "base/json_reader.h"
#include "base/text.h"

namespace srehub::insight {

namespace {

constexpr size_t kMaxTitleBytes = 400;
constexpr int kMaxDepth = 6;
constexpr size_t kMaxFlatValues = 500;

std::string Str(const JsonElement& object, std::string_view key) {
  return std::string(FindString(object, key).value_or(std::string_view{}));
}

std::string FirstOf(const JsonElement& object, std::initializer_list<std::string_view> keys) {
  for (const std::string_view key : keys)
    if (std::string value = Str(object, key); !value.empty()) return value;
  return {};
}

std::string ObjectName(const JsonElement& details) {
  const auto object = Find(details, "object");
  if (!object) return {};
  std::string_view plain;
  if (object->get(plain) == simdjson::SUCCESS) return std::string(plain);
  std::string name = Str(*object, "name");
  if (name.empty()) return {};
  if (const std::string space = Str(*object, "namespace"); !space.empty())
    name = space + "/" + name;
  if (const std::string kind = Str(*object, "kind"); !kind.empty()) name = kind + " " + name;
  return name;
}

std::string OneLine(std::string_view text) {
  std::string line(TruncateUtf8(TrimAscii(text.substr(0, text.find('\n'))), kMaxTitleBytes));
  return line;
}

bool IsWebLink(std::string_view link) {
  return StartsWithIgnoreCase(link, "https://") || StartsWithIgnoreCase(link, "http://");
}

std::optional<std::string> Scalar(const JsonElement& element) {
  switch (element.type()) {
    case simdjson::dom::element_type::STRING: {
      std::string_view text;
      if (element.get(text) != simdjson::SUCCESS || text.empty()) return std::nullopt;
      return std::string(text);
    }
    case simdjson::dom::element_type::INT64:
    case simdjson::dom::element_type::UINT64:
    case simdjson::dom::element_type::DOUBLE:
    case simdjson::dom::element_type::BOOL: return ToJson(element);
    case simdjson::dom::element_type::ARRAY:
    case simdjson::dom::element_type::OBJECT:
    case simdjson::dom::element_type::NULL_VALUE: return std::nullopt;
  }
  return std::nullopt;
}

// Breadth first, so that the shallowest of a name wins.
void Flatten(const JsonElement& root, playbook::Values* values) {
  std::vector<JsonElement> level = {root};
  for (int depth = 0; depth < kMaxDepth && !level.empty(); ++depth) {
    std::vector<JsonElement> next;
    for (const JsonElement& element : level) {
      JsonObject object;
      if (element.get(object) != simdjson::SUCCESS) continue;
      for (const auto field : object) {
        if (values->size() >= kMaxFlatValues) return;
        if (auto scalar = Scalar(field.value)) {
          values->emplace(std::string(field.key), std::move(*scalar));
        } else {
          next.push_back(field.value);
        }
      }
    }
    level = std::move(next);
  }
}

// simdjson's parser keeps its buffers between events.
JsonReader& ThreadReader() {
  thread_local JsonReader reader;
  return reader;
}

// {placeholder, names in the details that may give it}, the first that is there wins.
struct Origin {
  std::string_view placeholder;
  std::string_view names[4];  // empty: none
};
constexpr Origin kOrigins[] = {
    {"namespace", {"namespace", "kubernetes_namespace", "namespace_name"}},
    {"container", {"container", "container_name", "containerName"}},
    {"image", {"image"}},
    {"node", {"node", "nodeName", "host"}},
    {"host", {"host", "hostname", "instance"}},
    {"database", {"database", "DBInstanceIdentifier", "DBClusterIdentifier", "db"}},
    {"queue", {"queue", "QueueName"}},
    {"function", {"function", "FunctionName"}},
    {"table", {"table", "TableName"}},
    {"alarm", {"alarmName", "AlarmName", "alarm"}},
    {"region", {"region"}},
    {"account", {"account"}},
    {"cluster", {"cluster", "ClusterName"}},
    {"environment", {"environment"}},
    {"logger", {"logger"}},
    {"path", {"path", "mountpoint"}},
    {"upstream", {"upstream", "peer", "peerService", "server.address"}},
    {"broker", {"broker"}},
    {"claim", {"persistentvolumeclaim", "claim"}},
    {"deployment", {"deployment"}},
    {"job", {"job_name"}},
};

// "checkout-api-6d4cf56db6-57ff7": a pod of a deployment is named after it, the hash of its replica
// set (Kubernetes draws it from 456789bcdf) and five letters. Empty for any other pod.
std::string DeploymentOfPod(std::string_view pod) {
  constexpr std::string_view kHash = "456789bcdf", kLetters = "bcdfghjklmnpqrstvwxz2456789";
  const size_t last = pod.rfind('-');
  if (last == std::string_view::npos || last == 0) return {};
  const size_t before = pod.rfind('-', last - 1);
  if (before == std::string_view::npos || before == 0) return {};
  const std::string_view hash = pod.substr(before + 1, last - before - 1);
  const std::string_view letters = pod.substr(last + 1);
  if (hash.size() < 7 || hash.size() > 10 || letters.size() != 5) return {};
  if (hash.find_first_not_of(kHash) != std::string_view::npos) return {};
  if (letters.find_first_not_of(kLetters) != std::string_view::npos) return {};
  return std::string(pod.substr(0, before));
}

void TakeObject(const JsonElement& details, playbook::Values* values) {
  const auto object = Find(details, "object");
  if (!object) return;
  const std::string kind = Str(*object, "kind"), name = Str(*object, "name");
  if (name.empty()) return;
  (*values)["object"] = name;
  if (const std::string space = Str(*object, "namespace"); !space.empty())
    (*values)["namespace"] = space;
  if (kind == "Pod") {
    (*values)["pod"] = name;
    if (std::string deployment = DeploymentOfPod(name); !deployment.empty())
      values->try_emplace("deployment", std::move(deployment));
  }
  if (kind == "Node") (*values)["node"] = name;
  if (kind == "Job") (*values)["job"] = name;
  if (kind == "Deployment") (*values)["deployment"] = name;
  if (kind == "PersistentVolumeClaim") (*values)["claim"] = name;
  // "spec.containers{name}"
  const std::string path = FirstOf(*object, {"fieldPath", "field_path"});
  const size_t open = path.find('{');
  if (open != std::string::npos && path.ends_with('}'))
    (*values)["container"] = path.substr(open + 1, path.size() - open - 2);
}

}  // namespace

EventFields FieldsOf(const model::Event& event) {
  EventFields fields;
  const auto details = ThreadReader().Parse(event.details);
  if (details) {
    fields.message = FirstOf(*details, {"message", "summary", "description", "reason"});
    fields.title = OneLine(FirstOf(*details, {"title"}));
    if (fields.title.empty()) fields.title = OneLine(fields.message);
    fields.object = ObjectName(*details);
    fields.trace_id = FirstOf(*details, {"traceId", "trace_id", "trace.id"});
    fields.link = FirstOf(*details, {"link", "url", "generatorURL"});
    fields.format = FirstOf(*details, {"format"});
    fields.environment = FirstOf(*details, {"environment", "deployment.environment", "env"});
  }
  if (!IsWebLink(fields.link)) fields.link.clear();
  if (fields.title.empty()) fields.title = event.event_type;
  if (event.deploy && fields.environment.empty()) fields.environment = event.deploy->environment;
  return fields;
}

std::string TraceIdOf(const model::Event& event) {
  if (event.details.find("race") == std::string::npos) return {};
  return FieldsOf(event).trace_id;
}

playbook::Values FlatDetails(const model::Event& event) {
  playbook::Values values;
  if (const auto details = ThreadReader().Parse(event.details)) Flatten(*details, &values);
  return values;
}

playbook::Values PlaceholdersOf(const model::Event& event) {
  playbook::Values values;
  const playbook::Values flat = FlatDetails(event);
  for (const Origin& origin : kOrigins) {
    for (const std::string_view name : origin.names) {
      const auto it = name.empty() ? flat.end() : flat.find(name);
      if (it == flat.end()) continue;
      values.emplace(std::string(origin.placeholder), it->second);
      break;
    }
  }
  if (const auto details = ThreadReader().Parse(event.details)) {
    TakeObject(*details, &values);
    for (const auto& [placeholder, key] :
         {std::pair{"trace", "traceId"}, std::pair{"pod", "pod"}, std::pair{"job", "job"}})
      if (std::string value = Str(*details, key); !value.empty())
        values.try_emplace(placeholder, std::move(value));
  }
  values["service"] = event.service_id;
  return values;
}

}  // namespace srehub::insight
