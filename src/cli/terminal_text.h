// Text of unknown origin made safe and measurable for a terminal. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace srehub::cli {

// Control characters (C0, DEL, C1), bidirectional and invisible format characters and bytes that
// are not UTF-8 become visible escapes (\n, \x1b, \u202e), so that no event can move the cursor,
// colour the screen, set the clipboard or reorder a line (CVE-2021-25743 is the precedent). Always
// one line.
std::string Neutralise(std::string_view text);

// Columns that `text` takes: East Asian wide characters two, combining marks none. `text` must be
// neutralised.
size_t DisplayWidth(std::string_view text);

// Exactly `width` columns: padded, or cut with a trailing "…". `text` must be neutralised.
enum class Align : uint8_t { kLeft, kRight };
std::string Fit(std::string_view text, size_t width, Align align = Align::kLeft);

// `counts` folded into at most `width` cells, the greatest of each, against the greatest of all:
// "  ▁▂▅█". Zero is a blank, so that silence looks silent.
std::string Sparkline(std::span<const uint64_t> counts, size_t width);

// 1234567 -> "1.2M", 999 -> "999".
std::string ShortCount(uint64_t count);

}  // namespace srehub::cli
