#include <gtest/gtest.h>

#include <thread>

#include "api/hub_for_test.h"

namespace srehub::api {
namespace {

class RoutesTest : public HubForTest {};

TEST_F(RoutesTest, QuestionsOfAnEmptyHub) {
  for (const char* path : {"/api/v1/incidents/top", "/trending", "/api/v1/tally",
                           "/api/v1/services", "/api/v1/deploys", "/api/v1/types",
                           "/api/v1/sources", "/api/v1/silences", "/api/v1/rejects"}) {
    const http::Response response = Get(path);
    EXPECT_EQ(response.status, 200) << path << response.body;
    EXPECT_EQ(Member(response, "generatedAt"), "\"2025-08-26T14:10:00Z\"") << path;
  }
  for (const char* path :
       {"/api/v1/services/nobody/events", "/api/v1/services/nobody/recommendations",
        "/recommendations/nobody", "/api/v1/services/nobody/correlation",
        "/api/v1/deploys/4821/correlation", "/api/v1/incidents/nobody%23Nothing"}) {
    const http::Response response = Get(path);
    EXPECT_EQ(response.status, 404) << path << response.body;
    EXPECT_EQ(Member(response, "code"), "\"not_found\"") << path;
  }
}

TEST_F(RoutesTest, UnknownParametersAreRefusedEverywhere) {
  for (const http::Route* route : router_.routes()) {
    if (route->method != "GET" || route->operation_id == "getMetrics" ||
        route->operation_id == "getStartPage" || route->operation_id == "getOpenApi" ||
        route->operation_id == "getAlertmanagerStatus" || route->pattern.ends_with("health") ||
        route->pattern.ends_with("healthy") || route->pattern.ends_with("healthz"))
      continue;  // these take whatever a probe or a scraper appends
    std::string path = route->pattern;
    for (size_t open; (open = path.find('{')) != std::string::npos;)
      path.replace(open, path.find('}') - open + 1, "x");
    const http::Response response = Get(path + "?nonsense=1");
    EXPECT_EQ(response.status, 400) << path << response.body;
    EXPECT_EQ(Member(response, "parameter"), "\"nonsense\"") << path;
  }
}

TEST_F(RoutesTest, ContradictionsAreRefused) {
  for (const char* path : {"/api/v1/deploys?from=2025-08-26T14:05:00Z&to=2025-08-26T14:00:00Z",
                           "/api/v1/tally?tz=Mars/Olympus", "/api/v1/tally?severity=low",
                           "/api/v1/incidents/top?limit=101"})
    EXPECT_EQ(Get(path).status, 400) << path;
}

TEST_F(RoutesTest, TopListAnswersNotModified) {
  const http::Response first = Get("/api/v1/incidents/top");
  const std::string etag(first.Header("etag"));
  ASSERT_TRUE(etag.starts_with("W/\"")) << etag;
  http::Request again = Make("GET", "/api/v1/incidents/top");
  again.headers.emplace_back("if-none-match", etag);
  EXPECT_EQ(Call(again).status, 304);
  clock_.Advance(1min);
  EXPECT_EQ(Call(again).status, 200);
}

// Every route, asked by everybody: the generated table of who may do what.
TEST_F(RoutesTest, EveryRouteKeepsItsScope) {
  for (const http::Route* route : router_.routes()) {
    std::string path = route->pattern;
    for (size_t open; (open = path.find('{')) != std::string::npos;)
      path.replace(open, path.find('}') - open + 1, "x");
    const auto status = [&](const std::string& secret) {
      http::Request request = Make(route->method, path);
      request.loopback = false;
      request.headers[0].second = "hub.example";
      if (!secret.empty()) request.headers.emplace_back("authorization", "Bearer " + secret);
      const http::Response response = Call(std::move(request), Tokens());
      return response.status == 401 || response.status == 403 ? response.status : 0;
    };
    const bool open = route->scope == http::Scope::kNone;
    const bool ingest = open || route->scope == http::Scope::kIngest;
    const bool read = open || route->scope == http::Scope::kRead;
    const std::string name = route->method + " " + route->pattern;
    EXPECT_EQ(status(""), open ? 0 : 401) << name;
    EXPECT_EQ(status("wrong-secret-0123456789abcdef"), open ? 0 : 401) << name;
    EXPECT_EQ(status(kReadSecret), read ? 0 : 403) << name;
    EXPECT_EQ(status(kAdminSecret), 0) << name;
    // An ingest token may be bound to other sources than the route's; that is refused as well.
    if (!ingest) {
      EXPECT_EQ(status(kIngestSecret), 403) << name;
    }
    // Nothing that changes anything is open, and nothing but probes and descriptions is.
    const bool changes = route->method != "GET";
    EXPECT_TRUE(!changes || route->scope == http::Scope::kIngest ||
                route->scope == http::Scope::kAdmin)
        << name;
  }
}

TEST_F(RoutesTest, AcknowledgingNeedsAnIncident) {
  EXPECT_EQ(Post("/api/v1/incidents/x%23Y/ack", R"({"for":"2h"})").status, 404);
  EXPECT_EQ(
      Post("/api/v1/incidents/x%23Y/ack", R"({"for":"2h","until":"2025-08-26T15:00:00Z"})").status,
      400);
  EXPECT_EQ(Post("/api/v1/incidents/x%23Y/ack", R"({"four":"2h"})").status, 400);
  EXPECT_EQ(Post("/api/v1/incidents/x%23Y/ack", R"({"until":"2025-08-26T14:00:00Z"})").status, 400);
  EXPECT_EQ(Call(Make("POST", "/api/v1/incidents/x%23Y/ack")).status, 404);  // no body is fine
  EXPECT_EQ(Call(Make("DELETE", "/api/v1/incidents/x%23Y/ack")).status, 404);
}

TEST_F(RoutesTest, SilencesAreChecked) {
  const http::Response added =
      Post("/api/v1/silences", R"({"serviceId":"auth-service","for":"2h","why":"known"})");
  EXPECT_EQ(added.status, 201) << added.body;
  EXPECT_EQ(Member(added, "endsAt"), "\"2025-08-26T16:10:00Z\"");
  EXPECT_EQ(Member(added, "by"), "\"loopback\"");
  EXPECT_EQ(Member(added, "active"), "true");
  EXPECT_TRUE(added.Header("location").starts_with("/api/v1/silences/"));
  const std::string id = Member(added, "id");
  EXPECT_NE(Member(Post("/api/v1/silences", R"({"serviceId":"auth-service","for":"2h"})"), "id"),
            id);
  for (const char* body :
       {R"({"for":"2h"})", R"({"serviceId":"a"})", R"({"serviceId":"a","for":"500d"})",
        R"({"serviceId":"a","for":"x"})", R"({"serviceId":"a","endsAt":"2025-08-26T14:00:00Z"})",
        R"({"serviceId":"a","for":"2h","kind":"nap"})", R"({"serviceId":1,"for":"2h"})",
        R"({"serviceId":"Auth Service","for":"2h"})", R"({"serviceId":"a","for":"2h","why":""})",
        R"({"serviceId":"a","for":"2h","startsAt":""})", R"({"incidentId":"nothing","for":"2h"})",
        R"(["serviceId"])", "{"})
    EXPECT_EQ(Post("/api/v1/silences", body).status, 400) << body;
  http::Request form = Make("POST", "/api/v1/silences", "serviceId=a&for=2h");
  form.headers.back().second = "application/x-www-form-urlencoded";
  EXPECT_EQ(Call(form).status, 415);
  EXPECT_EQ(Call(Make("DELETE", "/api/v1/silences/none")).status, 404);
}

TEST_F(RoutesTest, OutcomesNeedAKnownService) {
  EXPECT_EQ(
      Post("/api/v1/services/nobody/recommendations/outcomes", R"({"actionId":"a/b"})").status,
      404);
  EXPECT_EQ(Post("/api/v1/services/nobody/recommendations/outcomes", "{}").status, 400);
}

TEST_F(RoutesTest, RejectsAreListedAndReplayed) {
  const auto send = [&](const char* time) {
    return Post("/api/v1/ingest/logs",
                R"({"service":"a","level":"ERROR","message":"m","timestamp":")" +
                    std::string(time) + "\"}");
  };
  EXPECT_EQ(send("2025-08-26T15:00:00Z").status, 422);
  EXPECT_EQ(send("2025-08-26T15:01:00Z").status, 422);
  const http::Response page = Get("/api/v1/rejects?limit=1");
  EXPECT_EQ(Member(page, "truncated"), "true");
  EXPECT_NE(page.body.find("\"reason\":\"future_dated\""), std::string::npos) << page.body;
  std::string cursor = Member(page, "cursor");
  cursor = cursor.substr(1, cursor.size() - 2);
  EXPECT_EQ(Member(Get("/api/v1/rejects?limit=1&cursor=" + cursor), "truncated"), "false");

