// Bodies of lines: syslog messages, and what programs print.
#pragma once

#include <optional>
#include <string_view>

#include "model/delivery.h"
#include "sources/flat_records.h"

namespace srehub::sources {

// One syslog message a line (see syslog.h); blank lines are passed over.
FlatRecords FlattenSyslog(const model::Delivery& delivery);

// Plain lines, logfmt, Docker's json-file and CRI's lines, also mixed. Split lines are joined
// (Docker above 16 KiB, CRI's P), per stream; so are the lines of one stack trace (stack_joiner.h).
// What the carrier says about the whole delivery is taken from two headers: x-srehub-service names
// the service; x-srehub-file is the file's path, percent-encoded, from which a container's pod,
// namespace and name are read (/var/log/pods, /var/log/containers), or else the service: its name
// without endings and dates, unless that says nothing ("app", "error", "stdout").
FlatRecords FlattenText(const model::Delivery& delivery);

// Which of the two a body of no stated format is: syslog when its first line begins with a
// priority ("<34>"); text when that begins neither an object nor an array, or is Docker's
// json-file, whose lines have to be joined. Nothing for JSON and for blanks.
std::optional<model::Format> FormatOfText(std::string_view body);

}  // namespace srehub::sources
