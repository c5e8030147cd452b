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

// Rollouts one hour apart, the first one oldest; what is in front of ':' is the commit.
std::vector<model::PipelineKind> KindsAfter(const std::vector<const char*>& rollouts) {
  std::vector<model::Deploy> deploys;
  for (size_t i = 0; i < rollouts.size(); ++i) {
    const std::string_view text = rollouts[i];
    const auto hours = static_cast<int64_t>(i);
    model::Deploy d = Deploy("", hours * 1h, hours * 1h + 5min);
    d.deploy_id = "run-" + std::to_string(i);
    d.sha = text.substr(0, text.find(':'));
    const std::string_view end = text.substr(text.find(':') + 1);
    d.status = *model::ParseDeployStatus(end.substr(0, end.find('@')));
    if (end.find('@') != std::string_view::npos) d.environment = end.substr(end.find('@') + 1);
    deploys.push_back(std::move(d));
  }
  std::vector<model::Deploy> turned(deploys.rbegin(), deploys.rend());
  MarkRollbacks(deploys);
  MarkRollbacks(turned);
  std::vector<model::PipelineKind> kinds, turned_kinds;
  for (const model::Deploy& d : deploys) kinds.push_back(d.kind);
  for (auto d = turned.rbegin(); d != turned.rend(); ++d) turned_kinds.push_back(d->kind);
  EXPECT_EQ(kinds, turned_kinds) << "the order in which they are read does not matter";
  return kinds;
}

TEST(MarkRollbacks, IsADeployOfACommitFromBeforeTheCurrentOne) {
  constexpr auto D = model::PipelineKind::kDeploy;
  constexpr auto R = model::PipelineKind::kRollback;
  using Kinds = std::vector<model::PipelineKind>;
  EXPECT_EQ(KindsAfter({"a:success", "b:success", "a:success"}), (Kinds{D, D, R}));
  EXPECT_EQ(KindsAfter({"a:success", "b:failure", "a:success"}), (Kinds{D, D, R}));
  EXPECT_EQ(KindsAfter({"a:success", "b:success", "a:running"}), (Kinds{D, D, R}));
  EXPECT_EQ(KindsAfter({"a:success", "b:success", "a:success", "b:success"}), (Kinds{D, D, R, R}));
  // Again is not back; what never ran is nothing to go back to; a cancelled one changed nothing.
  EXPECT_EQ(KindsAfter({"a:success", "a:success"}), (Kinds{D, D}));
  EXPECT_EQ(KindsAfter({"a:failure", "b:success", "a:success"}), (Kinds{D, D, D}));
  EXPECT_EQ(KindsAfter({"a:success", "b:cancelled", "a:success"}), (Kinds{D, D, D}));
  EXPECT_EQ(KindsAfter({"a:success@staging", "b:success@production", "a:success@production"}),
            (Kinds{D, D, D}));
}

TEST(MarkRollbacks, BuildsAndOtherSystemsAreApart) {
  std::vector<model::Deploy> deploys = {Deploy("1", 0h, 5min), Deploy("2", 1h, 65min),
                                        Deploy("3", 2h, 125min)};
  deploys[0].sha = deploys[2].sha = "a";
  deploys[1].sha = "b";
  deploys[1].system = "argocd";
  MarkRollbacks(deploys);
  EXPECT_EQ(deploys[2].kind, model::PipelineKind::kDeploy);
  deploys[1].system = "";
  deploys[1].kind = model::PipelineKind::kBuild;
  MarkRollbacks(deploys);
  EXPECT_EQ(deploys[2].kind, model::PipelineKind::kDeploy);
  deploys[1].kind = model::PipelineKind::kDeploy;
  MarkRollbacks(deploys);
  EXPECT_EQ(deploys[2].kind, model::PipelineKind::kRollback);
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
