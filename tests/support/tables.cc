#include "support/tables.h"

#include "base/hash.h"
#include "model/event_json.h"

namespace srehub::tests {

namespace {

void DumpIncident(store::Store* store, const aggregate::IncidentState& state, Instant from,
                  Instant now, std::string* out) {
  aggregate::IncidentState content = state;
  content.version = 0;
  content.sample.reset();
  *out += "incident " + state.incident_id() + " " + Hex64(Hash64(aggregate::EncodeState(content))) +
          " totals";
  for (const uint64_t n : state.totals) *out += " " + std::to_string(n);
  *out += "\n";
  for (const auto& [hour, counts] : state.hourly) {
    if (hour < HourOf(from)) continue;
    const auto block = store->GetHour(state, hour, nullptr);
    if (!block) continue;
    *out += "  hour " + FormatTime(StartOfHour(hour));
    for (const auto& [minute, by_severity] : block->minutes()) {
      *out += " " + std::to_string(minute) + ":";
      for (const uint64_t n : by_severity) *out += std::to_string(n) + ",";
    }
    *out += "\n";
  }
  for (const auto& episode : aggregate::EpisodesOf(state, now))
    *out += "  episode " + std::to_string(episode.first) + ".." + std::to_string(episode.last) +
            " " + std::string(model::SeverityName(episode.worst)) + "\n";
}

void DumpService(store::Store* store, const std::string& service, Instant from, Instant now,
                 std::string* out) {
  *out += "service " + service + "\n";
  store::EventQuery query;
  query.service_id = service;
  query.window = {from, now};
  query.limit = 1'000'000;
  query.include_refreshes = true;
  const auto page = store->ReadEvents(query, now, nullptr);
  if (page)
    for (const auto& event : page->events) *out += "  " + model::EventToJson(event) + "\n";
  const auto states = store->IncidentsOfService(service, nullptr);
  if (states)
    for (const auto& state : *states) DumpIncident(store, state, from, now, out);
}

}  // namespace

std::string DumpTables(store::Store* store, Instant from, Instant now) {
  std::string out;
  const auto services = store->ListServices({}, 100'000, nullptr);
  if (!services) return "unreadable: " + services.error().message;
  for (const auto& row : *services) DumpService(store, row.service_id, from, now, &out);
  for (const aggregate::OpenClass c : aggregate::kOpenClasses) {
    const auto rows = store->ReadHeat(c, std::nullopt, 1'000'000, nullptr);
    for (const auto& row : *rows)
      out += "heat " + std::string(aggregate::OpenClassName(c)) + " " +
             std::to_string(row.heat_rank) + " " + row.incident_id + "\n";
  }
  for (Day day = DayOf(from); day <= DayOf(now); ++day) {
    const auto rows = store->ReadDay(day, nullptr);
    for (const auto& row : *rows)
      out += "day " + std::to_string(day) + " " + row.incident_id + " " +
             std::to_string(row.episodes.size()) + "\n";
  }
  return out;
}

}  // namespace srehub::tests
