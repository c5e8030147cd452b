#include "store/rocksdb/keys.h"

#include "base/text.h"

namespace srehub::store::embedded {

namespace {

constexpr char kEnd = '\0';  // ends a name

std::string Letter(char letter) { return std::string(1, letter); }

}  // namespace

void AppendOrderedUnsigned(std::string* key, uint64_t value) {
  for (int shift = 56; shift >= 0; shift -= 8)
    key->push_back(static_cast<char>((value >> shift) & 0xff));
}

uint64_t ReadOrderedUnsigned(std::string_view eight_bytes) {
  uint64_t value = 0;
  for (const char c : eight_bytes.substr(0, 8)) value = (value << 8) | static_cast<uint8_t>(c);
  return value;
}

void AppendOrdered(std::string* key, int64_t value) {
  AppendOrderedUnsigned(key, static_cast<uint64_t>(value) ^ (1ULL << 63));
}

int64_t ReadOrdered(std::string_view eight_bytes) {
  return static_cast<int64_t>(ReadOrderedUnsigned(eight_bytes) ^ (1ULL << 63));
}

std::string EventKeyOf(std::string_view service, Instant timestamp, uint64_t event_id) {
  std::string key = ServicePrefix(service);
  AppendOrdered(&key, Nanos(timestamp));
  AppendOrderedUnsigned(&key, event_id);
  return key;
}

std::string EventKeyOf(const model::Event& event) {
  return EventKeyOf(event.service_id, event.timestamp, event.event_id);
}

bool ParseEventKey(std::string_view key, model::EventKey* out) {
  const size_t end = key.find(kEnd);
  if (end == std::string_view::npos || key.size() != end + 17) return false;
  out->service_id = key.substr(0, end);
  out->timestamp = FromNanos(ReadOrdered(key.substr(end + 1)));
  out->event_id = ReadOrderedUnsigned(key.substr(end + 9));
  return true;
}

std::string IncidentKeyOf(std::string_view service, std::string_view type) {
  std::string key = ServicePrefix(service);
  key += type;
  return key;
}

bool ParseIncidentKey(std::string_view key, std::string* service, std::string* type) {
  const size_t end = key.find(kEnd);
  if (end == std::string_view::npos) return false;
  *service = key.substr(0, end);
  *type = key.substr(end + 1);
  return true;
}

std::string IncidentIdOfKey(std::string_view key) {
  std::string service, type;
  ParseIncidentKey(key, &service, &type);
  return model::IncidentId(service, type);
}

std::string ServicePrefix(std::string_view service) {
  std::string key(service);
  key += kEnd;
  return key;
}

std::string HourKeyOf(std::string_view incident_key, Hour hour) {
  std::string key(incident_key);
  key += kEnd;
  AppendOrdered(&key, hour);
  return key;
}

std::string HeatPrefix(uint8_t open_class) {
  std::string key = Letter('h');
  key += static_cast<char>(open_class);
  return key;
}

std::string HeatKey(uint8_t open_class, int64_t heat_rank, std::string_view incident_id) {
  std::string key = HeatPrefix(open_class);
  AppendOrdered(&key, -heat_rank);  // hottest first
  key += incident_id;
  return key;
}

bool ParseHeatKey(std::string_view key, int64_t* heat_rank, std::string_view* incident_id) {
  if (key.size() < 10 || key[0] != 'h') return false;
  *heat_rank = -ReadOrdered(key.substr(2));
  *incident_id = key.substr(10);
  return true;
}

std::string DuePrefix(DueKind kind) {
  std::string key = Letter('d');
  key += static_cast<char>(kind);
  return key;
}

std::string DueKey(DueKind kind, Instant due, std::string_view incident_key) {
  std::string key = DuePrefix(kind);
  AppendOrdered(&key, Nanos(due));
  key += incident_key;
  return key;
}

bool ParseDueKey(std::string_view key, Instant* due, std::string_view* incident_key) {
  if (key.size() < 10 || key[0] != 'd') return false;
  *due = FromNanos(ReadOrdered(key.substr(2)));
  *incident_key = key.substr(10);
  return true;
}

std::string DayPrefix(Day day) {
  std::string key = Letter('y');
  AppendOrdered(&key, day);
  return key;
}

std::string DayKey(Day day, std::string_view incident_key) {
  std::string key = DayPrefix(day);
  key += incident_key;
  return key;
}

std::string ExpiryPrefix() { return Letter('x'); }

std::string ExpiryKey(Day day, std::string_view incident_key) {
  std::string key = ExpiryPrefix();
  AppendOrdered(&key, day);
  key += incident_key;
  return key;
}

std::string ServiceDeployPrefix(std::string_view service) {
  std::string key = Letter('p');
  key += ServicePrefix(service);
  return key;
}

std::string ServiceDeployKey(const model::Event& event) {
  std::string key = ServiceDeployPrefix(event.service_id);
  AppendOrdered(&key, Nanos(event.timestamp));
  AppendOrderedUnsigned(&key, event.event_id);
  return key;
}

std::string TimeDeployPrefix() { return Letter('q'); }

std::string TimeDeployKey(const model::Event& event) {
  std::string key = TimeDeployPrefix();
  AppendOrdered(&key, Nanos(event.timestamp));
  AppendOrderedUnsigned(&key, event.event_id);
  key += event.service_id;
  return key;
}

std::string RunPrefix(std::string_view run) {
  std::string key = Letter('r');
  key += PercentEncode(run);  // a run id is the sender's text: it may hold a NUL
  key += kEnd;
  return key;
}

std::string RunKey(std::string_view run, const model::Event& event) {
  std::string key = RunPrefix(run);
  AppendOrdered(&key, Nanos(event.timestamp));
  AppendOrderedUnsigned(&key, event.event_id);
  key += event.service_id;
  return key;
}

bool ParseDeployKey(std::string_view key, model::EventKey* out) {
  if (key.empty()) return false;
  if (key[0] == 'p') return ParseEventKey(key.substr(1), out);
  size_t at = 1;
  if (key[0] == 'r') {
    at = key.find(kEnd);
    if (at == std::string_view::npos) return false;
    ++at;
  } else if (key[0] != 'q') {
    return false;
  }
  if (key.size() < at + 17) return false;
  out->timestamp = FromNanos(ReadOrdered(key.substr(at)));
  out->event_id = ReadOrderedUnsigned(key.substr(at + 8));
  out->service_id = key.substr(at + 16);
  return true;
}

std::string PrefixEnd(std::string_view prefix) {
  std::string end(prefix);
  while (!end.empty() && static_cast<uint8_t>(end.back()) == 0xff) end.pop_back();
  if (!end.empty()) end.back() = static_cast<char>(static_cast<uint8_t>(end.back()) + 1);
  return end;
}

}  // namespace srehub::store::embedded