  EXPECT_EQ(Get("/api/v1/rejects?cursor=garbage").status, 400);

  clock_.Advance(1h);
  const http::Response replayed = Call(Make("POST", "/api/v1/rejects/replay"));
  EXPECT_EQ(replayed.status, 200) << replayed.body;
  EXPECT_EQ(Member(replayed, "accepted"), "2") << replayed.body;
  EXPECT_EQ(Member(Get("/api/v1/rejects"), "rejects"), "[]");
  EXPECT_EQ(Post("/api/v1/rejects/replay", R"({"ids":"all"})").status, 400);
}

TEST_F(RoutesTest, Operations) {
  EXPECT_EQ(Get("/-/healthy").body, "healthy\n");
  EXPECT_EQ(Get("/healthz").status, 200);
  EXPECT_EQ(Get("/-/ready").body, "ready\n");
  const http::Response verbose = Get("/readyz?verbose");
  EXPECT_EQ(Member(verbose, "durability"), "\"synced\"");
  not_ready_ = {"the store is opened"};
  const http::Response waiting = Get("/-/ready");
  EXPECT_EQ(waiting.status, 503);
  EXPECT_EQ(waiting.body, "not ready\nthe store is opened\n");
  EXPECT_EQ(Get("/metrics").Header("content-type"), "text/plain; version=0.0.4; charset=utf-8");
  EXPECT_EQ(Member(Get("/api/v1/verify"), "differenceCount"), "0");
  EXPECT_EQ(Call(Make("POST", "/-/reload")).status, 204);
  reload_result_ = Fail(ErrorCode::kInvalidArgument, "line 3 is wrong", "srehub.yaml:3");
  const http::Response refused = Call(Make("POST", "/-/reload"));
  EXPECT_EQ(refused.status, 400);
  EXPECT_EQ(Member(refused, "where"), "\"srehub.yaml:3\"");
  EXPECT_EQ(reloads_, 2);
  const http::Response page = Get("/");
  EXPECT_EQ(page.Header("content-type"), "text/html; charset=utf-8");
  EXPECT_EQ(page.body.find("<script"), std::string::npos);
}

class StreamTest : public HubForTest {
 protected:
  // Runs the stream until `frames` writes came or nothing comes any more.
  std::string Read(http::Request request, const std::function<void()>& meanwhile,
                   std::string_view until) {
    const http::Response response = Call(std::move(request));
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(response.Header("content-type"), "text/event-stream; charset=utf-8");
    std::string text;
    bool fed = false;
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    response.stream([&](std::string_view data) {
      text += data;
      if (!fed && text.find("event: ready") != std::string::npos) {
        fed = true;
        meanwhile();
      }
      return text.find(until) == std::string::npos && std::chrono::steady_clock::now() < deadline;
    });
    return text;
  }
  void SendLog(const char* service, const char* message) {
    Post("/api/v1/ingest/logs",
         R"({"timestamp":"2025-08-26T14:05:00Z","level":"ERROR","service":")" +
             std::string(service) + R"(","message":")" + message + "\"}");
  }
};

