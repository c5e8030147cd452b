#include "model/deploy.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "base/text.h"
#include "model/names.h"

namespace srehub::model {
namespace {

constexpr NameTable<DeployStatus, 5> kStatusNames = {{{DeployStatus::kRunning, "running"},
                                                      {DeployStatus::kSuccess, "success"},
                                                      {DeployStatus::kFailure, "failure"},
                                                      {DeployStatus::kCancelled, "cancelled"},
                                                      {DeployStatus::kOther, "other"}}};
constexpr NameTable<PipelineKind, 4> kKindNames = {{{PipelineKind::kDeploy, "deploy"},
                                                    {PipelineKind::kRollback, "rollback"},
                                                    {PipelineKind::kBuild, "build"},
                                                    {PipelineKind::kTest, "test"}}};

std::string EncodePart(std::string_view part) {
  std::string out;
  for (char c : part) {
    if (c == ':' || c == '%') out += PercentEncode(std::string_view(&c, 1));
    else out += c;
  }
  return out;
}

std::string JoinId(const DeployStatement& s, std::string_view run, int32_t attempt) {
  return EncodePart(s.system) + ":" + EncodePart(s.repository) + ":" + EncodePart(run) + ":" +
         std::to_string(attempt);
}

// (repository, sha, environment), or nothing when no commit is named.
using CommitKey = std::tuple<std::string, std::string, std::string>;
std::optional<CommitKey> CommitKeyOf(const DeployStatement& s) {
  if (s.sha.empty()) return std::nullopt;
  return CommitKey(s.repository, s.sha, s.environment);
}

bool IsTerminal(DeployStatus s) {
  return s == DeployStatus::kSuccess || s == DeployStatus::kFailure ||
         s == DeployStatus::kCancelled;
}

// Which of two statements of one instant decides: an end over a way point, and among ends the
// worse one.
int StatusRank(DeployStatus s) {
  switch (s) {
    case DeployStatus::kRunning: return 0;
    case DeployStatus::kOther: return 1;
    case DeployStatus::kSuccess: return 2;
    case DeployStatus::kCancelled: return 3;
    case DeployStatus::kFailure: return 4;
  }
  return 0;
}

int KindRank(PipelineKind k) {
  switch (k) {
    case PipelineKind::kBuild: return 0;
    case PipelineKind::kTest: return 1;
    case PipelineKind::kDeploy: return 2;
    case PipelineKind::kRollback: return 3;
  }
  return 0;
}

// A total order, so that what is taken from "the newest" does not depend on arrival.
bool Before(const TimedStatement& a, const TimedStatement& b) {
  const auto key = [](const TimedStatement& t) {
    const DeployStatement& s = t.statement;
    return std::tuple(t.timestamp, StatusRank(s.status), KindRank(s.kind), std::tie(s.system),
                      std::tie(s.repository, s.run, s.attempt, s.sha, s.environment),
                      std::tie(s.workflow, s.version, s.actor, s.url, s.started_at, s.finished_at));
  };
  return key(a) < key(b);
}

using Group = std::vector<TimedStatement>;

// `newest_first`: statements of one deploy.
Deploy Summarize(std::string_view service_id, std::string deploy_id, const Group& newest_first) {
  Deploy d;
  d.service_id = service_id;
  d.deploy_id = std::move(deploy_id);
  d.last_statement = newest_first.front().timestamp;
  d.first_statement = newest_first.back().timestamp;
  d.attempt = 1;
  const DeployStatement& newest = newest_first.front().statement;
  d.status = newest.status;
  if (IsTerminal(d.status)) d.finished_at = newest.finished_at.value_or(d.last_statement);
  std::optional<Instant> first_running;
  d.kind = newest.kind;
  const auto fill = [](std::string* into, const std::string& value) {
    if (into->empty()) *into = value;
  };
  for (const TimedStatement& t : newest_first) {
    const DeployStatement& s = t.statement;
    fill(&d.system, s.system);
    fill(&d.repository, s.repository);
    fill(&d.sha, s.sha);
    fill(&d.environment, s.environment);
    fill(&d.workflow, s.workflow);
    fill(&d.version, s.version);
    fill(&d.actor, s.actor);
    fill(&d.url, s.url);
    if (!s.run.empty()) {
      d.run = s.run;
      d.attempt = s.attempt;
    }
    if (KindRank(s.kind) > KindRank(d.kind)) d.kind = s.kind;
    if (s.started_at && (!d.started_at || *s.started_at < *d.started_at)) {
      d.started_at = s.started_at;
    }
    if (s.status == DeployStatus::kRunning) first_running = t.timestamp;
    if (s.status == DeployStatus::kFailure) d.first_failure = t.timestamp;
  }
  if (!d.started_at) d.started_at = first_running;
  return d;
}

}  // namespace

std::string_view DeployStatusName(DeployStatus s) { return NameIn(kStatusNames, s); }
std::optional<DeployStatus> ParseDeployStatus(std::string_view name) {
  return ValueIn(kStatusNames, name);
}

std::string_view PipelineKindName(PipelineKind k) { return NameIn(kKindNames, k); }
std::optional<PipelineKind> ParsePipelineKind(std::string_view name) {
  return ValueIn(kKindNames, name);
}

std::string DeployId(const DeployStatement& s) {
  if (!s.run.empty()) return JoinId(s, s.run, s.attempt);
  return JoinId(s, s.sha + "@" + s.environment, 1);
}

std::string DeployId(const DeployStatement& s, Instant timestamp) {
  if (!s.run.empty() || !s.sha.empty()) return DeployId(s);
  return JoinId(s, s.workflow + "@" + FormatTime(timestamp), 1);
}

std::vector<Deploy> JoinDeploys(std::string_view service_id,
                                std::vector<TimedStatement> statements) {
  std::sort(statements.begin(), statements.end(),
            [](const TimedStatement& a, const TimedStatement& b) { return Before(b, a); });
  std::map<std::string, Group> groups;             // by deploy id
  std::map<CommitKey, std::string> run_of_commit;  // the smallest id of a run that names it
  std::map<CommitKey, std::string> id_of_commit;   // of run-less ones: the smallest id
  for (const TimedStatement& t : statements) {
    const auto commit = CommitKeyOf(t.statement);
    if (!commit) continue;
    auto& ids = t.statement.run.empty() ? id_of_commit : run_of_commit;
    const std::string id = DeployId(t.statement);
    const auto [entry, added] = ids.emplace(*commit, id);
    if (!added) entry->second = std::min(entry->second, id);
  }
  for (TimedStatement& t : statements) {
    std::string id = DeployId(t.statement, t.timestamp);
    const auto commit = CommitKeyOf(t.statement);
    if (t.statement.run.empty() && commit) {
      const auto run = run_of_commit.find(*commit);
      id = run != run_of_commit.end() ? run->second : id_of_commit.at(*commit);
    }
    groups[std::move(id)].push_back(std::move(t));
  }
  std::vector<Deploy> out;
  out.reserve(groups.size());
  for (const auto& [id, group] : groups) out.push_back(Summarize(service_id, id, group));
  std::sort(out.begin(), out.end(), [](const Deploy& a, const Deploy& b) {
    return std::tie(b.last_statement, a.deploy_id) < std::tie(a.last_statement, b.deploy_id);
  });
  return out;
}

}  // namespace srehub::model
