#include "http/dispatcher.h"

#include <gtest/gtest.h>

#include <stdexcept>

#include "base/inflate.h"
#include "base/json_reader.h"
#include "http/content_coding.h"

namespace srehub::http {
namespace {

const std::string kSecret = "read-secret-0123456789abcdefgh";

class DispatcherTest : public testing::Test {
 protected:
  DispatcherTest() {
    router_.Add(
        {"GET", "/open", "open", Scope::kNone, [](const Request&) { return JsonResponse("{}"); }});
    router_.Add({"POST", "/echo/{word}", "echo", Scope::kIngest, [](const Request& request) {
                   return TextResponse(std::string(request.Param("word")) + ":" + request.body);
                 }});
    router_.Add({"GET", "/large", "large", Scope::kRead, [](const Request&) {
                   return JsonResponse("\"" + std::string(5000, 'x') + "\"").Set("ETag", "W/\"7\"");
                 }});
    router_.Add({"GET", "/throws", "throws", Scope::kRead,
                 [](const Request&) -> Response { throw std::runtime_error("secret words"); }});
  }

  static Request Make(std::string method, std::string path) {
    Request request;
    request.method = std::move(method);
    request.path = std::move(path);
    request.remote = "local";
    request.headers.emplace_back("host", "localhost");
    return request;
  }

  Response Call(Request request, Authenticator authenticator = Authenticator(),
                DispatcherOptions options = {}) {
    const Dispatcher dispatcher(&router_, std::move(authenticator), &metrics_, std::move(options));
    return dispatcher.Call(std::move(request));
  }

