#include "ingest/source_health.h"

#include <gtest/gtest.h>

namespace srehub::ingest {
namespace {

const Instant kNow = *ParseRfc3339("2025-08-26T14:10:00Z");
constexpr auto kLogs = model::Source::kLogs;
constexpr auto kFormat = model::Format::kLogs;

TEST(SourceHealth, LatenessIsThatOfTheNewestDeliverysNewestEvent) {
  SourceHealth health;
  health.Accepted({kLogs, kFormat}, kNow, {kNow - 5min, false});
  health.Accepted({kLogs, kFormat}, kNow, {kNow - 2min, false});
  health.Accepted({kLogs, kFormat}, kNow, {kNow - 9min, false});
  auto rows = health.Snapshot();
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].lateness, 2min);
  EXPECT_EQ(rows[0].max_lateness_1h, 9min);
  EXPECT_EQ(rows[0].last_event, kNow - 2min);

  // A replay of an old delivery changes neither the lateness nor the last receipt.
  health.Accepted({kLogs, kFormat}, kNow - 1h, {kNow - 3h, false});
  rows = health.Snapshot();
  EXPECT_EQ(rows[0].lateness, 2min);
  EXPECT_EQ(rows[0].last_received, kNow);

  health.Accepted({kLogs, kFormat}, kNow + 1s, {kNow + 2s, false});  // ahead counts as in time
  EXPECT_EQ(health.Snapshot()[0].lateness, Duration::zero());
}

TEST(SourceHealth, TheHoursGreatestLatenessLeavesAfterAnHour) {
  SourceHealth health;
  health.Accepted({kLogs, kFormat}, kNow, {kNow - 2h, false});
  health.Accepted({kLogs, kFormat}, kNow + 59min, {kNow + 59min, false});
  EXPECT_EQ(health.Snapshot()[0].max_lateness_1h, 2h);
  health.Accepted({kLogs, kFormat}, kNow + 60min, {kNow + 60min - 1s, false});
  EXPECT_EQ(health.Snapshot()[0].max_lateness_1h, 1s);
}

TEST(SourceHealth, RefusalsAreCountedByReasonAndDuplicatesApart) {
  SourceHealth health;
  model::Refusal future;
  future.reason = model::RefusalReason::kFutureDated;
  const model::Refusal malformed;
  health.Refused({kLogs, kFormat}, kNow, future, 63min);
  health.Refused({kLogs, kFormat}, kNow, future, 20min);
  health.Refused({kLogs, kFormat}, kNow, malformed, Duration::zero());
  health.Accepted({kLogs, kFormat}, kNow, {kNow, true});
  const auto rows = health.Snapshot();
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].rejected, 3u);
  EXPECT_EQ(rows[0].duplicate, 1u);
  EXPECT_EQ(rows[0].accepted, 0u);
  EXPECT_EQ(rows[0].max_ahead, 63min);
  const std::vector<std::pair<std::string, uint64_t>> expected = {{"future_dated", 2},
                                                                  {"malformed", 1}};
  EXPECT_EQ(rows[0].refusals, expected);
}

TEST(SourceHealth, FeedsAreApartBySourceAndFormatAndSurviveARestart) {
  SourceHealth health;
  health.Accepted({model::Source::kPrometheus, model::Format::kAlertmanager}, kNow, {kNow, false});
  health.Accepted({model::Source::kPrometheus, model::Format::kPrometheus}, kNow,
                  {kNow - 7min, false});
  health.Accepted({model::Source::kKubernetes, model::Format::kKubernetes}, kNow, {kNow, false});
  auto rows = health.Snapshot();
  ASSERT_EQ(rows.size(), 3u);
  EXPECT_EQ(rows[0].source, model::Source::kKubernetes);
  EXPECT_EQ(rows[1].format, "alertmanager");
  EXPECT_EQ(rows[2].format, "prometheus");

  SourceHealth again;
  again.Load(rows);
  EXPECT_EQ(again.Snapshot()[2].max_lateness_1h, 7min);
  again.Accepted({model::Source::kPrometheus, model::Format::kPrometheus}, kNow + 1s,
                 {kNow, false});
  rows = again.Snapshot();
  ASSERT_EQ(rows.size(), 3u);
  EXPECT_EQ(rows[2].accepted, 2u);
}

}  // namespace
}  // namespace srehub::ingest
