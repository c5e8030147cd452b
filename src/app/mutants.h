// SREHUB_MUTANTS=no_log,no_sync: a hub that acknowledges what it may lose, on purpose. The tests of
// durability run against one to show that they would see a loss. Pure.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "store/rocksdb/open.h"

namespace srehub::app {

inline constexpr const char* kMutantsVariable = "SREHUB_MUTANTS";

// None set: all false. Errors: kInvalidArgument for a word that is none of no_log, no_sync.
Result<store::Mutants> MutantsOf(
    const std::vector<std::pair<std::string, std::string>>& environment);

inline bool Any(const store::Mutants& mutants) { return mutants.no_log || mutants.no_sync; }

}  // namespace srehub::app
