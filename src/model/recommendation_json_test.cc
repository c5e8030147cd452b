#include "model/recommendation_json.h"

#include <gtest/gtest.h>

namespace srehub::model {
namespace {

Recommendations Sample() {
  Recommendations item;
  item.service_id = "auth-service";
  item.version = 3;
  item.updated_at = ParseRfc3339("2025-08-26T14:10:00Z").value();
  item.summary = "1 incident is open";
  item.open_incidents = {"auth-service#DatabaseConnectionTimeout"};
  item.recent_incidents = {"auth-service#\"x\""};
  Action action;
  action.id = "database-connection-timeout/check-pool";
  action.title = "Check the pool";
  action.why = "5 timeouts since 14:05";
  action.incident_id = item.open_incidents[0];
  action.evidence.push_back({"a line", action.incident_id, item.updated_at, "key"});
  action.evidence.push_back({"another", "", std::nullopt, ""});
  action.steps.push_back({"look", "psql -c 'select 1'", Risk::kReadOnly, "a row", ""});
  action.steps.push_back({"restart", "kubectl rollout restart", Risk::kDisruptive, "", "wait"});
  action.risk = Risk::kDisruptive;
  action.undo = "none";
  action.playbook = "database-connection-timeout";
  action.playbook_version = 2;
  action.link = "https://example.com/runbook";
  action.rank = 0.1 + 0.2;
  action.helped = 7;
  action.tried = 9;
  item.actions = {action, Action{}};
  item.actions[1].id = "default/what-changed";
  item.truncated = true;
  return item;
}

TEST(RecommendationsJsonTest, GivesBackWhatWasWritten) {
  const Recommendations item = Sample();
  const std::string text = RecommendationsToJson(item);
  const auto got = DecodeRecommendations(text);
  ASSERT_TRUE(got) << got.error().message;
  EXPECT_EQ(RecommendationsToJson(*got), text);
  EXPECT_EQ(got->version, item.version);
  EXPECT_EQ(got->open_incidents, item.open_incidents);
  ASSERT_EQ(got->actions.size(), 2u);
  const Action& action = got->actions[0];
  EXPECT_EQ(action.rank, item.actions[0].rank);
  EXPECT_EQ(action.evidence[0].time, item.updated_at);
  EXPECT_FALSE(action.evidence[1].time);
  EXPECT_EQ(action.steps[1].risk, Risk::kDisruptive);
  EXPECT_EQ(action.steps[0].command, "psql -c 'select 1'");
  EXPECT_EQ(action.helped, 7);
  EXPECT_TRUE(got->truncated);
}

TEST(RecommendationsJsonTest, HasTheWireNames) {
  const std::string text = RecommendationsToJson(Sample());
  for (const char* part :
       {R"("serviceId":"auth-service","version":3,"updatedAt":"2025-08-26T14:10:00Z")",
        R"("openIncidents":["auth-service#DatabaseConnectionTimeout"])", R"("playbookVersion":2)",
        R"("risk":"read-only")", R"("helped":7,"tried":9)"}) {
    EXPECT_NE(text.find(part), std::string::npos) << part << "\n" << text;
  }
}

TEST(RecommendationsJsonTest, DamageIsDataLossWithAPlace) {
  const std::string good = RecommendationsToJson(Sample());
  const std::pair<const char*, const char*> cases[] = {
      {"disruptive", "scary"}, {"\"tried\":9", "\"tried\":-9"}, {"\"id\":", "\"no\":"}};
  for (const auto& [from, to] : cases) {
    std::string text = good;
    text.replace(text.find(from), std::string(from).size(), to);
    const auto got = DecodeRecommendations(text);
    ASSERT_FALSE(got) << text;
    EXPECT_EQ(got.error().code, ErrorCode::kDataLoss);
    EXPECT_EQ(got.error().where.substr(0, 10), "/actions/0") << got.error().where;
  }
  EXPECT_EQ(DecodeRecommendations("{").error().code, ErrorCode::kDataLoss);
  EXPECT_EQ(DecodeRecommendations("").error().code, ErrorCode::kDataLoss);
}

TEST(ActionOutcomeJsonTest, GivesBackWhatWasWritten) {
  const ActionOutcome outcome{"auth-service",   "a/b",
                              "auth-service#X", "ann",
                              "it \"helped\"",  ParseRfc3339("2025-08-26T14:10:00.5Z").value()};
  const auto got = DecodeActionOutcome(ActionOutcomeToJson(outcome));
  ASSERT_TRUE(got) << got.error().message;
  EXPECT_EQ(ActionOutcomeToJson(*got), ActionOutcomeToJson(outcome));
  EXPECT_EQ(got->note, outcome.note);
  EXPECT_EQ(got->at, outcome.at);
  EXPECT_FALSE(DecodeActionOutcome("{\"serviceId\":\"a\"}"));
}

TEST(RiskTest, NamesReadBack) {
  for (const Risk risk :
       {Risk::kReadOnly, Risk::kReversible, Risk::kDisruptive, Risk::kDestructive}) {
    EXPECT_EQ(ParseRisk(RiskName(risk)), risk);
  }
  EXPECT_FALSE(ParseRisk("risky"));
}

}  // namespace
}  // namespace srehub::model
