// What people decided about incidents: acknowledgements, silences, maintenance. Plain values and
// pure predicates.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"

namespace srehub::aggregate {

// Lowers the open level by one (at least low). Ends with the episode it was given in, or at
// `until`.
struct Acknowledgement {
  std::string incident_id;
  Instant at{};
  std::optional<Instant> until;
  std::string by, why;
};

// Takes matching incidents out of the ranking from starts_at until ends_at. An empty matcher
// matches everything; at least one is set.
struct Silence {
  enum class Kind : uint8_t { kSilence = 1, kMaintenance };
  std::string id;
  Kind kind = Kind::kSilence;
  std::string service_id, event_type, incident_id;
  Instant starts_at{}, ends_at{};
  std::string by, why;
  Instant created_at{};

  bool Matches(std::string_view service, std::string_view type) const;
  bool ActiveAt(Instant now) const { return starts_at <= now && now < ends_at; }
};

// What applies to one incident.
struct Handling {
  std::optional<Acknowledgement> acknowledgement;
  // Every matching silence that has not ended, active or still to come.
  std::vector<Silence> silences;
};

Handling HandlingOf(std::string_view service_id, std::string_view event_type,
                    const std::optional<Acknowledgement>& acknowledgement,
                    std::span<const Silence> silences, Instant now);

}  // namespace srehub::aggregate
