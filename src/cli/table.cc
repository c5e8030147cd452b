#include "cli/table.h"

#include <algorithm>

namespace srehub::cli {
namespace {

constexpr size_t kGap = 2;

size_t TotalOf(const std::vector<size_t>& widths) {
  size_t shown = 0;
  size_t total = 0;
  for (const size_t width : widths) {
    if (width == 0) continue;
    total += width;
    ++shown;
  }
  return total + (shown > 1 ? (shown - 1) * kGap : 0);
}

}  // namespace

std::vector<size_t> Table::Widths(size_t total) const {
  std::vector<size_t> widths(columns_.size(), 0);
  for (size_t i = 0; i < columns_.size(); ++i) {
    bool used = false;
    for (const auto& row : rows_) {
      if (i >= row.size() || row[i].text.empty()) continue;
      used = true;
      widths[i] = std::max(widths[i], DisplayWidth(row[i].text));
    }
    // A column without a single value says nothing.
    if (used) widths[i] = std::max(widths[i], DisplayWidth(columns_[i].header));
  }
  if (total == 0) return widths;
  const auto least = [&] {
    std::vector<size_t> minima = widths;
    for (size_t i = 0; i < columns_.size(); ++i)
      if (columns_[i].min_width > 0) minima[i] = std::min(widths[i], columns_[i].min_width);
    return TotalOf(minima);
  };
  for (size_t i = columns_.size(); i-- > 0 && least() > total;)
    if (columns_[i].optional) widths[i] = 0;
  // The widest column that may shrink gives way first, down to its minimum.
  while (TotalOf(widths) > total) {
    size_t widest = columns_.size();
    for (size_t i = 0; i < columns_.size(); ++i) {
      if (columns_[i].min_width == 0 || widths[i] <= columns_[i].min_width) continue;
      if (widest == columns_.size() || widths[i] > widths[widest]) widest = i;
    }
    if (widest == columns_.size()) break;
    --widths[widest];
  }
  return widths;
}

std::string Table::Render(const Style& style) const {
  const std::vector<size_t> widths = Widths(style.width);
  std::string out;
  const auto line = [&](const auto& text_of, const auto& ink_of) {
    std::string row;
    std::string blank;
    for (size_t i = 0; i < columns_.size(); ++i) {
      if (widths[i] == 0) continue;
      const std::string cell = Fit(text_of(i), widths[i], columns_[i].align);
      const size_t begin = cell.find_first_not_of(' ');
      const size_t end = cell.find_last_not_of(' ');
      if (begin == std::string::npos) {
        blank += std::string(widths[i] + kGap, ' ');
        continue;
      }
      // Blanks stay outside the ink, and those at the end of the line are not written.
      row += blank + cell.substr(0, begin) +
             style.Paint(std::string_view(cell).substr(begin, end - begin + 1), ink_of(i));
      blank = cell.substr(end + 1) + std::string(kGap, ' ');
    }
    out += row + "\n";
  };
  line([&](size_t i) { return std::string_view(columns_[i].header); },
       [](size_t) { return Ink::kDim; });
  for (const auto& row : rows_)
    line([&](size_t i) { return i < row.size() ? std::string_view(row[i].text) : ""; },
         [&](size_t i) { return i < row.size() ? row[i].ink : Ink::kPlain; });
  return out;
}

}  // namespace srehub::cli
