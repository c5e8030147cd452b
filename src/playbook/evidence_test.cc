#include "playbook/evidence.h"

#include <gtest/gtest.h>

#include <functional>

namespace srehub::playbook {
namespace {

const Instant kSince = FromNanos(1'756'216'883'000'000'000);  // 2025-08-26T14:01:23Z

IncidentFacts Facts() {
  IncidentFacts facts;
  facts.service_id = "checkout-api";
  facts.event_type = "CrashLoopBackOff";
  facts.incident_id = "checkout-api#CrashLoopBackOff";
  facts.since = kSince;
  facts.now = kSince + 10min;
  facts.objects = 3;
  facts.count_1h = 12;
  facts.messages = {"Back-off restarting failed container", "exit code 137"};
  facts.details = {{"exitCode", "137"}, {"probe", "Liveness"}};
  return facts;
}

SeenType Seen(const char* type, SeenType::Where where, Duration first, Duration last) {
  return {where, "node-n1", type, kSince + first, kSince + last, false};
}

DeployFact Deploy(Duration offset, model::DeployStatus status) {
  DeployFact fact;
  fact.deploy.deploy_id = "flat::4821:1";
  fact.deploy.kind = model::PipelineKind::kDeploy;
  fact.deploy.status = status;
  fact.time = kSince + offset;
  return fact;
}

struct TellCase {
  const char* name;
  std::function<void(Tell*)> tell;
  std::function<void(IncidentFacts*)> facts;
  bool found;
};

class TellTest : public testing::TestWithParam<TellCase> {};

TEST_P(TellTest, IsFoundOrNot) {
  Tell tell;
  IncidentFacts facts = Facts();
  GetParam().tell(&tell);
  if (GetParam().facts) GetParam().facts(&facts);
  const auto evidence = Match(tell, facts);
  EXPECT_EQ(evidence.has_value(), GetParam().found);
  if (evidence) {
    EXPECT_FALSE(evidence->empty()) << "a tell that is found says why";
  }
}

const auto kOom = [](Tell* t) { t->events = {"OOMKilled"}; };
const auto kFailedDeploy = [](Tell* t) {
  t->deploy = "failed";
  t->within = 60min;
};

INSTANTIATE_TEST_SUITE_P(
    All, TellTest,
    testing::Values(
        TellCase{"event_in_time", kOom,
                 [](IncidentFacts* f) {
                   f->seen = {Seen("OOMKilled", SeenType::Where::kService, -40min, -29min)};
                 },
                 true},
        TellCase{"event_too_old", kOom,
                 [](IncidentFacts* f) {
                   f->seen = {Seen("OOMKilled", SeenType::Where::kService, -40min, -31min)};
                 },
                 false},
        TellCase{"event_still_open", kOom,
                 [](IncidentFacts* f) {
                   f->seen = {Seen("OOMKilled", SeenType::Where::kService, -40h, -31min)};
                   f->seen[0].open = true;
                 },
                 true},
        TellCase{"event_at_another_kind_of_place", kOom,
                 [](IncidentFacts* f) {
                   f->seen = {Seen("OOMKilled", SeenType::Where::kNode, -4min, -1min)};
                 },
                 false},
        TellCase{"any_node_event", [](Tell* t) { t->node = {"*"}; },
                 [](IncidentFacts* f) {
                   f->seen = {Seen("DiskPressure", SeenType::Where::kNode, -4min, -1min)};
                 },
                 true},
        TellCase{"message_ignores_case", [](Tell* t) { t->messages = {"EXIT CODE 137"}; }, nullptr,
                 true},
        TellCase{"message_absent", [](Tell* t) { t->messages = {"exit code 1x"}; }, nullptr, false},
        TellCase{"detail_equal",
                 [](Tell* t) {
                   t->detail = "exitCode";
                   t->values = {"1", "137"};
                 },
                 nullptr, true},
        TellCase{"detail_other",
                 [](Tell* t) {
                   t->detail = "exitCode";
                   t->values = {"1"};
                 },
                 nullptr, false},
        TellCase{
            "deploy_before", kFailedDeploy,
            [](IncidentFacts* f) { f->deploys = {Deploy(-59min, model::DeployStatus::kFailure)}; },
            true},
        TellCase{
            "deploy_end_just_after", kFailedDeploy,
            [](IncidentFacts* f) { f->deploys = {Deploy(277s, model::DeployStatus::kFailure)}; },
            true},
        TellCase{
            "deploy_too_late", kFailedDeploy,
            [](IncidentFacts* f) { f->deploys = {Deploy(301s, model::DeployStatus::kFailure)}; },
            false},
        TellCase{
            "deploy_of_another_outcome", kFailedDeploy,
            [](IncidentFacts* f) { f->deploys = {Deploy(-5min, model::DeployStatus::kSuccess)}; },
            false},
        TellCase{"deploy_found_unrelated", kFailedDeploy,
                 [](IncidentFacts* f) {
                   f->deploys = {Deploy(-5min, model::DeployStatus::kFailure)};
                   f->deploys[0].suspicion = Suspicion::kNone;
                 },
                 false},
        TellCase{"enough_objects", [](Tell* t) { t->objects_at_least = 3; }, nullptr, true},
        TellCase{"too_few_objects", [](Tell* t) { t->objects_at_least = 4; }, nullptr, false},
        TellCase{"one_object_only", [](Tell* t) { t->objects_at_most = 1; },
                 [](IncidentFacts* f) { f->objects = 1; }, true},
        TellCase{"objects_unknown", [](Tell* t) { t->objects_at_most = 1; },
                 [](IncidentFacts* f) { f->objects = 0; }, false},
        TellCase{"count_reached", [](Tell* t) { t->count_at_least = 12; }, nullptr, true},
        TellCase{"every_condition_must_hold",
                 [](Tell* t) {
                   t->count_at_least = 12;
                   t->messages = {"nothing says this"};
                 },
                 nullptr, false},
        TellCase{"an_empty_tell_is_never_found", [](Tell*) {}, nullptr, false}),
    [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace srehub::playbook
