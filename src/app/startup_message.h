// What a started hub says on stderr: where the data is, what may be pointed at which address, and
// what to type next. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "app/config.h"
#include "http/server.h"

namespace srehub::app {

// Where the command line looks for a hub.
inline constexpr std::string_view kDefaultUrl = "http://127.0.0.1:8484";

std::string StartupMessage(const Config& config, const std::vector<http::Listener>& listeners,
                           const std::vector<std::string>& next_commands);

// "http://127.0.0.1:8484"; an address that means "any" is shown as this machine's.
std::string UrlOf(const http::Listener& listener);

}  // namespace srehub::app
