#include "base/snappy_block.h"

#include <gtest/gtest.h>
#include <snappy.h>

namespace srehub {
namespace {

std::string Compressed(const std::string& text) {
  std::string out;
  snappy::Compress(text.data(), text.size(), &out);
  return out;
}

TEST(SnappyBlock, RoundTrip) {
  for (const std::string& text :
       {std::string(), std::string("a"), std::string(5'000'000, 'x'), std::string("\0\xff", 2)}) {
    const auto out = InflateSnappyBlock(Compressed(text));
    ASSERT_TRUE(out.has_value()) << out.error().message;
    EXPECT_EQ(*out, text);
  }
}

TEST(SnappyBlock, TheSizeIsCheckedFirst) {
  EXPECT_EQ(InflateSnappyBlock(Compressed(std::string(1001, 'x')), 1000).error().code,
            ErrorCode::kTooLarge);
  // Claims 4 GiB less one in five bytes.
  EXPECT_EQ(InflateSnappyBlock("\xff\xff\xff\xff\x0f").error().code, ErrorCode::kTooLarge);
  // Claims 64 MiB, below the limit, in four bytes.
  EXPECT_EQ(InflateSnappyBlock(std::string_view("\x80\x80\x80\x20", 4)).error().code,
            ErrorCode::kMalformed);
}

TEST(SnappyBlock, Damage) {
  EXPECT_EQ(InflateSnappyBlock("").error().code, ErrorCode::kMalformed);
  std::string damaged = Compressed("some text, some text, some text");
  damaged.pop_back();
  EXPECT_EQ(InflateSnappyBlock(damaged).error().code, ErrorCode::kMalformed);
  EXPECT_EQ(InflateSnappyBlock("{\"streams\":[]}").error().code, ErrorCode::kMalformed);
}

}  // namespace
}  // namespace srehub
