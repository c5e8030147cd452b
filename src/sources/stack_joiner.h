// Which lines belong to one record: a stack trace is printed on many.
#pragma once

#include <cstddef>
#include <string_view>

#include "base/time.h"

namespace srehub::sources {

inline constexpr size_t kMaxJoinedLines = 2'000;
inline constexpr size_t kMaxJoinedBytes = 256 * 1024;

// Told the lines of one stream in their order, says of each whether it continues the record before.
// Java (causes, "… 12 more"), Python (chained), Go (panic, goroutines) and Node.js (the excerpt
// above the error too), and whatever is indented. A joined record ends at the limits above. Not
// thread-safe.
class StackJoiner {
 public:
  explicit StackJoiner(Instant received) : received_(received) {}

  // `line` without its line break; `next` is the line behind it, or empty.
  bool Continues(std::string_view line, std::string_view next);

 private:
  enum class Inside : unsigned char {
    kRecord,       // nothing special
    kPython,       // below "Traceback", until its last line
    kPythonChain,  // behind a traceback: another may follow after a blank line
    kGo,           // below "panic:" or "goroutine"
    kNodeExcerpt,  // between the source line and the error
  };
  bool Decide(std::string_view line, std::string_view next);
  bool InPython(std::string_view line);
  bool InGo(std::string_view line);

  const Instant received_;
  bool any_ = false;     // there is a record to continue
  bool headed_ = false;  // … and it began with a time or a level
  Inside inside_ = Inside::kRecord;
  size_t lines_ = 0, bytes_ = 0;  // of the record so far
};

}  // namespace srehub::sources
