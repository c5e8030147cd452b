// Pipeline runs: the statements of several senders about one run are one occurrence.
#include <algorithm>
#include <map>
#include <string_view>

#include "aggregate/incident_state.h"

namespace srehub::aggregate {

namespace {

struct Group {
  std::string_view scope;  // smallest non-empty environment
  std::optional<Instant> first;
  model::Severity severity = model::Severity::kInfo;
  std::optional<Instant> last_close;

  void Take(const RunStatement& s) {
    if (!s.environment.empty() && (scope.empty() || s.environment < scope)) scope = s.environment;
    if (s.closes) {
      if (!last_close || s.time > *last_close) last_close = s.time;
    } else if (!first || s.time < *first || (s.time == *first && s.severity < severity)) {
      first = s.time;
      severity = s.severity;
    }
  }
};

// By run key, else by sha key. A statement that names no run joins the run of the same sha key,
// the smallest run key if several.
std::map<std::string_view, Group> GroupsOf(const std::vector<RunStatement>& runs) {
  std::map<std::string_view, std::string_view> run_of_sha;
  for (const RunStatement& s : runs) {
    if (s.run_key.empty() || s.sha_key.empty()) continue;
    const auto [it, inserted] = run_of_sha.emplace(s.sha_key, s.run_key);
    if (!inserted && s.run_key < it->second) it->second = s.run_key;
  }
  std::map<std::string_view, Group> groups;
  for (const RunStatement& s : runs) {
    std::string_view key = s.run_key;
    if (key.empty()) {
      const auto it = run_of_sha.find(s.sha_key);
      key = it == run_of_sha.end() ? std::string_view(s.sha_key) : it->second;
    }
    groups[key].Take(s);
  }
  return groups;
}

}  // namespace

std::vector<Contribution> ContributionsOf(const std::vector<RunStatement>& runs) {
  std::vector<Contribution> out;
  for (const auto& [key, group] : GroupsOf(runs))
    if (group.first) out.push_back({*group.first, group.severity, 1, std::string(group.scope)});
  return out;
}

std::vector<ScopedResolution> ResolutionsOf(const std::vector<RunStatement>& runs) {
  std::vector<ScopedResolution> out;
  for (const auto& [key, group] : GroupsOf(runs))
    if (group.last_close) out.push_back({std::string(group.scope), *group.last_close});
  return out;
}

}  // namespace srehub::aggregate
