// Counted series: what the sender's cumulative counts say about occurrences in time.
#include "aggregate/incident_state.h"

namespace srehub::aggregate {

std::vector<Contribution> ContributionsOf(const Series& series) {
  std::vector<Contribution> out;
  int64_t previous = 0;
  for (const SeriesObservation& o : series.observations) {
    if (previous == 0) {
      out.push_back({o.start, o.severity, 1, {}});
      if (o.count > 1) out.push_back({o.time, o.severity, static_cast<uint64_t>(o.count - 1), {}});
    } else {
      out.push_back({o.time, o.severity, static_cast<uint64_t>(o.count - previous), {}});
    }
    previous = o.count;
  }
  return out;
}

}  // namespace srehub::aggregate
