// The one place that decides whether a delivery is taken from whoever sent it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "api/services.h"
#include "base/result.h"
#include "http/message.h"

namespace srehub::api {

// True when a request without a token may go on to CheckSender: its source takes signed deliveries.
bool MayBeSigned(const Services& services, const http::Request& request);

// `policy` is that of the path's source, or null. `body` as it was sent. Adds to `notices` what the
// operator should know (an SNS subscription to confirm). Errors: kUnauthenticated, in the same
// words for every reason (the log has the reason); kUnavailable when a certificate cannot be had
// now.
Status CheckSender(const Services& services, const SourcePolicy* policy,
                   const http::Request& request, std::vector<std::string>* notices);

}  // namespace srehub::api
