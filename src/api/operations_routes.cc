// What runs the hub: metrics, probes, reload, verify, the API's description and the start page.
#include "api/hub_metrics.h"
#include "api/params.h"
#include "api/routes.h"
#include "api/status.h"
#include "base/json_writer.h"
#include "http/problem.h"
#include "srehub_api_data.h"

namespace srehub::api {
namespace {

std::string_view DataFile(std::string_view path) {
  for (const srehub_api_data::File& file : srehub_api_data::Files())
    if (file.path == path) return file.content;
  return {};
}

http::Response Metrics(const Services& hub, const http::Request&) {
  http::Response response = http::TextResponse(hub.metrics->Render());
  response.headers.clear();
  return response.Set("Content-Type", std::string(http::Metrics::kContentType));
}

http::Response Healthy(const Services&, const http::Request&) {
  return http::TextResponse("healthy\n");
}

// Ready means: questions are answered. A store that takes no events is said, but a hub that can
// still be asked is worth being asked.
http::Response Ready(const Services& hub, const http::Request& request) {
  Params params(request, {"verbose"});
  const bool verbose = params.Flag("verbose");
  if (params.problem()) return params.Refuse();
  const std::vector<std::string> missing =
      hub.not_ready ? hub.not_ready() : std::vector<std::string>{};
  const int status = missing.empty() ? 200 : 503;
  const store::Health health = hub.store->GetHealth();
  http::Response response;
  if (verbose) {
    JsonWriter json;
    json.BeginObject().Field("ready", missing.empty()).Field("writable", health.writable);
    json.FieldIf("reason", health.reason);
    json.Field("durability", hub.synced ? "synced" : "relaxed");
    json.Field("diskBytes", health.disk_bytes).Field("events", health.events);
    json.Field("version", hub.build.version).Field("startedAt", hub.started);
    json.Key("waitingFor").BeginArray();
    for (const std::string& sentence : missing) json.String(sentence);
    response = http::JsonResponse(json.EndArray().EndObject().Take(), status);
  } else {
    std::string text = missing.empty() ? "ready\n" : "not ready\n";
    for (const std::string& sentence : missing) text += sentence + "\n";
    if (!health.writable) text += "takes no events: " + health.reason + "\n";
    response = http::TextResponse(std::move(text), status);
  }
  if (status == 503) response.Set("Retry-After", "1");
  return response;
}

http::Response Reload(const Services& hub, const http::Request& request) {
  const Params params(request, {});
  if (params.problem()) return params.Refuse();
  if (!hub.reload)
    return ErrorResponse(
        request,
        {ErrorCode::kConflict, "This process was started without a configuration to reload.", ""});
  if (const Status reloaded = hub.reload(); !reloaded)
    return ErrorResponse(request, reloaded.error());
  http::Response response;
  response.status = 204;
  return response;
}

http::Response Verify(const Services& hub, const http::Request& request) {
  const Params params(request, {});
  if (params.problem()) return params.Refuse();
  const auto report = hub.store->Verify(hub.clock->Now());
  if (!report) return ErrorResponse(request, report.error());
  JsonWriter json;
  json.BeginObject().Field("from", report->from).Field("to", report->to);
  json.Field("events", report->events).Field("incidents", report->incidents);
  json.Field("counters", report->counters).Field("differenceCount", report->difference_count);
  json.Key("differences").BeginArray();
  for (const store::VerifyDifference& difference : report->differences) {
    json.BeginObject().Field("incidentId", difference.incident_id);
    json.Field("what", difference.what).Field("stored", difference.stored);
    json.Field("recounted", difference.recounted).EndObject();
  }
  return http::JsonResponse(json.EndArray().EndObject().Take());
}

http::Response OpenApi(const Services&, const http::Request&) {
  return http::JsonResponse(std::string(OpenApiDocument()));
}

http::Response StartPage(const Services&, const http::Request&) {
  http::Response response;
  response.body = std::string(DataFile("index.html"));
  return response.Set("Content-Type", "text/html; charset=utf-8");
}

}  // namespace

std::string_view OpenApiDocument() { return DataFile("openapi.json"); }

void AddOperationsRoutes(http::Router* router, const SharedServices& services) {
  const auto add = [&](const char* method, const char* pattern, const char* operation,
                       http::Scope scope, auto* answer, bool probe = false) {
    router->Add(
        {method, pattern, operation, scope,
         [services, answer](const http::Request& request) { return answer(*services, request); },
         probe});
  };
  constexpr auto kNone = http::Scope::kNone;
  add("GET", "/metrics", "getMetrics", http::Scope::kRead, Metrics);
  add("GET", "/-/healthy", "getHealthy", kNone, Healthy, true);
  add("GET", "/healthz", "getHealthz", kNone, Healthy, true);
  add("GET", "/-/ready", "getReady", kNone, Ready, true);
  add("GET", "/readyz", "getReadyz", kNone, Ready, true);
  add("POST", "/-/reload", "reload", http::Scope::kAdmin, Reload);
  add("GET", "/api/v1/verify", "verify", http::Scope::kAdmin, Verify);
  add("GET", "/api/v1/openapi.json", "getOpenApi", kNone, OpenApi);
  add("GET", "/", "getStartPage", kNone, StartPage);
  if (services->collect_metrics) AddHubMetrics(services);
}

void RegisterRoutes(http::Router* router, const Services& services) {
  const auto shared = std::make_shared<const Services>(services);
  AddIngestRoutes(router, shared);
  AddAlertmanagerRoutes(router, shared);
  AddLogRoutes(router, shared);
  AddQuestionRoutes(router, shared);
  AddListRoutes(router, shared);
  AddHandleRoutes(router, shared);
  AddRejectRoutes(router, shared);
  AddStreamRoutes(router, shared);
  AddOperationsRoutes(router, shared);
}

}  // namespace srehub::api
