// Alertmanager's silences, mapped onto the hub's own as far as their matchers allow.
#pragma once

#include "api/services.h"
#include "http/message.h"

namespace srehub::api {

http::Response GetAlertSilences(const Services& hub, const http::Request& request);
http::Response GetAlertSilence(const Services& hub, const http::Request& request);
http::Response PostAlertSilence(const Services& hub, const http::Request& request);
http::Response DeleteAlertSilence(const Services& hub, const http::Request& request);

}  // namespace srehub::api
