// Splits a log line into constant words and variable parts, each told by its own form and by the
// words before it. One pass, no allocation.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace srehub::classify {

enum class LinePart : uint8_t { kNone, kWord, kVariable };

class LogLineReader {
 public:
  // `line` must outlive the reader and hold no line break.
  explicit LogLineReader(std::string_view line) : line_(line) {}

  // The next part, kNone at the end. Variables that touch or follow each other come one by one.
  LinePart Next();
  std::string_view text() const { return line_.substr(start_, end_ - start_); }

 private:
  LinePart Word();
  LinePart Variable(size_t end);
  bool IsName(std::string_view word) const;
  bool IsUnit(std::string_view word) const;
  bool IsCalendar(std::string_view word, size_t end) const;
  size_t PathEnd(size_t at) const;
  size_t UrlEnd(size_t at) const;
  bool IsPort(size_t at) const;

  std::string_view line_;
  size_t position_ = 0, start_ = 0, end_ = 0;
  std::string_view previous_;        // constant word right before; empty after a variable
  bool name_follows_ = false;        // … and it is one of those that a name follows
  bool infinitive_follows_ = false;  // … and the one before it takes a verb with "to"
  bool previous_takes_verb_ = false;
  bool after_variable_ = false;
};

}  // namespace srehub::classify
