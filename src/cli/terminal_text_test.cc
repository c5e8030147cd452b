#include "cli/terminal_text.h"

#include <gtest/gtest.h>

#include <vector>

#include "cli/table.h"

namespace srehub::cli {
namespace {

TEST(Neutralise, WhatCouldSteerATerminalBecomesVisible) {
  EXPECT_EQ(Neutralise("plain ASCII, äöü, 数字"), "plain ASCII, äöü, 数字");
  EXPECT_EQ(Neutralise("a\nb\rc\td"), "a\\nb\\rc\\td");
  EXPECT_EQ(Neutralise("\x1b[31mred\x1b[0m"), "\\x1b[31mred\\x1b[0m");
  EXPECT_EQ(Neutralise("\x1b]52;c;cGF5bG9hZA==\x07"), "\\x1b]52;c;cGF5bG9hZA==\\x07");
  EXPECT_EQ(Neutralise("del\x7f back\x08"), "del\\x7f back\\x08");
  EXPECT_EQ(Neutralise("c1 \xc2\x9b"
                       "31m"),
            "c1 \\u009b31m");  // CSI as one character
  EXPECT_EQ(Neutralise("\xe2\x80\xae"
                       "evil\xe2\x80\xac"),
            "\\u202eevil\\u202c");
  EXPECT_EQ(Neutralise("zero\xe2\x80\x8bwidth\xef\xbb\xbf"), "zero\\u200bwidth\\ufeff");
  EXPECT_EQ(Neutralise("tag\xf3\xa0\x80\x81"), "tag\\U000e0001");
  EXPECT_EQ(Neutralise("bad \xff\xfe utf8 \xc3"), "bad \\xff\\xfe utf8 \\xc3");
  EXPECT_EQ(Neutralise(std::string_view("nul\0byte", 8)), "nul\\x00byte");
}

TEST(Neutralise, NoByteBelowSpaceSurvivesWhateverComesIn) {
  for (int a = 0; a < 256; ++a) {
    for (int b = 0; b < 256; ++b) {
      const std::string text = {static_cast<char>(a), static_cast<char>(b), 'x'};
      for (const char c : Neutralise(text)) {
        EXPECT_GE(static_cast<unsigned char>(c), 0x20);
        EXPECT_NE(static_cast<unsigned char>(c), 0x7f);
      }
    }
  }
}

TEST(DisplayWidth, CountsColumnsNotBytes) {
  EXPECT_EQ(DisplayWidth("abc"), 3u);
  EXPECT_EQ(DisplayWidth("äö"), 2u);
  EXPECT_EQ(DisplayWidth("数字"), 4u);
  EXPECT_EQ(DisplayWidth("e\xcc\x81"), 1u);
  EXPECT_EQ(DisplayWidth("▁▂█"), 3u);
}

TEST(Fit, PadsAndCutsAtColumns) {
  EXPECT_EQ(Fit("abc", 5), "abc  ");
  EXPECT_EQ(Fit("7", 3, Align::kRight), "  7");
  EXPECT_EQ(Fit("abcdef", 4), "abc…");
  EXPECT_EQ(Fit("数字数字", 4), "数… ");  // a wide character is never halved
  EXPECT_EQ(Fit("abc", 0), "");
}

TEST(Sparkline, TheGreatestCellIsFullAndSilenceIsBlank) {
  EXPECT_EQ(Sparkline(std::vector<uint64_t>{0, 1, 4, 8}, 4), " ▂▅█");
  EXPECT_EQ(Sparkline(std::vector<uint64_t>{0, 0}, 2), "  ");
  // Folding keeps the peak of each cell.
  EXPECT_EQ(Sparkline(std::vector<uint64_t>{0, 9, 0, 0, 3, 0}, 3), "█ ▃");
  EXPECT_EQ(Sparkline({}, 10), "");
}

TEST(ShortCount, ThreeDigitsAndAUnit) {
  EXPECT_EQ(ShortCount(0), "0");
  EXPECT_EQ(ShortCount(999), "999");
  EXPECT_EQ(ShortCount(1'000), "1.0k");
  EXPECT_EQ(ShortCount(12'345), "12k");
  EXPECT_EQ(ShortCount(999'600), "1.0M");
  EXPECT_EQ(ShortCount(1'234'567), "1.2M");
}

Table Sample() {
  Table table({{.header = "SERVICE", .min_width = 6},
               {.header = "COUNT", .align = Align::kRight},
               {.header = "TITLE", .min_width = 8},
               {.header = "NOTE", .optional = true}});
  table.Row().Cell("payments-api", Ink::kBold).Cell("41").Cell("500 on /charge").Cell("n1");
  table.Row().Cell("auth").Cell("7").Cell("evil\x1b[2Jtitle").Cell("");
  return table;
}

TEST(Table, IsAsWideAsItsTextWhenNoWidthIsAsked) {
  EXPECT_EQ(Sample().Render({}),
            "SERVICE       COUNT  TITLE             NOTE\n"
            "payments-api     41  500 on /charge    n1\n"
            "auth              7  evil\\x1b[2Jtitle\n");
}

TEST(Table, OptionalColumnsGoFirstThenTextIsCut) {
  Style style;
  style.width = 30;
  EXPECT_EQ(Sample().Render(style),
            "SERVICE  COUNT  TITLE     NOTE\n"
            "paymen…     41  500 on …  n1\n"
            "auth         7  evil\\x1…\n");
  style.width = 24;
  const std::string narrow = Sample().Render(style);
  EXPECT_EQ(narrow,
            "SERVICE  COUNT  TITLE\n"
            "paymen…     41  500 on …\n"
            "auth         7  evil\\x1…\n");
}

TEST(Table, ColourIsOnlyAddedAroundTheText) {
  Style style;
  style.color = true;
  Table table({{.header = "S"}, {.header = "N"}});
  table.Row().Cell("high", Ink::kRed).Cell("1");
  EXPECT_EQ(table.Render(style), "\x1b[2mS\x1b[0m     \x1b[2mN\x1b[0m\n\x1b[31mhigh\x1b[0m  1\n");
}

}  // namespace
}  // namespace srehub::cli
