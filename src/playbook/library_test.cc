#include "playbook/library.h"

#include <gtest/gtest.h>

#include <set>

#include "playbook/placeholders.h"

namespace srehub::playbook {
namespace {

bool Has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

constexpr std::string_view kGood = R"(id: db-timeout
version: 3
types: [DatabaseConnectionTimeout]
title: T
meaning: M
causes:
  - {id: rare, text: Rare, prior: 0.1}
  - {id: pool, text: Pool, prior: 0.5, tell: {text: t, events: TooManyConnections, within: 45m}}
actions:
  - id: fix
    title: F
    kind: fix
    causes: [pool]
    steps:
      - {text: change, command: "kubectl -n {namespace} scale", risk: reversible, undo: back}
      - {text: look, risk: read-only}
links:
  - {title: L, url: "https://example.com/l"}
)";
constexpr std::string_view kLastResort = R"(id: any
types: "*"
title: T
meaning: M
causes: [{id: c, text: C, prior: 1}]
actions: [{id: a, title: A, kind: check, steps: [{text: look, risk: read-only}]}]
)";

std::string With(std::string_view from, std::string_view to) {
  std::string text(kGood);
  const size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

TEST(Parse, ReadsEveryField) {
  const auto parsed = ParsePlaybooks({"good.yaml", std::string(kGood)});
  ASSERT_TRUE(parsed) << parsed.error().message << " " << parsed.error().where;
  ASSERT_EQ(parsed->size(), 1u);
  const Playbook& p = parsed->front();
  EXPECT_EQ(p.id, "db-timeout");
  EXPECT_EQ(p.version, 3);
  EXPECT_EQ(p.types, std::vector<std::string>{"DatabaseConnectionTimeout"});
  ASSERT_EQ(p.causes.size(), 2u);
  EXPECT_EQ(p.causes[0].id, "pool") << "the likelier cause stands first";
  EXPECT_EQ(p.causes[0].tell.events, std::vector<std::string>{"TooManyConnections"});
  EXPECT_EQ(p.causes[0].tell.within, 45min);
  ASSERT_EQ(p.actions.size(), 1u);
  EXPECT_EQ(p.actions[0].risk, model::Risk::kReversible) << "the worst of the steps";
  EXPECT_EQ(p.actions[0].steps[0].text, "look") << "what only looks comes first";
  EXPECT_EQ(p.links[0].url, "https://example.com/l");
}

TEST(Parse, SeveralDocumentsInOneFile) {
  const auto parsed =
      ParsePlaybooks({"two.yaml", std::string(kGood) + "---\n" + std::string(kLastResort)});
  ASSERT_TRUE(parsed) << parsed.error().message;
  EXPECT_EQ(parsed->size(), 2u);
}

struct BadCase {
  const char* from;
  const char* to;
  const char* message;
  const char* where;
};

class BadPlaybook : public testing::TestWithParam<BadCase> {};

TEST_P(BadPlaybook, IsRefusedWithItsPlace) {
  const BadCase& c = GetParam();
  const auto parsed = ParsePlaybooks({"bad.yaml", With(c.from, c.to)});
  ASSERT_FALSE(parsed);
  EXPECT_EQ(parsed.error().code, ErrorCode::kInvalidArgument);
  EXPECT_TRUE(Has(parsed.error().message, c.message)) << parsed.error().message;
  EXPECT_EQ(parsed.error().where, c.where);
}

INSTANTIATE_TEST_SUITE_P(
    All, BadPlaybook,
    testing::Values(
        BadCase{"title: T", "titel: T", "unknown key \"titel\"", "bad.yaml:4:1"},
        BadCase{"title: T", "title: T\ntitle: U", "given twice", "bad.yaml:5:1"},
        BadCase{"meaning: M", "meaning: \"\"", "\"meaning\" is empty", "bad.yaml:5:10"},
        BadCase{"version: 3", "version: x", "must be a number", "bad.yaml:2:10"},
        BadCase{"version: 3", "version: 0", "1 or more", "bad.yaml:2:10"},
        BadCase{"id: db-timeout", "id: Db", "must be of a-z", "bad.yaml:1:5"},
        BadCase{"prior: 0.1", "prior: 0", "above 0", "bad.yaml:7:35"},
        BadCase{"prior: 0.1", "prior: 0.9", "add up to more than 1", "bad.yaml:7:3"},
        BadCase{"within: 45m", "within: 45", "45", "bad.yaml:8:92"},
        BadCase{"causes: [pool]", "causes: [pol]", "no cause has the id pol", "bad.yaml:13:13"},
        BadCase{"risk: reversible", "risk: safe", "must be read-only", "bad.yaml:15:71"},
        BadCase{"{namespace}", "{namespce}", "unknown placeholder {namespce}", "bad.yaml:15:9"},
        BadCase{"kind: fix", "kind: check", "must be read-only in every step", "bad.yaml:10:5"},
        BadCase{"https://", "ftp://", "must begin with https://", "bad.yaml:18:21"}));

TEST(Parse, BrokenYamlNamesItsPlace) {
  const auto parsed = ParsePlaybooks({"bad.yaml", "id: [\n"});
  ASSERT_FALSE(parsed);
  EXPECT_TRUE(Has(parsed.error().where, "bad.yaml:")) << parsed.error().where;
}

TEST(LibraryTest, AUsersPlaybookWinsByTypeAndById) {
  const auto library = Library::Load({{"mine.yaml", std::string(kGood)}});
  ASSERT_TRUE(library) << library.error().message << " " << library.error().where;
  EXPECT_EQ(library->For("DatabaseConnectionTimeout").id, "db-timeout");
  std::string unknown(kLastResort);
  unknown.replace(unknown.find("id: any"), 7, "id: unknown-type");
  const auto replaced = Library::Load({{"mine.yaml", unknown}});
  ASSERT_TRUE(replaced) << replaced.error().message;
  EXPECT_EQ(replaced->For("NobodyKnowsThis").title, "T");
}

TEST(LibraryTest, TwoOfOneRankMayNotClaimOneTypeOrId) {
  const auto same_id =
      Library::LoadOnly({{"a.yaml", std::string(kGood)}, {"b.yaml", std::string(kGood)}});
  ASSERT_FALSE(same_id);
  EXPECT_TRUE(Has(same_id.error().message, "defined twice")) << same_id.error().message;
  std::string other(kGood);
  other.replace(4, 10, "db-other--");
  const auto same_type = Library::LoadOnly({{"a.yaml", std::string(kGood)}, {"b.yaml", other}});
  ASSERT_FALSE(same_type);
  EXPECT_TRUE(Has(same_type.error().message, "is claimed by")) << same_type.error().message;
}

TEST(LibraryTest, NeedsALastResort) {
  const auto library = Library::LoadOnly({{"a.yaml", std::string(kGood)}});
  ASSERT_FALSE(library);
  EXPECT_TRUE(Has(library.error().message, "last resort")) << library.error().message;
}

// The built-in playbooks, held to what makes one worth having.
TEST(BuiltIn, EveryPlaybookHasATellAndACommand) {
  const auto library = Library::Load({});
  ASSERT_TRUE(library) << library.error().message << " " << library.error().where;
  for (const Playbook& p : library->playbooks()) {
    SCOPED_TRACE(p.id);
    EXPECT_FALSE(p.impact.empty());
    size_t tells = 0, commands = 0, checks = 0;
    for (const Cause& c : p.causes) tells += c.tell.empty() ? 0 : 1;
    for (const PlaybookAction& a : p.actions) {
      checks += a.risk == model::Risk::kReadOnly ? 1 : 0;
      for (const model::ActionStep& s : a.steps) {
        commands += s.command.empty() ? 0 : 1;
        if (s.risk >= model::Risk::kReversible) {
          EXPECT_TRUE(!s.undo.empty() || !a.undo.empty()) << a.id << ": a change needs its undo";
        }
      }
    }
    EXPECT_GE(tells, 1u);
    EXPECT_GE(commands, 1u);
    EXPECT_GE(checks, 1u) << "something that only looks";
  }
}

TEST(BuiltIn, CoversTheFrequentTypes) {
  const auto library = Library::Load({});
  ASSERT_TRUE(library) << library.error().message << " " << library.error().where;
  for (const char* type : {"CrashLoopBackOff",
                           "OOMKilled",
                           "ImagePullBackOff",
                           "ErrImagePull",
                           "InvalidImageName",
                           "CreateContainerConfigError",
                           "FailedScheduling",
                           "Unhealthy",
                           "FailedMount",
                           "FailedAttachVolume",
                           "Evicted",
                           "NodeNotReady",
                           "ProgressDeadlineExceeded",
                           "BackoffLimitExceeded",
                           "HighCPU",
                           "HighLatency",
                           "HighErrorRate",
                           "DeployFailed",
                           "RollbackTriggered",
                           "BuildFailed",
                           "TestFailed",
                           "DatabaseConnectionTimeout",
                           "DatabaseConnectionError",
                           "TooManyConnections",
                           "DatabaseDeadlock",
                           "Http5xx",
                           "Timeout",
                           "ConnectionRefused",
                           "DnsFailure",
                           "TlsFailure",
                           "AuthFailure",
                           "RateLimited",
                           "DiskFull",
                           "OutOfMemory",
                           "Panic",
                           "TargetDown"})
    EXPECT_TRUE(library->Knows(type)) << type;
}

}  // namespace
}  // namespace srehub::playbook
