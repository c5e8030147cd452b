// Where a page of the timeline ended, with the window it was cut from, so that paging stays
// stable while the clock runs on. Opaque to callers. Pure.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"

namespace srehub::insight {

struct TimelineCursor {
  Window window{};
  Instant timestamp{};
  uint64_t event_id = 0;
  std::string service_id;
  bool operator==(const TimelineCursor& o) const {
    return window.after == o.window.after && window.up_to == o.window.up_to &&
           timestamp == o.timestamp && event_id == o.event_id && service_id == o.service_id;
  }
};

std::string EncodeCursor(const TimelineCursor& cursor);
// Errors: kInvalidArgument for anything that EncodeCursor did not make.
Result<TimelineCursor> DecodeCursor(std::string_view text);

}  // namespace srehub::insight
