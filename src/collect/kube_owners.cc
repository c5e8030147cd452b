#include "collect/kube_owners.h"

#include <algorithm>
#include <vector>

#include "base/json_writer.h"
#include "base/text.h"
#include "collect/state_file.h"

namespace srehub::collect {
namespace {

std::string PathOf(const ObjectName& name) {
  return name.kind + "/" + name.namespace_ + "/" + name.name;
}

void WriteLabels(JsonWriter* out, std::string_view key, const model::Labels& labels) {
  if (labels.empty()) return;
  out->Key(key).BeginObject();
  for (const auto& [name, value] : labels) out->Field(name, value);
  out->EndObject();
}

}  // namespace

std::string KubeOwners::KeyOf(const ObjectName& name) {
  return name.uid.empty() ? PathOf(name) : name.uid;
}

void KubeOwners::Saw(const ObjectName& name, ObjectFacts facts) {
  if (seen_.size() >= kMaxSeen && !seen_.contains(PathOf(name))) return;
  seen_[PathOf(name)] = {std::move(facts), std::nullopt, round_};
}

void KubeOwners::Gone(const ObjectName& name) {
  const auto it = seen_.find(PathOf(name));
  if (it != seen_.end()) it->second.gone = clock_->Now();
  Bury();
}

void KubeOwners::EndList(std::string_view kind, std::string_view namespace_) {
  std::string prefix = std::string(kind) + "/";
  if (!namespace_.empty()) prefix += std::string(namespace_) + "/";
  const Instant now = clock_->Now();
  for (auto& [path, seen] : seen_)
    if (!seen.gone && seen.round < round_ && path.starts_with(prefix)) seen.gone = now;
  Bury();
}

void KubeOwners::Bury() {
  const Instant now = clock_->Now();
  if (now - buried_ < kTombstone && seen_.size() < kMaxSeen) return;
  buried_ = now;
  std::erase_if(seen_, [&](const auto& entry) {
    return entry.second.gone && now - *entry.second.gone > kTombstone;
  });
}

Result<std::optional<ObjectFacts>> KubeOwners::Find(const ObjectName& name) {
  if (const auto it = seen_.find(PathOf(name)); it != seen_.end()) return it->second.facts;
  SREHUB_TRY(std::optional<ObjectFacts> facts, fetch_(name));
  if (facts) Saw(name, *facts);
  return facts;
}

// A ReplicaSet's own owner is the one with a name that lasts.
Result<ObjectFacts> KubeOwners::Resolve(const ObjectName& name) {
  SREHUB_TRY(std::optional<ObjectFacts> found, Find(name));
  ObjectFacts facts = std::move(found).value_or(ObjectFacts{});
  for (model::OwnerReference& owner : facts.owners) {
    if (owner.kind != "ReplicaSet") continue;
    SREHUB_TRY(const auto above, Find({"ReplicaSet", name.namespace_, owner.name, {}}));
    if (above && !above->owners.empty()) owner = above->owners.front();
  }
  return facts;
}

Result<const ObjectFacts*> KubeOwners::Decide(const ObjectName& name) {
  if (name.kind != "Pod" && name.kind != "ReplicaSet") return &nothing_;
  const std::string key = KeyOf(name);
  const Instant now = clock_->Now();
  auto it = decisions_.find(key);
  if (it == decisions_.end()) {
    SREHUB_TRY(ObjectFacts facts, Resolve(name));
    if (decisions_.size() >= kMaxDecisions) Forget();
    it = decisions_.emplace(key, Decision{std::move(facts), now, {}}).first;
  }
  Decision& decision = it->second;
  decision.used = now;
  if (now - decision.written > kRemember / 2) {
    decision.written = now;
    if (!path_.empty()) unwritten_ += LineOf(key, decision);
  }
  return &decision.facts;
}

// A tenth at once, so that it is not gone through for each new one.
void KubeOwners::Forget() {
  std::vector<Instant> used;
  for (const auto& [key, decision] : decisions_) used.push_back(decision.used);
  const auto nth = used.begin() + static_cast<ptrdiff_t>(used.size() / 10);
  std::nth_element(used.begin(), nth, used.end());
  const Instant oldest = *nth;
  std::erase_if(decisions_, [&](const auto& entry) { return entry.second.used <= oldest; });
}

Status KubeOwners::Persist() {
  if (unwritten_.empty()) return {};
  SREHUB_CHECK_OK(AppendStateFile(path_, unwritten_));
  unwritten_.clear();
  return {};
}

std::string KubeOwners::LineOf(const std::string& key, const Decision& decision) {
  JsonWriter out;
  out.BeginObject().Field("key", key).Field("at", decision.written);
  WriteLabels(&out, "labels", decision.facts.labels);
  WriteLabels(&out, "annotations", decision.facts.annotations);
  out.Key("owners").BeginArray();
  for (const model::OwnerReference& owner : decision.facts.owners)
    out.BeginObject().Field("kind", owner.kind).Field("name", owner.name).EndObject();
  return out.EndArray().EndObject().Take() + "\n";
}

bool KubeOwners::TakeLine(std::string_view line, JsonReader* reader) {
  const auto root = reader->Parse(line);
  if (!root) return false;
  const auto key = FindString(*root, "key");
  const auto at = FindString(*root, "at");
  const auto written = at ? ParseRfc3339(*at) : Fail(ErrorCode::kMalformed, "no time");
  const auto owners = FindArray(*root, "owners");
  if (!key || !written || !owners) return false;
  Decision decision;
  decision.used = decision.written = *written;
  for (const auto& [member, labels] : {std::pair{"labels", &decision.facts.labels},
                                       std::pair{"annotations", &decision.facts.annotations}}) {
    const auto found = FindObject(*root, member);
    if (!found) continue;
    for (const auto& [name, value] : *found) {
      std::string_view text;
      if (value.get(text) == simdjson::SUCCESS) labels->emplace(name, text);
    }
  }
  for (const JsonElement owner : *owners)
    decision.facts.owners.push_back({std::string(FindString(owner, "kind").value_or("")),
                                     std::string(FindString(owner, "name").value_or(""))});
  const Instant now = clock_->Now();
  if (now - decision.written > kRemember) return true;
  decisions_[std::string(*key)] = std::move(decision);
  return true;
}

Status KubeOwners::Load() {
  if (path_.empty()) return {};
  SREHUB_TRY(const std::optional<std::string> text, ReadStateFile(path_));
  if (!text) return {};
  JsonReader reader;
  for (const std::string_view line : Split(*text, '\n'))
    if (!line.empty()) TakeLine(line, &reader);
  std::string compact;
  for (const auto& [key, decision] : decisions_) compact += LineOf(key, decision);
  return WriteStateFile(path_, compact);
}

}  // namespace srehub::collect
