// The user's folders of rules and playbooks, read into texts.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"

namespace srehub::app {

struct TextFile {
  std::string name;  // path, for messages
  std::string text;
};

inline constexpr size_t kMaxTextFiles = 1'000;
inline constexpr size_t kMaxTextFileBytes = 1024 * 1024;

// Every *.yaml and *.yml directly in `folder`, by name; none for an empty `folder`. Errors:
// kUnavailable, kNotFound, kTooLarge, each naming the path.
Result<std::vector<TextFile>> ReadYamlFolder(const std::string& folder);

}  // namespace srehub::app
