// What the routes work on, and the one call that registers them all.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "api/event_feed.h"
#include "api/source_policy.h"
#include "base/clock.h"
#include "base/result.h"
#include "http/metrics.h"
#include "http/router.h"
#include "ingest/pipeline.h"
#include "insight/context.h"
#include "store/store.h"

namespace srehub::api {

struct BuildInfo {
  std::string version;
  std::string commit;  // empty: unknown
};

// The pointers outlive the router. Everything is thread-safe.
struct Services {
  ingest::Pipeline* pipeline = nullptr;
  insight::Context insight;
  store::Store* store = nullptr;
  const Clock* clock = nullptr;
  http::Metrics* metrics = nullptr;
  EventFeed* feed = nullptr;  // null: nothing to stream
  BuildInfo build;
  Instant started{};  // of the process, by `clock`
  // False: the registry has the hub's figures already, from an earlier set of routes (a reload).
  bool collect_metrics = true;
  bool tls = false;    // it listens with TLS: its own URL begins with https
  bool synced = true;  // durability: false means "relaxed", and readiness says so
  // The configured sources by name; null: none.
  std::shared_ptr<const SourcePolicies> policies;
  SenderTrust* trust = nullptr;  // null only where no policy takes signed deliveries
  // Something of a source that the operator should read in the log.
  std::function<void(std::string_view source, std::string text)> tell;
  // POST /-/reload; null: there is no configuration to read again.
  std::function<Status()> reload;
  // A sentence for each thing that is still to be done before the hub is ready; empty: ready.
  std::function<std::vector<std::string>()> not_ready;
};

// Every route of the hub. `services` is copied.
void RegisterRoutes(http::Router* router, const Services& services);

// The OpenAPI 3.1 document, as /api/v1/openapi.json serves it.
std::string_view OpenApiDocument();

}  // namespace srehub::api
