// Which Host names and which browser origins a request may carry: the defence against DNS
// rebinding and cross-site requests. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/message.h"
#include "http/problem.h"

namespace srehub::http {

// Host of "name:port", "[::1]:port" or "name", lower case and without brackets; nothing when it is
// none of these.
std::optional<std::string> HostName(std::string_view host_header);

// On a loopback address only loopback names and `names` (lower case) are answered; elsewhere only
// `names`, or every name while `names` is empty. 421 otherwise.
std::optional<Problem> CheckHost(const Request& request, const std::vector<std::string>& names);

// A request that changes something is refused (403) when a browser says that another site made it:
// Sec-Fetch-Site cross-site or same-site, or an Origin that is neither the request's own host nor
// one of `names` (under which a proxy in front is known).
std::optional<Problem> CheckOrigin(const Request& request, const std::vector<std::string>& names);

}  // namespace srehub::http
