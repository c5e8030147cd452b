// A request target: its parts, the parameters in it, the route that it finds.
#include "api/params.h"
#include "fuzz.h"
#include "http/auth.h"
#include "http/router.h"

namespace srehub::fuzz {
namespace {

const http::Router& Routes() {
  static const http::Router kRouter = [] {
    http::Router router;
    for (const char* pattern : {"/api/v1/services/{serviceId}/events", "/api/v1/incidents/top",
                                "/api/v1/incidents/{incidentId}", "/assets/{rest...}", "/"}) {
      http::Route route;
      route.method = "GET";
      route.pattern = pattern;
      route.operation_id = pattern;
      router.Add(std::move(route));
    }
    return router;
  }();
  return kRouter;
}

void ReadParameters(const http::Request& request) {
  api::Params params(request, {"since", "from", "to", "at", "severity", "source", "type", "text",
                               "limit", "exact", "include", "status"});
  const insight::WindowSpec window = params.Window();
  (void)params.Severity();
  (void)params.Source();
  (void)params.DeployStatus();
  (void)params.Flag("exact");
  FUZZ_CHECK(params.Text("type").size() <= api::kMaxParameterBytes || params.problem());
  const size_t limit = params.Limit(10, 100);
  const auto words = params.Words("include", {"resolved", "silenced"});
  if (params.problem()) {
    FUZZ_CHECK(params.Refuse().status == 400);
    return;
  }
  FUZZ_CHECK(limit >= 1 && limit <= 100 && words.size() <= 2);
  const Instant now = FromNanos(1'756'217'400'000'000'000);
  if (const auto resolved = insight::ResolveWindow(window, std::chrono::minutes(15), now))
    FUZZ_CHECK(resolved->after < resolved->up_to);
}

}  // namespace
}  // namespace srehub::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace srehub;
  const std::string_view target = fuzz::Text(data, size);
  http::Request request;
  request.method = "GET";
  if (http::ParseTarget(target, &request)) fuzz::ReadParameters(request);
  const auto match = fuzz::Routes().Find("GET", request.path);
  if (match.route != nullptr) FUZZ_CHECK(request.path.starts_with('/'));
  if (const auto address = http::ParseAddress(target)) {
    const auto again = http::ParseAddress(address->text());
    FUZZ_CHECK(again && again->host == address->host && again->port == address->port);
    (void)http::IsLoopback(address->host);
  }
  return 0;
}
