// The hub's configuration as a command line asks for it: file, environment, flags.
#pragma once

#include "app/config.h"
#include "base/result.h"
#include "cli/options.h"

namespace srehub::cli {

app::ConfigRequest ConfigRequestOf(const Options& options);
Result<app::LoadedConfig> LoadHubConfig(const Options& options);

}  // namespace srehub::cli
