// Pipeline runs. A sender makes statements about a run; the statements that belong together are
// one Deploy. Joined by run id (system, repository, run, attempt), else by (repository, sha,
// environment).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"

namespace srehub::model {

enum class DeployStatus : uint8_t { kRunning = 1, kSuccess, kFailure, kCancelled, kOther };
std::string_view DeployStatusName(DeployStatus s);  // running, success, failure, cancelled, other
std::optional<DeployStatus> ParseDeployStatus(std::string_view name);

enum class PipelineKind : uint8_t { kDeploy = 1, kRollback, kBuild, kTest };
std::string_view PipelineKindName(PipelineKind k);  // deploy, rollback, build, test
std::optional<PipelineKind> ParsePipelineKind(std::string_view name);

// One thing said about one run, at `Event::timestamp`.
struct DeployStatement {
  PipelineKind kind = PipelineKind::kDeploy;
  DeployStatus status = DeployStatus::kOther;
  std::string system;      // github, flat, … ; never empty
  std::string repository;  // owner/name, or empty
  std::string run;         // the run's id at its system, or empty
  int32_t attempt = 1;
  std::string sha;          // commit, or empty
  std::string environment;  // or empty: unknown
  std::string workflow;
  std::string version;
  std::string actor;
  std::string url;
  std::optional<Instant> started_at;
  std::optional<Instant> finished_at;

  bool operator==(const DeployStatement&) const = default;
};

// "system:repository:run:attempt"; ':' and '%' inside a part are percent-encoded. Without a run
// id: "system:repository:sha@environment:1".
std::string DeployId(const DeployStatement& s);
// The id of the run a statement made at `timestamp` belongs to when nothing else is known. As
// above; a statement with neither run id nor commit is a run of its own:
// "system:repository:workflow@time:1".
std::string DeployId(const DeployStatement& s, Instant timestamp);

// A joined run, as asked for by Q4 and `deploys`.
struct Deploy {
  std::string service_id;
  std::string deploy_id;
  PipelineKind kind = PipelineKind::kDeploy;
  DeployStatus status = DeployStatus::kOther;  // of the newest statement; terminal wins a tie
  std::string system, repository, run, sha, environment, workflow, version, actor, url;
  int32_t attempt = 1;
  std::optional<Instant> started_at;   // earliest known start; none when only the end is known
  std::optional<Instant> finished_at;  // end of the terminal statement
  Instant first_statement{};
  Instant last_statement{};
  std::optional<Instant> first_failure;  // earliest failing statement
};

// Joins the statements of one service's runs. Order-free; result sorted by (last_statement desc,
// deploy_id). A statement without a run id joins the run of which a statement names the same
// non-empty (repository, sha, environment), the one with the smallest deploy id if several do;
// else those that agree on the three are one deploy.
// Texts are those of the newest statement that has them; the kind is the most telling one heard
// (rollback, deploy, test, build); without a started_at the earliest running statement is the
// start.
struct TimedStatement {
  Instant timestamp{};
  DeployStatement statement;
};
std::vector<Deploy> JoinDeploys(std::string_view service_id,
                                std::vector<TimedStatement> statements);

}  // namespace srehub::model
