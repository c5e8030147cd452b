#include "sources/stack_trace.h"
#include "sources/testing.h"

namespace srehub::sources {
namespace {

using model::Format;
using model::LogFact;
using model::RefusalReason;
using testing::FactOf;
using testing::ObserveOne;
using testing::RefuseOne;
using testing::T;
using Scale = LogFact::LevelScale;

constexpr std::string_view kFounding = R"({
    "timestamp": "2025-08-26T14:05:00Z",
    "level": "ERROR",
    "service": "auth-service",
    "message": "Login DB connection timeout",
    "traceId": "abc123"
})";

TEST(AppLog, TakesTheFoundingSample) {
  const auto observation = ObserveOne(Format::kLogs, kFounding);
  const auto fact = FactOf<LogFact>(observation);
  EXPECT_EQ(observation.source, model::Source::kLogs);
  EXPECT_EQ(observation.time, T("2025-08-26T14:05:00Z"));
  EXPECT_EQ(observation.title, "Login DB connection timeout");
  EXPECT_EQ(observation.extra, "{}");
  EXPECT_EQ(fact.message, "Login DB connection timeout");
  EXPECT_EQ(fact.level, "ERROR");
  EXPECT_EQ(fact.service, "auth-service");
  EXPECT_EQ(fact.service_field, "service");
  EXPECT_EQ(fact.trace_id, "abc123");
  EXPECT_EQ(observation.identity,
            R"({"timestamp":"2025-08-26T14:05:00Z","level":"ERROR","service":"auth-service",)"
            R"("message":"Login DB connection timeout","traceId":"abc123"}|1)");
  EXPECT_EQ(ObserveOne(Format::kAuto, kFounding).identity, observation.identity);
}

// One record of each logger's default JSON, and what must be understood of it.
struct LoggerCase {
  std::string name, record;
  std::string time, level;
  std::optional<int64_t> number;
  Scale scale;
  std::string message, service, extra;
};

