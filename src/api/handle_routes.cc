// What people decide about incidents: acknowledgements, silences, maintenance.
#include <algorithm>

#include "aggregate/handling.h"
#include "api/json_body.h"
#include "api/params.h"
#include "api/routes.h"
#include "api/status.h"
#include "base/hash.h"
#include "base/json_writer.h"
#include "base/limits.h"
#include "base/text.h"
#include "model/event.h"

namespace srehub::api {
namespace {

constexpr Duration kMaxSilence = 366 * kDay;

// `for` (a length of time) or the instant under `until_name`, whichever is given; both are a
// contradiction.
std::optional<Instant> EndOf(JsonBody* body, std::string_view until_name, Instant begin) {
  const std::optional<Duration> length = body->Length("for");
  const std::optional<Instant> until = body->Time(until_name);
  if (length && until)
    body->Refuse("for", "and '" + std::string(until_name) + "' both name the end; give one");
  const std::optional<Instant> end =
      length ? std::optional(begin + std::min(*length, 2 * kMaxSilence)) : until;
  if (end && *end <= begin) body->Refuse(until_name, "is not after the start");
  if (end && *end > begin + kMaxSilence)
    body->Refuse(length ? "for" : until_name, "is more than 366 days after the start");
  return end;
}

http::Response NoIncident(const http::Request& request, std::string_view id) {
  return ErrorResponse(request, {ErrorCode::kNotFound,
                                 "There is no incident '" + std::string(id) +
                                     "'; an id is serviceId#eventType, percent-encoded in a path.",
                                 "incidentId"});
}

std::string ToJson(const aggregate::Acknowledgement& ack) {
  JsonWriter json;
  json.BeginObject().Field("incidentId", ack.incident_id).Field("at", ack.at);
  if (ack.until) json.Field("until", *ack.until);
  return json.FieldIf("by", ack.by).FieldIf("why", ack.why).EndObject().Take();
}

http::Response Acknowledge(const Services& hub, const http::Request& request) {
  const Params params(request, {});
  if (params.problem()) return params.Refuse();
  JsonBody body(request, {"for", "until", "by", "why"}, EmptyBody::kAllowed);
  aggregate::Acknowledgement ack;
  ack.incident_id = request.Param("incidentId");
  ack.at = hub.clock->Now();
  ack.until = EndOf(&body, "until", ack.at);
  ack.by = body.Text("by");
  ack.why = body.Text("why");
  if (ack.by.empty()) ack.by = request.caller.name;
  if (const Status status = body.status(); !status) return ErrorResponse(request, status.error());

  const auto incident = hub.store->GetIncident(ack.incident_id, nullptr);
  if (!incident) return ErrorResponse(request, incident.error());
  if (!*incident) return NoIncident(request, ack.incident_id);
  if (const Status put = hub.store->PutAcknowledgement(ack, ack.at); !put)
    return ErrorResponse(request, put.error());
  return http::JsonResponse(ToJson(ack));
}

http::Response WithdrawAcknowledgement(const Services& hub, const http::Request& request) {
  const Params params(request, {});
  if (params.problem()) return params.Refuse();
  const std::string id(request.Param("incidentId"));
  const auto ack = hub.store->GetAcknowledgement(id);
  if (!ack) return ErrorResponse(request, ack.error());
  if (!*ack)
    return ErrorResponse(request, {ErrorCode::kNotFound,
                                   "Incident '" + id + "' is not acknowledged.", "incidentId"});
  if (const Status gone = hub.store->DeleteAcknowledgement(id, hub.clock->Now()); !gone)
    return ErrorResponse(request, gone.error());
  http::Response response;
  response.status = 204;
  return response;
}

std::string_view KindName(aggregate::Silence::Kind kind) {
  return kind == aggregate::Silence::Kind::kMaintenance ? "maintenance" : "silence";
}

std::optional<aggregate::Silence::Kind> ParseKind(std::string_view name) {
  if (name == "silence") return aggregate::Silence::Kind::kSilence;
  if (name == "maintenance") return aggregate::Silence::Kind::kMaintenance;
  return std::nullopt;
}

void WriteSilence(JsonWriter* json, const aggregate::Silence& silence, Instant now) {
  json->BeginObject().Field("id", silence.id).Field("kind", KindName(silence.kind));
  json->FieldIf("serviceId", silence.service_id).FieldIf("eventType", silence.event_type);
  json->FieldIf("incidentId", silence.incident_id);
  json->Field("startsAt", silence.starts_at).Field("endsAt", silence.ends_at);
  json->Field("active", silence.ActiveAt(now));
  json->FieldIf("by", silence.by).FieldIf("why", silence.why);
  json->Field("createdAt", silence.created_at).EndObject();
}

// A matcher that can never match would be a silence that silently does nothing.
void CheckMatchers(JsonBody* body, const aggregate::Silence& silence) {
  const std::string slug = Slug(silence.service_id, limits::kMaxServiceIdBytes);
  if (slug != silence.service_id)
    body->Refuse("serviceId", "is not a service's name; that would be '" + slug + "'");
  if (silence.event_type.size() > limits::kMaxEventTypeBytes)
    body->Refuse("eventType", "is longer than any event type");
  if (!silence.incident_id.empty() && !model::ParseIncidentId(silence.incident_id))
    body->Refuse("incidentId", "is not of the form serviceId#eventType");
}

Result<aggregate::Silence> ReadSilence(const Services& hub, const http::Request& request) {
  JsonBody body(request, {"kind", "serviceId", "eventType", "incidentId", "startsAt", "endsAt",
                          "for", "by", "why"});
  aggregate::Silence silence;
  silence.created_at = hub.clock->Now();
  const std::string kind = body.Text("kind");
  if (const auto parsed = ParseKind(kind.empty() ? "silence" : kind)) silence.kind = *parsed;
  else body.Refuse("kind", "is neither silence nor maintenance");
  silence.service_id = body.Text("serviceId");
  silence.event_type = body.Text("eventType");
  silence.incident_id = body.Text("incidentId");
  silence.starts_at = body.Time("startsAt").value_or(silence.created_at);
  const std::optional<Instant> end = EndOf(&body, "endsAt", silence.starts_at);
  silence.by = body.Text("by");
  silence.why = body.Text("why");
  if (silence.by.empty()) silence.by = request.caller.name;
  CheckMatchers(&body, silence);
  if (body.status()) {
    if (silence.service_id.empty() && silence.event_type.empty() && silence.incident_id.empty())
      body.Refuse("serviceId",
                  "eventType or incidentId is needed; a silence of everything is none");
    else if (!end) body.Refuse("for", "or 'endsAt' is needed; a silence has an end");
    else if (*end <= silence.created_at) body.Refuse("endsAt", "has passed already");
  }
  SREHUB_CHECK_OK(body.status());
  silence.ends_at = *end;
  // The request's id is unique, so two equal silences are two.
  silence.id =
      Hex64(Hash64(request.request_id + "/" + FormatTimeFixed(silence.created_at) + request.body));
  return silence;
}

http::Response AddSilence(const Services& hub, const http::Request& request) {
  const Params params(request, {});
  if (params.problem()) return params.Refuse();
  const Result<aggregate::Silence> silence = ReadSilence(hub, request);
  if (!silence) return ErrorResponse(request, silence.error());
  if (const Status put = hub.store->PutSilence(*silence, silence->created_at); !put)
    return ErrorResponse(request, put.error());
  JsonWriter json;
  WriteSilence(&json, *silence, silence->created_at);
  return http::JsonResponse(json.Take(), 201).Set("Location", "/api/v1/silences/" + silence->id);
}

http::Response ListSilences(const Services& hub, const http::Request& request) {
  const Params params(request, {});
  if (params.problem()) return params.Refuse();
  const Instant now = hub.clock->Now();
  auto silences = hub.store->ListSilences(now);
  if (!silences) return ErrorResponse(request, silences.error());
  std::sort(silences->begin(), silences->end(), [](const auto& a, const auto& b) {
    return std::tie(a.ends_at, a.id) < std::tie(b.ends_at, b.id);
  });
  JsonWriter json;
  json.BeginObject().Field("generatedAt", now).Key("silences").BeginArray();
  for (const aggregate::Silence& silence : *silences) WriteSilence(&json, silence, now);
  return http::JsonResponse(json.EndArray().EndObject().Take());
}

http::Response DeleteSilence(const Services& hub, const http::Request& request) {
  const Params params(request, {});
  if (params.problem()) return params.Refuse();
  const std::string id(request.Param("id"));
  const Instant now = hub.clock->Now();
  const auto silences = hub.store->ListSilences(now);
  if (!silences) return ErrorResponse(request, silences.error());
  const bool known = std::any_of(silences->begin(), silences->end(),
                                 [&](const auto& silence) { return silence.id == id; });
  if (!known)
    return ErrorResponse(request, {ErrorCode::kNotFound,
                                   "There is no silence '" + id + "', or it has ended.", "id"});
  if (const Status gone = hub.store->DeleteSilence(id, now); !gone)
    return ErrorResponse(request, gone.error());
  http::Response response;
  response.status = 204;
  return response;
}

}  // namespace

void AddHandleRoutes(http::Router* router, const SharedServices& services) {
  const auto add = [&](const char* method, const char* pattern, const char* operation,
                       http::Scope scope, auto* answer) {
    router->Add(
        {method, pattern, operation, scope,
         [services, answer](const http::Request& request) { return answer(*services, request); }});
  };
  constexpr auto kAdmin = http::Scope::kAdmin;
  add("POST", "/api/v1/incidents/{incidentId}/ack", "acknowledgeIncident", kAdmin, Acknowledge);
  add("DELETE", "/api/v1/incidents/{incidentId}/ack", "withdrawAcknowledgement", kAdmin,
      WithdrawAcknowledgement);
  add("GET", "/api/v1/silences", "listSilences", http::Scope::kRead, ListSilences);
  add("POST", "/api/v1/silences", "addSilence", kAdmin, AddSilence);
  add("DELETE", "/api/v1/silences/{id}", "deleteSilence", kAdmin, DeleteSilence);
}

}  // namespace srehub::api
