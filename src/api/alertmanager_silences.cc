#include "api/alertmanager_silences.h"

#include <algorithm>

#include "aggregate/handling.h"
#include "api/alert_matcher.h"
#include "api/alertmanager_alerts.h"
#include "api/json_body.h"
#include "api/params.h"
#include "api/status.h"
#include "base/hash.h"
#include "base/limits.h"
#include "base/text.h"
#include "model/event.h"

namespace srehub::api {
namespace {

constexpr Duration kMaxLength = 366 * kDay;  // as for the hub's own
constexpr size_t kMaxWordBytes = 4096;

// What the matchers of a silence would say in Alertmanager's words.
model::Labels WordsOf(const aggregate::Silence& silence) {
  model::Labels words;
  std::string service = silence.service_id, type = silence.event_type;
  if (const auto parts = model::ParseIncidentId(silence.incident_id); parts) {
    if (service.empty()) service = parts->first;
    if (type.empty()) type = parts->second;
  }
  if (!type.empty()) words.emplace("alertname", type);
  if (!service.empty()) words.emplace("service", service);
  return words;
}

void WriteSilence(JsonWriter* json, const aggregate::Silence& silence, Instant now) {
  json->BeginObject().Field("id", silence.id).Key("status").BeginObject();
  json->Field("state", now < silence.starts_at ? "pending"
                       : now < silence.ends_at ? "active"
                                               : "expired");
  json->EndObject().Field("updatedAt", silence.created_at).Field("comment", silence.why);
  json->Field("createdBy", silence.by).Field("startsAt", silence.starts_at);
  json->Field("endsAt", silence.ends_at).Key("matchers").BeginArray();
  for (const auto& [name, value] : WordsOf(silence))
    json->BeginObject()
        .Field("name", name)
        .Field("value", value)
        .Field("isRegex", false)
        .Field("isEqual", true)
        .EndObject();
  json->EndArray().EndObject();
}

tl::unexpected<Error> Cannot(std::string why) {
  return Fail(ErrorCode::kInvalidArgument,
              std::move(why) +
                  ". A silence of the hub names a service, an alertname, or both, by "
                  "equality: alertname=NAME service=NAME");
}

Status TakeMatcher(const JsonElement& element, aggregate::Silence* silence) {
  if (!element.is_object()) return Cannot("a matcher is an object");
  const auto name = FindString(element, "name"), value = FindString(element, "value");
  if (!name || !value || value->empty()) return Cannot("a matcher needs a name and a value");
  const bool is_regex = FindBool(element, "isRegex").value_or(false);
  if (!FindBool(element, "isEqual").value_or(true))
    return Cannot("the matcher of '" + std::string(TruncateUtf8(*name, 64)) + "' negates");
  // amtool writes a plain word with =~ when it is told to; only a plain one can be taken.
  if (is_regex && RE2::QuoteMeta(std::string(*value)) != *value)
    return Cannot("the matcher of '" + std::string(TruncateUtf8(*name, 64)) +
                  "' is a regular expression");
  std::string* target = *name == "alertname" ? &silence->event_type
                        : *name == "service" ? &silence->service_id
                                             : nullptr;
  if (target == nullptr)
    return Cannot("the hub cannot silence by the label '" + std::string(TruncateUtf8(*name, 64)) +
                  "'");
  if (!target->empty()) return Cannot("'" + std::string(*name) + "' is matched twice");
  if (value->size() > limits::kMaxEventTypeBytes) return Cannot("the value is too long");
  *target = *value;
  return {};
}

Result<Instant> TimeOf(const JsonElement& root, std::string_view key) {
  const auto text = FindString(root, key);
  if (!text) return Fail(ErrorCode::kInvalidArgument, "the silence needs " + std::string(key));
  return ParseRfc3339(*text);
}

Result<aggregate::Silence> ReadSilence(const Services& hub, const http::Request& request) {
  JsonReader reader;
  SREHUB_TRY(const JsonElement root, reader.Parse(request.body));
  if (!root.is_object()) return Fail(ErrorCode::kInvalidArgument, "a silence is a JSON object");
  aggregate::Silence silence;
  silence.created_at = hub.clock->Now();
  const auto matchers = FindArray(root, "matchers");
  if (!matchers || matchers->size() == 0) return Cannot("a silence of everything is none");
  for (const JsonElement matcher : *matchers) SREHUB_CHECK_OK(TakeMatcher(matcher, &silence));
  if (Slug(silence.service_id, limits::kMaxServiceIdBytes) != silence.service_id)
    return Cannot("'" + std::string(TruncateUtf8(silence.service_id, 64)) +
                  "' is not a service's name");
  SREHUB_TRY(silence.starts_at, TimeOf(root, "startsAt"));
  SREHUB_TRY(silence.ends_at, TimeOf(root, "endsAt"));
  silence.by = TruncateUtf8(FindString(root, "createdBy").value_or(""), kMaxWordBytes);
  silence.why = TruncateUtf8(FindString(root, "comment").value_or(""), kMaxWordBytes);
  if (silence.by.empty()) silence.by = request.caller.name;
  if (silence.ends_at <= silence.starts_at || silence.ends_at <= silence.created_at)
    return Fail(ErrorCode::kInvalidArgument, "endsAt must lie after startsAt and after now");
  if (silence.ends_at > silence.starts_at + kMaxLength)
    return Fail(ErrorCode::kInvalidArgument, "a silence lasts at most 366 days");
  silence.id =
      Hex64(Hash64(request.request_id + "/" + FormatTimeFixed(silence.created_at) + request.body));
  return silence;
}

// Of a silence that is to take another's place; empty: none.
std::string ReplacedId(const http::Request& request) {
  JsonReader reader;
  const auto root = reader.Parse(request.body);
  return root && root->is_object() ? std::string(FindString(*root, "id").value_or("")) : "";
}

Result<const aggregate::Silence*> FindSilence(const std::vector<aggregate::Silence>& silences,
                                              std::string_view id) {
  const auto found = std::ranges::find(silences, id, &aggregate::Silence::id);
  if (found == silences.end())
    return Fail(ErrorCode::kNotFound, "there is no such silence, or it has ended");
  return &*found;
}

}  // namespace

http::Response GetAlertSilences(const Services& hub, const http::Request& request) {
  http::Request once = request;
  std::vector<AlertMatcher> matchers;
  bool seen = false;
  std::erase_if(once.query, [&](const auto& pair) {
    return pair.first == "filter" && std::exchange(seen, true);
  });
  Params params(once, {"filter"});
  if (params.problem()) return params.Refuse();
  for (const auto& [name, value] : request.query) {
    auto matcher = ParseAlertMatcher(value);
    if (!matcher) return AlertmanagerError(400, matcher.error().message);
    if (matchers.size() >= kMaxAlertMatchers) return AlertmanagerError(400, "too many filters");
    matchers.push_back(std::move(*matcher));
  }
  const Instant now = hub.clock->Now();
  const auto silences = hub.store->ListSilences(now);
  if (!silences) return ErrorResponse(request, silences.error());
  JsonWriter json;
  json.BeginArray();
  for (const aggregate::Silence& silence : *silences)
    if (FitsAll(matchers, WordsOf(silence))) WriteSilence(&json, silence, now);
  return http::JsonResponse(json.EndArray().Take());
}

http::Response GetAlertSilence(const Services& hub, const http::Request& request) {
  const Params params(request, {});
  if (params.problem()) return params.Refuse();
  const Instant now = hub.clock->Now();
  const auto silences = hub.store->ListSilences(now);
  if (!silences) return ErrorResponse(request, silences.error());
  const auto silence = FindSilence(*silences, request.Param("silenceID"));
  if (!silence) return AlertmanagerError(404, silence.error().message);
  JsonWriter json;
  WriteSilence(&json, **silence, now);
  return http::JsonResponse(json.Take());
}

http::Response PostAlertSilence(const Services& hub, const http::Request& request) {
  if (const std::string type = MediaType(request); !type.empty() && type != "application/json")
    return AlertmanagerError(415, "the content type must be application/json");
  const auto silence = ReadSilence(hub, request);
  if (!silence) return AlertmanagerError(400, silence.error().message);
  const std::string replaced = ReplacedId(request);
  if (!replaced.empty()) {
    const auto silences = hub.store->ListSilences(silence->created_at);
    if (!silences) return ErrorResponse(request, silences.error());
    if (const auto known = FindSilence(*silences, replaced); !known)
      return AlertmanagerError(404, known.error().message);
  }
  if (const Status put = hub.store->PutSilence(*silence, silence->created_at); !put)
    return ErrorResponse(request, put.error());
  if (!replaced.empty())
    if (const Status gone = hub.store->DeleteSilence(replaced, silence->created_at); !gone)
      return ErrorResponse(request, gone.error());
  JsonWriter json;
  return http::JsonResponse(json.BeginObject().Field("silenceID", silence->id).EndObject().Take());
}

http::Response DeleteAlertSilence(const Services& hub, const http::Request& request) {
  const Params params(request, {});
  if (params.problem()) return params.Refuse();
  const Instant now = hub.clock->Now();
  const auto silences = hub.store->ListSilences(now);
  if (!silences) return ErrorResponse(request, silences.error());
  const auto silence = FindSilence(*silences, request.Param("silenceID"));
  if (!silence) return AlertmanagerError(404, silence.error().message);
  if (const Status gone = hub.store->DeleteSilence((*silence)->id, now); !gone)
    return ErrorResponse(request, gone.error());
  return http::Response{};
}

}  // namespace srehub::api
