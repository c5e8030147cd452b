// Services by name: the one asked for, its siblings, the nearest when there is none.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "insight/session.h"

namespace srehub::insight {

struct Family {
  store::ServiceRow row;              // the service asked for
  std::vector<std::string> siblings;  // by name, without the service itself
};

// Errors: kNotFound, with the nearest names.
Result<Family> FindFamily(Session* session, std::string_view service, bool exact);

// What to put under `aliases:` so that the sibling's records count as the service's.
std::string AliasLine(std::string_view sibling, std::string_view service);

// Up to `count` names near to `name`, nearest first. Pure.
std::vector<std::string> NearestNames(std::string_view name, const std::vector<std::string>& names,
                                      size_t count);

// "a", "a or b", "a, b or c".
std::string JoinNames(const std::vector<std::string>& names);

}  // namespace srehub::insight
