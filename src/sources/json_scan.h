// Finds where JSON values begin and end without parsing them: brackets and strings are followed,
// nothing else is looked at. What is found still has to be parsed; a scan only tells values apart.
// Thread safety: every function is pure; the classes are values.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace srehub::sources {

inline bool IsJsonSpace(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }
// The first position at or after `pos` that is not white space, or text.size().
size_t SkipJsonSpace(std::string_view text, size_t pos);

struct Scan {
  size_t end = 0;  // behind the value; where the scan gave up when it is not ok
  bool ok = false;
};
// The object or array that begins at `begin`. Not ok when a bracket closes another kind, a string
// runs over the end of its line, or the text ends inside.
Scan ScanBracketed(std::string_view text, size_t begin);

// The elements of the array that begins at `begin`, one by one.
class ElementScanner {
 public:
  ElementScanner(std::string_view text, size_t begin) : text_(text), pos_(begin + 1) {}

  struct Element {
    std::string_view text;  // without surrounding white space
    size_t offset = 0;
    bool broken = false;  // the array cannot be followed from here on, or nothing stands here
  };
  // Nothing behind the closing bracket or a broken element.
  std::optional<Element> Next();
  // Behind the closing bracket, once Next gave nothing and nothing was broken.
  size_t pos() const { return pos_; }

 private:
  Element Broken(size_t begin);

  std::string_view text_;
  size_t pos_ = 0;
  size_t count_ = 0;
  bool done_ = false;
};

// The value of a member of the object `text`, its bytes, or nothing. The first one of that name;
// escapes in names are not resolved. Members behind a break are not found.
std::optional<std::string_view> ScanMember(std::string_view text, std::string_view name);

// Byte offset of the first place where `text` stops being one JSON value (RFC 8259, UTF-8);
// text.size() when it ends too early. Only meaningful for text that does not parse.
size_t FindSyntaxError(std::string_view text);

}  // namespace srehub::sources
