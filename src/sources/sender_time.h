// Times as senders write them, and the refusals that bad ones earn.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/json_reader.h"
#include "base/time.h"
#include "model/delivery.h"

namespace srehub::sources {

struct TimeReading {
  std::optional<Instant> time;  // none without a problem: the sender means "unset"
  std::optional<model::RefusalReason> problem;
  std::string message;  // of the problem
};

// An empty text and Go's zero time (year 1) mean unset. What cannot be stored is told apart: before
// 1970 is kExpired, after 2261 kFutureDated, the rest kBadTime.
TimeReading ReadTimeText(std::string_view text);
// Also numbers: seconds, milliseconds, microseconds or nanoseconds, by magnitude. null is unset;
// other types are kWrongType.
TimeReading ReadTime(const JsonElement& value, bool numbers_allowed);

}  // namespace srehub::sources
