// The groups of routes, one file each. Internal to api/.
#pragma once

#include <memory>

#include "api/services.h"
#include "http/router.h"

namespace srehub::api {

using SharedServices = std::shared_ptr<const Services>;

void AddIngestRoutes(http::Router* router, const SharedServices& services);
void AddAlertmanagerRoutes(http::Router* router, const SharedServices& services);
void AddLogRoutes(http::Router* router, const SharedServices& services);
void AddQuestionRoutes(http::Router* router, const SharedServices& services);
void AddListRoutes(http::Router* router, const SharedServices& services);
void AddHandleRoutes(http::Router* router, const SharedServices& services);
void AddRejectRoutes(http::Router* router, const SharedServices& services);
void AddStreamRoutes(http::Router* router, const SharedServices& services);
void AddOperationsRoutes(http::Router* router, const SharedServices& services);

}  // namespace srehub::api