const std::vector<LoggerCase>& LoggerCases() {
  static const std::vector<LoggerCase> kCases = {
      {"zap",
       R"({"level":"error","ts":1756217100.2136064,"caller":"db/pool.go:41","msg":"no connection",
    "service":"auth","error":"dial tcp","stacktrace":"main.main\n\t/a.go:10"})",
       "2025-08-26T14:05:00.2136064Z",
       "error",
       {},
       Scale::kNone,
       "no connection",
       "auth",
       R"({"caller":"db/pool.go:41","error":"dial tcp","stacktrace":"main.main\n\t/a.go:10"})"},
      {"zerolog",
       R"({"level":"warn","service":"auth","time":"2025-08-26T14:05:00Z","message":"slow"})",
       "2025-08-26T14:05:00Z",
       "warn",
       {},
       Scale::kNone,
       "slow",
       "auth",
       "{}"},
      {"logrus",
       R"({"level":"error","msg":"failed","time":"2025-08-26T16:05:00+02:00","app":"auth"})",
       "2025-08-26T14:05:00Z",
       "error",
       {},
       Scale::kNone,
       "failed",
       "auth",
       "{}"},
      {"slog",
       R"({"time":"2025-08-26T14:05:00.123456789Z","level":"INFO+2","msg":"note",
    "service":"auth"})",
       "2025-08-26T14:05:00.123456789Z",
       "INFO+2",
       {},
       Scale::kNone,
       "note",
       "auth",
       "{}"},
      {"pino",
       R"({"level":50,"time":1756217100123,"pid":7,"hostname":"web-1","name":"auth",
    "err":{"type":"TypeError","message":"no function","stack":"TypeError: x\n    at a.js:1"},
    "msg":"request errored"})",
       "2025-08-26T14:05:00.123Z", "", 50, Scale::kPino, "request errored", "auth",
       R"({"pid":7,"err":{"message":"no function","stack":"TypeError: x\n    at a.js:1"}})"},
      {"bunyan",
       R"({"name":"auth","hostname":"web-1","pid":7,"level":40,"msg":"slow",
    "time":"2025-08-26T14:05:00.123Z","v":0})",
       "2025-08-26T14:05:00.123Z", "", 40, Scale::kPino, "slow", "auth", R"({"pid":7,"v":0})"},
      {"winston",
       R"({"level":"error","message":"no time","service":"auth"})",
       "",
       "error",
       {},
       Scale::kNone,
       "no time",
       "auth",
       "{}"},
      {"ECS, dotted",
       R"({"@timestamp":"2025-08-26T14:05:00.123Z","log.level":"error","message":"m",
    "service.name":"auth","trace.id":"t1","ecs.version":"8.10.0"})",
       "2025-08-26T14:05:00.123Z",
       "error",
       {},
       Scale::kNone,
       "m",
       "auth",
       R"({"ecs.version":"8.10.0"})"},
      {"ECS, nested",
       R"({"@timestamp":"2025-08-26T14:05:00.123Z","log":{"level":"error","logger":"db"},
    "message":"m","service":{"name":"auth","environment":"prod"},"trace":{"id":"t1"},
    "error":{"type":"IOError","stack_trace":"s"}})",
       "2025-08-26T14:05:00.123Z",
       "error",
       {},
       Scale::kNone,
       "m",
       "auth",
       R"({"error":{"stack_trace":"s"}})"},
      {"structlog",
       R"({"event":"login failed","level":"error","timestamp":"2025-08-26T14:05:00.123456Z",
    "service":"auth","user":"x"})",
       "2025-08-26T14:05:00.123456Z",
       "error",
       {},
       Scale::kNone,
       "login failed",
       "auth",
       R"({"user":"x"})"},
      {"python-json-logger",
       R"({"asctime":"2025-08-26 14:05:00,261","levelname":"CRITICAL","name":"app.db",
    "message":"m","app":"auth"})",
       "2025-08-26T14:05:00.261Z",
       "CRITICAL",
       {},
       Scale::kNone,
       "m",
       "auth",
       "{}"},
      {"Powertools",
       R"({"level":"ERROR","location":"handler:7","message":"m",
    "timestamp":"2025-08-26 14:05:00,378+0000","service":"service_undefined",
    "xray_trace_id":"1-5759e988"})",
       "2025-08-26T14:05:00.378Z",
       "ERROR",
       {},
       Scale::kNone,
       "m",
       "",
       R"({"location":"handler:7","service":"service_undefined"})"},
      {"loguru",
       R"({"text":"2025 | ERROR | m\n","record":{"level":{"icon":"x","name":"ERROR","no":40},
    "message":"m","name":"__main__","time":{"repr":"r","timestamp":1756217100.378}}})",
       "2025-08-26T14:05:00.378Z", "ERROR", 40, Scale::kPython, "2025 | ERROR | m", "",
       R"({"record":{"level":{"icon":"x"},"message":"m","time":{"repr":"r"}}})"},
      {"python, numbers", R"({"levelno":50,"message":"m","timestamp":"2025-08-26T14:05:00Z"})",
       "2025-08-26T14:05:00Z", "", 50, Scale::kPython, "m", "", "{}"},
      {"OpenTelemetry names",
       R"({"severityText":"Error2","severityNumber":18,"body":"m",
    "timestamp":"1756217100123456789","resource":{"service.name":"auth"},
    "traceId":"5b8aa5a2d2c872e8321cf37308d69df2"})",
       "2025-08-26T14:05:00.123456789Z", "Error2", 18, Scale::kOpenTelemetry, "m", "auth", "{}"},
      {"GELF",
       R"({"version":"1.1","host":"web-1","short_message":"m","timestamp":1756217100.5,"level":3,
    "_service":"auth"})",
       "2025-08-26T14:05:00.5Z", "", 3, Scale::kSyslog, "m", "",
       R"({"version":"1.1","_service":"auth"})"},
      {"Rust tracing",
       R"({"timestamp":"2025-08-26T14:05:00Z","level":"ERROR","fields":{"message":"m","code":7},
    "target":"auth::db"})",
       "2025-08-26T14:05:00Z",
       "ERROR",
       {},
       Scale::kNone,
       "m",
       "",
       R"({"fields":{"code":7}})"},
      {"upper case",
       R"({"Timestamp":"2025-08-26T14:05:00Z","Level":"Error","Message":"m","TraceId":"t",
    "Service":"auth"})",
       "2025-08-26T14:05:00Z",
       "Error",
       {},
       Scale::kNone,
       "m",
       "auth",
       "{}"},
  };
  return kCases;
}

