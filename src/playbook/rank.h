// Playbook and facts -> ranked actions. rank = prior x evidence x effect, summed over the causes
// an action serves. Pure.
#pragma once

#include <string>
#include <vector>

#include "model/recommendation.h"
#include "playbook/evidence.h"
#include "playbook/library.h"

namespace srehub::playbook {

// The factors, each a sentence a user can check.
inline constexpr double kTellFound = 4;          // a cause whose tell is there
inline constexpr double kDeployLikely = 4;       // a rollback, when the deploy test passes
inline constexpr double kDeployPossible = 2;     // the look at a deploy that may be it
inline constexpr double kUpstreamOpen = 4;       // "look upstream", while something is open there
inline constexpr double kOwnRestart = 0.25;      // a restart of one's own, while so
inline constexpr double kNodeEvent = 4;          // actions on nodes, when a node speaks
inline constexpr double kRecentlyFailed = 0.25;  // it was tried just now and did not help
inline constexpr Duration kRollbackAge = std::chrono::hours(2);

// Share of an action's worth that is left after what it may break, while nothing is learnt.
double EffectOf(model::Risk risk);

// Highest rank first; at equal rank read-only precedes reversible precedes disruptive precedes
// destructive, then by id. A rollback is offered only for a deploy that the test finds likely, no
// older than two hours, with a version to go back to; otherwise the look at the deploy stands in
// its place, with the reason.
std::vector<model::Action> RankActions(const Playbook& playbook, const IncidentFacts& facts);

// The actions of several incidents, in their order, each once: the first incident that asks for
// it keeps it, the later ones join its evidence.
std::vector<model::Action> Unite(std::vector<std::vector<model::Action>> by_incident);

// The Wilson interval of `helped` of `tried` at 95 %, as shares.
struct Share {
  double low = 0, high = 1;
};
Share WilsonInterval(int32_t helped, int32_t tried);

}  // namespace srehub::playbook
