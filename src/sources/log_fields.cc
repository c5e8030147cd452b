#include "sources/log_fields.h"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "base/text.h"
#include "sources/line_text.h"

namespace srehub::sources {
namespace {

constexpr size_t kMaxPathBytes = 96;  // longer than any alias
constexpr size_t kMaxOpenDepth = 4;
constexpr uint32_t kBehind = 1000;  // added to the ranks of what goes behind others
// Members in which collectors carry an application's own line.
constexpr std::array<std::string_view, 4> kLineMembers = {"log", "line", "body", "message"};

// Lower case throughout. Within a role the loggers' own default names come first, then those of
// the collectors that carry their records.
constexpr auto kAliases = std::to_array<LogAlias>({
    {"timestamp", LogRole::kTime},
    {"@timestamp", LogRole::kTime},
    {"ts", LogRole::kTime},
    {"time", LogRole::kTime},
    {"eventtime", LogRole::kTime},
    {"asctime", LogRole::kTime},
    {"datetime", LogRole::kTime},
    {"date", LogRole::kTime},
    {"record.time.timestamp", LogRole::kTime},
    {"@t", LogRole::kTime},
    {"timemillis", LogRole::kTime},
    {"observedtimestamp", LogRole::kTime},

    {"level", LogRole::kLevel},
    {"log.level", LogRole::kLevel},
    {"severity", LogRole::kLevel},
    {"lvl", LogRole::kLevel},
    {"levelname", LogRole::kLevel},
    {"loglevel", LogRole::kLevel},
    {"log_level", LogRole::kLevel},
    {"severitytext", LogRole::kLevel},
    {"severity_text", LogRole::kLevel},
    {"record.level.name", LogRole::kLevel},
    {"level.name", LogRole::kLevel},
    {"detected_level", LogRole::kLevel},
    {"stream.level", LogRole::kLevel},
    {"stream.severity", LogRole::kLevel},
    {"stream.detected_level", LogRole::kLevel},
    {"structuredmetadata.level", LogRole::kLevel},
    {"structuredmetadata.severity", LogRole::kLevel},
    {"structuredmetadata.severity_text", LogRole::kLevel},
    {"structuredmetadata.detected_level", LogRole::kLevel},
    {"@l", LogRole::kLevel},
    {"severitynumber", LogRole::kLevel, LevelHint::kOpenTelemetry},
    {"severity_number", LogRole::kLevel, LevelHint::kOpenTelemetry},
    {"structuredmetadata.severity_number", LogRole::kLevel, LevelHint::kOpenTelemetry},
    {"levelno", LogRole::kLevel, LevelHint::kPython},
    {"record.level.no", LogRole::kLevel, LevelHint::kPython},
    {"level.no", LogRole::kLevel, LevelHint::kPython},
    {"priority", LogRole::kLevel, LevelHint::kSyslog},

    {"message", LogRole::kMessage},
    {"msg", LogRole::kMessage},
    {"log", LogRole::kMessage},
    {"event", LogRole::kMessage},
    {"body", LogRole::kMessage},
    {"text", LogRole::kMessage},
    {"short_message", LogRole::kMessage},
    {"record.message", LogRole::kMessage},
    {"fields.message", LogRole::kMessage},
    {"line", LogRole::kMessage},
    {"eventname", LogRole::kMessage},
    {"@m", LogRole::kMessage},
    {"@mt", LogRole::kMessage},

    {"service", LogRole::kService},
    {"service.name", LogRole::kService},
    {"service_name", LogRole::kService},
    {"servicename", LogRole::kService},
    {"app", LogRole::kService},
    {"application", LogRole::kService},
    {"app_name", LogRole::kService},
    {"name", LogRole::kService},
    {"app.kubernetes.io/name", LogRole::kService},
    {"app_kubernetes_io_name", LogRole::kService},
    {"resource.service.name", LogRole::kService},
    {"resource.attributes.service.name", LogRole::kService},
    {"dd.service", LogRole::kService},
    // Loki's order for the labels that name a service; then what OpenTelemetry knows of a workload.
    {"stream.service", LogRole::kService},
    {"stream.service_name", LogRole::kService},
    {"structuredmetadata.service_name", LogRole::kService},
    {"stream.application", LogRole::kService},
    {"stream.app", LogRole::kService},
    {"stream.app_name", LogRole::kService},
    {"stream.name", LogRole::kService},
    {"stream.app_kubernetes_io_name", LogRole::kService},
    {"resource.k8s.deployment.name", LogRole::kService},
    {"resource.k8s.statefulset.name", LogRole::kService},
    {"resource.k8s.daemonset.name", LogRole::kService},
    {"resource.k8s.cronjob.name", LogRole::kService},
    {"resource.faas.name", LogRole::kService},
    {"container_name", LogRole::kService},
    {"stream.container", LogRole::kService},
    {"stream.container_name", LogRole::kService},
    {"stream.component", LogRole::kService},
    {"stream.workload", LogRole::kService},
    {"stream.job", LogRole::kService},
    {"resource.container.name", LogRole::kService},
    {"resource.process.executable.name", LogRole::kService},

    {"traceid", LogRole::kTrace},
    {"trace_id", LogRole::kTrace},
    {"trace.id", LogRole::kTrace},
    {"dd.trace_id", LogRole::kTrace},
    {"logging.googleapis.com/trace", LogRole::kTrace},
    {"oteltraceid", LogRole::kTrace},
    {"xray_trace_id", LogRole::kTrace},
    {"context.trace_id", LogRole::kTrace},
    {"mdc.traceid", LogRole::kTrace},
    {"structuredmetadata.trace_id", LogRole::kTrace},
    {"structuredmetadata.traceid", LogRole::kTrace},
    {"stream.trace_id", LogRole::kTrace},
    {"stream.traceid", LogRole::kTrace},

    {"error.type", LogRole::kExceptionType},
    {"err.type", LogRole::kExceptionType},
    {"exception.type", LogRole::kExceptionType},
    {"attributes.exception.type", LogRole::kExceptionType},
    {"exc.type", LogRole::kExceptionType},
    {"exception_type", LogRole::kExceptionType},
    {"exc_type", LogRole::kExceptionType},
    {"error_type", LogRole::kExceptionType},
    {"errortype", LogRole::kExceptionType},
    {"error.kind", LogRole::kExceptionType},
    {"error.class", LogRole::kExceptionType},
    {"exception.class", LogRole::kExceptionType},
    {"error.name", LogRole::kExceptionType},
    {"err.name", LogRole::kExceptionType},
    {"exception.name", LogRole::kExceptionType},
    {"thrown.name", LogRole::kExceptionType},

    {"error", LogRole::kError},
    {"err", LogRole::kError},
    {"exception", LogRole::kError},
    {"exc", LogRole::kError},
    {"exc_info", LogRole::kError},
    {"error.message", LogRole::kError},
    {"err.message", LogRole::kError},
    {"exception.message", LogRole::kError},
    {"attributes.exception.message", LogRole::kError},
    {"exc.message", LogRole::kError},
    {"error_message", LogRole::kError},
    {"errormessage", LogRole::kError},
    {"error.stack_trace", LogRole::kError},
    {"error.stack", LogRole::kError},
    {"err.stack", LogRole::kError},
    {"exception.stacktrace", LogRole::kError},
    {"exception.stack_trace", LogRole::kError},
    {"attributes.exception.stacktrace", LogRole::kError},
    {"stack_trace", LogRole::kError},
    {"stacktrace", LogRole::kError},
    {"stack", LogRole::kError},
    {"exc_text", LogRole::kError},
    {"traceback", LogRole::kError},
    {"thrown.message", LogRole::kError},
    {"@x", LogRole::kError},

    {"status", LogRole::kStatus},
    {"statuscode", LogRole::kStatus},
    {"status_code", LogRole::kStatus},
    {"http.status_code", LogRole::kStatus},
    {"http.response.status_code", LogRole::kStatus},
    {"attributes.http.response.status_code", LogRole::kStatus},
    {"attributes.http.status_code", LogRole::kStatus},
    {"http_status", LogRole::kStatus},
    {"http_status_code", LogRole::kStatus},
    {"http.status", LogRole::kStatus},
    {"response.status", LogRole::kStatus},
    {"response.status_code", LogRole::kStatus},
    {"response.statuscode", LogRole::kStatus},
    {"res.statuscode", LogRole::kStatus},
    {"response_status", LogRole::kStatus},
    {"response_code", LogRole::kStatus},
    {"httprequest.status", LogRole::kStatus},

    {"environment", LogRole::kEnvironment},
    {"env", LogRole::kEnvironment},
    {"deployment.environment.name", LogRole::kEnvironment},
    {"deployment.environment", LogRole::kEnvironment},
    {"service.environment", LogRole::kEnvironment},
    {"dd.env", LogRole::kEnvironment},
    {"resource.deployment.environment.name", LogRole::kEnvironment},
    {"resource.deployment.environment", LogRole::kEnvironment},
    {"stream.env", LogRole::kEnvironment},
    {"stream.environment", LogRole::kEnvironment},

    {"service.version", LogRole::kVersion},
    {"app_version", LogRole::kVersion},
    {"appversion", LogRole::kVersion},
    {"dd.version", LogRole::kVersion},
    {"resource.service.version", LogRole::kVersion},
    {"release", LogRole::kVersion},
    {"version", LogRole::kVersion},

    {"host", LogRole::kHost},
    {"hostname", LogRole::kHost},
    {"host.name", LogRole::kHost},
    {"kubernetes.host", LogRole::kHost},
    {"k8s.node.name", LogRole::kHost},
    {"kubernetes.pod_node_name", LogRole::kHost},
    {"resource.k8s.node.name", LogRole::kHost},
    {"resource.host.name", LogRole::kHost},
    {"stream.node_name", LogRole::kHost},
    {"stream.host", LogRole::kHost},
    {"stream.hostname", LogRole::kHost},

    {"kubernetes.pod_name", LogRole::kPod},
    {"kubernetes.pod.name", LogRole::kPod},
    {"k8s.pod.name", LogRole::kPod},
    {"resource.k8s.pod.name", LogRole::kPod},
    {"stream.pod", LogRole::kPod},
    {"stream.pod_name", LogRole::kPod},
    {"pod_name", LogRole::kPod},
    {"pod", LogRole::kPod},

    {"kubernetes.container_name", LogRole::kContainer},
    {"kubernetes.container.name", LogRole::kContainer},
    {"k8s.container.name", LogRole::kContainer},
    {"resource.k8s.container.name", LogRole::kContainer},
    {"container.name", LogRole::kContainer},
    {"container", LogRole::kContainer},

    {"kubernetes.namespace_name", LogRole::kNamespace},
    {"kubernetes.namespace", LogRole::kNamespace},
    {"kubernetes.pod_namespace", LogRole::kNamespace},
    {"resource.k8s.namespace.name", LogRole::kNamespace},
    {"stream.namespace", LogRole::kNamespace},
    {"k8s.namespace.name", LogRole::kNamespace},
    {"namespace_name", LogRole::kNamespace},
    {"namespace", LogRole::kNamespace},

    {"logger", LogRole::kLogger},
    {"logger_name", LogRole::kLogger},
    {"loggername", LogRole::kLogger},
    {"log.logger", LogRole::kLogger},
    {"scope.name", LogRole::kLogger},
    {"stream.logger", LogRole::kLogger},
    {"record.name", LogRole::kLogger},
    {"category", LogRole::kLogger},
    {"target", LogRole::kLogger},

    {"kubernetes.labels", LogRole::kPodLabels},
    {"kubernetes.pod_labels", LogRole::kPodLabels},
});

// An alias, or the beginning of one whose rest is nested, or both ("log").
struct PathMeaning {
  const LogAlias* alias = nullptr;
  bool prefix = false;
};
using PathTable = std::unordered_map<std::string_view, PathMeaning>;

const PathTable& Paths() {
  static const PathTable kTable = [] {
    PathTable table;
    for (const LogAlias& alias : kAliases) {
      table[alias.path].alias = &alias;
      for (size_t dot = alias.path.find('.'); dot != std::string_view::npos;
           dot = alias.path.find('.', dot + 1)) {
        table[alias.path.substr(0, dot)].prefix = true;
      }
    }
    return table;
  }();
  return kTable;
}

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

// "parent.key" in lower case, in a buffer of the caller's; empty when it is longer than any alias.
class PathText {
 public:
  PathText(std::string_view parent, std::string_view key) {
    const size_t dot = parent.empty() ? 0 : parent.size() + 1;
    if (dot + key.size() > buffer_.size()) return;
    std::copy(parent.begin(), parent.end(), buffer_.begin());
    if (dot > 0) buffer_[dot - 1] = '.';
    for (size_t i = 0; i < key.size(); ++i) buffer_[dot + i] = Lower(key[i]);
    size_ = dot + key.size();
  }
  std::string_view text() const { return {buffer_.data(), size_}; }

