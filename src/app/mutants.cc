#include "app/mutants.h"

#include "base/text.h"

namespace srehub::app {

Result<store::Mutants> MutantsOf(
    const std::vector<std::pair<std::string, std::string>>& environment) {
  store::Mutants mutants;
  for (const auto& [name, value] : environment) {
    if (name != kMutantsVariable) continue;
    for (const std::string_view part : Split(value, ',')) {
      const std::string_view word = TrimAscii(part);
      if (word.empty()) continue;
      if (word == "no_log") mutants.no_log = true;
      else if (word == "no_sync") mutants.no_sync = true;
      else
        return Fail(ErrorCode::kInvalidArgument,
                    "'" + std::string(word) + "' is neither no_log nor no_sync", kMutantsVariable);
    }
  }
  return mutants;
}

}  // namespace srehub::app
