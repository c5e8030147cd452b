// How human output looks: colour or none, how wide, in which zone. A value.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/time.h"
#include "base/zone.h"

namespace srehub::cli {

enum class Ink : unsigned char { kPlain, kBold, kDim, kRed, kRedBold, kYellow, kBlue, kGreen };

struct Style {
  bool color = false;
  size_t width = 0;  // columns of the terminal; 0: as wide as the text
  Zone zone = Zone::Utc();
  Instant now{};  // the answer's instant: times of its day are shown without the date

  // `text` in that ink; unchanged without colour. Colour never alone carries meaning.
  std::string Paint(std::string_view text, Ink ink) const;
  // "14:01:23", with the date before it on another day than `now`.
  std::string Time(Instant t) const;
  // "4 min ago", "in 3 h".
  std::string Ago(Instant t) const;
};

// The ink of a severity word.
Ink InkOfSeverity(std::string_view severity);

}  // namespace srehub::cli
