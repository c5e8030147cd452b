// What `GET /api/v1/sources` says beside the feeds' health: how to wire each sender to this hub,
// and which SNS subscriptions wait to be confirmed.
#pragma once

#include <string>

#include "api/services.h"
#include "http/message.h"

namespace srehub::api {

// ",\"wiring\":[…],\"confirmations\":[…]": members to follow others in an object.
std::string SourceExtras(const Services& services, const http::Request& request);

}  // namespace srehub::api
