// The oracle's reading of one incident's events: what occurred, what fired, what was resolved.
// Nothing here depends on "now". Pure.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "model/event.h"
#include "store/oracle_signals.h"

namespace srehub::store::oracle {

using Counts = std::array<uint64_t, model::kSeverityCount>;  // by model::SeverityIndex

struct Occurrence {
  Instant time{};
  model::Severity severity = model::Severity::kInfo;
  std::string scope;  // deploys: the environment
  uint64_t count = 1;
  bool operator==(const Occurrence&) const = default;
};

struct Resolution {
  Instant time{};
  std::string scope;
  bool operator==(const Resolution&) const = default;
};

// How an event touches an incident: through its own type, or because it closes it.
struct Touch {
  const model::Event* event = nullptr;
  bool closing = false;
};

struct History {
  std::vector<Occurrence> occurrences;  // by (time, severity, scope)
  std::vector<Resolution> resolutions;  // by (time, scope)
  std::map<std::string, std::vector<Interval>> signals;

  std::optional<Instant> FirstSeen() const;
  std::optional<Instant> LastSeen() const;
  Counts Totals() const;
  std::map<Minute, Counts> Minutes() const;
  std::vector<Interval> AllIntervals() const;
};

// `touches` of one incident, in any order. An event more than `retention` + 3 days after every
// earlier one begins the incident anew.
History HistoryOf(std::vector<Touch> touches, Duration retention);

}  // namespace srehub::store::oracle