 private:
  std::array<char, kMaxPathBytes> buffer_;
  size_t size_ = 0;
};

}  // namespace

std::span<const LogAlias> LogAliases() { return kAliases; }

std::string AliasNames(LogRole role) {
  std::string out;
  for (const LogAlias& alias : kAliases) {
    if (alias.role != role) continue;
    if (!out.empty()) out += ", ";
    out += alias.path;
  }
  return out;
}

void LogFields::Collect(const JsonElement& root, JsonReader* inner, Instant received) {
  nodes_.clear();
  for (auto& candidates : by_role_) candidates.clear();
  has_pid_ = false;
  bool opened = false;
  CollectObject(root, {}, 0);
  for (uint32_t i = 0; inner != nullptr && i < nodes_.size() && !opened; i = nodes_[i].end) {
    if (nodes_[i].value.is_string() &&
        std::ranges::find(kLineMembers, nodes_[i].key) != kLineMembers.end()) {
      opened = OpenLine(i, inner, received);
    }
  }
  Rank();
}

void LogFields::CollectObject(const JsonElement& object, std::string_view path, size_t depth) {
  // Named: value_unsafe() refers into the temporary that it is called on.
  const JsonObject members = object.get_object().value_unsafe();
  for (const auto field : members) {
    const auto index = static_cast<uint32_t>(nodes_.size());
    nodes_.push_back({field.key, field.value});
    if (depth == 0 && (field.key == "pid" || field.key == "v")) has_pid_ = true;
    const PathText here(path, field.key);
    const auto found = Paths().find(here.text());
    if (found != Paths().end()) {
      Node& node = nodes_[index];
      node.alias = found->second.alias;
      if (node.alias != nullptr) {
        node.rank = static_cast<uint32_t>(node.alias - kAliases.data());
      }
      const bool leaf = node.alias != nullptr && node.alias->role == LogRole::kPodLabels;
      if (found->second.prefix && !leaf && field.value.is_object() && depth < kMaxOpenDepth) {
        node.opened = true;
        CollectObject(field.value, here.text(), depth + 1);
      }
    }
    nodes_[index].end = static_cast<uint32_t>(nodes_.size());
  }
}

bool LogFields::HasLevel() const {
  return std::ranges::any_of(nodes_, [](const Node& node) {
    return node.alias != nullptr && node.alias->role == LogRole::kLevel && !node.opened &&
           !node.value.is_null();
  });
}

bool LogFields::OpenLine(uint32_t at, JsonReader* inner, Instant received) {
  const std::string_view text = TrimAscii(nodes_[at].value.get_string().value_unsafe());
  if (text.size() >= 2 && text.front() == '{' && text.back() == '}') {
    return OpenInner(at, text, true, inner);
  }
  // A record that has a level has a message, not a line with another level in it.
  if (nodes_[at].key == "message" && HasLevel()) return false;
  const LineText line = ReadLineText(text, received);
  if (line.shape == LineShape::kPlain) return false;
  return OpenInner(at, line.json, line.shape == LineShape::kFields, inner);
}

bool LogFields::OpenInner(uint32_t at, std::string_view json, bool goes_before, JsonReader* inner) {
  const auto parsed = inner->Parse(json);
  if (!parsed || !parsed->is_object()) return false;
  // The inner nodes are collected behind the outer ones, looked at, and only then moved to their
  // place behind the field that holds them.
  const auto outer_size = static_cast<uint32_t>(nodes_.size());
  const bool outer_has_pid = std::exchange(has_pid_, false);
  CollectObject(*parsed, {}, 0);
  const auto tells = [](const Node& node) {
    return node.alias != nullptr &&
           (node.alias->role == LogRole::kMessage || node.alias->role == LogRole::kError);
  };
  if (std::none_of(nodes_.begin() + outer_size, nodes_.end(), tells)) {
    nodes_.resize(outer_size);
    has_pid_ = outer_has_pid;
    return false;
  }
  const auto inner_size = static_cast<uint32_t>(nodes_.size()) - outer_size;
  for (uint32_t i = outer_size; i < nodes_.size(); ++i) nodes_[i].end -= outer_size - (at + 1);
  for (uint32_t i = 0; i < nodes_.size(); ++i) {
    Node& node = nodes_[i];
    const bool outer = i < outer_size;
    // Only the message of a plain line stands where the line stood.
    const bool message = node.alias != nullptr && node.alias->role == LogRole::kMessage;
    if (!outer && !goes_before && message) node.rank = nodes_[at].rank;
    else if (outer == goes_before) node.rank += kBehind;
    if (outer && node.end > at) node.end += inner_size;
  }
  nodes_[at].alias = nullptr;
  nodes_[at].opened = true;
  std::rotate(nodes_.begin() + at + 1, nodes_.begin() + outer_size, nodes_.end());
  return true;
}

void LogFields::Rank() {
  for (uint32_t i = 0; i < nodes_.size(); ++i) {
    const Node& node = nodes_[i];
    if (node.alias == nullptr || node.opened || node.value.is_null()) continue;
    auto& candidates = by_role_[static_cast<size_t>(node.alias->role)];
    const auto behind = std::upper_bound(
        candidates.begin(), candidates.end(), node.rank,
        [this](uint32_t rank, uint32_t other) { return rank < nodes_[other].rank; });
    candidates.insert(behind, i);
  }
}

std::span<const uint32_t> LogFields::Candidates(LogRole role) const {
  return by_role_[static_cast<size_t>(role)];
}

// Whether an opened node has members and all of them were used.
bool LogFields::AllUsed(uint32_t index) const {
  const uint32_t end = nodes_[index].end;
  for (uint32_t i = index + 1; i < end; ++i) {
    if (!nodes_[i].used && (!nodes_[i].opened || nodes_[i].end == i + 1)) return false;
  }
  return end > index + 1;
}

void LogFields::WriteRange(uint32_t begin, uint32_t end, JsonWriter* out) const {
  for (uint32_t i = begin; i < end; i = nodes_[i].end) {
    const Node& node = nodes_[i];
    if (node.used || (node.opened && AllUsed(i))) continue;
    out->Key(node.key);
    if (!node.opened) {
      WriteElement(out, node.value);
      continue;
    }
    out->BeginObject();
    WriteRange(i + 1, node.end, out);
    out->EndObject();
  }
}

void LogFields::WriteUnused(JsonWriter* out) const {
  WriteRange(0, static_cast<uint32_t>(nodes_.size()), out);
}

}  // namespace srehub::sources
