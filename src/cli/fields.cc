#include "cli/fields.h"

#include <array>
#include <cstdio>

#include "cli/terminal_text.h"

namespace srehub::cli {
namespace {

// A feed is worth a line when it runs later than this or refused something.
constexpr double kLateSeconds = 60;

}  // namespace

std::vector<JsonElement> Rows(const JsonElement& object, std::string_view key) {
  std::vector<JsonElement> rows;
  if (const auto array = FindArray(object, key))
    for (const JsonElement row : *array) rows.push_back(row);
  return rows;
}

std::vector<uint64_t> Counts(const JsonElement& object, std::string_view key) {
  std::vector<uint64_t> counts;
  for (const JsonElement& row : Rows(object, key)) {
    uint64_t value = 0;
    if (row.get(value) != simdjson::SUCCESS) value = 0;
    counts.push_back(value);
  }
  return counts;
}

std::string Decimal(double value, int decimals) {
  std::array<char, 64> buffer{};
  std::snprintf(buffer.data(), buffer.size(), "%.*f", decimals, value);
  return buffer.data();
}

std::string HeadLine(const JsonElement& answer, const Style& style) {
  std::string line = "as of " + style.Time(style.now) + " " + style.zone.name();
  if (const auto window = Find(answer, "window")) {
    const auto from = TimeOf(*window, "from");
    const auto to = TimeOf(*window, "to");
    if (from && to) line += ", window " + style.Time(*from) + " … " + style.Time(*to);
  }
  return style.Paint(line, Ink::kDim) + "\n";
}

std::string FootLines(const JsonElement& answer, const Style& style) {
  std::string out;
  for (const JsonElement& note : Rows(answer, "notes")) {
    std::string_view text;
    if (note.get(text) == simdjson::SUCCESS) out += "note: " + Neutralise(text) + "\n";
  }
  if (Holds(answer, "truncated")) {
    out += "more follow";
    const std::string cursor = Text(answer, "cursor");
    if (!cursor.empty()) out += ": --cursor " + Neutralise(cursor);
    out += "\n";
  }
  for (const JsonElement& source : Rows(answer, "sources")) {
    const bool late = FindNumber(source, "latenessSeconds").value_or(0) > kLateSeconds;
    if (late || FindNumber(source, "maxAheadSeconds").value_or(0) > 0)
      out += style.Paint("feed " + Neutralise(Text(source, "line")), Ink::kYellow) + "\n";
  }
  if (const auto read = Find(answer, "read"))
    out += style.Paint("read " + std::to_string(CountOf(*read, "items")) + " items, " +
                           ShortCount(CountOf(*read, "bytes")) + " bytes",
                       Ink::kDim) +
           "\n";
  return out;
}

}  // namespace srehub::cli
