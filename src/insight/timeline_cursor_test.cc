#include "insight/timeline_cursor.h"

#include <gtest/gtest.h>

namespace srehub::insight {
namespace {

TimelineCursor Cursor() {
  const Instant now = *ParseRfc3339("2025-08-26T14:10:00Z");
  return {{now - 15min, now}, now - 1min, 0xfeedfacecafebeefULL, "checkout-api"};
}

TEST(TimelineCursorTest, ComesBackAsItWas) {
  const auto back = DecodeCursor(EncodeCursor(Cursor()));
  ASSERT_TRUE(back);
  EXPECT_TRUE(*back == Cursor());
}

TEST(TimelineCursorTest, AnyOtherTextIsRefused) {
  const std::string good = EncodeCursor(Cursor());
  std::vector<std::string> bad = {
      "", "x", std::string(80, '0'), good.substr(1), good + "x", good.substr(0, good.size() - 1)};
  for (size_t i = 0; i < good.size(); ++i) {
    std::string changed = good;
    changed[i] = changed[i] == '0' ? '1' : '0';
    bad.push_back(changed);
  }
  for (const std::string& text : bad) {
    const auto cursor = DecodeCursor(text);
    ASSERT_FALSE(cursor) << text;
    EXPECT_EQ(cursor.error().code, ErrorCode::kInvalidArgument);
  }
}

TEST(TimelineCursorTest, APositionOutsideItsWindowIsRefused) {
  TimelineCursor cursor = Cursor();
  cursor.timestamp = cursor.window.after;
  EXPECT_FALSE(DecodeCursor(EncodeCursor(cursor)));
}

}  // namespace
}  // namespace srehub::insight
