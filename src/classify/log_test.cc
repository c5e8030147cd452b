#include <gtest/gtest.h>

#include "classify/log_template.h"
#include "classify/testing.h"

namespace srehub::classify {
namespace {

model::LogFact Line(std::string message, std::string level = "ERROR") {
  model::LogFact fact;
  fact.service = "auth-service";
  fact.service_field = "service";
  fact.message = std::move(message);
  fact.level = std::move(level);
  return fact;
}
std::string TypeOf(model::LogFact fact) { return EventOf(std::move(fact)).event_type; }

struct Row {
  const char* message;
  const char* type;
};
class LogTypesOf : public testing::TestWithParam<Row> {};
TEST_P(LogTypesOf, Message) { EXPECT_EQ(TypeOf(Line(GetParam().message)), GetParam().type); }

INSTANTIATE_TEST_SUITE_P(
    Named, LogTypesOf,
    testing::Values(
        Row{"Login DB connection timeout", "DatabaseConnectionTimeout"},
        Row{"HikariPool-1 - Connection is not available, request timed out after 30000ms.",
            "DatabaseConnectionTimeout"},
        Row{"QueuePool limit of size 5 overflow 10 reached, connection timed out",
            "DatabaseConnectionTimeout"},
        Row{"dial tcp 10.0.3.7:5432: i/o timeout", "DatabaseConnectionTimeout"},
        Row{"timed out connecting to postgres", "DatabaseConnectionTimeout"},
        Row{"could not connect to database: connection refused", "DatabaseConnectionError"},
        Row{"dial tcp 10.0.3.7:5432: connect: connection refused", "DatabaseConnectionError"},
        Row{"server closed the connection unexpectedly", "DatabaseConnectionError"},
        Row{"canceling statement due to statement timeout", "DatabaseQueryTimeout"},
        Row{"Lock wait timeout exceeded; try restarting transaction", "DatabaseQueryTimeout"},
        Row{"FATAL: sorry, too many clients already", "TooManyConnections"},
        Row{"ERROR 1040 (HY000): Too many connections", "TooManyConnections"},
        Row{"Deadlock found when trying to get lock; try restarting transaction",
            "DatabaseDeadlock"},
        Row{"ERROR: deadlock detected", "DatabaseDeadlock"},
        Row{"upstream request timeout", "Timeout"}, Row{"context deadline exceeded", "Timeout"},
        Row{"dial tcp 10.0.3.7:8080: connect: connection refused", "ConnectionRefused"},
        Row{"connect ECONNREFUSED 127.0.0.1:8080", "ConnectionRefused"},
        Row{"lookup cart.shop.svc: no such host", "DnsFailure"},
        Row{"getaddrinfo EAI_AGAIN cart", "DnsFailure"},
        Row{"x509: certificate signed by unknown authority", "TlsFailure"},
        Row{"net/http: TLS handshake timeout", "TlsFailure"},
        Row{"password authentication failed for user \"app\"", "AuthFailure"},
        Row{"Failed password for invalid user admin from 10.0.0.1 port 22", "AuthFailure"},
        Row{"429 Too Many Requests", "RateLimited"},
        Row{"rate limit exceeded for key 17", "RateLimited"},
        Row{"write /data/a: no space left on device", "DiskFull"},
        Row{"java.lang.OutOfMemoryError: Java heap space", "OutOfMemory"},
        Row{"OOM command not allowed when used memory > 'maxmemory'.", "CacheMemory"},
        Row{"panic: runtime error: index out of range", "Panic"},
        Row{"thread 'main' panicked at src/main.rs:4:5", "Panic"},
        Row{"consumer group orders lag is 81234", "ConsumerLag"},
        Row{"no healthy upstream", "UpstreamUnavailable"},
        Row{"read tcp: connection reset by peer", "UpstreamUnavailable"},
        Row{"request failed: status code 502", "Http5xx"}, Row{"cart returned 503", "Http5xx"},
        Row{"500 Internal Server Error", "Http5xx"}, Row{"GET /api/login 500 12.3 ms", "Http5xx"}));

TEST(LogTypes, CalmLinesAreNotNamedByAWord) {
  EXPECT_TRUE(TypeOf(Line("request timeout is set to 30s", "INFO")).starts_with("Log"));
  EXPECT_TRUE(TypeOf(Line("rate limit configured", "INFO")).starts_with("Log"));
  EXPECT_TRUE(TypeOf(Line("served 500 carts")).starts_with("Log"));
  EXPECT_TRUE(TypeOf(Line("GET /cart 200 500 bytes", "INFO")).starts_with("Log"));
}

TEST(LogTypes, ExceptionsNameTheRest) {
  model::LogFact fact = Line("request failed");
  fact.exception_type = "com.acme.CartEmptyException";
  EXPECT_EQ(TypeOf(fact), "CartEmptyException");
  fact.exception_type = "java.net.SocketTimeoutException";
  EXPECT_EQ(TypeOf(fact), "Timeout");
  fact.message = "out of memory";  // the earlier rule wins, whichever part it matched
  EXPECT_EQ(TypeOf(fact), "OutOfMemory");
  fact.exception_type = "std::bad_alloc";
  fact.message = "x";
  EXPECT_EQ(TypeOf(fact), "OutOfMemory");
}

TEST(LogTypes, AStatusNamesWhatNoCauseDoes) {
  model::LogFact fact = Line("GET /cart", "INFO");
  fact.http_status = 500;
  EXPECT_EQ(TypeOf(fact), "Http5xx");
  fact.message = "Login DB connection timeout";
  EXPECT_EQ(TypeOf(fact), "DatabaseConnectionTimeout");
  EXPECT_EQ(EventOf(fact).severity, model::Severity::kHigh);
}

TEST(LogTypes, TheTemplateIsTheLastResort) {
  model::LogFact fact = Line("Cannot load cart 17");
  fact.logger = "cart";
  EXPECT_EQ(TypeOf(fact), MineTemplate("Cannot load cart 17", "ERROR", "cart").event_type);
}

TEST(Log, Details) {
  model::LogFact fact = Line("Login DB connection timeout\nsecond line");
  fact.trace_id = "abc123";
  fact.exception_type = "E";
  fact.http_status = 500;
  fact.pod = "auth-5d4f8c7b9d-x2x4z";
  fact.namespace_ = "shop";
  fact.container = "auth";
  model::Observation observation = Of(fact);
  observation.extra = R"({"userId":7})";
  const model::Event event = EventOf(observation);
  EXPECT_EQ(Detail(event, "/message"), fact.message);
  EXPECT_EQ(Detail(event, "/title"), "Login DB connection timeout");
  EXPECT_EQ(Detail(event, "/traceId"), "abc123");
  EXPECT_EQ(Detail(event, "/exceptionType"), "E");
  EXPECT_EQ(Detail(event, "/httpStatus"), "500");
  EXPECT_EQ(Detail(event, "/object/name"), fact.pod);
  EXPECT_EQ(Detail(event, "/object/container"), "auth");
  EXPECT_EQ(Detail(event, "/extra/userId"), "7");
}

}  // namespace
}  // namespace srehub::classify
