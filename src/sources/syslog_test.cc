#include "sources/syslog.h"

#include "sources/testing.h"

namespace srehub::sources {
namespace {

using model::Format;
using model::LogFact;
using model::Observation;
using model::RefusalReason;
using testing::DecodeBody;
using testing::FactOf;
using testing::ObservationsOf;
using testing::ObserveOne;
using testing::RefuseOne;
using testing::T;

Observation One(std::string_view line) { return ObserveOne(Format::kSyslog, line); }

TEST(Syslog, Rfc5424) {
  const Observation seen = One(
      "<165>1 2025-08-26T14:01:12.003+02:00 web-1 checkout-api 8710 ID47 "
      "[exampleSDID@32473 iut=\"3\" eventSource=\"a \\\"b\\\" \\] \\\\\"][x@1 ip=\"1\" ip=\"2\"] "
      "\xEF\xBB\xBF"
      "Database connection timeout");
  EXPECT_EQ(seen.time, T("2025-08-26T12:01:12.003Z"));
  EXPECT_EQ(seen.format, Format::kSyslog);
  const LogFact fact = FactOf<LogFact>(seen);
  EXPECT_EQ(fact.message, "Database connection timeout");
  EXPECT_EQ(fact.service, "checkout-api");
  EXPECT_EQ(fact.host, "web-1");
  EXPECT_EQ(fact.level_number, 5);
  EXPECT_EQ(fact.level_scale, LogFact::LevelScale::kSyslog);
  EXPECT_EQ(
      seen.extra,
      R"({"facility":20,"procid":"8710","msgid":"ID47","structuredData":{)"
      R"("exampleSDID@32473":{"eventSource":"a \"b\" ] \\","iut":"3"},"x@1":{"ip":["1","2"]}}})");
}

TEST(Syslog, Rfc5424WithoutAnything) {
  const Observation seen = One("<11>1 - - - - - - disk full");
  EXPECT_FALSE(seen.time.has_value());
  const LogFact fact = FactOf<LogFact>(seen);
  EXPECT_EQ(fact.message, "disk full");
  EXPECT_EQ(fact.service, "");
  EXPECT_EQ(fact.level_number, 3);
}

TEST(Syslog, Rfc5424WithoutStructuredDataOrMessage) {
  EXPECT_EQ(FactOf<LogFact>(One("<11>1 2025-08-26T14:01:12Z h a p m no data here")).message,
            "no data here");
  EXPECT_EQ(FactOf<LogFact>(One("<11>1 2025-08-26T14:01:12Z h a p DISKFULL -")).message,
            "DISKFULL");
  EXPECT_EQ(FactOf<LogFact>(One("<11>1 2025-08-26T14:01:12Z h a p m [broken sd")).message,
            "[broken sd");
}

TEST(Syslog, JsonInTheMessage) {
  const LogFact fact = FactOf<LogFact>(One(
      R"(<14>1 2025-08-26T14:01:12Z h app - - - @cee: {"level":"error","msg":"no route","trace_id":"ab"})"));
  EXPECT_EQ(fact.message, "no route");
  EXPECT_EQ(fact.level, "error");
  EXPECT_EQ(fact.trace_id, "ab");
}

struct Bsd {
  std::string_view line, time, host, app, message;
};

TEST(Syslog, Rfc3164) {
  const Bsd kRows[] = {
      {"<34>Aug 26 14:01:12 mymachine su: 'su root' failed", "2025-08-26T14:01:12Z", "mymachine",
       "su", "'su root' failed"},
      {"<34>Aug  6 04:01:12 h sshd[123]: Failed password", "2025-08-06T04:01:12Z", "h", "sshd",
       "Failed password"},
      {"<13>Aug 26 14:01:12 root: from this machine", "2025-08-26T14:01:12Z", "", "root",
       "from this machine"},
      {"<13>2025-08-26T14:01:12.5+02:00 h /usr/sbin/cron[1]: (root) CMD", "2025-08-26T12:01:12.5Z",
       "h", "cron", "(root) CMD"},
      {"<189>*Aug 26 14:01:12.123: %LINK-3-UPDOWN: Interface down", "2025-08-26T14:01:12.123Z", "",
       "%LINK-3-UPDOWN", "Interface down"},
      {"Aug 26 14:01:12 h kernel: no priority", "2025-08-26T14:01:12Z", "h", "kernel",
       "no priority"},
      {"<13>no time at all", "", "", "", "no time at all"},
      {"<13>Aug 26 2024 14:01:12 h a: with a year", "2024-08-26T14:01:12Z", "h", "a",
       "with a year"},
      {"<13>Aug 26 14:01:12 h without a tag", "2025-08-26T14:01:12Z", "h", "", "without a tag"},
  };
  for (const Bsd& row : kRows) {
    const Observation seen = One(row.line);
    const LogFact fact = FactOf<LogFact>(seen);
    const auto time = row.time.empty() ? std::nullopt : std::optional(T(row.time));
    EXPECT_EQ(seen.time, time) << row.line;
    EXPECT_EQ(fact.host, row.host) << row.line;
    EXPECT_EQ(fact.service, row.app) << row.line;
    EXPECT_EQ(fact.message, row.message) << row.line;
  }
}

