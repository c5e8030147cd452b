// One syslog message, RFC 5424 or RFC 3164, as a flat log record.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"

namespace srehub::sources {

// The message as a JSON object for the log decoder: timestamp, priority (0..7), facility, host,
// app, procid, msgid, structuredData, line. What the message does not say is left out.
//   RFC 5424  <PRI>1 TIMESTAMP HOST APP PROCID MSGID SD MSG
//   RFC 3164  <PRI>Aug 26 14:01:12 HOST TAG[PID]: MSG, also without PRI or host, or with an
//             RFC 3339 time; without a time everything behind PRI is the message.
// RFC 3164 has neither year nor zone: UTC, and the year that lies nearest to `received`. "#012" and
// "#011" in the message stand for line feed and tab, as rsyslog escapes them.
// Errors: kMalformed for a priority above 191 or an RFC 5424 header that breaks off,
// kInvalidArgument for its time. Pure.
Result<std::string> SyslogAsJson(std::string_view message, Instant received);

}  // namespace srehub::sources
