// The two paths of Alertmanager's API that let the hub stand in for one: POST /api/v2/alerts, which
// Prometheus and amtool send to, and GET /api/v2/status, which amtool asks first.
#include "api/ingest_call.h"
#include "api/json_body.h"
#include "api/routes.h"
#include "api/status.h"
#include "base/json_writer.h"

namespace srehub::api {
namespace {

// Errors are a JSON string there, not a problem document.
http::Response ErrorText(int status, std::string_view text) {
  std::string json;
  AppendJsonString(&json, text);
  return http::JsonResponse(std::move(json), status);
}

http::Response PostAlerts(const SharedServices& services, const http::Request& request) {
  const std::string type = MediaType(request);
  if (!type.empty() && type != "application/json")
    return ErrorText(415, "the content type must be application/json");
  const Result<ingest::Receipt> receipt =
      IngestBody(*services, request, model::Format::kPrometheus, request.body);
  if (!receipt) {
    const http::Response error = ErrorResponse(request, receipt.error());
    http::Response response = ErrorText(error.status, receipt.error().message);
    if (error.status == 503) response.Set("Retry-After", std::string(error.Header("retry-after")));
    return response;
  }
  // The valid alerts are in; the text is for whoever wrote the invalid ones.
  if (receipt->rejected > 0) {
    std::string text = std::to_string(receipt->rejected) + " alerts were refused";
    for (const model::Refusal& error : receipt->errors)
      text += "; " + std::to_string(error.record) + ": " + error.message;
    return ErrorText(400, text);
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

}  // namespace

void AddAlertmanagerRoutes(http::Router* router, const SharedServices& services) {
  router->Add({"POST", "/api/v2/alerts", "postAlerts", http::Scope::kIngest,
               [services](const http::Request& request) { return PostAlerts(services, request); }});
  router->Add({"GET", "/api/v2/status", "getAlertmanagerStatus", http::Scope::kRead,
               [services](const http::Request&) { return GetStatus(services); }});
}

}  // namespace srehub::api
