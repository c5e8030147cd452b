#include "sources/text_lines.h"

#include "sources/file_name.h"
#include "sources/line_text.h"
#include "sources/testing.h"

namespace srehub::sources {
namespace {

using model::Format;
using model::LogFact;
using model::Observation;
using testing::DecodeBody;
using testing::FactOf;
using testing::Headers;
using testing::ObservationsOf;
using testing::ObserveOne;
using testing::Received;
using testing::T;

std::vector<Observation> Text(std::string_view body, Headers headers = {}) {
  const Decoded decoded = DecodeBody(Format::kText, body, std::move(headers));
  for (const auto& refusal : testing::RefusalsOf(decoded)) ADD_FAILURE() << refusal.message;
  return ObservationsOf(decoded);
}

std::vector<std::string> Messages(std::string_view body) {
  std::vector<std::string> out;
  for (const Observation& seen : Text(body)) out.push_back(FactOf<LogFact>(seen).message);
  return out;
}

struct Shape {
  std::string_view line, time, level, message;
};

TEST(TextLines, HeadsOfPlainLines) {
  const std::string_view kTime = "2025-08-26T14:01:12Z", kMillis = "2025-08-26T14:01:12.345Z";
  const Shape kShapes[] = {
      {"2025-08-26T14:01:12.345Z ERROR no route", kMillis, "ERROR", "no route"},
      {"2025-08-26 14:01:12,345 ERROR [main] c.a.Foo - no route", kMillis, "ERROR",
       "[main] c.a.Foo - no route"},
      {"2025-08-26 14:01:12,345 [main] ERROR c.a.Foo - no route", kMillis, "ERROR",
       "c.a.Foo - no route"},
      {"2025-08-26 14:01:12,345 - app.db - ERROR - no route", kMillis, "ERROR", "no route"},
      {"2025-08-26 14:01:12.345  WARN 1234 --- [main] c.a.Foo : no route", kMillis, "WARN",
       "1234 --- [main] c.a.Foo : no route"},
      {"[2025-08-26 14:01:12] [ERROR] no route", kTime, "ERROR", "no route"},
      {"[2025-08-26T14:01:12Z ERROR app::db] no route", kTime, "ERROR", "no route"},
      {"[ERROR] 2025-08-26 14:01:12 no route", kTime, "ERROR", "no route"},
      {"ERROR: no route", "", "ERROR", "no route"},
      {"ERROR:root:no route", "", "ERROR", "no route"},
      {"error: no route", "", "error", "no route"},
      {"panic: no route", "", "panic", "panic: no route"},
      {"2025/08/26 14:01:12 [error] 12#0: *3 connect() failed", kTime, "error",
       "12#0: *3 connect() failed"},
      {"2025/08/26 14:01:12 no route", kTime, "", "no route"},
      {"[Tue Aug 26 14:01:12.345 2025] [core:error] [pid 1] no route", kMillis, "error",
       "[pid 1] no route"},
      {"2025-08-26 14:01:12.345 UTC [77] FATAL:  no route", kMillis, "FATAL", "no route"},
      {"2025-08-26T14:01:12.345Z\terror\tmain.go:3\tno route", kMillis, "error",
       "main.go:3\tno route"},
      {"E0826 14:01:12.345000    1234 main.go:7] no route", kMillis, "error", "no route"},
      {"2025-08-26T16:01:12.345+0200 INFO ready", kMillis, "INFO", "ready"},
      {"Aug 26 14:01:12 no level here", kTime, "", "no level here"},
      {"2025-08-26 14:01:12 | WARNING | no route", kTime, "WARNING", "no route"},
      {"just words", "", "", "just words"},
      {"Error: no route", "", "", "Error: no route"},
      {"2025-08-26T14:01:12Z Error connecting", kTime, "", "Error connecting"},
      {"ERRORS are many", "", "", "ERRORS are many"},
      {"2025-13-45 14:01:12 ERROR not a date", "", "", "2025-13-45 14:01:12 ERROR not a date"},
  };
  for (const Shape& shape : kShapes) {
    const Observation seen = ObserveOne(Format::kText, shape.line);
    const LogFact fact = FactOf<LogFact>(seen);
    const auto time = shape.time.empty() ? std::nullopt : std::optional(T(shape.time));
    EXPECT_EQ(seen.time, time) << shape.line;
    EXPECT_EQ(fact.level, shape.level) << shape.line;
    EXPECT_EQ(fact.message, shape.message) << shape.line;
  }
}

TEST(TextLines, AccessLine) {
  const Observation seen = ObserveOne(
      Format::kText,
      R"(10.0.0.7 - alice [26/Aug/2025:16:01:12 +0200] "GET /pay HTTP/1.1" 502 12 "-" "curl")");
  const LogFact fact = FactOf<LogFact>(seen);
  EXPECT_EQ(seen.time, T("2025-08-26T14:01:12Z"));
  EXPECT_EQ(fact.http_status, 502);
  EXPECT_EQ(fact.message, R"("GET /pay HTTP/1.1" 502 12 "-" "curl")");
  EXPECT_EQ(seen.extra, R"({"line":{"client":"10.0.0.7 - alice"}})");
}

TEST(TextLines, Logfmt) {
  const Observation seen = ObserveOne(
      Format::kText,
      R"(ts=2025-08-26T14:01:12.345Z caller=main.go:1 level=error msg="no \"route\"\n" err="EOF" service=cart-api retries=3 dry)");
  const LogFact fact = FactOf<LogFact>(seen);
  EXPECT_EQ(seen.time, T("2025-08-26T14:01:12.345Z"));
  EXPECT_EQ(fact.level, "error");
  EXPECT_EQ(fact.message, "no \"route\"");
  EXPECT_EQ(fact.service, "cart-api");
  EXPECT_EQ(seen.extra,
            R"({"line":{"caller":"main.go:1","err":"EOF","retries":"3","dry":"true"}})");
  // A time that is a duration, a key that stands twice, and no message but a level.
  const Observation odd =
      ObserveOne(Format::kText, "level=warn time=12ms path=/a path=/b code=H12");
  EXPECT_EQ(FactOf<LogFact>(odd).message, "level=warn time=12ms path=/a path=/b code=H12");
  EXPECT_EQ(odd.extra, R"({"line":{"logfmt.time":"12ms","path":"/a","path_2":"/b","code":"H12"}})");
  EXPECT_EQ(Messages("a=b is what it says"), std::vector<std::string>{"a=b is what it says"});
}

TEST(TextLines, CriLinesAreJoinedPerStream) {
  const std::string body =
      "2025-08-26T14:01:12.000000001Z stdout P the first \n"
      "2025-08-26T14:01:12.000000002Z stderr F {\"level\":\"error\",\"msg\":\"between\"}\n"
      "2025-08-26T14:01:12.000000003Z stdout P:x half \n"
      "2025-08-26T14:01:12.000000004Z stdout F and the end\n"
      "2025-08-26T14:01:12.000000005Z stdout F \n";
  const auto seen = Text(body);
  ASSERT_EQ(seen.size(), 2U);
  EXPECT_EQ(FactOf<LogFact>(seen[0]).message, "the first half and the end");
  EXPECT_EQ(seen[0].time, T("2025-08-26T14:01:12.000000001Z"));
  EXPECT_EQ(FactOf<LogFact>(seen[1]).message, "between");
  EXPECT_EQ(FactOf<LogFact>(seen[1]).level, "error");
  // What was refused later can be taken in again: the bytes of all its lines are kept.
  const Decoded decoded = DecodeBody(Format::kText, body);
  EXPECT_EQ(Text(decoded.records[0].raw)[0].identity, seen[0].identity);
}

TEST(TextLines, DockerLinesAreJoined) {
  const auto seen = Text(
      "{\"log\":\"the first \",\"stream\":\"stdout\",\"time\":\"2025-08-26T14:01:12.000000001Z\"}\n"
      "{\"log\":\"half\\n\",\"stream\":\"stdout\",\"time\":\"2025-08-26T14:01:12.000000002Z\"}\n"
      "{\"log\":\"panic: no\\n\",\"stream\":\"stderr\",\"time\":\"2025-08-26T14:01:13Z\"}\n"
      "{\"log\":\"\\n\",\"stream\":\"stderr\",\"time\":\"2025-08-26T14:01:13Z\"}\n"
      "{\"log\":\"goroutine 1 [running]:\\n\",\"stream\":\"stderr\",\"attrs\":{\"tag\":\"x\"},"
      "\"time\":\"2025-08-26T14:01:13Z\"}\n"
      "{\"log\":\"main.main()\\n\",\"stream\":\"stderr\",\"time\":\"2025-08-26T14:01:13Z\"}\n"
      "{\"log\":\"\\t/app/main.go:4 "
      "+0x1d\\n\",\"stream\":\"stderr\",\"time\":\"2025-08-26T14:01:13Z\"}\n");
  ASSERT_EQ(seen.size(), 2U);
  EXPECT_EQ(FactOf<LogFact>(seen[0]).message, "the first half");
  EXPECT_EQ(FactOf<LogFact>(seen[1]).message,
            "panic: no\n\ngoroutine 1 [running]:\nmain.main()\n\t/app/main.go:4 +0x1d");
}

TEST(TextLines, StackTracesAreOneRecord) {
  const std::string_view kJava =
      "2025-08-26 14:01:12,345 ERROR [main] Foo - failed\n"
      "java.lang.IllegalStateException: no\n"
      "\tat A.b(A.java:1)\n"
      "Caused by: java.io.IOException: broken\n"
      "\t... 2 more\n"
      "2025-08-26 14:01:13,000 INFO [main] Foo - next\n";
  EXPECT_EQ(Messages(kJava).size(), 2U);
  const LogFact java = FactOf<LogFact>(Text(kJava)[0]);
  EXPECT_EQ(java.level, "ERROR");
  EXPECT_TRUE(java.message.ends_with("... 2 more")) << java.message;

  const std::string_view kPython =
      "INFO:root:before\n"
      "Traceback (most recent call last):\n"
      "  File \"a.py\", line 1, in <module>\n"
      "    f()\n"
      "KeyError: 'x'\n"
      "\n"
      "During handling of the above exception, another exception occurred:\n"
      "\n"
      "Traceback (most recent call last):\n"
      "  File \"a.py\", line 2, in <module>\n"
      "psycopg2.OperationalError: gone\n"
      "INFO:root:after\n";
  const auto python = Text(kPython);
  ASSERT_EQ(python.size(), 2U);  // the traceback belongs to the line that logged it
  EXPECT_EQ(FactOf<LogFact>(python[0]).exception_type, "psycopg2.OperationalError");
  EXPECT_EQ(FactOf<LogFact>(python[1]).message, "after");

  const std::string_view kNode =
      "listening\n"
      "/app/index.js:10\n"
      "    throw new TypeError(\"no\");\n"
      "    ^\n"
      "\n"
      "TypeError: no\n"
      "    at f (/app/index.js:10:9)\n"
      "listening again\n";
  EXPECT_EQ(Messages(kNode).size(), 3U);
  const std::string_view kGo =
      "2025/08/26 14:01:12 serving\n"
      "panic: runtime error: index out of range\n"
      "[signal SIGSEGV: segmentation violation]\n"
      "\n"
      "goroutine 1 [running]:\n"
      "main.handler(0xc0000a2000)\n"
      "\t/app/main.go:4 +0x1d\n"
      "created by main.main\n"
      "exit status 2\n"
      "2025/08/26 14:01:13 serving\n";
  EXPECT_EQ(Messages(kGo).size(), 3U);
}

TEST(TextLines, JoiningEnds) {
  std::string body = "first\n";
  for (int i = 0; i < 5'000; ++i) body += " indented\n";
  EXPECT_EQ(Text(body).size(), 3U);
}

TEST(TextLines, ServiceAndPodOfHeaders) {
  EXPECT_EQ(FactOf<LogFact>(Text("x y", {{"x-srehub-service", "cart-api"}})[0]).service,
            "cart-api");
  EXPECT_EQ(FactOf<LogFact>(Text("x y", {{"x-srehub-file", "/var/log/cart-api.log"}})[0]).service,
            "cart-api");
  const LogFact pod = FactOf<LogFact>(
      Text("x y", {{"x-srehub-file", "/var/log/pods/shop_cart-api-57ff7_1-2/main/0.log"}})[0]);
  EXPECT_EQ(pod.pod, "cart-api-57ff7");
  EXPECT_EQ(pod.namespace_, "shop");
  EXPECT_EQ(pod.container, "main");
}

TEST(FileName, Services) {
  const std::pair<std::string_view, std::string_view> kRows[] = {
      {"cart-api.log", "cart-api"},
      {"/x/cart-api.log.1", "cart-api"},
      {"cart-api.log-20250826.gz", "cart-api"},
      {"cart-api-2025-08-26.log", "cart-api"},
      {"cart-api.2025-08-26.log", "cart-api"},
      {"app.log", ""},
      {"error.log.2.gz", ""},
      {"service-1.log", "service-1"},
      {"-", ""},
      {"20250826.log", "20250826"},
      {"", ""},
      {"/var/log/", ""}};
  for (const auto& [path, service] : kRows) EXPECT_EQ(ReadFileName(path).service, service) << path;
  const std::string id(64, 'a');
  const FileName container =
      ReadFileName("/var/log/containers/cart-57ff7_shop_web-app-" + id + ".log");
  EXPECT_EQ(container.pod, "cart-57ff7");
  EXPECT_EQ(container.container, "web-app");
}

TEST(TextLines, AutoTakesTextOnlyWhereItIsNoJson) {
  const Headers kPlain = {{"content-type", "text/plain; charset=utf-8"}};
  const auto format_of = [&](std::string_view body) {
    const auto decoded = testing::TryDecode(Format::kAuto, body, kPlain);
    if (!decoded || ObservationsOf(*decoded).empty()) return Format::kAuto;
    return ObservationsOf(*decoded).front().format;
  };
  EXPECT_EQ(format_of("ERROR: no route\n{\"not\":\"looked at\"}"), Format::kText);
  EXPECT_EQ(format_of("[2025-08-26 14:01:12] ERROR no route"), Format::kText);
  EXPECT_EQ(format_of("<html> is no priority"), Format::kText);
  EXPECT_EQ(format_of("<34>Aug 26 14:01:12 h su: failed"), Format::kSyslog);
  EXPECT_EQ(format_of(R"({"level":"error","message":"x"})"), Format::kLogs);
  EXPECT_EQ(format_of(R"([{"level":"error","message":"x"}])"), Format::kLogs);
  EXPECT_EQ(format_of("[\n{\"level\":\"error\",\"message\":\"x\"}]"), Format::kLogs);
  // A bad line of NDJSON is one refused record, not a reason to take all for text.
  const Decoded mixed =
      DecodeBody(Format::kAuto, "{\"message\":\"a\"}\nbroken\n{\"message\":\"b\"}\n", kPlain);
  ASSERT_EQ(mixed.records.size(), 3U);
  EXPECT_EQ(mixed.records[1].refusals.size(), 1U);
  // And without text/plain nothing is text.
  EXPECT_FALSE(testing::TryDecode(Format::kAuto, "ERROR: no route").has_value());
}

TEST(TextLines, LongLinesAndManyLines) {
  const Decoded decoded = DecodeBody(Format::kText, std::string(limits::kMaxRecordBytes + 1, 'x'));
  ASSERT_EQ(decoded.records.size(), 1U);
  EXPECT_EQ(decoded.records[0].refusals.front().reason, model::RefusalReason::kTooLarge);
  std::string many;
  for (size_t i = 0; i <= limits::kMaxRecordsPerDelivery; ++i) many += "x\n";
  const auto refused = testing::TryDecode(Format::kText, many);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, ErrorCode::kTooLarge);
}

}  // namespace
}  // namespace srehub::sources