TEST_F(StreamTest, SendsWhatBecomesDurableAndResumes) {
  const std::string text = Read(
      Make("GET", "/api/v1/stream?service=auth-service"),
      [this] {
        SendLog("payments-api", "not asked for");
        SendLog("auth-api", "of a sibling");
        SendLog("auth-service", "of the service");
      },
      "of the service");
  EXPECT_EQ(text.find("not asked for"), std::string::npos);
  EXPECT_NE(text.find("of a sibling"), std::string::npos);
  EXPECT_NE(text.find("\"inferred\":true"), std::string::npos);
  EXPECT_NE(text.find("id: 0000000000001234-3\ndata: {"), std::string::npos) << text;

  http::Request resume = Make("GET", "/api/v1/stream?exact=true&service=auth-service");
  resume.headers.emplace_back("last-event-id", "0000000000001234-1");
  const std::string rest = Read(resume, [] {}, "of the service");
  EXPECT_NE(rest.find("of the service"), std::string::npos);
  EXPECT_EQ(rest.find("of a sibling"), std::string::npos);
  EXPECT_EQ(rest.find("event: gap"), std::string::npos);
}

TEST_F(StreamTest, SaysWhatItCannotResume) {
  http::Request resume = Make("GET", "/api/v1/stream");
  resume.headers.emplace_back("last-event-id", "ffff000000001234-1");
  EXPECT_NE(Read(resume, [] {}, "event: gap").find("event: gap"), std::string::npos);
}

}  // namespace
}  // namespace srehub::api
