#include "sources/json_scan.h"

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>

namespace srehub::sources {
namespace {

enum CharClass : uint8_t { kOther, kQuote, kOpen, kClose, kComma };

constexpr std::array<CharClass, 256> MakeClasses() {
  std::array<CharClass, 256> classes{};
  classes['"'] = kQuote;
  classes['{'] = classes['['] = kOpen;
  classes['}'] = classes[']'] = kClose;
  classes[','] = kComma;
  return classes;
}
constexpr std::array<CharClass, 256> kClasses = MakeClasses();

CharClass ClassOf(char c) { return kClasses[static_cast<unsigned char>(c)]; }

// The kinds of open brackets are remembered this deep; deeper ones are only counted, since no
// record so deep is taken anyway.
constexpr size_t kRememberedDepth = 64;

// Bit 7 of every byte of `word` that is zero; bytes above the lowest such one may be marked too.
constexpr uint64_t kLowBits = 0x0101010101010101, kHighBits = 0x8080808080808080;
uint64_t ZeroBytes(uint64_t word) { return (word - kLowBits) & ~word & kHighBits; }

// The first quote, backslash or line feed at or behind `pos`, eight bytes at a time.
size_t FindStringStop(std::string_view text, size_t pos) {
  if constexpr (std::endian::native == std::endian::little) {
    for (; pos + sizeof(uint64_t) <= text.size(); pos += sizeof(uint64_t)) {
      uint64_t word = 0;
      std::memcpy(&word, text.data() + pos, sizeof(word));
      const uint64_t stops = ZeroBytes(word ^ kLowBits * '"') | ZeroBytes(word ^ kLowBits * '\\') |
                             ZeroBytes(word ^ kLowBits * '\n');
      if (stops != 0) return pos + static_cast<size_t>(std::countr_zero(stops)) / 8;
    }
  }
  while (pos < text.size() && text[pos] != '"' && text[pos] != '\\' && text[pos] != '\n') ++pos;
  return pos;
}

// The string whose opening quote is at `begin`.
Scan ScanString(std::string_view text, size_t begin) {
  size_t i = begin + 1;
  while (i < text.size()) {
    i = FindStringStop(text, i);
    if (i >= text.size()) break;
    if (text[i] == '"') return {i + 1, true};
    if (text[i] == '\n') return {i, false};
    i += 2;  // a backslash and what it escapes
  }
  return {text.size(), false};
}

}  // namespace

size_t SkipJsonSpace(std::string_view text, size_t pos) {
  while (pos < text.size() && IsJsonSpace(text[pos])) ++pos;
  return pos;
}

Scan ScanBracketed(std::string_view text, size_t begin) {
  uint64_t kinds = 0;  // lowest bit: the innermost remembered bracket is an object's
  size_t depth = 0;
  size_t i = begin;
  while (i < text.size()) {
    switch (ClassOf(text[i])) {
      case kOther:
      case kComma: break;
      case kQuote: {
        const Scan string = ScanString(text, i);
        if (!string.ok) return string;
        i = string.end;
        continue;
      }
      case kOpen:
        if (depth < kRememberedDepth) kinds = (kinds << 1) | (text[i] == '{' ? 1U : 0U);
        ++depth;
        break;
      case kClose:
        if (depth <= kRememberedDepth) {
          if ((kinds & 1) != (text[i] == '}' ? 1U : 0U)) return {i, false};
          kinds >>= 1;
        }
        if (--depth == 0) return {i + 1, true};
        break;
    }
    ++i;
  }
  return {text.size(), false};
}

ElementScanner::Element ElementScanner::Broken(size_t begin) {
  done_ = true;
  return {text_.substr(begin, pos_ - begin), begin, true};
}

std::optional<ElementScanner::Element> ElementScanner::Next() {
  if (done_) return std::nullopt;
  pos_ = SkipJsonSpace(text_, pos_);
  const size_t begin = pos_;
  if (count_ == 0 && begin < text_.size() && text_[begin] == ']') {
    ++pos_;
    done_ = true;
    return std::nullopt;
  }
  ++count_;
  while (pos_ < text_.size()) {
    const char c = text_[pos_];
    if (c == ',' || c == ']') {
      size_t end = pos_;
      while (end > begin && IsJsonSpace(text_[end - 1])) --end;
      if (end == begin) return Broken(begin);  // "[1,]" or "[,1]"
      ++pos_;
      done_ = c == ']';
      return Element{text_.substr(begin, end - begin), begin, false};
    }
    const CharClass kind = ClassOf(c);
    if (kind == kOther) {
      ++pos_;
      continue;
    }
    if (kind == kClose) return Broken(begin);
    const Scan value = kind == kQuote ? ScanString(text_, pos_) : ScanBracketed(text_, pos_);
    pos_ = value.end;
    if (!value.ok) return Broken(begin);
  }
  return Broken(begin);  // the array never ends
}

std::optional<std::string_view> ScanMember(std::string_view text, std::string_view name) {
  size_t pos = SkipJsonSpace(text, 0);
  if (pos == text.size() || text[pos] != '{') return std::nullopt;
  ++pos;
  while (true) {
    pos = SkipJsonSpace(text, pos);
    if (pos == text.size() || text[pos] != '"') return std::nullopt;
    const Scan key = ScanString(text, pos);
    if (!key.ok) return std::nullopt;
    const std::string_view key_text = text.substr(pos + 1, key.end - pos - 2);
    pos = SkipJsonSpace(text, key.end);
    if (pos == text.size() || text[pos] != ':') return std::nullopt;
    pos = SkipJsonSpace(text, pos + 1);
    if (pos == text.size()) return std::nullopt;
    const size_t begin = pos;
    const CharClass kind = ClassOf(text[pos]);
    if (kind == kQuote || kind == kOpen) {
      const Scan value = kind == kQuote ? ScanString(text, pos) : ScanBracketed(text, pos);
      if (!value.ok) return std::nullopt;
      pos = value.end;
    } else {
      while (pos < text.size() && ClassOf(text[pos]) == kOther && !IsJsonSpace(text[pos])) ++pos;
    }
    if (key_text == name) return text.substr(begin, pos - begin);
    pos = SkipJsonSpace(text, pos);
    if (pos == text.size() || text[pos] != ',') return std::nullopt;
    ++pos;
  }
}

}  // namespace srehub::sources
