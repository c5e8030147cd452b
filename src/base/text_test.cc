#include "base/text.h"

#include <gtest/gtest.h>

#include <random>

#include "base/hash.h"

namespace srehub {
namespace {

TEST(Utf8, KnowsEveryRangeOfTheStandard) {
  const std::pair<std::string, size_t> cases[] = {
      {"a", 1},
      {"\xC2\x80", 2},
      {"\xDF\xBF", 2},
      {"\xE0\xA0\x80", 3},
      {"\xED\x9F\xBF", 3},
      {"\xEF\xBF\xBF", 3},
      {"\xF0\x90\x80\x80", 4},
      {"\xF4\x8F\xBF\xBF", 4},
      {"", 0},
      {"\x80", 0},              // continuation alone
      {"\xC0\x80", 0},          // overlong
      {"\xC1\xBF", 0},          // overlong
      {"\xE0\x9F\xBF", 0},      // overlong
      {"\xED\xA0\x80", 0},      // surrogate
      {"\xF0\x8F\xBF\xBF", 0},  // overlong
      {"\xF4\x90\x80\x80", 0},  // past U+10FFFF
      {"\xF5\x80\x80\x80", 0},
      {"\xC2", 0},  // cut off
      {"\xE2\x82", 0},
      {"\xE2\x82x", 0},
  };
  for (const auto& [text, length] : cases) {
    EXPECT_EQ(Utf8SequenceLength(text), length) << PercentEncode(text);
    EXPECT_EQ(IsValidUtf8(text), text.empty() || length > 0) << PercentEncode(text);
  }
  EXPECT_TRUE(IsValidUtf8("größe 漢字 🚒"));
  EXPECT_FALSE(IsValidUtf8("ok \xFF"));
}

TEST(Utf8, IsCutBetweenSequences) {
  const std::string text = "a漢🚒";  // 1 + 3 + 4 bytes
  const size_t expected[] = {0, 1, 1, 1, 4, 4, 4, 4, 8, 8};
  for (size_t max = 0; max < 10; ++max) EXPECT_EQ(TruncateUtf8(text, max).size(), expected[max]);
  EXPECT_EQ(TruncateUtf8(std::string(10, '\x80'), 5).size(), 5u);  // not UTF-8: anywhere
}

TEST(Ascii, CaseAndBlanks) {
  EXPECT_EQ(ToLowerAscii("ÄBC-9z"), "Äbc-9z");
  EXPECT_EQ(TrimAscii(" \t\r\n a b \v\f"), "a b");
  EXPECT_EQ(TrimAscii("   "), "");
  EXPECT_TRUE(StartsWithIgnoreCase("Bearer abc", "bearer "));
  EXPECT_FALSE(StartsWithIgnoreCase("Be", "bearer"));
  EXPECT_TRUE(EqualsIgnoreCase("GZip", "gzip"));
  EXPECT_FALSE(EqualsIgnoreCase("gzip", "gzip "));
  EXPECT_TRUE(ContainsIgnoreCase("Connection TIMEOUT", "timeout"));
  EXPECT_TRUE(ContainsIgnoreCase("x", ""));
  EXPECT_FALSE(ContainsIgnoreCase("", "x"));
}

TEST(SplitTest, KeepsEmptyParts) {
  using Parts = std::vector<std::string_view>;
  EXPECT_EQ(Split("a:b", ':'), (Parts{"a", "b"}));
  EXPECT_EQ(Split(":a::", ':'), (Parts{"", "a", "", ""}));
  EXPECT_EQ(Split("", ':'), (Parts{""}));
}

TEST(SlugTest, KeepsTheAllowedAndJoinsTheRest) {
  const std::pair<const char*, const char*> cases[] = {
      {"checkout-api", "checkout-api"},
      {"Checkout Service", "checkout-service"},
      {"  HighCPU / Payments ", "highcpu-payments"},
      {"a_b.c-d", "a_b.c-d"},
      {"a - b", "a-b"},
      {"a--b", "a--b"},
      {"größe", "gr-e"},
      {"漢字", ""},
      {"", ""},
      {"---", ""},
      {"-a-", "a"},
      {"node#1@zone", "node-1-zone"},
  };
  for (const auto& [text, slug] : cases) EXPECT_EQ(Slug(text, 255), slug) << text;
}

TEST(SlugTest, CutsLongNamesButKeepsThemApart) {
  const std::string a = std::string(300, 'a') + "1";
  const std::string b = std::string(300, 'a') + "2";
  EXPECT_EQ(Slug(a, 255).size(), 255u);
  EXPECT_EQ(Slug(a, 255), std::string(238, 'a') + "-" + Hex64(Hash64(a)));
  EXPECT_NE(Slug(a, 255), Slug(b, 255));
  EXPECT_EQ(Slug(std::string(255, 'a'), 255), std::string(255, 'a'));
  EXPECT_LE(Slug(a, 10).size(), 10u);
}

TEST(SlugTest, GivesOnlySlugsAndIsStable) {
  std::mt19937_64 random(2);
  for (int i = 0; i < 2000; ++i) {
    std::string text(random() % 40, '\0');
    for (char& c : text) c = static_cast<char>(random());
    const std::string slug = Slug(text, 20);
    EXPECT_LE(slug.size(), 20u);
    EXPECT_EQ(slug.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789._-"), slug.npos);
    EXPECT_EQ(Slug(slug, 20), slug) << PercentEncode(text);
  }
}

TEST(Percent, EncodesAllButTheUnreserved) {
  EXPECT_EQ(PercentEncode("a-b_c.d~9"), "a-b_c.d~9");
  EXPECT_EQ(PercentEncode("svc#High%CPU/@"), "svc%23High%25CPU%2F%40");
  EXPECT_EQ(PercentEncode("a/b", "/"), "a/b");
  EXPECT_EQ(PercentEncode("\xC3\xBC"), "%C3%BC");
}

TEST(Percent, DecodesOrSaysNo) {
  std::string out;
  EXPECT_TRUE(PercentDecode("a%2fb%2F+", &out));
  EXPECT_EQ(out, "a/b/+");
  for (const char* broken : {"%", "%2", "%zz", "a%2", "%%41"}) {
    EXPECT_FALSE(PercentDecode(broken, &out)) << broken;
  }
  std::mt19937_64 random(4);
  for (int i = 0; i < 500; ++i) {
    std::string text(random() % 30, '\0');
    for (char& c : text) c = static_cast<char>(random());
    ASSERT_TRUE(PercentDecode(PercentEncode(text), &out));
    EXPECT_EQ(out, text);
  }
}

TEST(EditDistanceTest, CountsTheSingleEdits) {
  EXPECT_EQ(EditDistance("", ""), 0u);
  EXPECT_EQ(EditDistance("abc", ""), 3u);
  EXPECT_EQ(EditDistance("", "abc"), 3u);
  EXPECT_EQ(EditDistance("kitten", "sitting"), 3u);
  EXPECT_EQ(EditDistance("payments-api", "payment-api"), 1u);
  EXPECT_EQ(EditDistance("flaw", "lawn"), 2u);
}

}  // namespace
}  // namespace srehub
