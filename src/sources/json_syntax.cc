// Where a text stops being JSON. The parser tells that it does and why; people also want to know
// where, so a text that failed is walked once more, slowly, with the grammar of RFC 8259.
#include <string>

#include "base/text.h"
#include "sources/json_scan.h"

namespace srehub::sources {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsHex(char c) { return IsDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

class SyntaxWalk {
 public:
  explicit SyntaxWalk(std::string_view text) : text_(text) {}

  // Position of the first break, or of what follows the first complete value.
  size_t Run() {
    if (!Value()) return pos_;
    while (!open_.empty()) {
      if (!AfterValue()) return pos_;
    }
    Space();
    return pos_;
  }

 private:
  char Peek() const { return pos_ < text_.size() ? text_[pos_] : '\0'; }
  bool AtEnd() const { return pos_ >= text_.size(); }
  void Space() { pos_ = SkipJsonSpace(text_, pos_); }
  bool Take(char c) {
    if (AtEnd() || text_[pos_] != c) return false;
    ++pos_;
    return true;
  }

  // One value, or the opening of one: a container's first value is read too.
  bool Value() {
    while (true) {
      Space();
      switch (Peek()) {
        case '{':
          ++pos_;
          Space();
          if (Take('}')) return true;
          open_ += '}';
          if (!Key()) return false;
          continue;
        case '[':
          ++pos_;
          Space();
          if (Take(']')) return true;
          open_ += ']';
          continue;
        case '"': return String();
        case 't': return Word("true");
        case 'f': return Word("false");
        case 'n': return Word("null");
        default: return Number();
      }
    }
  }

  // A comma and the next value, or the end of the innermost container.
  bool AfterValue() {
    Space();
    if (Take(open_.back())) {
      open_.pop_back();
      return true;
    }
    if (!Take(',')) return false;
    if (open_.back() == '}' && !Key()) return false;
    return Value();
  }

  bool Key() {
    Space();
    if (Peek() != '"' || !String()) return false;
    Space();
    return Take(':');
  }

  bool Word(std::string_view word) {
    for (char c : word) {
      if (!Take(c)) return false;
    }
    return true;
  }

  bool Digits() {
    if (!IsDigit(Peek())) return false;
    while (IsDigit(Peek())) ++pos_;
    return true;
  }

  bool Number() {
    const size_t begin = pos_;
    Take('-');
    if (!Take('0') && !Digits()) {
      // A lone minus is the break, not what follows it; so is a word that is none.
      pos_ = AtEnd() ? pos_ : begin;
      return false;
    }
    if (Take('.') && !Digits()) return false;
    if (Peek() == 'e' || Peek() == 'E') {
      ++pos_;
      if (!Take('+')) Take('-');
      if (!Digits()) return false;
    }
    return true;
  }

  bool String() {
    ++pos_;
    while (!AtEnd()) {
      const auto c = static_cast<unsigned char>(text_[pos_]);
      if (c == '"') {
        ++pos_;
        return true;
      }
      if (c < 0x20) return false;
      if (c == '\\') {
        if (!Escape()) return false;
        continue;
      }
      const size_t length = Utf8SequenceLength(text_.substr(pos_));
      if (length == 0) return false;
      pos_ += length;
    }
    return false;
  }

  bool Escape() {
    const size_t begin = pos_++;
    if (!AtEnd() && std::string_view("\"\\/bfnrt").find(Peek()) != std::string_view::npos) {
      ++pos_;
      return true;
    }
    bool whole = Take('u');
    for (int i = 0; whole && i < 4; ++i) {
      whole = IsHex(Peek());
      if (whole) ++pos_;
    }
    if (!whole && !AtEnd()) pos_ = begin;
    return whole;
  }

  std::string_view text_;
  size_t pos_ = 0;
  std::string open_;  // the closing brackets still awaited, innermost last
};

}  // namespace

size_t FindSyntaxError(std::string_view text) { return SyntaxWalk(text).Run(); }

}  // namespace srehub::sources
