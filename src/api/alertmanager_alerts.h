// The hub's open signals as Alertmanager's API shows alerts.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "aggregate/view.h"
#include "api/services.h"
#include "base/json_writer.h"
#include "base/result.h"
#include "http/message.h"
#include "model/observation.h"

namespace srehub::api {

// Every alert goes to the hub itself: there is one receiver.
inline constexpr std::string_view kReceiver = "srehub";
inline constexpr size_t kMaxListedAlerts = 10'000;

// Errors there are a JSON string, not a problem document.
http::Response AlertmanagerError(int status, std::string_view text);

http::Response GetAlerts(const Services& hub, const http::Request& request);
http::Response GetAlertGroups(const Services& hub, const http::Request& request);

}  // namespace srehub::api
