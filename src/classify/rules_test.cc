#include "classify/rules.h"

#include <gtest/gtest.h>

#include "classify/testing.h"

namespace srehub::classify {
namespace {

Error ErrorOf(const std::string& yaml) {
  const Result<Classifier> made = Classifier::Create({{"mine.yaml", yaml}}, {});
  EXPECT_FALSE(made) << yaml;
  return made ? Error{} : made.error();
}

TEST(Rules, BuiltInOnesLoad) {
  const Result<Rules> rules = LoadRules(BuiltInRules());
  ASSERT_TRUE(rules) << rules.error().where << ": " << rules.error().message;
  EXPECT_GT(rules->log_types.size(), 15u);
  EXPECT_GT(rules->kubernetes_types.size(), 5u);
}

TEST(Rules, BuiltInOnesAreTheFilesOfTheTopFolder) {
  for (const RuleText& text : BuiltInRules()) {
    EXPECT_EQ(text.name.find('/'), std::string::npos) << text.name;
  }
}

TEST(Rules, AnUnknownKeySaysWhereAndWhatWasMeant) {
  const Error error = ErrorOf("log_types:\n  - eventType: X\n    patern: abc\n");
  EXPECT_EQ(error.code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(error.where, "mine.yaml:3:5");
  EXPECT_EQ(error.message, "unknown key \"patern\"; did you mean \"pattern\"?");
}

TEST(Rules, AnUnknownSection) {
  const Error error = ErrorOf("alias:\n  a: b\n");
  EXPECT_EQ(error.where, "mine.yaml:1:1");
  EXPECT_NE(error.message.find("\"aliases\""), std::string::npos) << error.message;
}

TEST(Rules, AKeyLikeNoOtherNamesTheKnownOnes) {
  const Error error = ErrorOf("severity_overrides:\n  - {zzzzzzzzzz: 1, severity: low}\n");
  EXPECT_NE(error.message.find("known here: service,"), std::string::npos) << error.message;
}

TEST(Rules, WrongValues) {
  EXPECT_EQ(ErrorOf("severity_overrides:\n  - {service: a, severity: bad}\n").where,
            "mine.yaml:2:28");
  EXPECT_EQ(ErrorOf("log_types:\n  - {eventType: A, pattern: '('}\n").where, "mine.yaml:2:29");
  EXPECT_EQ(ErrorOf("log_types:\n  - {eventType: A}\n").where, "mine.yaml:2:5");
  EXPECT_EQ(ErrorOf("log_types:\n  - {eventType: A, httpStatus: 9-1}\n").where, "mine.yaml:2:32");
  EXPECT_EQ(ErrorOf("log_types: 7\n").where, "mine.yaml:1:12");
  EXPECT_EQ(ErrorOf("aliases: {a: []}\n").where, "mine.yaml:1:14");
  EXPECT_EQ(ErrorOf("aliases: {a: '###'}\n").where, "mine.yaml:1:14");
  EXPECT_EQ(ErrorOf("kubernetes_types:\n  - {reason: A}\n").where, "mine.yaml:2:5");
  EXPECT_EQ(ErrorOf("kubernetes_types:\n  - {reason: A, eventType: B, phase: point}\n").where,
            "mine.yaml:2:38");
  EXPECT_EQ(ErrorOf("severity: {cicd: [{kind: ship, severity: low}]}\n").where, "mine.yaml:1:26");
  EXPECT_EQ(ErrorOf("- a\n- b\n").where, "mine.yaml:1:1");
}

TEST(Rules, BrokenYamlSaysWhere) {
  const Error error = ErrorOf("aliases: [a\nknown_services: {");
  EXPECT_TRUE(error.where.starts_with("mine.yaml:2:")) << error.where;
}

TEST(Rules, RepeatedKeysAndWordsAreErrors) {
  EXPECT_EQ(ErrorOf("aliases:\n  a: b\n  a: c\n").where, "mine.yaml:3:3");
  EXPECT_EQ(ErrorOf("aliases: {}\naliases: {}\n").where, "mine.yaml:2:1");
  EXPECT_EQ(ErrorOf("severity: {logs: {high: [X], low: [x]}}\n").where, "mine.yaml:1:26");
}

TEST(Rules, AnEmptyFileIsNoRule) {
  EXPECT_TRUE(Classifier::Create({{"mine.yaml", ""}}, {}));
  EXPECT_TRUE(Classifier::Create({{"mine.yaml", "# nothing\naliases:\n"}}, {}));
}

TEST(Rules, TheUsersComeFirst) {
  const Classifier classifier = MakeClassifier(R"(
severity: {logs: {low: [ERROR]}}
log_types: [{eventType: MyTimeout, contains: timeout}]
metrics: [{metric: CPUUtilization, eventType: BusyCpu}]
)");
  model::LogFact log;
  log.service = "a";
  log.level = "ERROR";
  log.message = "Login DB connection timeout";
  const model::Event event = EventOf(log, classifier);
  EXPECT_EQ(event.event_type, "MyTimeout");
  EXPECT_EQ(event.severity, model::Severity::kLow);
  log.level = "WARN";  // the built-in table still stands for what the user did not name
  EXPECT_EQ(EventOf(log, classifier).severity, model::Severity::kMedium);
}

// The error's place and text for a mapping with this line in place of `name`.
std::string MappingError(const std::string& yaml) {
  const auto rules = LoadRules({{"r.yaml", yaml}});
  return rules ? "loaded" : rules.error().where + " " + rules.error().message;
}

TEST(Rules, Mappings) {
  const std::string good =
      "mappings:\n"
      "  - name: pager\n"
      "    source: prometheus\n"
      "    match: {/event/kind: [triggered, resolved], /id: ~}\n"
      "    service: [/event/service, shop]\n"
      "    type: PagerIncident\n"
      "    severities: {HIGH: critical}\n";
  const auto rules = LoadRules({{"r.yaml", good}});
  ASSERT_TRUE(rules) << rules.error().where << rules.error().message;
  ASSERT_EQ(rules->mappings.size(), 1U);
  EXPECT_EQ(rules->mappings[0].match.size(), 2U);
  EXPECT_EQ(rules->mappings[0].service.terms.size(), 2U);
  EXPECT_EQ(rules->mappings[0].severities.at("high"), "critical");
  const auto changed = [&](const std::string& from, const std::string& to) {
    std::string text = good;
    text.replace(text.find(from), from.size(), to);
    return MappingError(text);
  };
  EXPECT_TRUE(changed("source: prometheus", "source: pager").starts_with("r.yaml:3:"));
  EXPECT_TRUE(changed("/event/kind:", "event:").starts_with("r.yaml:4:"));
  EXPECT_TRUE(changed("[/event/service, shop]", "[shop, /event]").starts_with("r.yaml:5:"));
  EXPECT_TRUE(changed("[/event/service, shop]", "/a~2").starts_with("r.yaml:5:"));
  EXPECT_TRUE(changed("HIGH: critical", "HIGH: awful").starts_with("r.yaml:7:"));
  EXPECT_TRUE(changed("    type: PagerIncident\n", "").starts_with("r.yaml:2:"));
  EXPECT_TRUE(changed("    type:", "    typ:").starts_with("r.yaml:6:"));
  EXPECT_TRUE(changed("match: {/event/kind: [triggered, resolved], /id: ~}", "match: {}")
                  .starts_with("r.yaml:2:"));
  EXPECT_TRUE(MappingError(good + good.substr(good.find("  - "))).starts_with("r.yaml:8:"));
  EXPECT_NE(changed("type: PagerIncident", "timestamp: now\n    type: T"), "loaded");
}

}  // namespace
}  // namespace srehub::classify
