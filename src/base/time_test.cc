#include "base/time.h"

#include <gtest/gtest.h>

#include <limits>
#include <random>

namespace srehub {
namespace {

constexpr int64_t kSecond = 1'000'000'000;

TEST(Floor, RoundsDownOnBothSidesOfTheEpoch) {
  EXPECT_EQ(FloorDiv(7, 2), 3);
  EXPECT_EQ(FloorDiv(-7, 2), -4);
  EXPECT_EQ(FloorDiv(-8, 2), -4);
  EXPECT_EQ(MinuteOf(FromNanos(-1)), -1);
  EXPECT_EQ(MinuteOf(FromNanos(60 * kSecond)), 1);
  EXPECT_EQ(HourOf(FromNanos(3600 * kSecond - 1)), 0);
  EXPECT_EQ(DayOf(StartOfDay(20000)), 20000);
  EXPECT_EQ(HourOfMinute(-1), -1);
  EXPECT_EQ(DayOfMinute(1440), 1);
}

TEST(WindowTest, IsOpenOnTheLeftAndClosedOnTheRight) {
  const Window window{FromNanos(10), FromNanos(20)};
  EXPECT_FALSE(window.Contains(FromNanos(10)));
  EXPECT_TRUE(window.Contains(FromNanos(11)));
  EXPECT_TRUE(window.Contains(FromNanos(20)));
  EXPECT_FALSE(window.Contains(FromNanos(21)));
}

struct FormatCase {
  int64_t ns;
  const char* text;
  const char* fixed;
};

TEST(FormatTime, WritesOnlyTheDecimalsNeeded) {
  const FormatCase cases[] = {
      {0, "1970-01-01T00:00:00Z", "1970-01-01T00:00:00.000000000Z"},
      {1, "1970-01-01T00:00:00.000000001Z", "1970-01-01T00:00:00.000000001Z"},
      {-1, "1969-12-31T23:59:59.999999999Z", "1969-12-31T23:59:59.999999999Z"},
      {1756216883 * kSecond, "2025-08-26T14:01:23Z", "2025-08-26T14:01:23.000000000Z"},
      {1756216883 * kSecond + 120'000'000, "2025-08-26T14:01:23.120Z",
       "2025-08-26T14:01:23.120000000Z"},
      {1756216883 * kSecond + 1'000, "2025-08-26T14:01:23.000001Z",
       "2025-08-26T14:01:23.000001000Z"},
      {951782400 * kSecond, "2000-02-29T00:00:00Z", "2000-02-29T00:00:00.000000000Z"},
      {std::numeric_limits<int64_t>::max(), "2262-04-11T23:47:16.854775807Z",
       "2262-04-11T23:47:16.854775807Z"},
  };
  for (const FormatCase& c : cases) {
    EXPECT_EQ(FormatTime(FromNanos(c.ns)), c.text);
    EXPECT_EQ(FormatTimeFixed(FromNanos(c.ns)), c.fixed);
  }
}

TEST(FormatTime, FixedWidthTextOrdersAsTime) {
  std::mt19937_64 random(7);
  std::uniform_int_distribution<int64_t> any(0, 9'214'646'399 * kSecond);
  for (int i = 0; i < 2000; ++i) {
    const Instant a = FromNanos(any(random));
    const Instant b = FromNanos(any(random));
    EXPECT_EQ(FormatTimeFixed(a).size(), 30u);
    EXPECT_EQ(a < b, FormatTimeFixed(a) < FormatTimeFixed(b));
  }
}

TEST(FormatTime, IsReadBackExactly) {
  std::mt19937_64 random(11);
  std::uniform_int_distribution<int64_t> any(0, 9'214'646'399 * kSecond);
  const int64_t units[] = {1, 1'000, 1'000'000, kSecond};
  for (int i = 0; i < 2000; ++i) {
    const int64_t unit = units[i % 4];
    const Instant t = FromNanos(any(random) / unit * unit);
    EXPECT_EQ(ParseRfc3339(FormatTime(t)).value(), t);
    EXPECT_EQ(ParseRfc3339(FormatTimeFixed(t)).value(), t);
    EXPECT_EQ(ParseSenderTime(FormatTime(t)).value(), t);
  }
}

TEST(ParseDuration, ReadsUnitsLargestFirst) {
  const std::pair<const char*, Duration> cases[] = {
      {"15m", 15min},
      {"2h", 2h},
      {"1d", kDay},
      {"90s", 90s},
      {"1h30m", 90min},
      {"2w", 14 * kDay},
      {"500ms", 500ms},
      {"0s", 0s},
      {"1w2d3h4m5s", 9 * kDay + 3h + 4min + 5s},
      {"250us", 250 * 1000ns},
      {"1s1ns", 1s + 1ns},
  };
  for (const auto& [text, expected] : cases) {
    const auto got = ParseDuration(text);
    ASSERT_TRUE(got) << text << ": " << got.error().message;
    EXPECT_EQ(*got, expected) << text;
  }
}

TEST(ParseDuration, RefusesWhatIsNone) {
  for (const char* text : {"", "15", "m", "15 m", "-5m", "1.5h", "30m1h", "1h1h", "1x", "+5m",
                           "5m ", "1H", "h1", "--1s"}) {
    const auto got = ParseDuration(text);
    ASSERT_FALSE(got) << text;
    EXPECT_EQ(got.error().code, ErrorCode::kInvalidArgument) << text;
    EXPECT_NE(got.error().message.find("not a duration"), std::string::npos) << text;
  }
  for (const char* text : {"99999999999999999999s", "300000000w", "106751d24h"}) {
    const auto got = ParseDuration(text);
    ASSERT_FALSE(got) << text;
    EXPECT_NE(got.error().message.find("292 years"), std::string::npos) << text;
  }
}

TEST(FormatDuration, NamesTheTwoLargestUnits) {
  const std::pair<Duration, const char*> cases[] = {
      {4min + 37s, "4 min 37 s"},
      {2h + 5min + 59s, "2 h 5 min"},
      {3 * kDay, "3 d"},
      {3 * kDay + 1s, "3 d"},
      {0s, "0 s"},
      {59s, "59 s"},
      {59s + 999ms, "59 s"},
      {250ms + 7ns, "250 ms"},
      {7ns, "7 ns"},
      {-(4min + 37s), "-4 min 37 s"},
      {kDay + 23h, "1 d 23 h"},
      {3 * 1000ns, "3 us"},
  };
  for (const auto& [duration, text] : cases) EXPECT_EQ(FormatDuration(duration), text);
  EXPECT_EQ(FormatDuration(Duration::min()), "-106751 d 23 h");
}

TEST(FormatDurationShort, IsWhatParseDurationReads) {
  EXPECT_EQ(FormatDurationShort(15min), "15m");
  EXPECT_EQ(FormatDurationShort(14 * kDay), "14d");
  EXPECT_EQ(FormatDurationShort(90min), "1h30m");
  EXPECT_EQ(FormatDurationShort(0s), "0s");
  std::mt19937_64 random(3);
  std::uniform_int_distribution<int64_t> any(0, std::numeric_limits<int64_t>::max());
  for (int i = 0; i < 1000; ++i) {
    const Duration d(any(random) >> (i % 60));
    EXPECT_EQ(ParseDuration(FormatDurationShort(d)).value(), d);
  }
}

}  // namespace
}  // namespace srehub
