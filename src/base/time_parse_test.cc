#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

#include "base/time.h"

namespace srehub {
namespace {

struct Good {
  const char* text;
  const char* instant;
};
struct Bad {
  const char* text;
  const char* why;  // a part of the message
};

TEST(ParseRfc3339, ReadsEveryFormOfTheStandard) {
  const Good cases[] = {
      {"2025-08-26T14:01:23Z", "2025-08-26T14:01:23Z"},
      {"2025-08-26t14:01:23z", "2025-08-26T14:01:23Z"},
      {"2025-08-26T14:01:23.5Z", "2025-08-26T14:01:23.500Z"},
      {"2025-08-26T14:01:23.123456789Z", "2025-08-26T14:01:23.123456789Z"},
      {"2025-08-26T14:01:23.1234567899Z", "2025-08-26T14:01:23.123456789Z"},
      {"2025-08-26T16:01:23+02:00", "2025-08-26T14:01:23Z"},
      {"2025-08-26T19:46:23+05:45", "2025-08-26T14:01:23Z"},
      {"2025-08-25T14:02:23-23:59", "2025-08-26T14:01:23Z"},
      {"2025-08-26T14:01:23-00:00", "2025-08-26T14:01:23Z"},
      {"2016-12-31T23:59:60Z", "2017-01-01T00:00:00Z"},
      {"2016-12-31T18:59:60-05:00", "2017-01-01T00:00:00Z"},
      {"2024-02-29T00:00:00Z", "2024-02-29T00:00:00Z"},
      {"1970-01-01T00:00:00Z", "1970-01-01T00:00:00Z"},
      {"1969-12-31T23:00:00-01:00", "1970-01-01T00:00:00Z"},
      {"2261-12-31T23:59:59.999999999Z", "2261-12-31T23:59:59.999999999Z"},
  };
  for (const Good& c : cases) {
    const auto got = ParseRfc3339(c.text);
    ASSERT_TRUE(got) << c.text << ": " << got.error().message;
    EXPECT_EQ(FormatTime(*got), c.instant) << c.text;
  }
}

TEST(ParseRfc3339, RefusesAndSaysWhy) {
  const Bad cases[] = {
      {"", "RFC 3339"},
      {"2025-08-26", "RFC 3339"},
      {"2025-08-26 14:01:23Z", "RFC 3339"},
      {"2025-08-26T14:01:23", "RFC 3339"},
      {"2025-08-26T14:01Z", "RFC 3339"},
      {"2025-08-26T14:01:23,5Z", "RFC 3339"},
      {"2025-08-26T14:01:23.Z", "RFC 3339"},
      {"2025-08-26T14:01:23+0200", "RFC 3339"},
      {"2025-08-26T14:01:23+24:00", "RFC 3339"},
      {"2025-08-26T14:01:23+02:60", "RFC 3339"},
      {"2025-08-26T14:01:23Z ", "RFC 3339"},
      {" 2025-08-26T14:01:23Z", "RFC 3339"},
      {"2025-8-26T14:01:23Z", "RFC 3339"},
      {"+2025-08-26T14:01:23Z", "RFC 3339"},
      {"1756216883", "RFC 3339"},
      {"2025-02-29T00:00:00Z", "no such day"},
      {"2025-13-01T00:00:00Z", "no such day"},
      {"2025-00-01T00:00:00Z", "no such day"},
      {"2025-04-31T00:00:00Z", "no such day"},
      {"2025-08-26T24:00:00Z", "hours go to 23"},
      {"2025-08-26T14:60:00Z", "hours go to 23"},
      {"2025-08-26T14:01:61Z", "hours go to 23"},
      {"2025-08-26T14:01:60Z", "end of a UTC day"},
      {"0000-01-01T00:00:00Z", "outside 1970-01-01 to 2261-12-31"},
      {"0001-01-01T00:00:00Z", "outside 1970-01-01 to 2261-12-31"},
      {"1969-12-31T23:59:59Z", "outside 1970-01-01 to 2261-12-31"},
      {"1970-01-01T00:00:00+00:01", "outside 1970-01-01 to 2261-12-31"},
      {"2262-01-01T00:00:00Z", "outside 1970-01-01 to 2261-12-31"},
      {"2261-12-31T23:59:60Z", "outside 1970-01-01 to 2261-12-31"},
      {"9999-12-31T23:59:59Z", "outside 1970-01-01 to 2261-12-31"},
  };
  for (const Bad& c : cases) {
    const auto got = ParseRfc3339(c.text);
    ASSERT_FALSE(got) << c.text << " gave " << FormatTime(*got);
    EXPECT_EQ(got.error().code, ErrorCode::kInvalidArgument);
    EXPECT_NE(got.error().message.find(c.why), std::string::npos)
        << c.text << ": " << got.error().message;
  }
}

TEST(ParseSenderTime, ReadsWhatSendersWrite) {
  const Good cases[] = {
      {"2025-08-26T14:03:00Z", "2025-08-26T14:03:00Z"},
      {"2015-06-03T17:43:27.123+0000", "2015-06-03T17:43:27.123Z"},    // SNS
      {"2023-08-04T12: 36: 15.490+0000", "2023-08-04T12:36:15.490Z"},  // copied from AWS' pages
      {"2016-08-12 15:23:28 UTC", "2016-08-12T15:23:28Z"},             // GitLab
      {"2021-04-28 21:50:00 +0200", "2021-04-28T19:50:00Z"},           // GitLab
      {"2021-02-23T02:41:37.886Z", "2021-02-23T02:41:37.886Z"},
      {"2026-11-23 07:06:55,261", "2026-11-23T07:06:55.261Z"},           // Python asctime
      {"2025-08-26 07:06:55,378+0000", "2025-08-26T07:06:55.378Z"},      // AWS Powertools
      {"2018-03-15 10:11:12.123456", "2018-03-15T10:11:12.123456Z"},     // java.sql.Timestamp
      {"2025/08/26 14:01:23", "2025-08-26T14:01:23Z"},                   // Go's standard log
      {"2025-08-26 14:01:23.5 +0200 CEST", "2025-08-26T12:01:23.500Z"},  // Go's Time.String
      {"2025-08-26T14:01:23-07:00", "2025-08-26T21:01:23Z"},
      {"2025-08-26T14:01:23+02", "2025-08-26T12:01:23Z"},
      {"2025-08-26T14:01Z", "2025-08-26T14:01:00Z"},
      {"2025-08-26 14:01:23 GMT", "2025-08-26T14:01:23Z"},
      {"  2025-08-26T14:01:23Z\n", "2025-08-26T14:01:23Z"},
      {"2025-06-30T14:01:60Z", "2025-06-30T14:02:00Z"},  // a rounded 59.9996
      {"2016-12-31T23:59:60Z", "2017-01-01T00:00:00Z"},
      {"1756216883", "2025-08-26T14:01:23Z"},
      {"1756216883.25", "2025-08-26T14:01:23.250Z"},
      {"1795417814.2136064", "2026-11-23T07:10:14.213606400Z"},  // zap
      {"1756216883000", "2025-08-26T14:01:23Z"},
      {"1756216883000.5", "2025-08-26T14:01:23.000500Z"},
      {"1756216883000001", "2025-08-26T14:01:23.000001Z"},
      {"1756216883000000001", "2025-08-26T14:01:23.000000001Z"},
      {"1756216883.", "2025-08-26T14:01:23Z"},
  };
  for (const Good& c : cases) {
    const auto got = ParseSenderTime(c.text);
    ASSERT_TRUE(got) << c.text << ": " << got.error().message;
    EXPECT_EQ(*got, ParseRfc3339(c.instant).value()) << c.text << " gave " << FormatTime(*got);
  }
}

TEST(ParseSenderTime, RefusesAndSaysWhy) {
  const Bad cases[] = {
      {"", "a date and a time of day"},
      {"yesterday", "a date and a time of day"},
      {"2025-08-26", "a date and a time of day"},
      {"2025-08-26T", "a date and a time of day"},
      {"2025-08/26 14:01:23", "a date and a time of day"},
      {"2025-08-26T14:01:23 CEST", "a date and a time of day"},
      {"2025-08-26T14:01:23+2", "a date and a time of day"},
      {"2025-08-26T14:01:23+02:", "a date and a time of day"},
      {"2025-08-26T14:01:23Zulu", "a date and a time of day"},
      {"2025-08-26T14:01:23 +0200 CEST m=+1", "a date and a time of day"},
      {"Tue Aug 26 14:01:23 2025", "a date and a time of day"},
      {"26/Aug/2025:14:01:23 +0000", "a date and a time of day"},
      {"2025-02-30 00:00:00", "no such day"},
      {"0000-00-00 00:00:00", "no such day"},
      {"0001-01-01T00:00:00Z", "outside 1970"},
      {"1969-12-31 23:59:59", "outside 1970"},
      {"2262-01-01 00:00:00", "outside 1970"},
      {"9999-12-31 23:59:59.999", "outside 1970"},
      {"0", "seconds from 1e9"},
      {"999999999", "seconds from 1e9"},
      {"500000000000", "seconds from 1e9"},
      {"99999999999", "outside 1970"},
      {"99999999999999", "outside 1970"},
      {"99999999999999999999", "outside 1970"},
      {"1.2.3", "seconds from 1e9"},
      {"1756216883.1.2", "cannot be read"},
      {".", "cannot be read"},
      {"-1756216883", "a date and a time of day"},
  };
  for (const Bad& c : cases) {
    const auto got = ParseSenderTime(c.text);
    ASSERT_FALSE(got) << c.text << " gave " << FormatTime(*got);
    EXPECT_EQ(got.error().code, ErrorCode::kInvalidArgument);
    EXPECT_NE(got.error().message.find(c.why), std::string::npos)
        << c.text << ": " << got.error().message;
  }
}

TEST(ParseSenderTime, QuotesOnlyTheBeginningOfALongText) {
  const auto got = ParseSenderTime(std::string(100'000, 'x'));
  ASSERT_FALSE(got);
  EXPECT_LT(got.error().message.size(), 400u);
}

TEST(InstantFromNumber, TellsTheUnitByMagnitude) {
  const char* expected = "2025-08-26T14:01:23Z";
  for (const double number : {1756216883.0, 1756216883e3, 1756216883e6, 1756216883e9}) {
    EXPECT_EQ(FormatTime(InstantFromNumber(number).value()), expected);
    EXPECT_EQ(FormatTime(InstantFromInteger(static_cast<int64_t>(number)).value()), expected);
  }
  EXPECT_EQ(FormatTime(InstantFromNumber(1795417814.2136064).value()),
            "2026-11-23T07:10:14.213606400Z");
  EXPECT_EQ(FormatTime(InstantFromInteger(1'000'000'000).value()), "2001-09-09T01:46:40Z");
  EXPECT_EQ(FormatTime(InstantFromInteger(9'214'646'399).value()), "2261-12-31T23:59:59Z");
}

TEST(InstantFromNumber, RefusesWhatIsNoTime) {
  for (const double number : {0.0, -1756216883.0, 1e8, 5e11, 5e14, 5e17, 1e300, 99999999999.0,
                              std::nan(""), std::numeric_limits<double>::infinity()}) {
    EXPECT_FALSE(InstantFromNumber(number)) << number;
  }
  EXPECT_FALSE(InstantFromInteger(9'214'646'400));
  EXPECT_FALSE(InstantFromInteger(std::numeric_limits<int64_t>::min()));
  EXPECT_FALSE(InstantFromInteger(std::numeric_limits<int64_t>::max()));
}

TEST(ParseSenderTime, NeverCrashesOnMutatedText) {
  const std::string seed = "2021-04-28 21:50:00.123 +0200 CEST";
  std::mt19937_64 random(5);
  for (int i = 0; i < 20'000; ++i) {
    std::string text = seed;
    for (int k = 0; k < 3; ++k) {
      const size_t at = random() % text.size();
      if (random() % 3 == 0) text.erase(at, 1);
      else text[at] = static_cast<char>(random());
    }
    const auto got = ParseSenderTime(text);
    // What is taken lies in range and reads back.
    if (got) {
      EXPECT_EQ(ParseRfc3339(FormatTime(*got)).value(), *got);
    }
  }
}

}  // namespace
}  // namespace srehub
