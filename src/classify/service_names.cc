#include "classify/service_names.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/limits.h"
#include "base/text.h"
#include "classify/workload_name.h"

namespace srehub::classify {
namespace {

TextSet SetOf(const Texts& texts) { return TextSet(texts.begin(), texts.end()); }

const std::string* FindLabel(const model::Labels& labels, const Texts& keys,
                             const std::string** key) {
  for (const std::string& candidate : keys) {
    const auto it = labels.find(candidate);
    if (it != labels.end() && !it->second.empty()) {
      *key = &candidate;
      return &it->second;
    }
  }
  return nullptr;
}

}  // namespace

ServiceNames::ServiceNames(const Rules& rules, bool namespaced)
    : rules_(rules.services),
      namespaced_(namespaced),
      aliases_(rules.aliases),
      known_(SetOf(rules_.known)),
      kinds_(SetOf(rules_.kubernetes.kinds)),
      owners_(SetOf(rules_.kubernetes.owners)),
      condition_words_(SetOf(rules_.alarms.condition_words)),
      leading_words_(SetOf(rules_.pipelines.leading_words)),
      trailing_words_(SetOf(rules_.pipelines.trailing_words)),
      generic_words_(SetOf(rules_.pipelines.generic_words)),
      weak_fields_(SetOf(rules_.logs.weak_fields)) {}

std::optional<ServiceName> ServiceNames::Alias(AliasRule::Of of, std::string_view name) const {
  const AliasRule* rule = aliases_.Find(of, name);
  if (rule == nullptr) return std::nullopt;
  return ServiceName{rule->service, {"alias of", rule->text}};
}

ServiceName ServiceNames::Finish(const Found& found) const {
  if (auto alias = Alias(AliasRule::Of::kName, found.name)) return *std::move(alias);
  std::string id = Slug(found.name, limits::kMaxServiceIdBytes);
  if (id.empty()) return {std::string(kUnknownService), {"nothing names a service"}};
  if (auto alias = Alias(AliasRule::Of::kName, id)) return *std::move(alias);
  if (namespaced_ && !found.namespace_.empty()) {
    id = Slug(fmt::format("{}.{}", found.namespace_, id), limits::kMaxServiceIdBytes);
  }
  return {std::move(id), found.why};
}

ServiceName ServiceNames::OfStated(std::string_view service_id) const {
  return Finish({std::string(service_id), {"serviceId as sent"}});
}

// ---- Kubernetes ----

std::optional<ServiceNames::Found> ServiceNames::OfPod(std::string_view pod, std::string_view host,
                                                       std::string_view rule) const {
  if (pod.empty()) return std::nullopt;
  const WorkloadName workload = WorkloadOfPod(pod, host, known_);
  return Found{std::string(workload.name), {rule, workload.rule}};
}

std::optional<ServiceNames::Found> ServiceNames::OfOwner(const model::OwnerReference& owner) const {
  if (owner.name.empty()) return std::nullopt;
  if (owner.kind == "ReplicaSet") {
    return Found{std::string(WorkloadOfReplicaSet(owner.name, known_)), {"owner", "ReplicaSet"}};
  }
  if (owner.kind == "Job") {
    return Found{std::string(WorkloadOfJob(owner.name, known_)), {"owner", "Job"}};
  }
  if (owners_.contains(owner.kind)) return Found{owner.name, {"owner", owner.kind}};
  return std::nullopt;
}

ServiceNames::Found ServiceNames::OfObject(const model::ObjectReference& object,
                                           std::string_view host) const {
  const std::string* key = nullptr;
  if (const auto* value = FindLabel(object.annotations, rules_.kubernetes.annotations, &key)) {
    return {*value, {"annotation", *key}};
  }
  if (const auto* value = FindLabel(object.labels, rules_.kubernetes.labels, &key)) {
    return {*value, {"label", *key}};
  }
  for (const model::OwnerReference& owner : object.owners) {
    if (auto found = OfOwner(owner)) return *std::move(found);
  }
  if (object.name.empty()) return {};
  if (object.kind == "Node") return {"node-" + object.name, {"Node"}};
  if (kinds_.contains(object.kind)) return {object.name, {"object of kind", object.kind}};
  if (object.kind == "Pod") return *OfPod(object.name, host, "object:");
  if (object.kind == "ReplicaSet") {
    return {std::string(WorkloadOfReplicaSet(object.name, known_)), {"ReplicaSet name"}};
  }
  if (object.kind == "Job") {
    return {std::string(WorkloadOfJob(object.name, known_)), {"Job name"}};
  }
  if (object.kind.empty()) return {object.name, {"object without a kind"}};
  return {fmt::format("{}-{}", object.kind, object.name), {"kind and name"}};
}

ServiceName ServiceNames::Of(const model::KubernetesFact& fact) const {
  if (auto alias = Alias(AliasRule::Of::kName, fact.object.name)) return *std::move(alias);
  Found found = OfObject(fact.object, fact.host);
  if (fact.object.kind != "Node") found.namespace_ = fact.object.namespace_;
  return Finish(found);
}

// ---- CloudWatch ----

size_t ServiceNames::ConditionLength(const std::vector<std::string_view>& words, size_t i) const {
  static constexpr size_t kLongestPhrase = 3;
  std::string phrase;
  size_t length = 0;
  for (size_t n = 1; n <= kLongestPhrase && i + n <= words.size(); ++n) {
    if (n > 1) phrase += ' ';
    phrase += ToLowerAscii(words[i + n - 1]);
    if (condition_words_.contains(phrase)) length = n;
  }
  return length;
}

std::string ServiceNames::OfAlarmName(std::string_view alarm_name) const {
  const std::vector<std::string_view> words = NameWords(alarm_name);
  std::string name;
  for (size_t i = 0; i < words.size();) {
    if (const size_t length = ConditionLength(words, i); length > 0) {
      i += length;
      continue;
    }
    if (!name.empty()) name += '-';
    name += words[i++];
  }
  return name;
}

std::string ServiceNames::AlarmCondition(std::string_view alarm_name) const {
  const std::vector<std::string_view> words = NameWords(alarm_name);
  std::string condition;
  for (size_t i = 0; i < words.size();) {
    const size_t length = ConditionLength(words, i);
    for (size_t n = 0; n < length; ++n) condition.append(words[i + n]).append(1, ' ');
    i += std::max<size_t>(length, 1);
  }
  return CamelCase(condition);
}

namespace {

// "targetgroup/checkout/6d0e…" and "app/checkout/50dc…" carry the name in their middle.
std::string DimensionService(const std::string& name, const std::string& value) {
  if (name == "TargetGroup" || name == "LoadBalancer") {
    const std::vector<std::string_view> parts = Split(value, '/');
    if (parts.size() >= 3) return std::string(parts[parts.size() - 2]);
  }
  return value;
}

}  // namespace

ServiceName ServiceNames::Of(const model::AlarmFact& fact) const {
  if (auto alias = Alias(AliasRule::Of::kAlarm, fact.arn)) return *std::move(alias);
  if (auto alias = Alias(AliasRule::Of::kAlarm, fact.name)) return *std::move(alias);
  if (auto alias = Alias(AliasRule::Of::kName, fact.name)) return *std::move(alias);
  const std::string* key = nullptr;
  if (const auto* value = FindLabel(fact.tags, rules_.alarms.tags, &key)) {
    return Finish({*value, {"tag", *key}});
  }
  const auto by_dimension = [&](const Texts& names) -> std::optional<Found> {
    for (const std::string& name : names) {
      for (const auto& [dimension, value] : fact.dimensions) {
        if (dimension != name || value.empty()) continue;
        return Found{DimensionService(name, value), {"dimension", name}};
      }
    }
    return std::nullopt;
  };
  if (auto found = by_dimension(rules_.alarms.dimensions)) return Finish(*found);
  if (std::string name = OfAlarmName(fact.name); !name.empty()) {
    return Finish({std::move(name), {"alarm name without its condition"}});
  }
  if (auto found = by_dimension(rules_.alarms.last_dimensions)) return Finish(*found);
  return Finish({fact.name, {"alarm name"}});
}

// ---- Pipelines ----

namespace {

// In lower case. The case of letters separates words only where nothing else does: "GitHub pages"
// is two words, "DeployCheckout" too.
std::vector<std::string> LowerWords(std::string_view name) {
  std::vector<std::string> words;
  for (size_t i = 0; i < name.size();) {
    size_t end = i;
    while (end < name.size() && IsWordByte(name[end])) ++end;
    if (end > i) words.push_back(ToLowerAscii(name.substr(i, end - i)));
    i = end + 1;
  }
  if (words.size() != 1) return words;
  words.clear();
  for (std::string_view word : NameWords(name)) words.push_back(ToLowerAscii(word));
  return words;
}

}  // namespace

std::string ServiceNames::OfWorkflow(std::string_view workflow) const {
  std::vector<std::string> words = LowerWords(workflow);
  if (std::all_of(words.begin(), words.end(),
                  [&](const std::string& word) { return generic_words_.contains(word); })) {
    return {};
  }
  size_t first = 0, last = words.size();
  while (first < last) {
    if (first + 1 < last && leading_words_.contains(words[first] + ' ' + words[first + 1])) {
      first += 2;
    } else if (leading_words_.contains(words[first]) || (first > 0 && words[first] == "and")) {
      ++first;
    } else {
      break;
    }
  }
  // "Deploy checkout to production": what stands behind `to` is the environment.
  if (first > 0) {
    const auto to = std::find(words.begin() + static_cast<ptrdiff_t>(first), words.end(), "to");
    last = static_cast<size_t>(to - words.begin());
  }
  while (last > first + 1 && trailing_words_.contains(words[last - 1])) --last;
  std::string name;
  for (size_t i = first; i < last; ++i) name.append(name.empty() ? "" : "-").append(words[i]);
  return name;
}

ServiceName ServiceNames::Of(const model::PipelineFact& fact) const {
  const model::DeployStatement& run = fact.statement;
  if (!fact.service.empty()) return Finish({fact.service, {"service as sent"}});
  using Of = AliasRule::Of;
  if (auto alias = Alias(Of::kRepository, run.repository)) return *std::move(alias);
  if (auto alias = Alias(Of::kWorkflow, run.workflow)) return *std::move(alias);
  if (auto alias = Alias(Of::kWorkflow, fact.path)) return *std::move(alias);
  if (auto alias = Alias(Of::kEnvironment, run.environment)) return *std::move(alias);
  if (auto alias = Alias(Of::kName, run.workflow)) return *std::move(alias);
  if (std::string name = OfWorkflow(run.workflow); !name.empty()) {
    return Finish({std::move(name), {"workflow name"}});
  }
  const size_t slash = run.repository.rfind('/');
  const std::string repository =
      slash == std::string::npos ? run.repository : run.repository.substr(slash + 1);
  if (!Slug(repository, limits::kMaxServiceIdBytes).empty()) {
    return Finish({repository, {"repository name"}});
  }
  return Finish({run.workflow, {"workflow name as it stands"}});
}

// ---- Logs ----

bool ServiceNames::IsPlaceholder(std::string_view service) const {
  return service.empty() || MatchesAnyGlob(rules_.logs.placeholders, service);
}

ServiceName ServiceNames::Of(const model::LogFact& fact) const {
  const bool stated = !IsPlaceholder(fact.service);
  if (stated && !weak_fields_.contains(fact.service_field)) {
    return Finish({fact.service, {"field", fact.service_field}});
  }
  const std::string* key = nullptr;
  if (const auto* value = FindLabel(fact.kubernetes_labels, rules_.logs.labels, &key)) {
    return Finish({*value, {"label", *key}, fact.namespace_});
  }
  if (auto alias = Alias(AliasRule::Of::kName, fact.pod)) return *std::move(alias);
  if (auto found = OfPod(fact.pod, fact.host, "pod:")) {
    found->namespace_ = fact.namespace_;
    return Finish(*found);
  }
  if (stated) return Finish({fact.service, {"field", fact.service_field}});
  if (!IsPlaceholder(fact.container)) {
    return Finish({fact.container, {"container"}, fact.namespace_});
  }
  if (!IsPlaceholder(fact.logger)) return Finish({fact.logger, {"logger"}});
  return Finish({});
}

// ---- Alerts ----

bool ServiceNames::IsExporter(std::string_view name) const {
  return MatchesAnyGlob(rules_.alerts.exporters, name);
}

std::optional<ServiceNames::Found> ServiceNames::OfAlertLabel(const model::Labels& labels,
                                                              const std::string& key) const {
  const auto it = labels.find(key);
  if (it == labels.end() || it->second.empty()) return std::nullopt;
  if (key == "pod" || key == "exported_pod") return OfPod(it->second, {}, "label pod:");
  if (key == "job_name") {
    return Found{std::string(WorkloadOfJob(it->second, known_)), {"label", key}};
  }
  if (key == "node") return Found{"node-" + it->second, {"label", key}};
  return Found{it->second, {"label", key}};
}

ServiceName ServiceNames::Of(const model::AlertFact& fact) const {
  const auto label = [&](std::string_view key) -> std::string_view {
    const auto it = fact.labels.find(key);
    return it == fact.labels.end() ? std::string_view{} : std::string_view(it->second);
  };
  const auto first_of = [&](const Texts& keys, bool exporters) -> std::optional<Found> {
    for (const std::string& key : keys) {
      auto found = OfAlertLabel(fact.labels, key);
      if (found && (exporters || !IsExporter(found->name))) return found;
    }
    return std::nullopt;
  };
  std::optional<Found> found;
  if (IsExporter(label("job"))) found = first_of(rules_.alerts.exporter_labels, false);
  if (!found) found = first_of(rules_.alerts.labels, false);
  if (!found) found = first_of(rules_.alerts.labels, true);
  if (!found) found = Found{std::string(label("alertname")), {"alertname"}};
  const bool of_workload = found->why.rule.starts_with("label") && found->why.detail != "node" &&
                           found->why.detail != "namespace";
  if (of_workload) found->namespace_ = label("namespace");
  return Finish(*found);
}

}  // namespace srehub::classify
