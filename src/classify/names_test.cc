#include "classify/names.h"

#include <gtest/gtest.h>

#include "base/limits.h"

namespace srehub::classify {
namespace {

using Words = std::vector<std::string_view>;

TEST(NameWords, SplitsAtSeparatorsAndCase) {
  EXPECT_EQ(NameWords("HighCPU-PaymentsAPI"), (Words{"High", "CPU", "Payments", "API"}));
  EXPECT_EQ(NameWords("PaymentsAPIErrors"), (Words{"Payments", "API", "Errors"}));
  EXPECT_EQ(NameWords("prod/checkout_5XX p99"), (Words{"prod", "checkout", "5XX", "p99"}));
  EXPECT_EQ(NameWords("S3Bucket"), (Words{"S3", "Bucket"}));
  EXPECT_EQ(NameWords(" -_/ "), Words{});
}

TEST(CamelCase, KeepsWhatIsUpperAlready) {
  EXPECT_EQ(CamelCase("deploy failed: x"), "DeployFailedX");
  EXPECT_EQ(CamelCase("HTTP error-rate"), "HTTPErrorRate");
  EXPECT_EQ(CamelCase("mem_used_percent"), "MemUsedPercent");
  EXPECT_EQ(CamelCase("--"), "");
}

TEST(CamelCase, LongNamesStayTellable) {
  const std::string a(300, 'a'), b(301, 'a');
  EXPECT_EQ(CamelCase(a).size(), limits::kMaxEventTypeBytes);
  EXPECT_NE(CamelCase(a), CamelCase(b));
}

TEST(Identifier, IsWhatAnEventTypeCanBeAsItStands) {
  EXPECT_TRUE(IsIdentifier("HighErrorRate"));
  EXPECT_TRUE(IsIdentifier("high_error_rate"));
  EXPECT_FALSE(IsIdentifier("High Error Rate"));
  EXPECT_FALSE(IsIdentifier("5xx"));
  EXPECT_FALSE(IsIdentifier(""));
  EXPECT_FALSE(IsIdentifier(std::string(limits::kMaxEventTypeBytes + 1, 'a')));
}

TEST(Glob, WildcardsAndCase) {
  EXPECT_TRUE(MatchesGlob("checkout-*", "Checkout-worker"));
  EXPECT_TRUE(MatchesGlob("*5XX*", "HTTPCode_Target_5xx_Count"));
  EXPECT_TRUE(MatchesGlob("a*b*c", "aXbXbXc"));
  EXPECT_TRUE(MatchesGlob("*", ""));
  EXPECT_TRUE(MatchesGlob("p?9", "p99"));
  EXPECT_FALSE(MatchesGlob("a*b*c", "aXbXb"));
  EXPECT_FALSE(MatchesGlob("checkout", "checkout-api"));
  EXPECT_FALSE(MatchesGlob("", "x"));
}

TEST(WholeWord, IsNotAPartOfOne) {
  EXPECT_TRUE(ContainsWholeWord("payments page", "page"));
  EXPECT_TRUE(ContainsWholeWord("PAGE: payments", "page"));
  EXPECT_TRUE(ContainsWholeWord("payments_critical", "critical"));
  EXPECT_FALSE(ContainsWholeWord("homepage-latency", "page"));
  EXPECT_FALSE(ContainsWholeWord("pages", "page"));
  EXPECT_FALSE(ContainsWholeWord("p01", "p0"));
}

}  // namespace
}  // namespace srehub::classify
