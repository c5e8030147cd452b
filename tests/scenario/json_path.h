// Looks into a JSON answer by a path that a person can write:
//   incidents[0].score    incidents[incidentId=payments-api#HighCPU].state    bySeverity.high
// Pure.
#pragma once

#include <optional>
#include <string_view>

#include "base/json_reader.h"
#include "base/result.h"

namespace srehub::tests {

// Nothing when the path leads nowhere: a missing member, an index past the end, no element with
// that member. `[key=value]` is the first such element; values compare as text. Errors:
// kInvalidArgument for what is no path.
Result<std::optional<JsonElement>> FindPath(const JsonElement& root, std::string_view path);

// Strings without quotes, everything else as JSON.
std::string TextOf(const JsonElement& element);

}  // namespace srehub::tests
