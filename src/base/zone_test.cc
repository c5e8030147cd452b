#include "base/zone.h"

#include <gtest/gtest.h>

#include <random>

namespace srehub {
namespace {

Instant At(std::string_view text) { return ParseRfc3339(text).value(); }

struct DayCase {
  const char* zone;
  const char* instant;
  const char* start;
  const char* end;
  const char* date;
};

TEST(ZoneTest, CutsDaysWhereTheClocksDo) {
  const DayCase cases[] = {
      {"UTC", "2025-08-26T14:10:00Z", "2025-08-26T00:00:00Z", "2025-08-27T00:00:00Z", "2025-08-26"},
      {"UTC", "2025-08-26T00:00:00Z", "2025-08-26T00:00:00Z", "2025-08-27T00:00:00Z", "2025-08-26"},
      {"Europe/Berlin", "2025-08-25T22:00:00Z", "2025-08-25T22:00:00Z", "2025-08-26T22:00:00Z",
       "2025-08-26"},
      {"Europe/Berlin", "2025-08-25T21:59:59.999999999Z", "2025-08-24T22:00:00Z",
       "2025-08-25T22:00:00Z", "2025-08-25"},
      // 23 and 25 hours.
      {"Europe/Berlin", "2025-03-30T12:00:00Z", "2025-03-29T23:00:00Z", "2025-03-30T22:00:00Z",
       "2025-03-30"},
      {"Europe/Berlin", "2025-10-26T00:30:00Z", "2025-10-25T22:00:00Z", "2025-10-26T23:00:00Z",
       "2025-10-26"},
      {"America/New_York", "2025-11-02T12:00:00Z", "2025-11-02T04:00:00Z", "2025-11-03T05:00:00Z",
       "2025-11-02"},
      {"Asia/Kathmandu", "2025-08-26T18:14:59Z", "2025-08-25T18:15:00Z", "2025-08-26T18:15:00Z",
       "2025-08-26"},
      {"Asia/Kathmandu", "2025-08-26T18:15:00Z", "2025-08-26T18:15:00Z", "2025-08-27T18:15:00Z",
       "2025-08-27"},
      // Midnight is skipped: the day begins at 01:00.
      {"America/Sao_Paulo", "2018-11-04T12:00:00Z", "2018-11-04T03:00:00Z", "2018-11-05T02:00:00Z",
       "2018-11-04"},
      // Midnight comes twice: 01:00 became 00:00; the day begins at the first.
      {"America/Havana", "2024-11-03T12:00:00Z", "2024-11-03T04:00:00Z", "2024-11-04T05:00:00Z",
       "2024-11-03"},
      // A whole day left out: Samoa had no 30 December 2011.
      {"Pacific/Apia", "2011-12-30T10:00:00Z", "2011-12-30T10:00:00Z", "2011-12-31T10:00:00Z",
       "2011-12-31"},
  };
  for (const DayCase& c : cases) {
    const Zone zone = Zone::Load(c.zone).value();
    const Instant t = At(c.instant);
    EXPECT_EQ(FormatTime(zone.StartOfDay(t)), c.start) << c.zone << " " << c.instant;
    EXPECT_EQ(FormatTime(zone.EndOfDay(t)), c.end) << c.zone << " " << c.instant;
    EXPECT_EQ(zone.FormatDate(t), c.date) << c.zone << " " << c.instant;
    EXPECT_EQ(FormatTime(zone.ParseDate(c.date).value()), c.start) << c.zone << " " << c.date;
  }
}

TEST(ZoneTest, DaysAreAPartitionOfTime) {
  std::mt19937_64 random(6);
  // Zones with odd offsets and odd changes; some set back across midnight.
  for (const char* name :
       {"UTC", "Europe/London", "Australia/Lord_Howe", "Asia/Kathmandu", "America/St_Johns",
        "Africa/Casablanca", "America/Santiago", "Pacific/Apia", "America/Toronto"}) {
    const Zone zone = Zone::Load(name).value();
    std::uniform_int_distribution<int64_t> any(0, Nanos(At("2036-01-01T00:00:00Z")));
    for (int i = 0; i < 2000; ++i) {
      const Instant t = FromNanos(any(random));
      const Instant start = zone.StartOfDay(t);
      const Instant end = zone.EndOfDay(t);
      ASSERT_LE(start, t) << name << " " << FormatTime(t);
      ASSERT_GT(end, t) << name << " " << FormatTime(t);
      EXPECT_EQ(zone.StartOfDay(end), end) << name << " " << FormatTime(t);
      EXPECT_EQ(zone.EndOfDay(start - 1ns), start) << name << " " << FormatTime(t);
      EXPECT_LE(end - start, 49h) << name << " " << FormatTime(t);
      const Instant hour = zone.StartOfHour(t);
      EXPECT_LE(hour, t);
      EXPECT_LT(t - hour, 1h);
    }
  }
}

TEST(ZoneTest, HoursAreLocal) {
  const auto hour = [](const char* zone, const char* t) {
    return FormatTime(Zone::Load(zone).value().StartOfHour(At(t)));
  };
  EXPECT_EQ(hour("UTC", "2025-08-26T14:10:00Z"), "2025-08-26T14:00:00Z");
  EXPECT_EQ(hour("Asia/Kathmandu", "2025-08-26T14:10:00Z"), "2025-08-26T13:15:00Z");
  EXPECT_EQ(hour("Asia/Kathmandu", "2025-08-26T14:20:00Z"), "2025-08-26T14:15:00Z");
  // Lord Howe goes from 02:00 to 02:30: the hour starts at the change.
  EXPECT_EQ(hour("Australia/Lord_Howe", "2025-10-04T15:35:00Z"), "2025-10-04T15:30:00Z");
}

TEST(ZoneTest, AddsCalendarDays) {
  const Zone berlin = Zone::Load("Europe/Berlin").value();
  EXPECT_EQ(FormatTime(berlin.AddDays(At("2025-10-26T12:00:00Z"), -1)), "2025-10-25T11:00:00Z");
  EXPECT_EQ(FormatTime(berlin.AddDays(At("2025-03-29T01:30:00Z"), 1)), "2025-03-30T01:00:00Z");
  EXPECT_EQ(FormatTime(Zone::Utc().AddDays(At("2025-08-26T14:10:00Z"), -7)),
            "2025-08-19T14:10:00Z");
}

TEST(ZoneTest, WritesLocalTimeWithItsOffset) {
  const Instant t = At("2025-08-26T14:01:23.9Z");
  EXPECT_EQ(Zone::Utc().FormatLocal(t), "2025-08-26T14:01:23Z");
  EXPECT_EQ(Zone::Load("Europe/Berlin").value().FormatLocal(t), "2025-08-26T16:01:23+02:00");
  EXPECT_EQ(Zone::Load("America/St_Johns").value().FormatLocal(t), "2025-08-26T11:31:23-02:30");
  EXPECT_EQ(Zone::Load("Asia/Kathmandu").value().FormatLocal(t), "2025-08-26T19:46:23+05:45");
}

TEST(ZoneTest, NamesAreFoundInAnyCase) {
  EXPECT_EQ(Zone::Load("europe/BERLIN").value().name(), "Europe/Berlin");
  EXPECT_EQ(Zone::Load("utc").value().name(), "UTC");
  EXPECT_EQ(Zone::Load("Etc/UTC").value().name(), "UTC");
}

TEST(ZoneTest, UnknownNamesComeWithTheNearest) {
  const std::pair<const char*, const char*> cases[] = {{"Europe/Berln", "Europe/Berlin"},
                                                       {"Berlin", "Europe/Berlin"},
                                                       {"new_york", "America/New_York"}};
  for (const auto& [name, nearest] : cases) {
    const auto got = Zone::Load(name);
    ASSERT_FALSE(got) << name;
    EXPECT_EQ(got.error().code, ErrorCode::kInvalidArgument);
    EXPECT_NE(got.error().message.find(nearest), std::string::npos) << got.error().message;
  }
  for (const std::string& name :
       {std::string(), std::string("../../etc/passwd"), std::string("+5:45"), std::string("+15:00"),
        std::string(100'000, 'x')}) {
    const auto got = Zone::Load(name);
    ASSERT_FALSE(got);
    EXPECT_LT(got.error().message.size(), 300u);
  }
}

TEST(ZoneTest, AFixedOffsetIsAZone) {
  const auto kathmandu = Zone::Load("+05:45");
  ASSERT_TRUE(kathmandu);
  EXPECT_EQ(kathmandu->name(), "+05:45");
  const Instant t = *ParseRfc3339("2025-08-26T14:01:23Z");
  EXPECT_EQ(kathmandu->FormatLocal(t), "2025-08-26T19:46:23+05:45");
  EXPECT_EQ(kathmandu->StartOfDay(t), *ParseRfc3339("2025-08-25T18:15:00Z"));
  EXPECT_EQ(kathmandu->StartOfHour(t), *ParseRfc3339("2025-08-26T13:15:00Z"));
  EXPECT_EQ(Zone::Load("-03:00")->EndOfDay(t), *ParseRfc3339("2025-08-27T03:00:00Z"));
}

TEST(ZoneTest, RefusesWhatIsNoDate) {
  for (const char* text : {"", "2025-8-26", "2025-02-30", "2025-08-26T00:00:00Z", "1969-12-31",
                           "2262-01-01", "2025-08-2x"}) {
    EXPECT_FALSE(Zone::Utc().ParseDate(text)) << text;
  }
}

}  // namespace
}  // namespace srehub
