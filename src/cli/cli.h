// The command line of srehub.
#pragma once

namespace srehub::cli {

// Runs one command. Returns the exit code: 0 ok, 1 runtime error, 2 usage or configuration,
// 3 nothing matched with --exit-status, 4 server unreachable.
int Run(int argc, char** argv);

}  // namespace srehub::cli
