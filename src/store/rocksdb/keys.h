// Keys of the embedded store. Order-preserving: byte order is the order of the parts. Names hold
// no NUL byte (serviceId is a slug; event types are checked on entry), so NUL ends them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "base/time.h"
#include "model/event.h"

namespace srehub::store::embedded {

// Big-endian with the sign bit flipped, so that negative numbers sort first.
void AppendOrdered(std::string* key, int64_t value);
int64_t ReadOrdered(std::string_view eight_bytes);
// Big-endian, unsigned.
void AppendOrderedUnsigned(std::string* key, uint64_t value);
uint64_t ReadOrderedUnsigned(std::string_view eight_bytes);

// events: service NUL time(8) id(8)
std::string EventKeyOf(std::string_view service, Instant timestamp, uint64_t event_id);
std::string EventKeyOf(const model::Event& event);
// False when the bytes are not such a key.
bool ParseEventKey(std::string_view key, model::EventKey* out);

// incidents: service NUL type
std::string IncidentKeyOf(std::string_view service, std::string_view type);
bool ParseIncidentKey(std::string_view key, std::string* service, std::string* type);
// "service#type" in its encoded form, from and to the key.
std::string IncidentIdOfKey(std::string_view key);
std::string ServicePrefix(std::string_view service);  // service NUL
// hours: service NUL type NUL hour(8)
std::string HourKeyOf(std::string_view incident_key, Hour hour);

// index: one letter, then the parts.
// Ends in the incidentId itself, so that equal ranks stand in the order of ids.
std::string HeatKey(uint8_t open_class, int64_t heat_rank, std::string_view incident_id);
std::string HeatPrefix(uint8_t open_class);
bool ParseHeatKey(std::string_view key, int64_t* heat_rank, std::string_view* incident_id);
enum class DueKind : uint8_t { kRank = 'r', kAdvice = 'a' };
std::string DueKey(DueKind kind, Instant due, std::string_view incident_key);
std::string DuePrefix(DueKind kind);
bool ParseDueKey(std::string_view key, Instant* due, std::string_view* incident_key);
std::string DayKey(Day day, std::string_view incident_key);
std::string DayPrefix(Day day);
std::string ExpiryKey(Day day, std::string_view incident_key);
std::string ExpiryPrefix();
// Deploy statements by service, by time over all services, and by run id or deployId. The value
// of each is empty: the event's own key is inside.
std::string ServiceDeployKey(const model::Event& event);
std::string ServiceDeployPrefix(std::string_view service);
std::string TimeDeployKey(const model::Event& event);
std::string TimeDeployPrefix();
std::string RunKey(std::string_view run, const model::Event& event);
std::string RunPrefix(std::string_view run);
// The event key inside a deploy index key.
bool ParseDeployKey(std::string_view key, model::EventKey* out);

// The first key after every key that starts with `prefix`.
std::string PrefixEnd(std::string_view prefix);

}  // namespace srehub::store::embedded