TEST(AppLog, EveryLoggersDefaultForm) {
  for (const LoggerCase& c : LoggerCases()) {
    SCOPED_TRACE(c.name);
    const auto observation = ObserveOne(Format::kLogs, c.record);
    const auto fact = FactOf<LogFact>(observation);
    if (c.time.empty()) EXPECT_EQ(observation.time, std::nullopt);
    else EXPECT_EQ(observation.time, T(c.time));
    EXPECT_EQ(fact.level, c.level);
    EXPECT_EQ(fact.level_number, c.number);
    EXPECT_EQ(fact.level_scale, c.scale);
    EXPECT_EQ(fact.message, c.message);
    EXPECT_EQ(fact.service, c.service);
    EXPECT_EQ(observation.extra, c.extra);
    EXPECT_EQ(ObserveOne(Format::kAuto, c.record).format, Format::kLogs);
  }
}

TEST(AppLog, OtherFieldsOfTheLoggers) {
  const auto pino = FactOf<LogFact>(ObserveOne(Format::kLogs, LoggerCases()[4].record));
  EXPECT_EQ(pino.exception_type, "TypeError");
  EXPECT_EQ(pino.host, "web-1");
  const auto ecs = FactOf<LogFact>(ObserveOne(Format::kLogs, LoggerCases()[8].record));
  EXPECT_EQ(ecs.trace_id, "t1");
  EXPECT_EQ(ecs.exception_type, "IOError");
  EXPECT_EQ(ecs.environment, "prod");
  EXPECT_EQ(ecs.logger, "db");
  const auto python = FactOf<LogFact>(ObserveOne(Format::kLogs, LoggerCases()[10].record));
  EXPECT_EQ(python.logger, "app.db");
  const auto powertools = FactOf<LogFact>(ObserveOne(Format::kLogs, LoggerCases()[11].record));
  EXPECT_EQ(powertools.trace_id, "1-5759e988");
}

TEST(AppLog, TheServiceIsTheFirstAliasThatNamesOne) {
  struct Case {
    std::string fields, service, field, logger;
  };
  const std::vector<Case> cases = {
      {R"("service":"a","app":"b")", "a", "service", ""},
      {R"("service":{"name":"a"})", "a", "service.name", ""},
      {R"("service":{"id":7},"app":"b")", "b", "app", ""},
      {R"("service":"","application":"b")", "b", "application", ""},
      {R"("service_name":"unknown_service:node","container_name":"c")", "c", "container_name", ""},
      {R"("app":{"kubernetes.io/name":"k"})", "k", "app.kubernetes.io/name", ""},
      {R"("app.kubernetes.io/name":"k")", "k", "app.kubernetes.io/name", ""},
      {R"("name":"auth")", "auth", "name", ""},
      {R"("name":"com.acme.Db")", "", "", "com.acme.Db"},
      {R"("name":"root","logger":"x")", "", "", "root"},
      {R"("logger":"auth")", "auth", "logger", "auth"},
      {R"("logger":"com.acme.Db")", "", "", "com.acme.Db"},
      {R"("service":7)", "", "", ""},
  };
  for (const Case& c : cases) {
    const auto fact =
        FactOf<LogFact>(ObserveOne(Format::kLogs, R"({"message":"m",)" + c.fields + "}"));
    EXPECT_EQ(fact.service, c.service) << c.fields;
    EXPECT_EQ(fact.service_field, c.field) << c.fields;
    EXPECT_EQ(fact.logger, c.logger) << c.fields;
  }
}

TEST(AppLog, NumbersOfLevelsHaveTheScaleOfTheirLogger) {
  struct Case {
    std::string fields;
    std::optional<int64_t> number;
    Scale scale;
  };
  const std::vector<Case> cases = {
      {R"("level":50,"pid":1)", 50, Scale::kPino},
      {R"("level":50,"v":0)", 50, Scale::kPino},
      {R"("level":50,"time":1756217100123)", 50, Scale::kPino},
      {R"("level":60)", 60, Scale::kPino},
      {R"("level":50)", 50, Scale::kPython},
      {R"("level":"50")", 50, Scale::kPython},
      {R"("level":3)", 3, Scale::kSyslog},
      {R"("level":999)", 999, Scale::kNone},
      {R"("PRIORITY":"3")", 3, Scale::kSyslog},
      {R"("priority":42)", {}, Scale::kNone},
      {R"("severityNumber":17)", 17, Scale::kOpenTelemetry},
      {R"("severityNumber":0)", 0, Scale::kNone},
      {R"("level":true)", {}, Scale::kNone},
  };
  for (const Case& c : cases) {
    const auto fact =
        FactOf<LogFact>(ObserveOne(Format::kLogs, R"({"message":"m",)" + c.fields + "}"));
    EXPECT_EQ(fact.level_number, c.number) << c.fields;
    EXPECT_EQ(fact.level_scale, c.scale) << c.fields;
    EXPECT_EQ(fact.level, "") << c.fields;
  }
}

