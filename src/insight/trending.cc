#include "insight/trending.h"

#include <algorithm>
#include <set>

#include "insight/counts.h"
#include "insight/event_fields.h"
#include "insight/names.h"
#include "insight/ranking.h"
#include "insight/session.h"

namespace srehub::insight {

namespace {

constexpr size_t kMaxRows = 100;
constexpr size_t kMaxSilencesCounted = 20;

Status CheckQuery(const TrendingQuery& query, Instant now) {
  if (query.limit < 1 || query.limit > kMaxRows)
    return Fail(ErrorCode::kInvalidArgument, "limit must be 1 to " + std::to_string(kMaxRows));
  if (query.at && *query.at > now + limits::kMaxAhead)
    return Fail(ErrorCode::kInvalidArgument, "\"at\" lies in the future: " + FormatTime(*query.at));
  return {};
}

// Incidents that an active silence keeps out, as far as the silences name a service.
Status CountSilenced(Session* session, TrendingAnswer* answer) {
  SREHUB_TRY(const std::vector<aggregate::Silence>* silences, session->Silences());
  std::set<std::string> services;
  for (const aggregate::Silence& silence : *silences) {
    if (!silence.ActiveAt(session->now())) continue;
    ++(silence.kind == aggregate::Silence::Kind::kMaintenance ? answer->active_maintenance
                                                              : answer->active_silences);
    std::string service = silence.service_id;
    if (service.empty() && !silence.incident_id.empty())
      if (const auto parts = model::ParseIncidentId(silence.incident_id)) service = parts->first;
    if (service.empty() || services.size() >= kMaxSilencesCounted) {
      answer->silenced_is_lower_bound = true;
    } else {
      services.insert(service);
    }
  }
  for (const std::string& service : services) {
    SREHUB_TRY(const std::vector<aggregate::IncidentState> states, session->IncidentsOf(service));
    for (const aggregate::IncidentState& state : states) {
      SREHUB_TRY(const Session::Handled handled, session->View(state));
      const aggregate::View& view = handled.view;
      if (view.listed && (view.silenced || view.maintenance) &&
          view.life_state != aggregate::LifeState::kResolved)
        ++answer->silenced_incidents;
    }
  }
  return {};
}

}  // namespace

Result<TrendingAnswer> Trending(const Context& context, const TrendingQuery& query) {
  Session session(context, query.at);
  SREHUB_CHECK_OK(CheckQuery(query, session.clock_now()));
  if (!query.service.empty()) {
    SREHUB_TRY(const Family family, FindFamily(&session, query.service, true));
  }
  const bool all =
      session.past() || query.include_resolved || query.include_silenced || !query.service.empty();
  SREHUB_TRY(const Ranking ranking,
             all ? RankAll(&session, query) : RankFromIndex(&session, query));
  TrendingAnswer answer;
  RowMaker rows(&session);
  for (const Candidate& candidate : ranking.top) {
    SREHUB_TRY(TrendingRow row, rows.Make(candidate, answer.incidents.size() + 1));
    answer.incidents.push_back(std::move(row));
  }
  SREHUB_CHECK_OK(CountSilenced(&session, &answer));
  if (ranking.silenced > answer.silenced_incidents) answer.silenced_incidents = ranking.silenced;
  answer.head = session.Head({session.now() - kDay, session.now()});
  answer.head.truncated = ranking.truncated;
  if (session.past())
    answer.head.notes.push_back("as of " + FormatTime(session.now()) +
                                ", from what is stored now; every stored incident was read");
  if (ranking.truncated)
    answer.head.notes.push_back("more incidents than one answer may read: rows may be missing");
  return answer;
}

std::string ToJson(const TrendingAnswer& answer) {
  JsonWriter json;
  json.BeginObject();
  WriteHead(&json, answer.head);
  json.Key("incidents").BeginArray();
  for (const TrendingRow& row : answer.incidents) WriteTrendingRow(&json, row);
  json.EndArray();
  json.Key("notRanked").BeginObject();
  json.Field("activeSilences", answer.active_silences);
  json.Field("activeMaintenance", answer.active_maintenance);
  json.Field("silencedIncidents", answer.silenced_incidents);
  json.Field("atLeast", answer.silenced_is_lower_bound).EndObject();
  json.EndObject();
  return json.Take();
}

}  // namespace srehub::insight
