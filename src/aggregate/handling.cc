#include "aggregate/handling.h"

#include "model/event.h"

namespace srehub::aggregate {

bool Silence::Matches(std::string_view service, std::string_view type) const {
  if (!service_id.empty() && service_id != service) return false;
  if (!event_type.empty() && event_type != type) return false;
  return incident_id.empty() || incident_id == model::IncidentId(service, type);
}

Handling HandlingOf(std::string_view service_id, std::string_view event_type,
                    const std::optional<Acknowledgement>& acknowledgement,
                    std::span<const Silence> silences, Instant now) {
  Handling handling;
  handling.acknowledgement = acknowledgement;
  for (const Silence& silence : silences)
    if (now < silence.ends_at && silence.Matches(service_id, event_type))
      handling.silences.push_back(silence);
  return handling;
}

}  // namespace srehub::aggregate