TEST(AppLog, FluentBitRecords) {
  const auto observation = ObserveOne(Format::kLogs, R"({"date":1756217105.5,"stream":"stderr",
"log":"{\"level\":\"error\",\"msg\":\"db down\",\"time\":\"2025-08-26T14:05:00Z\",\"user\":7}\n",
    "kubernetes":{"pod_name":"auth-7d9f8-abcde","namespace_name":"shop","container_name":"app",
      "host":"node-1","pod_id":"u","labels":{"app":"auth","weight":3}}})");
  const auto fact = FactOf<LogFact>(observation);
  EXPECT_EQ(observation.time, T("2025-08-26T14:05:00Z")) << "what the application says goes first";
  EXPECT_EQ(fact.message, "db down");
  EXPECT_EQ(fact.level, "error");
  EXPECT_EQ(fact.pod, "auth-7d9f8-abcde");
  EXPECT_EQ(fact.namespace_, "shop");
  EXPECT_EQ(fact.container, "app");
  EXPECT_EQ(fact.host, "node-1");
  EXPECT_EQ(fact.kubernetes_labels.at("app"), "auth");
  EXPECT_EQ(fact.kubernetes_labels.at("weight"), "3");
  EXPECT_EQ(
      observation.extra,
      R"({"date":1756217105.5,"stream":"stderr","log":{"user":7},"kubernetes":{"pod_id":"u"}})");
}

TEST(AppLog, ALogThatIsNoRecordStaysAText) {
  for (const std::string text : {"plain text", "{not json}", "{\\\"user\\\":7}", "[1]"}) {
    const auto observation =
        ObserveOne(Format::kLogs, R"({"date":1756217105.5,"log":")" + text + R"(\n"})");
    EXPECT_EQ(observation.time, T("2025-08-26T14:05:05.5Z"));
    EXPECT_FALSE(FactOf<LogFact>(observation).message.empty());
    EXPECT_EQ(observation.extra, "{}");
  }
  const auto docker = ObserveOne(
      Format::kAuto,
      R"({"log":"GET /health 200\n","stream":"stdout","time":"2025-08-26T14:05:00.123456789Z"})");
  EXPECT_EQ(FactOf<LogFact>(docker).message, "GET /health 200");
}

TEST(AppLog, HttpStatusAndTrace) {
  const auto fact = [](const std::string& fields) {
    return FactOf<LogFact>(ObserveOne(Format::kLogs, R"({"message":"m",)" + fields + "}"));
  };
  for (const std::string fields :
       {R"("status":503)", R"("statusCode":503)", R"("status_code":"503")",
        R"("http.status_code":503)", R"("http":{"response":{"status_code":503}})",
        R"("res":{"statusCode":503})", R"("status":"error","http_status":503)"}) {
    EXPECT_EQ(fact(fields).http_status, 503) << fields;
  }
  EXPECT_EQ(fact(R"("status":"ok")").http_status, std::nullopt);
  EXPECT_EQ(fact(R"("status":7)").http_status, std::nullopt);
  EXPECT_EQ(fact(R"("trace_id":"t")").trace_id, "t");
  EXPECT_EQ(fact(R"("dd":{"trace_id":123})").trace_id, "123");
  EXPECT_EQ(fact(R"("logging.googleapis.com/trace":"projects/p/traces/t9")").trace_id, "t9");
  EXPECT_EQ(fact(R"("traceId":"00000000000000000000000000000000")").trace_id, "");
}

