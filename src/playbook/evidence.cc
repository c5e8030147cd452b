#include "playbook/evidence.h"

#include <algorithm>

#include "base/text.h"
#include "model/event.h"

namespace srehub::playbook {

namespace {

constexpr size_t kMaxQuotedBytes = 160;

using EvidenceList = std::vector<model::Evidence>;

bool Names(const std::vector<std::string>& types, std::string_view type) {
  return std::any_of(types.begin(), types.end(),
                     [&](const std::string& t) { return t == "*" || t == type; });
}

// One of the types was active at that kind of place, near the episode's start or since.
bool MatchSeen(const std::vector<std::string>& types, SeenType::Where where, const Tell& tell,
               const IncidentFacts& facts, EvidenceList* evidence) {
  bool found = false;
  for (const SeenType& seen : facts.seen) {
    if (seen.where != where || !Names(types, seen.event_type)) continue;
    if (seen.first > facts.now || (seen.last < facts.since - tell.within && !seen.open)) continue;
    found = true;
    evidence->push_back(
        {seen.event_type + " at " + seen.service_id + " since " + FormatTime(seen.first),
         model::IncidentId(seen.service_id, seen.event_type),
         seen.first,
         {}});
  }
  return found;
}

bool MatchMessages(const Tell& tell, const IncidentFacts& facts, EvidenceList* evidence) {
  for (const std::string& wanted : tell.messages) {
    for (const std::string& message : facts.messages) {
      if (!ContainsIgnoreCase(message, wanted)) continue;
      evidence->push_back(
          {"message: \"" + std::string(TruncateUtf8(message, kMaxQuotedBytes)) + "\"",
           facts.incident_id, facts.since, facts.event});
      return true;
    }
  }
  return false;
}

bool MatchDetail(const Tell& tell, const IncidentFacts& facts, EvidenceList* evidence) {
  const auto it = facts.details.find(tell.detail);
  if (it == facts.details.end()) return false;
  const bool equal = std::any_of(tell.values.begin(), tell.values.end(), [&](const auto& value) {
    return EqualsIgnoreCase(value, it->second);
  });
  if (!equal) return false;
  evidence->push_back(
      {tell.detail + " is " + std::string(TruncateUtf8(it->second, kMaxQuotedBytes)),
       facts.incident_id, facts.since, facts.event});
  return true;
}

bool IsWanted(std::string_view word, const model::Deploy& deploy) {
  if (word == "any") return true;
  if (word == "rollback") return deploy.kind == model::PipelineKind::kRollback;
  if (word == "failed") return deploy.status == model::DeployStatus::kFailure;
  return deploy.status == model::DeployStatus::kSuccess;
}

bool MatchDeploy(const Tell& tell, const IncidentFacts& facts, EvidenceList* evidence) {
  // A run that is known by its end alone began before it, so a little after still counts.
  constexpr Duration kAfter = std::chrono::minutes(5);
  for (const DeployFact& fact : facts.deploys) {
    if (fact.suspicion == Suspicion::kNone || !IsWanted(tell.deploy, fact.deploy)) continue;
    if (fact.time < facts.since - tell.within || fact.time > facts.since + kAfter) continue;
    evidence->push_back({std::string(model::PipelineKindName(fact.deploy.kind)) + " " +
                             fact.deploy.deploy_id + " of " + fact.deploy.service_id + " (" +
                             std::string(model::DeployStatusName(fact.deploy.status)) + ") at " +
                             FormatTime(fact.time),
                         {},
                         fact.time,
                         {}});
    return true;
  }
  return false;
}

bool MatchCounts(const Tell& tell, const IncidentFacts& facts, EvidenceList* evidence) {
  if (tell.objects_at_least && facts.objects < *tell.objects_at_least) return false;
  if (tell.objects_at_most && (facts.objects == 0 || facts.objects > *tell.objects_at_most))
    return false;
  if (tell.count_at_least && facts.count_1h < *tell.count_at_least) return false;
  // No exact numbers: they move with every event, and the stored item must not.
  if (tell.objects_at_least)
    evidence->push_back(
        {"at least " + std::to_string(*tell.objects_at_least) + " objects are affected",
         facts.incident_id,
         {},
         {}});
  if (tell.objects_at_most)
    evidence->push_back(
        {"no more than " + std::to_string(*tell.objects_at_most) + " object(s) affected",
         facts.incident_id,
         {},
         {}});
  if (tell.count_at_least)
    evidence->push_back(
        {"at least " + std::to_string(*tell.count_at_least) + " occurrences in an hour",
         facts.incident_id,
         {},
         {}});
  return true;
}

}  // namespace

std::optional<EvidenceList> Match(const Tell& tell, const IncidentFacts& facts) {
  if (tell.empty()) return std::nullopt;
  EvidenceList evidence;
  const auto seen = [&](const std::vector<std::string>& types, SeenType::Where where) {
    return types.empty() || MatchSeen(types, where, tell, facts, &evidence);
  };
  if (!seen(tell.events, SeenType::Where::kService)) return std::nullopt;
  if (!seen(tell.upstream, SeenType::Where::kUpstream)) return std::nullopt;
  if (!seen(tell.node, SeenType::Where::kNode)) return std::nullopt;
  if (!tell.messages.empty() && !MatchMessages(tell, facts, &evidence)) return std::nullopt;
  if (!tell.detail.empty() && !MatchDetail(tell, facts, &evidence)) return std::nullopt;
  if (!tell.deploy.empty() && !MatchDeploy(tell, facts, &evidence)) return std::nullopt;
  if (!MatchCounts(tell, facts, &evidence)) return std::nullopt;
  return evidence;
}

std::vector<FoundTell> FindTells(const Playbook& playbook, const IncidentFacts& facts) {
  std::vector<FoundTell> found;
  for (size_t i = 0; i < playbook.causes.size(); ++i)
    if (auto evidence = Match(playbook.causes[i].tell, facts))
      found.push_back({i, std::move(*evidence)});
  return found;
}

}  // namespace srehub::playbook
