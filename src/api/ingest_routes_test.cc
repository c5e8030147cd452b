#include <gtest/gtest.h>

#include "api/hub_for_test.h"

namespace srehub::api {
namespace {

constexpr const char* kLog =
    R"({"timestamp":"2025-08-26T14:05:00Z","level":"ERROR","service":"auth-service",)"
    R"("message":"Login DB connection timeout","traceId":"abc123"})";
constexpr const char* kFuture =
    R"({"timestamp":"2025-08-27T14:05:00Z","level":"ERROR","service":"auth-service",)"
    R"("message":"from tomorrow"})";
constexpr const char* kAlert =
    R"([{"labels":{"alertname":"HighErrorRate","service":"checkout-api"},)"
    R"("startsAt":"2025-08-26T14:02:00Z","endsAt":"2025-08-26T14:16:00Z"}])";

class IngestRoutesTest : public HubForTest {
 protected:
  http::Response Send(std::string path, std::string body, std::string content_type) {
    http::Request request = Make("POST", path, std::move(body));
    if (content_type.empty()) request.headers.pop_back();
    else request.headers.back().second = std::move(content_type);
    return Call(std::move(request));
  }
};

TEST_F(IngestRoutesTest, AcceptedThenDuplicate) {
  const http::Response first = Post("/api/v1/ingest/logs", kLog);
  EXPECT_EQ(first.status, 200) << first.body;
  EXPECT_EQ(first.body,
            R"({"accepted":1,"duplicate":0,"rejected":0,"dropped":0,"ignored":0,"errors":[],)"
            R"("errorsTruncated":false,"notices":[]})");
  const http::Response again = Post("/api/v1/ingest/logs", kLog);
  EXPECT_EQ(again.status, 200);
  EXPECT_EQ(Member(again, "duplicate"), "1");
  EXPECT_EQ(store_.events().size(), 1u);
}

TEST_F(IngestRoutesTest, OneGoodRecordMakesIt200AndTheBadOneIsNamed) {
  const http::Response mixed = Send(
      "/api/v1/ingest/logs", std::string(kLog) + "\n" + kFuture + "\n", "application/x-ndjson");
  EXPECT_EQ(mixed.status, 200);
  EXPECT_EQ(Member(mixed, "accepted"), "1");
  EXPECT_EQ(Member(mixed, "rejected"), "1");
  EXPECT_NE(mixed.body.find(R"("record":1)"), std::string::npos) << mixed.body;
  EXPECT_NE(mixed.body.find(R"("reason":"future_dated")"), std::string::npos) << mixed.body;
}

TEST_F(IngestRoutesTest, AllRefusedIs422WithTheSameBody) {
  const http::Response refused = Post("/api/v1/ingest/logs", kFuture);
  EXPECT_EQ(refused.status, 422);
  EXPECT_EQ(Member(refused, "rejected"), "1");
  EXPECT_EQ(store_.rejects().size(), 1u);
}

TEST_F(IngestRoutesTest, UnreadableIs400WithThePosition) {
  const http::Response response = Post("/api/v1/ingest/logs", "{\"a\":");
  EXPECT_EQ(response.status, 400) << response.body;
  EXPECT_EQ(Member(response, "code"), "\"malformed\"");
  EXPECT_EQ(Send("/api/v1/ingest/logs", "", "application/json").status, 400);
}

TEST_F(IngestRoutesTest, ContentTypes) {
  for (const char* type :
       {"", "application/json", "application/json; charset=utf-8", "Application/X-NDJSON",
        "text/plain; charset=UTF-8", "application/cloudevents+json"})
    EXPECT_EQ(Send("/api/v1/ingest/logs", kLog, type).status, 200) << type;
  for (const char* type : {"application/xml", "application/x-www-form-urlencoded", "text/html",
                           "application/json-seq", "multipart/form-data", "nonsense"})
    EXPECT_EQ(Send("/api/v1/ingest/logs", kLog, type).status, 415) << type;
}

TEST_F(IngestRoutesTest, GithubMaySendAForm) {
  const std::string form =
      "payload=%7B%22action%22%3A%22completed%22%2C%22workflow_run%22%3A%7B%22id%22%3A4821%2C"
      "%22name%22%3A%22Deploy+Checkout+Service%22%2C%22status%22%3A%22completed%22%2C"
      "%22conclusion%22%3A%22failure%22%2C%22run_attempt%22%3A1%2C%22updated_at%22%3A"
      "%222025-08-26T14%3A06%3A00Z%22%7D%2C%22repository%22%3A%7B%22full_name%22%3A"
      "%22acme%2Fcheckout%22%2C%22name%22%3A%22checkout%22%7D%7D";
  http::Request request = Make("POST", "/api/v1/ingest/github", form);
  request.headers.back().second = "application/x-www-form-urlencoded";
  request.headers.emplace_back("x-github-event", "workflow_run");
  const http::Response taken = Call(request);
  EXPECT_EQ(taken.status, 200) << taken.body;
  EXPECT_EQ(Member(taken, "accepted"), "1") << taken.body;
  EXPECT_EQ(Send("/api/v1/ingest/github", "other=1", "application/x-www-form-urlencoded").status,
            400);
}

TEST_F(IngestRoutesTest, UnknownFormatNamesTheNearest) {
  const http::Response response = Post("/api/v1/ingest/kubernets", kLog);
  EXPECT_EQ(response.status, 404);
  EXPECT_NE(response.body.find("did you mean 'kubernetes'?"), std::string::npos) << response.body;
}

TEST_F(IngestRoutesTest, ShortRouteTakesTheUnifiedSchema) {
  const std::string event =
      R"({"serviceId":"auth-service","timestamp":"2025-08-26T14:05:00Z",)"
      R"("eventType":"Custom","severity":"high","source":"logs","details":{}})";
  EXPECT_EQ(Member(Post("/events", event), "accepted"), "1");
  EXPECT_EQ(Member(Post("/api/v1/events", event), "duplicate"), "1");
}

TEST_F(IngestRoutesTest, IdempotencyKeyIsHandedOn) {
  const std::string untimed = R"({"level":"ERROR","service":"auth-service","message":"no time"})";
  for (const char* expected : {"1", "0"}) {
    http::Request request = Make("POST", "/api/v1/ingest/logs", untimed);
    request.headers.emplace_back("idempotency-key", "batch-1");
    EXPECT_EQ(Member(Call(request), "accepted"), expected);
    clock_.Advance(1s);
  }
}

TEST_F(IngestRoutesTest, AStoreThatFailsIs503WithRetryAfter) {
  store_.SetFailing(true);
  const http::Response response = Post("/api/v1/ingest/logs", kLog);
  EXPECT_EQ(response.status, 503);
  EXPECT_NE(response.Header("retry-after"), "");
  EXPECT_EQ(Post("/api/v2/alerts", kAlert).status, 503);
}

TEST_F(IngestRoutesTest, TokensAreBoundToTheirSources) {
  const auto send = [&](const char* path, const std::string& secret) {
    http::Request request = Make("POST", path, kLog);
    request.loopback = false;
    if (!secret.empty()) request.headers.emplace_back("authorization", "Bearer " + secret);
    return Call(std::move(request), Tokens()).status;
  };
  EXPECT_EQ(send("/api/v1/ingest/logs", ""), 401);
  EXPECT_EQ(send("/api/v1/ingest/logs", kReadSecret), 403);
  EXPECT_EQ(send("/api/v1/ingest/logs", kIngestSecret), 403);  // kubernetes only
  EXPECT_NE(send("/api/v1/ingest/kubernetes", kIngestSecret), 403);
  EXPECT_EQ(send("/api/v1/ingest/logs", kAdminSecret), 200);
}

TEST_F(IngestRoutesTest, AlertsAreAnsweredAsAnAlertmanagerDoes) {
  const http::Response taken = Post("/api/v2/alerts", kAlert);
  EXPECT_EQ(taken.status, 200) << taken.body;
  EXPECT_EQ(taken.body, "");
  EXPECT_EQ(Post("/api/v2/alerts", "[]").status, 200);
  const http::Response mixed = Post(
      "/api/v2/alerts", R"([{"labels":{}},{"labels":{"alertname":"A","service":"checkout-api"},)"
                        R"("startsAt":"2025-08-26T14:02:00Z"}])");
  EXPECT_EQ(mixed.status, 400);
  EXPECT_TRUE(mixed.body.starts_with("\"1 alerts were refused")) << mixed.body;
  const auto events = store_.events();
  EXPECT_TRUE(std::any_of(events.begin(), events.end(),
                          [](const auto& e) { return e.second.event_type == "A"; }));
  EXPECT_EQ(Post("/api/v2/alerts", "{").status, 400);
}

TEST_F(IngestRoutesTest, AlertmanagerStatusHasWhatAmtoolReads) {
  const http::Response response = Get("/api/v2/status");
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(Member(response, "uptime"), "\"2025-08-26T14:10:00Z\"");
  EXPECT_NE(Member(response, "cluster").find("status"), std::string::npos);
  EXPECT_NE(Member(response, "config").find("original"), std::string::npos);
  for (const char* key : {"version", "revision", "branch", "buildUser", "buildDate", "goVersion"})
    EXPECT_NE(Member(response, "versionInfo").find(key), std::string::npos) << key;
}

TEST_F(IngestRoutesTest, MetricsTellWhatBecameOfTheRecords) {
  Post("/api/v1/ingest/logs", std::string(kLog) + "\n" + kFuture);
  const std::string text = Get("/metrics").body;
  for (const char* line :
       {"srehub_ingest_records_total{source=\"logs\",format=\"logs\",result=\"accepted\"} 1\n",
        "srehub_ingest_records_total{source=\"logs\",format=\"logs\",result=\"rejected\"} 1\n",
        "srehub_ingest_refusals_total{source=\"logs\",format=\"logs\",reason=\"future_dated\"} 1\n",
        "srehub_ingest_deliveries_total{format=\"logs\",result=\"taken\"} 1\n",
        "srehub_storage_writable 1\n", "srehub_build_info{version=\"0.0.0\",commit=\"abc\"} 1\n"})
    EXPECT_NE(text.find(line), std::string::npos) << line << text;
}

}  // namespace
}  // namespace srehub::api