TEST(Syslog, YearsAreThoseNearest) {
  const auto time = [](std::string_view line, std::string_view received) {
    const auto json = SyslogAsJson(line, T(received));
    EXPECT_TRUE(json.has_value());
    const size_t at = json->find("\"timestamp\":\"");
    return at == std::string::npos ? std::string() : json->substr(at + 13, 20);
  };
  EXPECT_EQ(time("<13>Dec 31 23:59:59 h a: x", "2025-01-01T00:00:01Z"), "2024-12-31T23:59:59Z");
  EXPECT_EQ(time("<13>Jan  1 00:00:01 h a: x", "2024-12-31T23:59:59Z"), "2025-01-01T00:00:01Z");
  EXPECT_EQ(time("<13>Aug 27 14:00:00 h a: x", "2025-08-26T14:00:00Z"), "2025-08-27T14:00:00Z");
  EXPECT_EQ(time("<13>Aug 27 14:00:01 h a: x", "2025-08-26T14:00:00Z"), "2024-08-27T14:00:01Z");
  EXPECT_EQ(time("<13>Feb 29 12:00:00 h a: x", "2025-01-02T00:00:00Z"), "2024-02-29T12:00:00Z");
}

TEST(Syslog, EscapedLineBreaksComeBack) {
  const LogFact fact =
      FactOf<LogFact>(One("<11>1 2025-08-26T14:01:12Z h a - - - java.lang.IllegalStateException: "
                          "no#012#011at A.b(A.java:1)"));
  EXPECT_EQ(fact.message, "java.lang.IllegalStateException: no\n\tat A.b(A.java:1)");
  EXPECT_EQ(fact.exception_type, "java.lang.IllegalStateException");
}

TEST(Syslog, RefusedAloneWithTheirLine) {
  EXPECT_EQ(RefuseOne(Format::kSyslog, "<192>1 - - - - - - x").reason, RefusalReason::kMalformed);
  EXPECT_EQ(RefuseOne(Format::kSyslog, "<11>1 2025-08-26T14:01:12Z h").reason,
            RefusalReason::kMalformed);
  EXPECT_EQ(RefuseOne(Format::kSyslog, "<11>1 yesterday h a p m - x").reason,
            RefusalReason::kBadTime);
  const std::string body =
      "<11>1 - h a - - - one\n\n<999>x\r\n<11>1 yesterday h a p m - x\n<11>two\n";
  const Decoded decoded = DecodeBody(Format::kSyslog, body);
  ASSERT_EQ(decoded.records.size(), 4U);  // 999 has too many digits' worth: above 191
  EXPECT_EQ(decoded.records[1].raw, "<999>x");
  EXPECT_EQ(ObservationsOf(decoded).size(), 2U);
  EXPECT_FALSE(testing::TryDecode(Format::kSyslog, " \n").has_value());
}

TEST(Syslog, BytesThatAreNoTextAreReplaced) {
  const LogFact fact = FactOf<LogFact>(One("<11>1 - h caf\xe9 - - - \xff\x01 bad"));
  EXPECT_EQ(fact.message, "\xEF\xBF\xBD\x01 bad");
}

TEST(Syslog, EqualLinesOfOneDeliveryAreTwo) {
  const auto seen = ObservationsOf(DecodeBody(Format::kSyslog, "<11>a: x\n<11>a: x\n"));
  ASSERT_EQ(seen.size(), 2U);
  EXPECT_NE(seen[0].identity, seen[1].identity);
}

}  // namespace
}  // namespace srehub::sources