  Router router_;
  Metrics metrics_;
};

TEST_F(DispatcherTest, RunsTheRoutesHandler) {
  Request request = Make("POST", "/echo/a%2Fb");
  request.body = "text";
  const Response response = Call(std::move(request));
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.body, "a/b:text");
}

TEST_F(DispatcherTest, EveryAnswerCarriesTheSecurityHeaders) {
  for (const char* path : {"/open", "/nowhere", "/throws"}) {
    const Response response = Call(Make("GET", path));
    EXPECT_EQ(response.Header("x-content-type-options"), "nosniff");
    EXPECT_EQ(response.Header("content-security-policy"),
              "default-src 'none'; frame-ancestors 'none'");
    EXPECT_EQ(response.Header("cache-control"), "no-store");
    EXPECT_EQ(response.Header("server"), "");
    EXPECT_EQ(response.Header("x-request-id").size(), 16u);
  }
}

TEST_F(DispatcherTest, ProblemsNameTheRequest) {
  Request request = Make("GET", "/nowhere");
  request.headers.emplace_back("x-request-id", "abc-1");
  const Response response = Call(std::move(request));
  EXPECT_EQ(response.status, 404);
  EXPECT_EQ(response.Header("content-type"), "application/problem+json; charset=utf-8");
  JsonReader reader;
  const auto json = reader.Parse(response.body);
  ASSERT_TRUE(json);
  EXPECT_EQ(FindString(*json, "type"), "about:blank");
  EXPECT_EQ(FindString(*json, "title"), "Not Found");
  EXPECT_EQ(FindInt(*json, "status"), 404);
  EXPECT_EQ(FindString(*json, "code"), "not_found");
  EXPECT_EQ(FindString(*json, "instance"), "/nowhere");
  EXPECT_EQ(FindString(*json, "requestId"), "abc-1");
  EXPECT_EQ(response.Header("x-request-id"), "abc-1");
}

TEST_F(DispatcherTest, OddRequestIdsAreReplaced) {
  Request request = Make("GET", "/open");
  request.headers.emplace_back("x-request-id", "a b\"c");
  EXPECT_EQ(Call(std::move(request)).Header("x-request-id").size(), 16u);
}

TEST_F(DispatcherTest, MethodsAndPaths) {
  const Response wrong_method = Call(Make("DELETE", "/open"));
  EXPECT_EQ(wrong_method.status, 405);
  EXPECT_EQ(wrong_method.Header("allow"), "GET, HEAD");
  EXPECT_EQ(Call(Make("HEAD", "/open")).status, 200);
  EXPECT_EQ(Call(Make("POST", "/echo/%zz")).status, 400);
}

TEST_F(DispatcherTest, CredentialsDecide) {
  const auto with_tokens = [] {
    return Authenticator({*MakeToken("desk", kSecret, {Scope::kRead})});
  };
  EXPECT_EQ(Call(Make("GET", "/open"), with_tokens()).status, 200);
  const Response none = Call(Make("GET", "/large"), with_tokens());
  EXPECT_EQ(none.status, 401);
  EXPECT_NE(none.Header("www-authenticate").find("Bearer"), std::string_view::npos);
  Request request = Make("GET", "/large");
  request.headers.emplace_back("authorization", "Bearer " + kSecret);
  EXPECT_EQ(Call(request, with_tokens()).status, 200);
  request.method = "POST";
  request.path = "/echo/x";
  EXPECT_EQ(Call(request, with_tokens()).status, 403);
  // A token in the URL is no credential.
  request = Make("GET", "/large");
  request.query.emplace_back("token", kSecret);
  EXPECT_EQ(Call(request, with_tokens()).status, 401);
}

TEST_F(DispatcherTest, HostAndOriginAreChecked) {
  Request request = Make("GET", "/open");
  request.headers[0].second = "evil.example";
  EXPECT_EQ(Call(request).status, 421);
  request = Make("POST", "/echo/x");
  request.headers.emplace_back("origin", "http://evil.example");
  EXPECT_EQ(Call(request).status, 403);
}

TEST_F(DispatcherTest, ExceptionsBecome500WithoutTheirWords) {
  const Response response = Call(Make("GET", "/throws"));
  EXPECT_EQ(response.status, 500);
  EXPECT_EQ(response.body.find("secret"), std::string::npos);
}

TEST_F(DispatcherTest, LargeAnswersAreGzippedWhenAccepted) {
  Request request = Make("GET", "/large");
  EXPECT_EQ(Call(request).Header("content-encoding"), "");
  request.headers.emplace_back("accept-encoding", "br, gzip;q=0.5");
  const Response response = Call(request);
  EXPECT_EQ(response.Header("content-encoding"), "gzip");
  EXPECT_EQ(response.Header("vary"), "Accept-Encoding");
  EXPECT_EQ(Inflate(ContentEncoding::kGzip, response.body)->size(), 5002u);
  request.path = "/open";
  EXPECT_EQ(Call(request).Header("content-encoding"), "");
}

TEST_F(DispatcherTest, ETagsAnswerNotModified) {
  Request request = Make("GET", "/large");
  request.headers.emplace_back("if-none-match", "\"1\", W/\"7\"");
  const Response response = Call(request);
  EXPECT_EQ(response.status, 304);
  EXPECT_EQ(response.body, "");
  EXPECT_EQ(response.Header("etag"), "W/\"7\"");
  request.headers.back().second = "\"8\"";
  EXPECT_EQ(Call(request).status, 200);
}

TEST_F(DispatcherTest, BodiesAreInflatedUpToTheCap) {
  Request request = Make("POST", "/echo/x");
  request.headers.emplace_back("content-encoding", "gzip");
  request.body = Gzip(std::string(2000, 'y'));
  EXPECT_EQ(Call(request).body, "x:" + std::string(2000, 'y'));
  DispatcherOptions small;
  small.max_inflated_bytes = 1999;
  EXPECT_EQ(Call(request, Authenticator(), small).status, 413);
  request.body.resize(request.body.size() / 2);
  EXPECT_EQ(Call(request).status, 400);
  request.headers.back().second = "br";
  EXPECT_EQ(Call(request).status, 415);
  request.headers.back().second = "gzip, gzip";
  EXPECT_EQ(Call(request).status, 415);
}

TEST_F(DispatcherTest, AnswersAreCountedAndTold) {
  std::vector<AccessRecord> records;
  DispatcherOptions options;
  options.on_answer = [&records](const AccessRecord& record) { records.push_back(record); };
  Call(Make("GET", "/open"), Authenticator(), options);
  Call(Make("GET", "/nowhere"), Authenticator(), options);
  ASSERT_EQ(records.size(), 2u);
  EXPECT_EQ(records[0].operation_id, "open");
  EXPECT_EQ(records[0].caller, "loopback");
  EXPECT_EQ(records[1].status, 404);
  const std::string text = metrics_.Render();
  EXPECT_NE(text.find("srehub_http_requests_total{operation=\"open\",status=\"200\"} 1\n"),
            std::string::npos);
  EXPECT_NE(text.find("srehub_http_requests_total{operation=\"none\",status=\"404\"} 1\n"),
            std::string::npos);
}

TEST(ContentCodingTest, AcceptEncoding) {
  for (const char* yes :
       {"gzip", "GZIP", "deflate, gzip", "*", "gzip;q=0.001", "x-gzip", "identity;q=0, gzip"})
    EXPECT_TRUE(AcceptsGzip(yes)) << yes;
  for (const char* no : {"", "identity", "br", "gzip;q=0", "gzip; q=0.000", "*;q=0", "*, gzip;q=0"})
    EXPECT_FALSE(AcceptsGzip(no)) << no;
}

}  // namespace
}  // namespace srehub::http
