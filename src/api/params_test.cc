#include "api/params.h"

#include <gtest/gtest.h>

#include "base/json_reader.h"

namespace srehub::api {
namespace {

http::Request Asked(std::string_view query) {
  http::Request request;
  EXPECT_TRUE(http::ParseTarget("/x?" + std::string(query), &request));
  return request;
}

TEST(ParamsTest, ReadsEveryKind) {
  const http::Request request = Asked(
      "since=1h30m&to=2025-08-26T14:10:00Z&severity=high&source=logs&status=failure&limit=7&"
      "exact=true&include=resolved,silenced&text=a+b");
  Params params(request, {"since", "to", "severity", "source", "status", "limit", "exact",
                          "include", "text", "cursor"});
  const insight::WindowSpec window = params.Window();
  EXPECT_EQ(window.since, Duration(90min));
  EXPECT_EQ(FormatTime(*window.to), "2025-08-26T14:10:00Z");
  EXPECT_EQ(params.Severity(), model::Severity::kHigh);
  EXPECT_EQ(params.Source(), model::Source::kLogs);
  EXPECT_EQ(params.DeployStatus(), model::DeployStatus::kFailure);
  EXPECT_EQ(params.Limit(100, 1000), 7u);
  EXPECT_TRUE(params.Flag("exact"));
  EXPECT_EQ(params.Words("include", {"resolved", "silenced"}).size(), 2u);
  EXPECT_EQ(params.Text("text"), "a b");
  EXPECT_EQ(params.Text("cursor"), "");
  EXPECT_FALSE(params.problem());
}

TEST(ParamsTest, SinceMayBeAnInstant) {
  const http::Request request = Asked("since=2025-08-26T14:00:00Z");
  Params params(request, {"since"});
  const insight::WindowSpec window = params.Window();
  EXPECT_FALSE(window.since);
  EXPECT_EQ(FormatTime(*window.from), "2025-08-26T14:00:00Z");
}

struct WrongCase {
  const char* query;
  const char* parameter;
  const char* detail_part;
};

TEST(ParamsTest, ProblemsNameTheParameterAndWhatIsAllowed) {
  const WrongCase cases[] = {
      {"severty=high", "severty", "did you mean 'severity'?"},
      {"completely=1", "completely", "There is no parameter 'completely' here"},
      {"limit=1&limit=2", "limit", "given twice"},
      {"severity=", "severity", "has no value"},
      {"severity=urgent", "severity", "not a severity"},
      {"source=syslog", "source", "five sources"},
      {"limit=0", "limit", "1 to 50"},
      {"limit=51", "limit", "1 to 50"},
      {"limit=5x", "limit", "1 to 50"},
      {"limit=-1", "limit", "1 to 50"},
      {"limit=99999999999999999999", "limit", "1 to 50"},
      {"exact=yes", "exact", "true nor false"},
      {"since=15", "since", "length of time"},
      {"since=0m", "since", "length of time"},
      {"since=2025-13-01T00:00:00Z", "since", "since"},
      {"since=2025-08-26T14:00:00Z&from=2025-08-26T14:00:00Z", "since", "give one"},
      {"from=yesterday", "from", "from"},
      {"include=resolved,all", "include", "'all'"},
      {"text=%ff", "text", "UTF-8"},
      {"text=a%00b", "text", "UTF-8"},
  };
  for (const WrongCase& wrong : cases) {
    const http::Request request = Asked(wrong.query);
    Params params(request,
                  {"since", "from", "severity", "source", "limit", "exact", "include", "text"});
    params.Window();
    params.Severity();
    params.Source();
    params.Limit(10, 50);
    params.Flag("exact");
    params.Words("include", {"resolved", "silenced"});
    params.Text("text");
    ASSERT_TRUE(params.problem()) << wrong.query;
    const http::Response response = params.Refuse();
    EXPECT_EQ(response.status, 400);
    JsonReader reader;
    const auto json = reader.Parse(response.body);
    ASSERT_TRUE(json) << response.body;
    EXPECT_EQ(FindString(*json, "parameter"), wrong.parameter) << response.body;
    EXPECT_NE(FindString(*json, "detail")->find(wrong.detail_part), std::string_view::npos)
        << response.body;
    EXPECT_EQ(FindString(*json, "code"), "invalid_argument");
  }
}

TEST(ParamsTest, LongValuesAreRefusedWithoutBeingEchoedWhole) {
  const http::Request request = Asked("text=" + std::string(kMaxParameterBytes + 1, 'x'));
  const Params params(request, {"text"});
  ASSERT_TRUE(params.problem());
  EXPECT_EQ(params.problem()->value.size(), 256u);
}

TEST(ParamsTest, ABareVerboseIsTrue) {
  const http::Request request = Asked("verbose");
  Params params(request, {"verbose"});
  EXPECT_TRUE(params.Flag("verbose"));
  EXPECT_FALSE(params.problem());
}

TEST(ParamsTest, Nearest) {
  EXPECT_EQ(Nearest("kubernets", {"auto", "kubernetes"}), "kubernetes");
  EXPECT_EQ(Nearest("zzz", {"at", "to"}), "");
}

}  // namespace
}  // namespace srehub::api
