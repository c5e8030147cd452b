// How actions did: what was recorded, judged by whether the incident went quiet after it. Pure.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "aggregate/episodes.h"
#include "model/recommendation.h"
#include "playbook/evidence.h"

namespace srehub::insight {

// An action helped when its incident, active in the 10 minutes before, was quiet within 15
// minutes and stayed so for 30.
inline constexpr Duration kActiveBefore = std::chrono::minutes(10);
inline constexpr Duration kQuietWithin = std::chrono::minutes(15);
inline constexpr Duration kQuietFor = std::chrono::minutes(30);

enum class OutcomeVerdict : uint8_t { kHelped = 1, kFailed, kPending, kVoid };

// `episodes`: of the outcome's incident, ascending. `others`: instants of other actions on the
// same incident; one within the judged time makes the outcome ambiguous (void).
OutcomeVerdict JudgeOutcome(std::span<const aggregate::Episode> episodes, Instant at,
                            std::span<const Instant> others, Instant now);

// Episodes that nobody acted on, and how many of them were quiet again within 15 minutes.
struct NaturalRecovery {
  int32_t recovered = 0, seen = 0;
};
NaturalRecovery RecoveriesWithoutAction(std::span<const aggregate::Episode> episodes,
                                        std::span<const Instant> actions, Instant now);

// Of one incident, by action id. `outcomes`: those of this incident.
std::vector<playbook::PastOutcome> Learn(std::span<const aggregate::Episode> episodes,
                                         std::span<const model::ActionOutcome> outcomes,
                                         Instant now);

}  // namespace srehub::insight
