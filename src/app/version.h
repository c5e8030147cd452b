// The version of this program, as `version`, the start-up message and /metrics give it.
#pragma once

#include <string_view>

namespace srehub::app {

inline constexpr std::string_view kVersion = "0.1.0";

}  // namespace srehub::app
