// Completion scripts for the shells, made from the grammar of the command line. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/options.h"

namespace srehub::cli {

// Empty for a shell other than bash, zsh and fish.
std::string CompletionScript(std::string_view shell, const std::vector<CommandWords>& commands);

}  // namespace srehub::cli
