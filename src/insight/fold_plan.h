// Which events of a window are shown as one line: a signal that flaps, a series that counts. The
// plan is read off the incidents' states, so whether an event stands for its line never depends on
// the page it is on. Pure.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "aggregate/incident_state.h"
#include "base/time.h"
#include "model/event.h"

namespace srehub::insight {

inline constexpr uint64_t kFlappingFrom = 3;  // transitions of one signal in the window

struct FoldedLine {
  Instant newest{}, oldest{};        // events of the line inside the window
  uint64_t folded = 0;               // how many of them
  int64_t newest_count = 0;          // series: the sender's count there
  uint64_t occurrences = 0;          // that fell into the window
  bool lower_bound = false;          // some could not be placed: at least so many
  std::optional<uint64_t> lifetime;  // series: the sender's own count
  bool flapping = false;

  bool StandsFor(const model::Event& e) const {
    return e.timestamp == newest && (flapping || e.series_count == newest_count);
  }
};

// What the observations tell about a series inside the window. A difference whose earlier end lies
// before the window cannot be placed: at least its last occurrence fell into the window.
std::optional<FoldedLine> SeriesLine(const aggregate::Series& series, Window window,
                                     model::Severity min_severity);
// A flapping signal's line; none below kFlappingFrom transitions.
std::optional<FoldedLine> FlappingLine(const aggregate::Signal& signal, Window window,
                                       model::Severity min_severity);

class FoldPlan {
 public:
  // Keeps pointers into `states`.
  FoldPlan(std::span<const aggregate::IncidentState> states, Window window,
           model::Severity min_severity);

  // The line the event belongs to; null when it stands by itself.
  const FoldedLine* LineOf(const model::Event& event) const;
  // False for an event that its line's newest event stands for.
  bool Shown(const model::Event& event) const;

  const aggregate::IncidentState* StateOf(std::string_view event_type) const;

 private:
  std::map<std::string_view, const aggregate::IncidentState*> states_;
  std::map<std::pair<std::string_view, std::string_view>, FoldedLine> series_, signals_;
};

}  // namespace srehub::insight