TEST(AppLog, TimesThatAreNone) {
  struct Case {
    std::string fields;
    RefusalReason reason;
  };
  const std::vector<Case> cases = {
      {R"("timestamp":"yesterday")", RefusalReason::kBadTime},
      {R"("timestamp":0)", RefusalReason::kBadTime},
      {R"("time":{})", RefusalReason::kWrongType},
      {R"("time":true)", RefusalReason::kWrongType},
      {R"("ts":"9999-01-01T00:00:00Z")", RefusalReason::kFutureDated},
      {R"("ts":1e300)", RefusalReason::kFutureDated},
      {R"("ts":18446744073709551615)", RefusalReason::kFutureDated},
      {R"("ts":-1)", RefusalReason::kExpired},
      {R"("ts":"1815-06-18 11:35:00")", RefusalReason::kExpired},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(RefuseOne(Format::kLogs, R"({"message":"m",)" + c.fields + "}").reason, c.reason)
        << c.fields;
  }
  // Another field may still tell the time.
  const auto observation =
      ObserveOne(Format::kLogs, R"({"message":"m","time":"12ms","date":"2025-08-26T14:05:00Z"})");
  EXPECT_EQ(observation.time, T("2025-08-26T14:05:00Z"));
  EXPECT_EQ(observation.extra, R"({"time":"12ms"})");
  const auto zero = ObserveOne(Format::kLogs, R"({"message":"m","time":"0001-01-01T00:00:00Z"})");
  EXPECT_EQ(zero.time, std::nullopt);
}

TEST(AppLog, NumericTimesByMagnitude) {
  for (const std::string time :
       {"1756217100", "1756217100000", "1756217100000000", "1756217100000000000", "1756217100.0",
        "\"1756217100\"", "\"1756217100.000\"", "\"1756217100000\""}) {
    EXPECT_EQ(ObserveOne(Format::kLogs, R"({"message":"m","ts":)" + time + "}").time,
              T("2025-08-26T14:05:00Z"))
        << time;
  }
}

TEST(AppLog, ARecordNeedsAMessageOrAnError) {
  for (const std::string body : {R"({})", R"({"level":"error"})", R"({"message":""})",
                                 R"({"message":null,"event":{"kind":"x"}})"}) {
    const auto refusal = RefuseOne(Format::kLogs, body);
    EXPECT_EQ(refusal.reason, RefusalReason::kMissingField) << body;
    EXPECT_NE(refusal.message.find("message, msg, log"), std::string::npos);
  }
  const auto error_only = FactOf<LogFact>(
      ObserveOne(Format::kLogs, R"({"error":{"message":"pool is empty","type":"PoolError"}})"));
  EXPECT_EQ(error_only.message, "pool is empty");
  EXPECT_EQ(error_only.exception_type, "PoolError");
  EXPECT_EQ(FactOf<LogFact>(ObserveOne(Format::kLogs, R"({"message":{"a":1}})")).message,
            R"({"a":1})");
}

TEST(StackTrace, NamesTheException) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"java.net.SocketTimeoutException: Read timed out\n\tat java.base/java.net.Socket.read",
       "java.net.SocketTimeoutException"},
      {"Exception in thread \"main\" java.lang.IllegalStateException\n\tat a.B.c(B.java:1)",
       "java.lang.IllegalStateException"},
      {"Traceback (most recent call last):\n  File \"a.py\", line 1, in f\n    g()\n"
       "psycopg2.OperationalError: could not connect\n",
       "psycopg2.OperationalError"},
      {"Traceback (most recent call last):\n  File \"a\"\nKeyError: 'x'\n\nDuring handling of the "
       "above "
       "exception, another exception occurred:\n\nTraceback (most recent call last):\nValueError: "
       "y",
       "ValueError"},
      {"TypeError: x is not a function\n    at f (a.js:1:1)", "TypeError"},
      {"cannot pay\njava.io.IOException: broken pipe\n\tat A.b(A.java:1)", "java.io.IOException"},
      {"cannot pay\n\tat A.b(A.java:1)", ""},
      {"Unhandled exception. System.NullReferenceException: Object reference\n   at A.B()",
       "System.NullReferenceException"},
      {"ActiveRecord::ConnectionTimeoutError: could not obtain",
       "ActiveRecord::ConnectionTimeoutError"},
      {"main.main\n\t/app/main.go:10", ""},
      {"goroutine 1 [running]:", ""},
      {"Error reading file", ""},
      {"", ""},
  };
  for (const auto& [text, name] : cases) EXPECT_EQ(ExceptionClassIn(text), name) << text;
}

TEST(AppLog, AStackTraceInTheMessageNamesTheException) {
  const auto fact = FactOf<LogFact>(ObserveOne(
      Format::kLogs,
      R"j({"level":"ERROR","message":"java.io.IOException: broken pipe\n\tat a.B.c(B.java:1)"})j"));
  EXPECT_EQ(fact.exception_type, "java.io.IOException");
}

}  // namespace
}  // namespace srehub::sources
