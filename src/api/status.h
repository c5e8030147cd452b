// The one table from our errors to HTTP.
#pragma once

#include "base/result.h"
#include "http/message.h"

namespace srehub::api {

// 400 for the caller's words, 404, 409, 413, 415, 401, 403; 503 where trying again helps; 500 for
// our own mistakes and damaged data.
int HttpStatus(ErrorCode code);

// The error as a problem document; 503 carries Retry-After.
http::Response ErrorResponse(const http::Request& request, const Error& error);

}  // namespace srehub::api
