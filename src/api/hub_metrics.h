// What the hub knows about itself, as metrics at each scrape.
#pragma once

#include "api/routes.h"

namespace srehub::api {

// Adds a collector to services->metrics: feeds, storage, the process, the worst incidents.
void AddHubMetrics(const SharedServices& services);

}  // namespace srehub::api
