// What a line of text says besides its message: logfmt, access lines, and a leading time and level.
#pragma once

#include <string>
#include <string_view>

#include "base/time.h"

namespace srehub::sources {

enum class LineShape {
  kPlain,   // nothing but a message
  kFields,  // logfmt: the line is a record of its own
  kHead,    // a time, a level or a status around a message
};

struct LineText {
  LineShape shape = LineShape::kPlain;
  std::string json;  // an object for the log decoder; empty for kPlain
};

// Reads the first line of `text`; what follows it stays with the message. Shapes taken are
//   ts=… level=error msg="…"                       logfmt with a message or a level
//   1.2.3.4 - - [26/Aug/2025:14:01:12 +0000] "GET / HTTP/1.1" 500 12   access lines
//   E0826 14:01:12.345678 1 main.go:7] …            Kubernetes' klog
//   [TIME] [LEVEL] …, TIME LEVEL …, LEVEL: …, TIME - name - LEVEL - …, LEVEL:name:…
// The parts between time and level are kept as "context". Pure; linear in the first line.
LineText ReadLineText(std::string_view text, Instant received);

// Whether the first line of `text` begins with a time, a level or a priority, as the first line of
// a record does and a continuation does not.
bool BeginsRecord(std::string_view line, Instant received);

}  // namespace srehub::sources
