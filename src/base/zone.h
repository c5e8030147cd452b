// Time zones: where a calendar day begins and ends. Instants stay UTC; a zone only says how a
// person at a place would cut and write them. Built on Hinnant's date library and the system's
// IANA database, whose compiled files carry transitions up to 2037.
#pragma once

#include <string>
#include <string_view>

#include "base/time.h"

namespace date {
class time_zone;
}

namespace srehub {

// A value, cheap to copy. Thread-safe.
class Zone {
 public:
  static Zone Utc() { return Zone("UTC", nullptr); }
  // By IANA name ("Europe/Berlin") or as a fixed offset ("+05:45"); UTC and offsets need no
  // database. Errors: kInvalidArgument, naming the
  // nearest zones; kUnavailable when the machine has no zone database.
  static Result<Zone> Load(std::string_view name);

  const std::string& name() const { return name_; }

  // The local calendar day that holds `t` is [StartOfDay, EndOfDay): 23 to 25 hours around a
  // clock change, and days never overlap. A day whose midnight the clock skips begins at the skip.
  Instant StartOfDay(Instant t) const;
  Instant EndOfDay(Instant t) const;
  // Start of the local hour that holds `t`, or the offset change inside it, if that is later.
  Instant StartOfHour(Instant t) const;
  // The same local time of day `days` calendar days later (earlier when negative); where the
  // clock skips it, the skip; where it comes twice, the first.
  Instant AddDays(Instant t, int days) const;
  // First instant of the local day "2025-08-26". Errors: kInvalidArgument.
  Result<Instant> ParseDate(std::string_view text) const;

  Duration OffsetAt(Instant t) const;        // east of Greenwich is positive
  std::string FormatDate(Instant t) const;   // "2025-08-26"
  std::string FormatLocal(Instant t) const;  // "2025-08-26T16:01:23+02:00", whole seconds

 private:
  Zone(std::string name, const date::time_zone* zone, Duration fixed = {})
      : name_(std::move(name)), zone_(zone), fixed_(fixed) {}

  // Instants and local times as nanoseconds since 1970 on their own clock.
  Instant FromLocal(int64_t local_ns) const;
  int64_t ToLocal(Instant t) const { return Nanos(t) + OffsetAt(t).count(); }
  Day LocalDay(Instant t) const;

  std::string name_;
  const date::time_zone* zone_;  // none: fixed. Owned by the library's database, for good.
  Duration fixed_;               // east of Greenwich; zero: UTC
};

}  // namespace srehub
