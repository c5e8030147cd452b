#include "insight/deploy_lookup.h"

#include <gtest/gtest.h>

namespace srehub::insight {
namespace {

const Instant kSince = *ParseRfc3339("2025-08-26T14:01:23Z");

model::Deploy Deploy(const char* id, std::optional<Duration> start, std::optional<Duration> end) {
  model::Deploy d;
  d.deploy_id = id;
  d.service_id = "checkout-service";
  d.kind = model::PipelineKind::kDeploy;
  d.status = model::DeployStatus::kSuccess;
  if (start) d.started_at = kSince + *start;
  if (end) d.finished_at = kSince + *end;
  d.first_statement = kSince + start.value_or(end.value_or(0min));
  d.last_statement = kSince + end.value_or(start.value_or(0min));
  return d;
}

TEST(Suspect, TheFoundingDeployEndsJustAfterTheCrash) {
  const std::vector<model::Deploy> deploys = {Deploy("4821", std::nullopt, 277s)};
  const auto suspect = Suspect(deploys, kSince, "checkout-api");
  ASSERT_TRUE(suspect);
  EXPECT_EQ(suspect->offset, -Duration(277s));
  EXPECT_TRUE(suspect->inferred);
}

TEST(Suspect, WindowIsSixtyBeforeToFiveAfter) {
  const auto suspected = [](std::optional<Duration> start, std::optional<Duration> end) {
    const std::vector<model::Deploy> deploys = {Deploy("d", start, end)};
    return Suspect(deploys, kSince, "checkout-service").has_value();
  };
  EXPECT_TRUE(suspected(-60min, std::nullopt));
  EXPECT_FALSE(suspected(-60min - 1s, std::nullopt));
  EXPECT_TRUE(suspected(-90min, -59min)) << "it ended inside";
  EXPECT_TRUE(suspected(std::nullopt, 5min));
  EXPECT_FALSE(suspected(std::nullopt, 5min + 1s));
}

TEST(Suspect, TheNearestBeforeBeatsANearerAfter) {
  const std::vector<model::Deploy> deploys = {Deploy("after", 1min, 2min),
                                              Deploy("long-ago", -50min, -45min),
                                              Deploy("just-before", -10min, -4min)};
  EXPECT_EQ(Suspect(deploys, kSince, "x")->deploy.deploy_id, "just-before");
}

TEST(Suspect, ABuildIsNeverSuspected) {
  std::vector<model::Deploy> deploys = {Deploy("b", -10min, -4min)};
  deploys[0].kind = model::PipelineKind::kBuild;
  EXPECT_FALSE(Suspect(deploys, kSince, "x"));
}

TEST(PreviousGood, IsTheNewestSuccessOfTheSameEnvironmentBefore) {
  std::vector<model::Deploy> deploys = {
      Deploy("now", -10min, -4min), Deploy("failed", -2h, -110min), Deploy("staging", -3h, -170min),
      Deploy("good", -4h, -230min), Deploy("older", -9h, -8h)};
  deploys[0].status = deploys[1].status = model::DeployStatus::kFailure;
  deploys[2].environment = "staging";
  const model::Deploy* good = PreviousGood(deploys, deploys[0]);
  ASSERT_NE(good, nullptr);
  EXPECT_EQ(good->deploy_id, "good");
  EXPECT_EQ(PreviousGood(std::span(deploys).first(3), deploys[0]), nullptr);
}

}  // namespace
}  // namespace srehub::insight
