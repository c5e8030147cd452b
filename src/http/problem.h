// Error answers as RFC 9457 problem details.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "http/message.h"

namespace srehub::http {

struct Problem {
  int status = 500;
  std::string code;    // a stable word for programs: "not_found", "method_not_allowed", …
  std::string detail;  // a sentence for a person: what, the value, the limit or the rule
  // What was exceeded or not allowed, in words; left out when empty.
  std::string limit, value, setting;
  // Further members, each value already JSON.
  std::vector<std::pair<std::string, std::string>> extensions;
};

// application/problem+json; `instance` is the path that was asked for.
Response ProblemResponse(const Request& request, const Problem& problem);

// "Not Found" for 404; "Unknown" for a status without a name.
std::string_view ReasonPhrase(int status);

}  // namespace srehub::http
