#include "cli/progress.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

namespace srehub::cli {
namespace {

TEST(Progress, SaysHowFarHowFastAndHowLong) {
  const std::string line = ProgressLine(
      {.name = "a.log", .done = 5'000'000, .total = 20'000'000, .records = 1'000, .seconds = 2},
      200);
  EXPECT_TRUE(line.starts_with("[#####---------------]  25%  ")) << line;
  EXPECT_NE(line.find("500 records/s  6 s left  a.log"), std::string::npos) << line;
  EXPECT_LE(ProgressLine({.name = std::string(300, 'x'), .done = 1, .total = 2}, 60).size(), 62U);
  // Nothing is left, or nothing is known.
  EXPECT_EQ(ProgressLine({.name = "a", .done = 2, .total = 2, .seconds = 1}, 200).find("left"),
            std::string::npos);
  EXPECT_EQ(ProgressLine({.name = "-", .done = 2, .seconds = 1}, 200).find('%'), std::string::npos);
  EXPECT_NE(ProgressLine({.name = "a", .done = 1, .total = 7'201, .seconds = 1}, 200)
                .find("2 h 0 min left"),
            std::string::npos);
}

TEST(Progress, OnlyATerminalSeesIt) {
  std::ostringstream none, some;
  Progress quiet(&none, false, 80);
  quiet.Show("a", 1, 2, 1);
  EXPECT_EQ(none.str(), "");
  Progress progress(&some, true, 80);
  progress.Show("a", 1, 2, 1);
  progress.Show("a", 2, 2, 2);  // within a tenth of a second
  progress.Clear();
  const std::string text = some.str();
  EXPECT_EQ(std::count(text.begin(), text.end(), '\r'), 3);
  EXPECT_EQ(text.find('\n'), std::string::npos);
}

}  // namespace
}  // namespace srehub::cli
