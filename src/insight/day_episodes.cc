#include "insight/day_episodes.h"

#include <algorithm>
#include <map>

namespace srehub::insight {

namespace {

using Episodes = std::map<Minute, aggregate::Episode>;  // by first minute

void Merge(const std::vector<aggregate::Episode>& episodes, Episodes* into) {
  for (const aggregate::Episode& e : episodes) {
    const auto [it, fresh] = into->emplace(e.first, e);
    if (!fresh && e.last > it->second.last) it->second = e;
  }
}

// Whether time alone, or the instant asked for, may have changed what the rows say.
bool IsStale(const Episodes& episodes, const Session& session) {
  return std::any_of(episodes.begin(), episodes.end(), [&](const auto& entry) {
    const aggregate::Episode& e = entry.second;
    return e.open || (session.past() && e.last >= MinuteOf(session.now()));
  });
}

// What the state remembers replaces what the rows say of the same time; older rows are history.
Status Rederive(Session* session, const std::string& incident_id, Episodes* episodes) {
  SREHUB_TRY(const std::optional<aggregate::IncidentState> state, session->Incident(incident_id));
  std::vector<aggregate::Episode> known;
  if (state) known = aggregate::EpisodesOf(*state, session->now());
  const Minute oldest = known.empty() ? MinuteOf(session->now()) : known.front().first;
  episodes->erase(episodes->lower_bound(oldest), episodes->end());
  Merge(known, episodes);
  return {};
}

}  // namespace

Result<std::vector<DayEpisode>> ReadEpisodes(Session* session, Instant from, Instant to) {
  std::map<std::string, Episodes> by_incident;
  for (Day day = DayOf(from); day <= DayOf(to - 1ns); ++day) {
    SREHUB_TRY(const std::vector<store::DayRow> rows,
               session->store().ReadDay(day, session->cost()));
    for (const store::DayRow& row : rows) Merge(row.episodes, &by_incident[row.incident_id]);
  }
  std::vector<DayEpisode> found;
  for (auto& [incident_id, episodes] : by_incident) {
    if (IsStale(episodes, *session)) SREHUB_CHECK_OK(Rederive(session, incident_id, &episodes));
    for (const auto& [first, episode] : episodes) {
      const bool inside = StartOfMinute(episode.last + 1) > from && StartOfMinute(first) < to;
      if (inside && episode.first_high) found.push_back({incident_id, episode});
    }
  }
  return found;
}

}  // namespace srehub::insight
