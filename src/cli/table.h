// A table that fits the terminal: columns give way by priority, text is cut with "…", nothing is
// wrapped. Cells are neutralised on the way in, so a table is safe whatever its data holds.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "cli/style.h"
#include "cli/terminal_text.h"

namespace srehub::cli {

struct Column {
  std::string header;
  Align align = Align::kLeft;
  size_t min_width = 0;   // may shrink down to this; 0: never shrinks
  bool optional = false;  // left out altogether when the rest does not fit otherwise
};

class Table {
 public:
  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

  Table& Row() {
    rows_.emplace_back();
    return *this;
  }
  Table& Cell(std::string_view text, Ink ink = Ink::kPlain) {
    rows_.back().push_back({Neutralise(text), ink});
    return *this;
  }
  // Of our own making (a sparkline): taken as it is.
  Table& Drawn(std::string text, Ink ink = Ink::kPlain) {
    rows_.back().push_back({std::move(text), ink});
    return *this;
  }

  bool empty() const { return rows_.empty(); }
  // Header and rows, each with its line break; trailing blanks are cut.
  std::string Render(const Style& style) const;

 private:
  struct CellText {
    std::string text;
    Ink ink = Ink::kPlain;
  };
  std::vector<size_t> Widths(size_t total) const;  // 0: the column is left out

  std::vector<Column> columns_;
  std::vector<std::vector<CellText>> rows_;
};

}  // namespace srehub::cli
