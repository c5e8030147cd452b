#include "http/auth.h"

#include <gtest/gtest.h>

#include "base/base64.h"
#include "http/host_policy.h"

namespace srehub::http {
namespace {

const std::string kIngestSecret = "ingest-secret-0123456789abcdef";
const std::string kReadSecret = "read-secret-0123456789abcdefgh";
const std::string kAdminSecret = "admin-secret-0123456789abcdefg";

Authenticator MakeAuthenticator() {
  std::vector<Token> tokens;
  tokens.push_back(*MakeToken("feed", kIngestSecret, {Scope::kIngest}, {"alertmanager"}));
  tokens.push_back(*MakeToken("desk", kReadSecret, {Scope::kRead}));
  tokens.push_back(*MakeToken("ops", kAdminSecret, {Scope::kAdmin}));
  return Authenticator(std::move(tokens));
}

// "ok", or the error's name.
std::string Verdict(const Authenticator& authenticator, Scope scope, const std::string& header,
                    bool loopback = false) {
  Request request;
  request.loopback = loopback;
  if (!header.empty()) request.headers.emplace_back("authorization", header);
  const Status status = authenticator.Authorize(scope, &request);
  return status ? "ok" : std::string(ErrorCodeName(status.error().code));
}

struct Row {
  std::string credentials;
  std::string none, ingest, read, admin;  // verdict by scope asked for
};

TEST(AuthTest, Matrix) {
  const Authenticator authenticator = MakeAuthenticator();
  const std::string no = "unauthenticated", scope = "forbidden", ok = "ok";
  const std::vector<Row> rows = {
      {"", ok, no, no, no},
      {"Bearer wrong-secret-0123456789abcdef", ok, no, no, no},
      {"Bearer ", ok, no, no, no},
      {"Bearer", ok, no, no, no},
      {"Token " + kAdminSecret, ok, no, no, no},
      {kAdminSecret, ok, no, no, no},
      {"Bearer " + kIngestSecret, ok, ok, scope, scope},
      {"bearer " + kReadSecret, ok, scope, ok, scope},
      {"Bearer " + kAdminSecret, ok, ok, ok, ok},
      {"Bearer " + kAdminSecret.substr(0, kAdminSecret.size() - 1), ok, no, no, no},
      {"Basic " + Base64Encode("anyone:" + kReadSecret), ok, scope, ok, scope},
      {"Basic " + Base64Encode(kReadSecret + ":"), ok, no, no, no},
      {"Basic " + Base64Encode(kReadSecret), ok, no, no, no},
      {"Basic not base64", ok, no, no, no},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(Verdict(authenticator, Scope::kNone, row.credentials), row.none) << row.credentials;
    EXPECT_EQ(Verdict(authenticator, Scope::kIngest, row.credentials), row.ingest)
        << row.credentials;
    EXPECT_EQ(Verdict(authenticator, Scope::kRead, row.credentials), row.read) << row.credentials;
    EXPECT_EQ(Verdict(authenticator, Scope::kAdmin, row.credentials), row.admin) << row.credentials;
    // With tokens configured, loopback is asked for them as well.
    EXPECT_EQ(Verdict(authenticator, Scope::kRead, row.credentials, true), row.read);
  }
}

TEST(AuthTest, WithoutTokensLoopbackIsOpenAndNothingElse) {
  const Authenticator open;
  EXPECT_EQ(Verdict(open, Scope::kAdmin, "", true), "ok");
  EXPECT_EQ(Verdict(open, Scope::kIngest, "", false), "unauthenticated");
  EXPECT_EQ(Verdict(open, Scope::kAdmin, "Bearer x", false), "unauthenticated");
}

TEST(AuthTest, CallerCarriesTheTokensSources) {
  Request request;
  request.headers.emplace_back("authorization", "Bearer " + kIngestSecret);
  ASSERT_TRUE(MakeAuthenticator().Authorize(Scope::kIngest, &request));
  EXPECT_EQ(request.caller.name, "feed");
  EXPECT_TRUE(request.caller.MayIngest("alertmanager"));
  EXPECT_FALSE(request.caller.MayIngest("github"));
}

TEST(AuthTest, TokensAreChecked) {
  EXPECT_FALSE(MakeToken("short", "abc", {Scope::kRead}));
  EXPECT_FALSE(MakeToken("", kReadSecret, {Scope::kRead}));
  EXPECT_FALSE(MakeToken("none", kReadSecret, {}));
  EXPECT_FALSE(MakeToken("blank", "has a blank 0123456789abcdef", {Scope::kRead}));
  const Result<std::string> one = GenerateToken(), two = GenerateToken();
  ASSERT_TRUE(one && two);
  EXPECT_NE(*one, *two);
  EXPECT_TRUE(MakeToken("generated", *one, {Scope::kRead}));
}

TEST(AuthTest, ListenOffLoopbackNeedsAToken) {
  const std::vector<Token> tokens = {*MakeToken("ops", kAdminSecret, {Scope::kAdmin})};
  for (const char* text : {"127.0.0.1:1", "[::1]:1", "localhost:1", "127.9.9.9:1"})
    EXPECT_TRUE(CheckListen({*ParseAddress(text)}, {})) << text;
  for (const char* text :
       {"0.0.0.0:1", "[::]:1", "10.0.0.1:1", "hub:1", "127.0.0.1.evil:1", "127.evil.0.1:1"}) {
    const Status status = CheckListen({*ParseAddress("127.0.0.1:1"), *ParseAddress(text)}, {});
    ASSERT_FALSE(status) << text;
    EXPECT_NE(status.error().message.find(text), std::string::npos);
    EXPECT_TRUE(CheckListen({*ParseAddress(text)}, tokens)) << text;
  }
}

TEST(AuthTest, Addresses) {
  EXPECT_EQ(ParseAddress("[::1]:8484")->host, "::1");
  EXPECT_EQ(ParseAddress("[::1]:8484")->text(), "[::1]:8484");
  EXPECT_EQ(ParseAddress("localhost:0")->port, 0);
  for (const char* text : {"", "8484", ":8484", "localhost", "localhost:", "localhost:x", "a:70000",
                           "::1:8484", "[::1:8484", "a:1 "})
    EXPECT_FALSE(ParseAddress(text)) << text;
}

Request WithHost(const std::string& host, bool loopback) {
  Request request;
  request.method = "GET";
  request.loopback = loopback;
  if (!host.empty()) request.headers.emplace_back("host", host);
  return request;
}

TEST(HostPolicyTest, LoopbackAnswersOnlyToItsNames) {
  for (const char* host : {"localhost", "localhost:8484", "LOCALHOST:1", "localhost.", "127.0.0.1",
                           "127.0.0.1:99", "[::1]", "[::1]:8484", ""})
    EXPECT_FALSE(CheckHost(WithHost(host, true), {})) << host;
  for (const char* host :
       {"evil.example", "evil.example:8484", "localhost.evil.example", "127.0.0.1.evil.example",
        "localhost@evil.example", "10.0.0.1", "[::2]", "[::1", "localhost:x", "localhost:8484:1"}) {
    const auto problem = CheckHost(WithHost(host, true), {});
    ASSERT_TRUE(problem) << host;
    EXPECT_EQ(problem->status, 421);
  }
  EXPECT_FALSE(CheckHost(WithHost("hub.example:443", true), {"hub.example"}));
  EXPECT_FALSE(CheckHost(WithHost("anything.example", false), {}));
  EXPECT_TRUE(CheckHost(WithHost("anything.example", false), {"hub.example"}));
}

TEST(HostPolicyTest, OtherSitesMayNotChangeAnything) {
  const auto check = [](const char* method, const char* name, const char* value) {
    Request request = WithHost("localhost:8484", true);
    request.method = method;
    request.headers.emplace_back(name, value);
    return CheckOrigin(request, {"hub.example"}).has_value();
  };
  EXPECT_FALSE(check("POST", "accept", "*/*"));
  EXPECT_FALSE(check("POST", "origin", "http://localhost:8484"));
  EXPECT_FALSE(check("POST", "sec-fetch-site", "same-origin"));
  EXPECT_FALSE(check("GET", "origin", "http://evil.example"));
  EXPECT_FALSE(check("POST", "origin", "https://hub.example"));
  EXPECT_TRUE(check("POST", "origin", "http://evil.example"));
  EXPECT_TRUE(check("POST", "origin", "https://hub.example.evil.example"));
  EXPECT_TRUE(check("POST", "origin", "http://localhost:9999"));
  EXPECT_TRUE(check("POST", "origin", "null"));
  EXPECT_TRUE(check("DELETE", "sec-fetch-site", "cross-site"));
  EXPECT_TRUE(check("POST", "sec-fetch-site", "same-site"));
}

}  // namespace
}  // namespace srehub::http
