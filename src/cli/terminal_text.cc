#include "cli/terminal_text.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <utility>

#include "base/text.h"

namespace srehub::cli {
namespace {

using Range = std::pair<char32_t, char32_t>;

// Bidirectional controls, zero-width and other invisible format characters, line separators,
// interlinear marks, tags, and what is reserved for nobody's use.
constexpr std::array<Range, 13> kUnsafe = {{{0x80, 0x9F},
                                            {0xAD, 0xAD},
                                            {0x61C, 0x61C},
                                            {0x180E, 0x180E},
                                            {0x200B, 0x200F},
                                            {0x2028, 0x202E},
                                            {0x2060, 0x206F},
                                            {0xFDD0, 0xFDEF},
                                            {0xFEFF, 0xFEFF},
                                            {0xFFF9, 0xFFFB},
                                            {0xFFFE, 0xFFFF},
                                            {0xE0000, 0xE007F},
                                            {0x10FFFE, 0x10FFFF}}};
// Combining marks of the scripts that senders use: they add to the character before.
constexpr std::array<Range, 12> kCombining = {{{0x300, 0x36F},
                                               {0x483, 0x489},
                                               {0x591, 0x5BD},
                                               {0x610, 0x61A},
                                               {0x64B, 0x65F},
                                               {0x93C, 0x93C},
                                               {0x941, 0x94D},
                                               {0xE31, 0xE31},
                                               {0xE34, 0xE3A},
                                               {0x1AB0, 0x1AFF},
                                               {0x20D0, 0x20FF},
                                               {0xFE00, 0xFE2F}}};
// East Asian wide and full-width, and the pictographs that terminals draw two columns wide.
constexpr std::array<Range, 10> kWide = {{{0x1100, 0x115F},
                                          {0x2E80, 0x303E},
                                          {0x3041, 0xA4CF},
                                          {0xAC00, 0xD7A3},
                                          {0xF900, 0xFAFF},
                                          {0xFE30, 0xFE6F},
                                          {0xFF00, 0xFF60},
                                          {0xFFE0, 0xFFE6},
                                          {0x1F300, 0x1FAFF},
                                          {0x20000, 0x3FFFD}}};

template <size_t N>
bool IsIn(const std::array<Range, N>& ranges, char32_t c) {
  return std::ranges::any_of(ranges, [c](const Range& r) { return c >= r.first && c <= r.second; });
}

// `text` begins with a valid sequence of `length` bytes.
char32_t Decode(std::string_view text, size_t length) {
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  if (length == 1) return byte(0);
  char32_t c = byte(0) & (0x7FU >> length);
  for (size_t i = 1; i < length; ++i) c = (c << 6) | (byte(i) & 0x3FU);
  return c;
}

std::string Hex(char32_t value, size_t digits) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string hex(digits, '0');
  for (size_t i = digits; i-- > 0; value >>= 4) hex[i] = kDigits[value & 15];
  return hex;
}

void AppendControl(std::string* out, unsigned char c) {
  switch (c) {
    case '\n': *out += "\\n"; return;
    case '\r': *out += "\\r"; return;
    case '\t': *out += "\\t"; return;
    default: *out += "\\x" + Hex(c, 2); return;
  }
}

size_t WidthOf(char32_t c) {
  if (c < 0x300) return 1;
  if (IsIn(kCombining, c)) return 0;
  return IsIn(kWide, c) ? 2 : 1;
}

}  // namespace

std::string Neutralise(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const auto first = static_cast<unsigned char>(text.front());
    const size_t length = Utf8SequenceLength(text);
    if (length == 0) {
      out += "\\x" + Hex(first, 2);
      text.remove_prefix(1);
      continue;
    }
    const char32_t c = Decode(text, length);
    if (c < 0x20 || c == 0x7F) AppendControl(&out, first);
    else if (IsIn(kUnsafe, c)) out += c > 0xFFFF ? "\\U" + Hex(c, 8) : "\\u" + Hex(c, 4);
    else out.append(text.substr(0, length));
    text.remove_prefix(length);
  }
  return out;
}

size_t DisplayWidth(std::string_view text) {
  size_t width = 0;
  while (!text.empty()) {
    const size_t length = std::max<size_t>(Utf8SequenceLength(text), 1);
    width += WidthOf(Decode(text, length));
    text.remove_prefix(length);
  }
  return width;
}

std::string Fit(std::string_view text, size_t width, Align align) {
  const size_t natural = DisplayWidth(text);
  if (natural <= width) {
    const std::string pad(width - natural, ' ');
    return align == Align::kLeft ? std::string(text) + pad : pad + std::string(text);
  }
  if (width == 0) return {};
  std::string out;
  size_t used = 0;
  while (!text.empty()) {
    const size_t length = std::max<size_t>(Utf8SequenceLength(text), 1);
    const size_t columns = WidthOf(Decode(text, length));
    if (used + columns > width - 1) break;
    out.append(text.substr(0, length));
    used += columns;
    text.remove_prefix(length);
  }
  out += "…";
  out.append(width - 1 - used, ' ');
  return out;
}

std::string Sparkline(std::span<const uint64_t> counts, size_t width) {
  constexpr std::array<std::string_view, 8> kBars = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
  if (counts.empty() || width == 0) return {};
  const size_t cells = std::min(width, counts.size());
  const uint64_t greatest = *std::ranges::max_element(counts);
  std::string out;
  for (size_t cell = 0; cell < cells; ++cell) {
    const size_t from = cell * counts.size() / cells;
    const size_t to = (cell + 1) * counts.size() / cells;
    uint64_t value = 0;
    for (size_t i = from; i < to; ++i) value = std::max(value, counts[i]);
    if (value == 0) {
      out += ' ';
      continue;
    }
    const auto level = static_cast<size_t>(
        static_cast<double>(value) / static_cast<double>(greatest) * (kBars.size() - 1) + 0.5);
    out += kBars[std::min(level, kBars.size() - 1)];
  }
  return out;
}

std::string ShortCount(uint64_t count) {
  if (count < 1000) return std::to_string(count);
  constexpr std::string_view kUnits = "kMGT";
  auto value = static_cast<double>(count);
  size_t unit = 0;
  for (value /= 1000; value >= 999.5 && unit + 1 < kUnits.size(); ++unit) value /= 1000;
  std::array<char, 32> buffer{};
  std::snprintf(buffer.data(), buffer.size(), value < 9.95 ? "%.1f%c" : "%.0f%c", value,
                kUnits[unit]);
  return buffer.data();
}

}  // namespace srehub::cli
