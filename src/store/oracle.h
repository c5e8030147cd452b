// The oracle: a store that keeps every accepted event in a vector and answers by brute force,
// straight from the definitions. Tests hold the product's incremental fold and both backends
// against it. It uses model/ and base/ only, never aggregate/: two independent readings of one
// text. Not thread-safe.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/limits.h"
#include "base/time.h"
#include "model/deploy.h"
#include "model/event.h"
#include "store/oracle_incident.h"

namespace srehub::store::oracle {

// Takes matching incidents out of the ranking in [starts_at, ends_at). Empty matches all.
struct Silence {
  std::string service_id, event_type;
  Instant starts_at{}, ends_at{};
};

struct RankedIncident {
  std::string incident_id;
  double score = 0;
};

// Episodes that first became high in [from, to), and those that had before and went on.
struct HighTally {
  uint64_t recorded = 0;
  std::map<model::Severity, uint64_t> by_severity;  // the episode's worst
  std::map<std::string, uint64_t> by_service;
  uint64_t carried_over = 0;
  bool operator==(const HighTally&) const = default;
};

class Oracle {
 public:
  explicit Oracle(Duration retention = limits::kDefaultRetention) : retention_(retention) {}

  // False for a duplicate: an event whose key is there already.
  bool Add(const model::Event& event);

  // The newest acknowledgement of an incident replaces the one before.
  void Acknowledge(std::string_view incident_id, Acknowledgement acknowledgement);
  void DropAcknowledgement(std::string_view incident_id);
  void Add(Silence silence) { silences_.push_back(std::move(silence)); }
  void DropSilences() { silences_.clear(); }

  // Every incident an event touches, ascending.
  std::vector<std::string> IncidentIds() const;
  // None when nothing touches it.
  std::optional<Incident> At(std::string_view incident_id, Instant now) const;

  // Unrounded score descending, then id; ranked incidents only.
  std::vector<RankedIncident> Top(Instant now, size_t limit) const;
  HighTally Tally(Instant from, Instant to, Instant now) const;
  // Newest first; expired events are hidden.
  std::vector<model::Event> EventsOf(std::string_view service_id, Window window, Instant now,
                                     bool include_refreshes = false) const;
  std::vector<model::Deploy> DeploysOf(std::string_view service_id) const;
  const std::vector<model::Event>& events() const { return events_; }

 private:
  std::vector<Touch> TouchesOf(std::string_view service_id, std::string_view event_type) const;
  bool Silenced(const Incident& incident, Instant now) const;

  Duration retention_;
  std::vector<model::Event> events_;
  std::set<model::EventKey> keys_;
  std::map<std::string, Acknowledgement, std::less<>> acknowledgements_;
  std::vector<Silence> silences_;
};

}  // namespace srehub::store::oracle
