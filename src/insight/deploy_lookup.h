// Deploys of a service and its siblings, joined from their statements; and which of them is close
// enough to an incident to be suspected.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "insight/session.h"
#include "insight/trending.h"
#include "model/deploy.h"

namespace srehub::insight {

// Statements of a run may be spread around the moment it is asked for.
inline constexpr Duration kRunSpan = std::chrono::hours(2);

// Joined runs of `services` with a statement in `window`, newest first.
Result<std::vector<model::Deploy>> DeploysOf(Session* session,
                                             std::span<const std::string> services, Window window);

// Joins events per service; newest first. Rollbacks are marked as far as the events reach back.
std::vector<model::Deploy> JoinEvents(const std::vector<model::Event>& events);

// Most tools have no word for a rollback: they deploy an earlier commit again. A rollout is one
// when its commit (its version, where no commit is known) had been rolled out with success before
// the rollout that it follows, in the same service and environment, by the same system from the
// same repository. Sets the kind of those; order-free.
void MarkRollbacks(std::span<model::Deploy> deploys);

// When the run began, as far as anyone said: its start, else its first statement.
inline Instant TimeOf(const model::Deploy& d) { return d.started_at.value_or(d.first_statement); }
// A rollout: a deploy or a rollback, not a build or a test.
inline bool IsRollout(const model::Deploy& d) {
  return d.kind == model::PipelineKind::kDeploy || d.kind == model::PipelineKind::kRollback;
}
// What a person would go back to: version, else sha, else run.
std::string VersionOf(const model::Deploy& d);

// The newest successful rollout of the same environment that ended before `deploy` began.
const model::Deploy* PreviousGood(std::span<const model::Deploy> newest_first,
                                  const model::Deploy& deploy);

// A rollout that started or ended within 60 min before `since` up to 5 min after it; the nearest
// that began before it, else the nearest after. `service` is the one asked about: others are
// siblings.
std::optional<SuspectedDeploy> Suspect(std::span<const model::Deploy> deploys, Instant since,
                                       const std::string& service);
inline constexpr Duration kSuspectBefore = std::chrono::minutes(60);
inline constexpr Duration kSuspectAfter = std::chrono::minutes(5);

}  // namespace srehub::insight
