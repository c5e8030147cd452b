#include "aggregate/incident_state.h"

#include <tuple>

namespace srehub::aggregate {

model::Severity IncidentState::MaxSeverity() const {
  for (size_t i = totals.size(); i-- > 0;)
    if (totals[i] > 0) return model::SeverityAt(i);
  return model::Severity::kInfo;
}

bool SameContent(const IncidentState& a, const IncidentState& b) {
  const auto content = [](const IncidentState& s) {
    return std::tie(s.service_id, s.event_type, s.totals, s.first_point, s.last_point, s.last_close,
                    s.frozen_first, s.point_runs, s.series, s.signals, s.runs, s.hourly, s.recent,
                    s.recent_floor, s.last_evidence, s.sources, s.objects, s.more_objects,
                    s.approximate);
  };
  return content(a) == content(b);
}

}  // namespace srehub::aggregate
