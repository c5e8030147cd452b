// The lists: services, deploys, event types, sources.
#include "api/params.h"
#include "api/routes.h"
#include "api/source_wiring.h"
#include "api/status.h"
#include "insight/lists.h"

namespace srehub::api {
namespace {

template <typename Answer>
http::Response Answered(const http::Request& request, const Result<Answer>& answer) {
  if (!answer) return ErrorResponse(request, answer.error());
  return http::JsonResponse(insight::ToJson(*answer));
}

http::Response ListServices(const Services& hub, const http::Request& request) {
  Params params(request, {"text", "limit", "cursor"});
  insight::ServicesQuery query;
  query.text = params.Text("text");
  query.limit = params.Limit(limits::kDefaultPage, limits::kMaxPage);
  query.cursor = params.Text("cursor");
  if (params.problem()) return params.Refuse();
  return Answered(request, insight::Services(hub.insight, query));
}

http::Response OneService(const Services& hub, const http::Request& request) {
  const Params params(request, {});
  if (params.problem()) return params.Refuse();
  return Answered(request,
                  insight::OneService(hub.insight, std::string(request.Param("serviceId"))));
}

http::Response ListDeploys(const Services& hub, const http::Request& request) {
  Params params(
      request, {"service", "since", "from", "to", "at", "status", "environment", "limit", "exact"});
  insight::DeploysQuery query;
  query.service = params.Text("service");
  query.window = params.Window();
  query.status = params.DeployStatus();
  query.environment = params.Text("environment");
  query.limit = params.Limit(limits::kDefaultPage, limits::kMaxPage);
  query.exact = params.Flag("exact");
  if (params.problem()) return params.Refuse();
  return Answered(request, insight::Deploys(hub.insight, query));
}

http::Response ListTypes(const Services& hub, const http::Request& request) {
  Params params(request, {"service", "limit"});
  insight::TypesQuery query;
  query.service = params.Text("service");
  query.limit = params.Limit(limits::kMaxPage, limits::kMaxPage);
  if (params.problem()) return params.Refuse();
  return Answered(request, insight::Types(hub.insight, query));
}

http::Response ListSources(const Services& hub, const http::Request& request) {
  Params params(request, {"silent_after"});
  insight::SourcesQuery query;
  query.silent_after = params.Length("silent_after").value_or(query.silent_after);
  if (params.problem()) return params.Refuse();
  const auto answer = insight::Sources(hub.insight, query);
  if (!answer) return ErrorResponse(request, answer.error());
  std::string json = insight::ToJson(*answer);
  json.pop_back();  // the object goes on
  return http::JsonResponse(json + SourceExtras(hub, request) + "}");
}

}  // namespace

void AddListRoutes(http::Router* router, const SharedServices& services) {
  const auto add = [&](const char* pattern, const char* operation, auto* answer) {
    router->Add(
        {"GET", pattern, operation, http::Scope::kRead,
         [services, answer](const http::Request& request) { return answer(*services, request); }});
  };
  add("/api/v1/services", "listServices", ListServices);
  add("/api/v1/services/{serviceId}", "getService", OneService);
  add("/api/v1/deploys", "listDeploys", ListDeploys);
  add("/api/v1/types", "listTypes", ListTypes);
  add("/api/v1/sources", "listSources", ListSources);
}

}  // namespace srehub::api
