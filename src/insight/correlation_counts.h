// What the tables say around a deploy: counts of each event type of the family, the first event
// and a sample, and what happened elsewhere. The reads behind Q4.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "insight/correlation.h"
#include "insight/deploy_verdict.h"
#include "insight/session.h"

namespace srehub::insight {

struct CorrelationScope {
  model::Deploy deploy;
  std::string asked_service;          // whose siblings are inferred
  std::vector<std::string> services;  // the deploy's service and its siblings
  Window window{};                    // the answer's
  Instant pivot{};                    // where "after" begins
  Instant effect_end{};               // min(pivot + 30 min, next deploy, fix)
  Instant anchor{};                   // what offsets are told from
  std::string anchor_name;            // "start" or "end"
};

struct TypeEvidence {
  CorrelatedType row;
  TypeCounts counts;
};

// Every event type of the family with an occurrence in the window, the baseline or the effect
// window. Types that only pipelines told of are the deploys themselves and left out.
Result<std::vector<TypeEvidence>> CountFamily(Session* session, const CorrelationScope& scope);

// High-severity incidents of other services in the window; at most kMaxElsewhere, nearest to the
// anchor first.
inline constexpr size_t kMaxElsewhere = 50;
struct Elsewhere {
  std::vector<ElsewhereRow> rows;
  bool truncated = false;
};
Result<Elsewhere> ReadElsewhere(Session* session, const CorrelationScope& scope);

// Types among `types` that also rose, by the same test, on one of the services of `elsewhere`.
Status MarkRisenElsewhere(Session* session, const CorrelationScope& scope,
                          const std::vector<ElsewhereRow>& elsewhere,
                          std::vector<TypeEvidence>* types);

}  // namespace srehub::insight
