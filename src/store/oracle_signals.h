// The oracle's reading of signals: when one fired, from everything ever said about it. Written
// straight from the definitions, with no regard for cost, as the measure of the incremental fold;
// it shares nothing with it. Pure.
#pragma once

#include <optional>
#include <vector>

#include "base/time.h"
#include "model/event.h"
#include "model/severity.h"

namespace srehub::store::oracle {

// Something said about a signal: firing, refresh, unknown or resolved.
struct SignalStatement {
  Instant time{};
  model::Phase phase = model::Phase::kFiring;
  model::Severity severity = model::Severity::kInfo;
  std::optional<Instant> starts_at;  // of the life it speaks of; none: a transition
  std::optional<Instant> expires_at;
};

// A stretch in which a signal fires: [start, end). Its start is an opening.
struct Interval {
  Instant start{}, end{};
  bool assumed = false;                              // ended by expiry
  model::Severity opening = model::Severity::kInfo;  // of what opened it
  model::Severity worst = model::Severity::kInfo;
  std::optional<Instant> first_high;  // when it first was high or critical

  bool operator==(const Interval&) const = default;
};

struct SignalHistory {
  std::vector<Interval> intervals;   // ascending
  std::vector<Instant> resolutions;  // ascending
};

// `statements` of one signal, in any order.
SignalHistory HistoryOfSignal(std::vector<SignalStatement> statements);

}  // namespace srehub::store::oracle
