// The unified event: what every record of every source becomes, and what sre_events stores.
// A plain value; an Event is a pure function of its record, the format and the rules.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>

#include "base/time.h"
#include "model/deploy.h"
#include "model/severity.h"

namespace srehub::model {

enum class Source : uint8_t { kKubernetes = 1, kCloudWatch, kCicd, kLogs, kPrometheus };
inline constexpr size_t kSourceCount = 5;
std::string_view SourceName(Source s);  // kubernetes, cloudwatch, cicd, logs, prometheus
std::optional<Source> ParseSource(std::string_view name);

// Alarms and alerts have a life; logs and most events are points.
//   firing    a signal is on: at `timestamp` (transitions) or since `starts_at` (starts)
//   refresh   proves only that the life that began at `starts_at` still fires until `expires_at`
//   resolved  the signal is off at `timestamp`, or (no signal) closes the incident `closes`
//   unknown   a statement that neither opens nor resolves, but is proof of life
enum class Phase : uint8_t { kPoint = 1, kFiring, kRefresh, kResolved, kUnknown };
std::string_view PhaseName(Phase p);  // point, firing, refresh, resolved, unknown
std::optional<Phase> ParsePhase(std::string_view name);

struct Event {
  std::string service_id;  // slug [a-z0-9._-], 1..255 bytes; partition key
  Instant timestamp{};     // when it happened at the source
  uint64_t event_id = 0;   // hash of (format, native identity); part of the sort key
  std::string event_type;  // CamelCase
  Severity severity = Severity::kInfo;
  Source source = Source::kLogs;
  Phase phase = Phase::kPoint;

  std::string signal;                 // what has a life (fingerprint, alarm ARN, node); empty: none
  std::optional<Instant> starts_at;   // set: a signal "with starts"; unset: "with transitions"
  std::optional<Instant> expires_at;  // firing (transitions), refresh, unknown: assumed ended then

  std::string series;                   // what carries the sender's own count (a uid); empty: none
  int64_t series_count = 0;             // the sender's cumulative count, >= 1 when series is set
  std::optional<Instant> series_start;  // where the first occurrence of the series is counted

  std::optional<DeployStatement> deploy;  // set for every statement about a pipeline run
  std::string closes;    // event type of the incident (same service) that this event resolves
  bool untimed = false;  // the record had no time of its own; timestamp is the receipt instant

  std::string details = "{}";  // JSON object: see docs/data-model.md
  Instant ttl{};               // timestamp + retention; reads filter it

  bool operator==(const Event&) const = default;
};

// Position in sre_events: (service_id, timestamp, event_id). Redeliveries have equal keys.
struct EventKey {
  std::string service_id;
  Instant timestamp{};
  uint64_t event_id = 0;
  auto operator<=>(const EventKey&) const = default;
};
inline EventKey KeyOf(const Event& e) { return {e.service_id, e.timestamp, e.event_id}; }

// The sort key in text: "2025-08-26T14:01:23.000000000Z#<16 hex of event_id>".
std::string SortKey(Instant timestamp, uint64_t event_id);
Result<std::pair<Instant, uint64_t>> ParseSortKey(std::string_view text);

// incidentId = serviceId#eventType; '%', '#' and '@' inside a part are percent-encoded.
std::string IncidentId(std::string_view service_id, std::string_view event_type);
Result<std::pair<std::string, std::string>> ParseIncidentId(std::string_view id);

// Two words with the same meaning are siblings: the stem without -service, -svc, -api, -app,
// -backend, -server. Never empty.
std::string ServiceStem(std::string_view service_id);

}  // namespace srehub::model
