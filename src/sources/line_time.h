// Times at the start of a line of text, in the shapes that daemons and loggers write them.
// Thread safety: every function is pure.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "base/time.h"

namespace srehub::sources {

struct LineTime {
  Instant time{};
  size_t length = 0;  // bytes of the line that say it
};

// The time that `line` begins with, or nothing. A zone that is not written is UTC. Taken are
//   2025-08-26T14:01:12.345Z      RFC 3339, also with a space, a comma or slashes
//   Aug 26 14:01:12               syslog's, with a year behind the day or none
//   Tue Aug 26 14:01:12.345 2025  asctime's
//   26/Aug/2025:14:01:12 +0000    access logs
// A year that is not written is the latest that puts the time at most a day ahead of `received`:
// clocks differ, and a line of New Year's Eve may come in after midnight.
std::optional<LineTime> TimeAtStart(std::string_view line, Instant received);

// The instant of a month (1..12), day and time of day whose year is not written, by that rule;
// nothing for a day that no such year has.
std::optional<Instant> NearestYear(unsigned month, unsigned day, Duration time_of_day,
                                   Instant received);

}  // namespace srehub::sources
