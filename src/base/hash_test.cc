#include "base/hash.h"

#include <gtest/gtest.h>

namespace srehub {
namespace {

// Stored keys depend on these values: they may never change.
TEST(HashTest, IsStableAcrossReleases) {
  EXPECT_EQ(Hash64(""), 0x2d06800538d394c2ull);
  EXPECT_EQ(Fnv1a(kFnvOffset, ""), 0xcbf29ce484222325ull);
  EXPECT_EQ(Fnv1a(kFnvOffset, "a"), 0xaf63dc4c8601ec8cull);
  EXPECT_EQ(Fnv1a(kFnvOffset, "foobar"), 0x85944171f73967e8ull);
  EXPECT_EQ(Fnv1a(Fnv1a(kFnvOffset, "foo"), "bar"), Fnv1a(kFnvOffset, "foobar"));
  EXPECT_EQ(Fnv1a(kFnvOffset, static_cast<unsigned char>('a')), Fnv1a(kFnvOffset, "a"));
}

TEST(HashTest, HexReadsBack) {
  for (const uint64_t value : {0ull, 1ull, 0xdeadbeefull, ~0ull}) {
    uint64_t got = 0;
    EXPECT_TRUE(ParseHex64(Hex64(value), &got));
    EXPECT_EQ(got, value);
  }
  EXPECT_EQ(Hex64(0xAB), "00000000000000ab");
  uint64_t got = 0;
  for (const char* text : {"", "ab", "00000000000000AB", "00000000000000a", "00000000000000abc",
                           "00000000000000ag", "-0000000000000ab"}) {
    EXPECT_FALSE(ParseHex64(text, &got)) << text;
  }
}

}  // namespace
}  // namespace srehub
