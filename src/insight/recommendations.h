// Q3: what to do about a service. One stored item per service, refreshed when its state changes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "insight/answer.h"
#include "insight/context.h"
#include "model/recommendation.h"

namespace srehub::insight {

// The store's item limit, with room for the keys.
inline constexpr size_t kMaxRecommendationBytes = 400 * 1000 - 4096;

struct RecommendationsQuery {
  std::string service;
};

struct RecommendationsAnswer {
  AnswerHead head;
  model::Recommendations item;
  bool stored = true;  // false: computed for this answer, nothing was stored yet
};

// One item read. Errors: kNotFound with the nearest names.
Result<RecommendationsAnswer> Recommendations(const Context& context,
                                              const RecommendationsQuery& query);
std::string ToJson(const RecommendationsAnswer& answer);

// What stands open at a service, as one number: it changes with an incident's state, severity,
// episode or handling, with which incident stands first, and with a pipeline's statement; not with
// counts alone. Cheap beside a refresh. Errors: those of the store.
Result<uint64_t> StandingOf(const Context& context, std::string_view service_id);

// Recomputes the service's one item and writes it only when its content changed; true when it was
// written. A write that lost a race is tried again a few times. Errors: those of the store.
Result<bool> RefreshRecommendations(const Context& context, std::string_view service_id);

}  // namespace srehub::insight
