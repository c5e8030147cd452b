#include "store/oracle.h"

#include <algorithm>
#include <tuple>

namespace srehub::store::oracle {

using model::Event;

bool Oracle::Add(const Event& event) {
  if (!keys_.insert(model::KeyOf(event)).second) return false;
  events_.push_back(event);
  return true;
}

void Oracle::Acknowledge(std::string_view incident_id, Acknowledgement acknowledgement) {
  acknowledgements_[std::string(incident_id)] = acknowledgement;
}

void Oracle::DropAcknowledgement(std::string_view incident_id) {
  const auto found = acknowledgements_.find(incident_id);
  if (found != acknowledgements_.end()) acknowledgements_.erase(found);
}

std::vector<std::string> Oracle::IncidentIds() const {
  std::set<std::string> ids;
  for (const Event& e : events_) {
    ids.insert(model::IncidentId(e.service_id, e.event_type));
    if (!e.closes.empty()) ids.insert(model::IncidentId(e.service_id, e.closes));
  }
  return {ids.begin(), ids.end()};
}

std::vector<Touch> Oracle::TouchesOf(std::string_view service_id,
                                     std::string_view event_type) const {
  std::vector<Touch> touches;
  for (const Event& e : events_) {
    if (e.service_id != service_id) continue;
    if (e.closes == event_type) touches.push_back({&e, true});
    else if (e.event_type == event_type) touches.push_back({&e, false});
  }
  return touches;
}

bool Oracle::Silenced(const Incident& incident, Instant now) const {
  return std::any_of(silences_.begin(), silences_.end(), [&](const Silence& s) {
    return s.starts_at <= now && now < s.ends_at &&
           (s.service_id.empty() || s.service_id == incident.service_id) &&
           (s.event_type.empty() || s.event_type == incident.event_type);
  });
}

std::optional<Incident> Oracle::At(std::string_view incident_id, Instant now) const {
  const auto parts = model::ParseIncidentId(incident_id);
  if (!parts) return std::nullopt;
  std::vector<Touch> touches = TouchesOf(parts->first, parts->second);
  if (touches.empty()) return std::nullopt;
  std::optional<Acknowledgement> acknowledgement;
  const auto found = acknowledgements_.find(incident_id);
  if (found != acknowledgements_.end()) acknowledgement = found->second;
  Incident out = Judge(HistoryOf(std::move(touches), retention_), acknowledgement, now);
  out.service_id = parts->first;
  out.event_type = parts->second;
  out.silenced = Silenced(out, now);
  out.ranked = out.listed && out.state != State::kResolved && !out.silenced;
  return out;
}

std::vector<RankedIncident> Oracle::Top(Instant now, size_t limit) const {
  std::vector<RankedIncident> out;
  for (const std::string& id : IncidentIds()) {
    const auto incident = At(id, now);
    if (incident->ranked) out.push_back({id, incident->score});
  }
  std::sort(out.begin(), out.end(), [](const RankedIncident& a, const RankedIncident& b) {
    return std::tie(b.score, a.incident_id) < std::tie(a.score, b.incident_id);
  });
  if (out.size() > limit) out.resize(limit);
  return out;
}

HighTally Oracle::Tally(Instant from, Instant to, Instant now) const {
  HighTally tally;
  for (const std::string& id : IncidentIds()) {
    const auto incident = At(id, now);
    for (const Episode& episode : incident->episodes) {
      if (!episode.first_high) continue;
      const Instant became_high = StartOfMinute(*episode.first_high);
      if (became_high >= from && became_high < to) {
        ++tally.recorded;
        ++tally.by_severity[episode.worst];
        ++tally.by_service[incident->service_id];
      } else if (became_high < from && StartOfMinute(episode.last) >= from) {
        ++tally.carried_over;
      }
    }
  }
  return tally;
}

std::vector<Event> Oracle::EventsOf(std::string_view service_id, Window window, Instant now,
                                    bool include_refreshes) const {
  std::vector<Event> out;
  for (const Event& e : events_) {
    if (e.service_id != service_id || !window.Contains(e.timestamp) || e.ttl <= now) continue;
    if (e.phase == model::Phase::kRefresh && !include_refreshes) continue;
    out.push_back(e);
  }
  std::sort(out.begin(), out.end(),
            [](const Event& a, const Event& b) { return model::KeyOf(b) < model::KeyOf(a); });
  return out;
}

std::vector<model::Deploy> Oracle::DeploysOf(std::string_view service_id) const {
  std::vector<model::TimedStatement> statements;
  for (const Event& e : events_) {
    if (e.service_id == service_id && e.deploy) statements.push_back({e.timestamp, *e.deploy});
  }
  return model::JoinDeploys(service_id, std::move(statements));
}

}  // namespace srehub::store::oracle
