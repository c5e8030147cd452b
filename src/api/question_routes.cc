// The five questions.
#include "api/json_body.h"
#include "api/params.h"
#include "api/routes.h"
#include "api/status.h"
#include "base/hash.h"
#include "base/json_writer.h"
#include "base/text.h"
#include "http/problem.h"
#include "insight/correlation.h"
#include "insight/recommendations.h"
#include "insight/tally.h"
#include "insight/timeline.h"
#include "insight/trending.h"
#include "model/recommendation_json.h"

namespace srehub::api {
namespace {

constexpr size_t kTopRows = 10;
constexpr size_t kMaxTopRows = 100;

template <typename Answer>
http::Response Answered(const http::Request& request, const Result<Answer>& answer) {
  if (!answer) return ErrorResponse(request, answer.error());
  return http::JsonResponse(insight::ToJson(*answer));
}

// Q1
http::Response ServiceEvents(const Services& hub, const http::Request& request) {
  Params params(request, {"since", "from", "to", "at", "severity", "source", "type", "text",
                          "trace", "limit", "cursor", "exact", "expand"});
  insight::TimelineQuery query;
  query.service = request.Param("serviceId");
  query.window = params.Window();
  query.min_severity = params.Severity();
  query.source = params.Source();
  query.type = params.Text("type");
  query.text = params.Text("text");
  query.trace_id = params.Text("trace");
  query.limit = params.Limit(limits::kDefaultPage, limits::kMaxPage);
  query.cursor = params.Text("cursor");
  query.exact = params.Flag("exact");
  query.expand = params.Flag("expand");
  if (params.problem()) return params.Refuse();
  return Answered(request, insight::Timeline(hub.insight, query));
}

// Equal while a reader would see the same list: the rows, their order, states and counts, to the
// minute. Scores fall with every second, which alone is no news.
std::string ETagOf(const insight::TrendingAnswer& answer) {
  JsonWriter content;
  content.BeginArray().Int(MinuteOf(answer.head.window.up_to));
  content.Uint(answer.active_silences).Uint(answer.active_maintenance);
  content.Uint(answer.silenced_incidents);
  for (const insight::TrendingRow& row : answer.incidents) {
    content.Uint(row.rank).String(row.incident_id).String(row.title);
    content.Uint(static_cast<uint64_t>(row.severity));
    content.Uint(static_cast<uint64_t>(row.view.life_state));
    content.Uint(static_cast<uint64_t>(row.view.open_class));
    content.Bool(row.view.acknowledged).Bool(row.view.silenced).Bool(row.view.maintenance);
    content.Uint(row.total).Uint(row.object_count).String(row.trend);
    content.String(row.suspected_deploy ? row.suspected_deploy->deploy.deploy_id : "");
    content.String(row.first_action ? row.first_action->id : "");
  }
  return "W/\"" + Hex64(Hash64(content.EndArray().text())) + "\"";
}

// Q2
http::Response TopIncidents(const Services& hub, const http::Request& request) {
  Params params(request, {"limit", "at", "include", "severity", "service", "type"});
  insight::TrendingQuery query;
  query.limit = params.Limit(kTopRows, kMaxTopRows);
  query.at = params.Time("at");
  for (const std::string& word : params.Words("include", {"resolved", "silenced"}))
    (word == "resolved" ? query.include_resolved : query.include_silenced) = true;
  query.min_severity = params.Severity();
  query.service = params.Text("service");
  query.type = params.Text("type");
  if (params.problem()) return params.Refuse();
  const Result<insight::TrendingAnswer> answer = insight::Trending(hub.insight, query);
  http::Response response = Answered(request, answer);
  // A reader may keep the list, but asks each time whether it still holds.
  if (answer) response.Set("ETag", ETagOf(*answer)).Set("Cache-Control", "no-cache, private");
  return response;
}

http::Response OneIncident(const Services& hub, const http::Request& request) {
  Params params(request, {"at"});
  insight::IncidentQuery query;
  query.incident_id = request.Param("incidentId");
  query.at = params.Time("at");
  if (params.problem()) return params.Refuse();
  return Answered(request, insight::Incident(hub.insight, query));
}

// Q3
http::Response ServiceActions(const Services& hub, const http::Request& request) {
  const Params params(request, {});
  if (params.problem()) return params.Refuse();
  insight::RecommendationsQuery query;
  query.service = request.Param("serviceId");
  return Answered(request, insight::Recommendations(hub.insight, query));
}

bool IsKnownAction(const playbook::Library& library, std::string_view action_id) {
  const size_t slash = action_id.find('/');
  if (slash == std::string_view::npos) return false;
  const playbook::Playbook* playbook = library.Find(action_id.substr(0, slash));
  if (playbook == nullptr) return false;
  for (const playbook::PlaybookAction& action : playbook->actions)
    if (action.id == action_id.substr(slash + 1)) return true;
  return false;
}

// An action that somebody did: the start of an outcome.
http::Response PostOutcome(const Services& hub, const http::Request& request) {
  const Params params(request, {});
  if (params.problem()) return params.Refuse();
  JsonBody body(request, {"actionId", "incidentId", "by", "note", "at"});
  const Instant now = hub.clock->Now();
  model::ActionOutcome outcome;
  outcome.service_id = request.Param("serviceId");
  outcome.action_id = body.Text("actionId", model::Need::kRequired);
  outcome.incident_id = body.Text("incidentId");
  outcome.actor = body.Text("by");
  outcome.note = body.Text("note");
  outcome.at = body.Time("at").value_or(now);
  if (outcome.actor.empty()) outcome.actor = request.caller.name;
  if (outcome.at > now + limits::kMaxAhead) body.Refuse("at", "lies in the future");
  if (const Status status = body.status(); !status) return ErrorResponse(request, status.error());

  const auto service = hub.store->GetService(outcome.service_id, nullptr);
  if (!service) return ErrorResponse(request, service.error());
  if (!*service)
    return ErrorResponse(
        request,
        {ErrorCode::kNotFound, "There is no service '" + outcome.service_id + "'.", "serviceId"});
  if (!IsKnownAction(*hub.insight.playbooks, outcome.action_id))
    return ErrorResponse(request, {ErrorCode::kNotFound,
                                   "There is no action '" + outcome.action_id +
                                       "'; the service's recommendations name those there are.",
                                   "/actionId"});
  if (const Status put = hub.store->PutOutcome(outcome); !put)
    return ErrorResponse(request, put.error());
  // What was just tried ranks lower at once; the outcome itself is recorded either way.
  (void)insight::RefreshRecommendations(hub.insight, outcome.service_id);
  return http::JsonResponse(model::ActionOutcomeToJson(outcome), 201);
}

// Q4
http::Response Correlation(const Services& hub, const http::Request& request) {
  Params params(request, {"since", "from", "to", "at", "environment", "exact"});
  insight::CorrelationQuery query;
  query.run = request.Param("deployId");
  query.service = request.Param("serviceId");
  query.window = params.Window();
  query.environment = params.Text("environment");
  query.exact = params.Flag("exact");
  if (params.problem()) return params.Refuse();
  return Answered(request, insight::Correlation(hub.insight, query));
}

// Q5
http::Response Tally(const Services& hub, const http::Request& request) {
  Params params(request, {"tz", "at", "day", "severity"});
  insight::TallyQuery query;
  query.tz = params.Text("tz");
  query.at = params.Time("at");
  query.day = params.Text("day");
  query.severity = params.Severity();
  if (params.problem()) return params.Refuse();
  return Answered(request, insight::Tally(hub.insight, query));
}

}  // namespace

void AddQuestionRoutes(http::Router* router, const SharedServices& services) {
  const auto add = [&](const char* method, const char* pattern, const char* operation,
                       http::Scope scope, auto* answer) {
    router->Add(
        {method, pattern, operation, scope,
         [services, answer](const http::Request& request) { return answer(*services, request); }});
  };
  constexpr auto kRead = http::Scope::kRead;
  add("GET", "/api/v1/services/{serviceId}/events", "getServiceEvents", kRead, ServiceEvents);
  add("GET", "/api/v1/incidents/top", "getTopIncidents", kRead, TopIncidents);
  add("GET", "/trending", "getTopIncidentsShort", kRead, TopIncidents);
  add("GET", "/api/v1/incidents/{incidentId}", "getIncident", kRead, OneIncident);
  add("GET", "/api/v1/services/{serviceId}/recommendations", "getRecommendations", kRead,
      ServiceActions);
  add("GET", "/recommendations/{serviceId}", "getRecommendationsShort", kRead, ServiceActions);
  add("POST", "/api/v1/services/{serviceId}/recommendations/outcomes", "postOutcome",
      http::Scope::kAdmin, PostOutcome);
  add("GET", "/api/v1/deploys/{deployId}/correlation", "getDeployCorrelation", kRead, Correlation);
  add("GET", "/api/v1/services/{serviceId}/correlation", "getServiceCorrelation", kRead,
      Correlation);
  add("GET", "/api/v1/tally", "getTally", kRead, Tally);
}

}  // namespace srehub::api
