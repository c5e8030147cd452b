// The folder of --data, opened in this process: the requests go to the hub's own handler, so a
// command does the same whether a hub runs or not.
#pragma once

#include <memory>

#include "app/hub.h"
#include "base/result.h"
#include "cli/client.h"
#include "cli/options.h"

namespace srehub::cli {

// Errors: those of the configuration and of the store (kUnavailable: a hub runs on the folder).
Result<std::unique_ptr<Client>> OpenFolder(const Options& options);
// Asks a hub that somebody else owns.
std::unique_ptr<Client> MakeLocalClient(app::Hub* hub);

}  // namespace srehub::cli
