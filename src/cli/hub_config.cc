#include "cli/hub_config.h"

#include <unistd.h>

namespace srehub::cli {

app::ConfigRequest ConfigRequestOf(const Options& options) {
  app::ConfigRequest request;
  request.file = options.config_file;
  request.environment = app::HubEnvironment(environ);
  request.flags = options.flags;
  if (!options.data.empty())
    request.flags.push_back({.key = "data", .value = options.data, .flag = "--data"});
  return request;
}

Result<app::LoadedConfig> LoadHubConfig(const Options& options) {
  return app::LoadConfig(ConfigRequestOf(options));
}

}  // namespace srehub::cli
