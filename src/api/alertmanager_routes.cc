// The paths of Alertmanager's API, version 2, that let the hub stand in for one: what Prometheus
// sends to, and what amtool asks for alerts and silences.
#include "api/alertmanager_alerts.h"
#include "api/alertmanager_silences.h"
#include "api/ingest_call.h"
#include "api/json_body.h"
#include "api/params.h"
#include "api/routes.h"
#include "api/status.h"
#include "base/json_writer.h"

namespace srehub::api {
namespace {

// What the configuration says of Prometheus holds on its native path too.
const SourcePolicy* Policy(const Services& services) {
  return PolicyOf(services, model::FormatName(model::Format::kPrometheus));
}

http::Response PostAlerts(const SharedServices& services, const http::Request& request) {
  const std::string type = MediaType(request);
  if (!type.empty() && type != "application/json")
    return AlertmanagerError(415, "the content type must be application/json");
  const Result<ingest::Receipt> receipt =
      IngestBody(*services, request, model::Format::kPrometheus, request.body, Policy(*services));
  if (!receipt) {
    const http::Response error = ErrorResponse(request, receipt.error());
    http::Response response = AlertmanagerError(error.status, receipt.error().message);
    if (error.status == 503) response.Set("Retry-After", std::string(error.Header("retry-after")));
    return response;
  }
  // The valid alerts are in; the text is for whoever wrote the invalid ones.
  if (receipt->rejected > 0) {
    std::string text = std::to_string(receipt->rejected) + " alerts were refused";
    for (const model::Refusal& error : receipt->errors)
      text += "; " + std::to_string(error.record) + ": " + error.message;
    return AlertmanagerError(400, text);
  }
  return http::Response{};
}

http::Response GetStatus(const SharedServices& services) {
  const Services& hub = *services;
  JsonWriter json;
  json.BeginObject();
  json.Key("cluster").BeginObject().Field("status", "disabled").Key("peers").BeginArray();
  json.EndArray().EndObject();
  json.Key("config").BeginObject().Field("original", "").EndObject();
  json.Field("uptime", hub.started);
  json.Key("versionInfo")
      .BeginObject()
      .Field("version", hub.build.version)
      .Field("revision", hub.build.commit)
      .Field("branch", "")
      .Field("buildUser", "")
      .Field("buildDate", "")
      .Field("goVersion", "")
      .EndObject();
  return http::JsonResponse(json.EndObject().Take());
}

http::Response GetReceivers(const Services&, const http::Request& request) {
  const Params params(request, {});
  if (params.problem()) return params.Refuse();
  JsonWriter json;
  json.BeginArray().BeginObject().Field("name", kReceiver).EndObject();
  return http::JsonResponse(json.EndArray().Take());
}

}  // namespace

void AddAlertmanagerRoutes(http::Router* router, const SharedServices& services) {
  router->Add({"POST", "/api/v2/alerts", "postAlerts", http::Scope::kIngest,
               [services](const http::Request& request) { return PostAlerts(services, request); },
               false,
               [services](const http::Request&) {
                 const SourcePolicy* policy = Policy(*services);
                 return policy != nullptr && policy->takes_signed();
               }});
  router->Add({"GET", "/api/v2/status", "getAlertmanagerStatus", http::Scope::kRead,
               [services](const http::Request&) { return GetStatus(services); }});
  const auto add = [&](const char* method, const char* pattern, const char* operation,
                       http::Scope scope, auto* answer) {
    router->Add(
        {method, pattern, operation, scope,
         [services, answer](const http::Request& request) { return answer(*services, request); }});
  };
  constexpr auto kRead = http::Scope::kRead;
  add("GET", "/api/v2/alerts", "getAlerts", kRead, GetAlerts);
  add("GET", "/api/v2/alerts/groups", "getAlertGroups", kRead, GetAlertGroups);
  add("GET", "/api/v2/receivers", "getReceivers", kRead, GetReceivers);
  add("GET", "/api/v2/silences", "getAlertSilences", kRead, GetAlertSilences);
  add("POST", "/api/v2/silences", "postAlertSilence", http::Scope::kAdmin, PostAlertSilence);
  add("GET", "/api/v2/silence/{silenceID}", "getAlertSilence", kRead, GetAlertSilence);
  add("DELETE", "/api/v2/silence/{silenceID}", "deleteAlertSilence", http::Scope::kAdmin,
      DeleteAlertSilence);
}

}  // namespace srehub::api
