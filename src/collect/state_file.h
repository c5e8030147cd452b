// Small files that remember how far a collector came. A crash leaves the former content or the
// new one, never a part.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace srehub::collect {

// Creates missing folders, readable by the owner only. Errors: kUnavailable.
Status MakeStateFolder(const std::string& folder);
// Writes beside, syncs and renames. Errors: kUnavailable.
Status WriteStateFile(const std::string& path, std::string_view text);
// Adds to the end and syncs. Errors: kUnavailable.
Status AppendStateFile(const std::string& path, std::string_view text);
// Nothing when there is no such file. Errors: kUnavailable, kTooLarge (above 256 MiB).
Result<std::optional<std::string>> ReadStateFile(const std::string& path);

}  // namespace srehub::collect
