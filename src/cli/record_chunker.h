// A stream of bytes cut into deliveries at record boundaries: lines, JSON values one after another
// (NDJSON, or pretty-printed as `kubectl get -w -o json` writes them), or the elements of a large
// array. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace srehub::cli {

class RecordChunker {
 public:
  void Feed(std::string_view bytes);

  // Bytes of whole records that are waiting.
  size_t complete_bytes() const { return complete_; }
  // The whole records so far; empty when there is none. A cut inside a top-level array closes it
  // here and opens it again in what follows. With `last` the rest goes too, whole or not.
  std::string Take(bool last = false);

 private:
  enum class State : unsigned char { kBetween, kLine, kValue, kString, kEscape };
  void Step(char c);
  void StepValue(char c);
  void CompleteUpTo(size_t end) {
    complete_ = end;
    complete_in_array_ = in_array_;
  }

  std::string buffer_;
  size_t scanned_ = 0;   // looked at
  size_t complete_ = 0;  // end of the last whole record
  State state_ = State::kBetween;
  size_t depth_ = 0;
  bool line_began_ = false;         // the next character is the first of a line
  bool in_array_ = false;           // the open value is a top-level array
  bool complete_in_array_ = false;  // so it is at `complete_`
  bool begins_in_array_ = false;    // the buffer goes on with an array that was cut
};

}  // namespace srehub::cli
