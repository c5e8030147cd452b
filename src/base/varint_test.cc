#include "base/varint.h"

#include <gtest/gtest.h>

#include <limits>
#include <random>

namespace srehub {
namespace {

TEST(Varint, BoundariesReadBack) {
  std::string bytes;
  const uint64_t values[] = {0, 1, 127, 128, 16'383, 16'384, 1ull << 63, ~0ull};
  for (const uint64_t value : values) AppendVarint(&bytes, value);
  ByteReader in(bytes);
  for (const uint64_t value : values) {
    uint64_t got = 0;
    ASSERT_TRUE(in.ReadVarint(&got));
    EXPECT_EQ(got, value);
  }
  EXPECT_TRUE(in.AtEnd());
}

TEST(Varint, SignedValuesStaySmall) {
  const std::pair<int64_t, size_t> cases[] = {{0, 1},
                                              {-1, 1},
                                              {63, 1},
                                              {-64, 1},
                                              {64, 2},
                                              {std::numeric_limits<int64_t>::min(), 10},
                                              {std::numeric_limits<int64_t>::max(), 10}};
  for (const auto& [value, size] : cases) {
    std::string bytes;
    AppendZigzag(&bytes, value);
    EXPECT_EQ(bytes.size(), size) << value;
    int64_t got = 0;
    ByteReader in(bytes);
    ASSERT_TRUE(in.ReadZigzag(&got));
    EXPECT_EQ(got, value);
  }
}

TEST(Varint, RefusesOverlongAndCutOff) {
  uint64_t value = 0;
  for (const std::string& bytes : {std::string(), std::string(1, '\x80'), std::string(11, '\x80'),
                                   std::string(9, '\xFF') + '\x02'}) {
    ByteReader in(bytes);
    EXPECT_FALSE(in.ReadVarint(&value));
  }
}

TEST(Varint, RandomSequencesReadBackAndNeverRunOver) {
  std::mt19937_64 random(12);
  for (int i = 0; i < 200; ++i) {
    std::string bytes;
    const uint64_t number = random() >> (random() % 64);
    const std::string text(random() % 300, 'x');
    AppendVarint(&bytes, number);
    AppendString(&bytes, text);
    uint64_t got = 0;
    std::string_view view;
    ByteReader in(bytes);
    ASSERT_TRUE(in.ReadVarint(&got) && in.ReadView(&view));
    EXPECT_EQ(got, number);
    EXPECT_EQ(view, text);
    for (size_t size = 0; size < bytes.size(); ++size) {
      ByteReader cut(std::string_view(bytes).substr(0, size));
      EXPECT_FALSE(cut.ReadVarint(&got) && cut.ReadView(&view)) << size;
    }
  }
}

}  // namespace
}  // namespace srehub
