#include "http/router.h"

#include <gtest/gtest.h>

namespace srehub::http {
namespace {

Router MakeRouter() {
  Router router;
  const Handler handler = [](const Request&) { return Response{}; };
  router.Add({"GET", "/api/v1/incidents/{incidentId}", "getIncident", Scope::kRead, handler});
  router.Add({"GET", "/api/v1/incidents/top", "getTop", Scope::kRead, handler});
  router.Add({"POST", "/api/v1/incidents/{incidentId}/ack", "ack", Scope::kAdmin, handler});
  router.Add({"GET", "/api/v1/silences", "listSilences", Scope::kRead, handler});
  router.Add({"POST", "/api/v1/silences", "addSilence", Scope::kAdmin, handler});
  router.Add({"GET", "/", "index", Scope::kNone, handler});
  router.Add({"GET", "/assets/{path...}", "asset", Scope::kNone, handler});
  return router;
}

std::string Operation(const Router& router, std::string_view method, std::string_view path) {
  const Router::Match match = router.Find(method, path);
  return match.route == nullptr ? "" : match.route->operation_id;
}

TEST(RouterTest, LiteralWinsOverParameter) {
  const Router router = MakeRouter();
  EXPECT_EQ(Operation(router, "GET", "/api/v1/incidents/top"), "getTop");
  EXPECT_EQ(Operation(router, "GET", "/api/v1/incidents/other"), "getIncident");
  EXPECT_EQ(Operation(router, "GET", "/"), "index");
}

TEST(RouterTest, ParametersAreDecodedOncePerSegment) {
  const Router router = MakeRouter();
  const Router::Match match =
      router.Find("POST", "/api/v1/incidents/checkout%23Deploy%2523%2FFailed/ack");
  ASSERT_NE(match.route, nullptr);
  ASSERT_EQ(match.params.size(), 1u);
  EXPECT_EQ(match.params[0].first, "incidentId");
  EXPECT_EQ(match.params[0].second, "checkout#Deploy%23/Failed");
}

TEST(RouterTest, RestTakesTheWholeTail) {
  const Router router = MakeRouter();
  const Router::Match match = router.Find("GET", "/assets/js/app.js");
  ASSERT_NE(match.route, nullptr);
  EXPECT_EQ(match.params[0].second, "js/app.js");
}

TEST(RouterTest, HeadIsAnsweredByGet) {
  EXPECT_EQ(Operation(MakeRouter(), "HEAD", "/api/v1/silences"), "listSilences");
}

TEST(RouterTest, WrongMethodNamesTheRightOnes) {
  const Router router = MakeRouter();
  const Router::Match match = router.Find("DELETE", "/api/v1/silences");
  EXPECT_EQ(match.route, nullptr);
  EXPECT_EQ(match.allowed, (std::vector<std::string>{"GET", "HEAD", "POST"}));
  // The literal path decides: the parameter's methods are not its own.
  EXPECT_EQ(router.Find("PUT", "/api/v1/incidents/top").allowed,
            (std::vector<std::string>{"GET", "HEAD"}));
}

TEST(RouterTest, NoMatch) {
  const Router router = MakeRouter();
  for (const char* path : {"", "api", "/api", "/api/v1/incidents/", "/api/v1/incidents//ack",
                           "/api/v1/silences/", "//", "/API/v1/silences", "*"}) {
    const Router::Match match = router.Find("GET", path);
    EXPECT_EQ(match.route, nullptr) << path;
    EXPECT_TRUE(match.allowed.empty()) << path;
  }
}

TEST(RouterTest, BrokenEscapeIsToldApart) {
  const Router::Match match = MakeRouter().Find("GET", "/api/v1/incidents/a%2");
  ASSERT_NE(match.route, nullptr);
  EXPECT_TRUE(match.bad_escape);
}

}  // namespace
}  // namespace srehub::http
