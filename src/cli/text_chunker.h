// Lines of text cut into deliveries where a record begins, so that no stack trace is torn. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/time.h"

namespace srehub::cli {

// How far back from the end a line that begins a record is looked for.
inline constexpr size_t kMaxCutSearchBytes = 256 * 1024;

class TextChunker {
 public:
  // `now` helps to read times without a year.
  explicit TextChunker(Instant now) : now_(now) {}

  void Feed(std::string_view bytes) { buffer_.append(bytes); }
  size_t waiting_bytes() const { return buffer_.size(); }
  // Everything before the last line that begins a record, or before the last line where none does;
  // with `last` the rest too. Empty when there is no whole line.
  std::string Take(bool last = false);

 private:
  size_t CutAt() const;

  std::string buffer_;
  Instant now_;
};

}  // namespace srehub::cli
