#include "ingest/admission.h"

#include <gtest/gtest.h>

#include "base/limits.h"

namespace srehub::ingest {
namespace {

using model::RefusalReason;

const Instant kNow = *ParseRfc3339("2025-08-26T14:10:00Z");

model::Event EventAt(Instant t) {
  model::Event event;
  event.service_id = "payments-api";
  event.event_type = "Http5xx";
  event.timestamp = t;
  event.ttl = t + limits::kDefaultRetention;
  return event;
}

std::optional<RefusalReason> ReasonOf(const model::Event& event) {
  const auto refusal = Admit(event, kNow);
  if (!refusal) return std::nullopt;
  EXPECT_FALSE(refusal->message.empty());
  return refusal->reason;
}

TEST(Admission, TenMinutesAheadIsTakenAndNoMore) {
  EXPECT_EQ(ReasonOf(EventAt(kNow)), std::nullopt);
  EXPECT_EQ(ReasonOf(EventAt(kNow + 10min)), std::nullopt);
  EXPECT_EQ(ReasonOf(EventAt(kNow + 10min + 1ns)), RefusalReason::kFutureDated);
  EXPECT_EQ(ReasonOf(EventAt(*ParseRfc3339("2261-01-01T00:00:00Z"))), RefusalReason::kFutureDated);
}

TEST(Admission, ALifeThatBeginsInTheFutureIsFutureDatedThroughItsRefreshToo) {
  model::Event refresh = EventAt(kNow);
  refresh.phase = model::Phase::kRefresh;
  refresh.starts_at = kNow + 1h;
  EXPECT_EQ(ReasonOf(refresh), RefusalReason::kFutureDated);
  EXPECT_EQ(AheadOf(refresh, kNow), 1h);
  refresh.starts_at = kNow - 30 * kDay;  // fires longer than retention: still proof of life
  EXPECT_EQ(ReasonOf(refresh), std::nullopt);
}

TEST(Admission, TheHourOfAnEventLiesWhollyInsideRetention) {
  const Instant horizon = kNow - limits::kDefaultRetention;     // 14:10 that day
  EXPECT_EQ(ReasonOf(EventAt(horizon + 50min)), std::nullopt);  // 15:00 begins inside
  EXPECT_EQ(ReasonOf(EventAt(horizon + 50min - 1ns)), RefusalReason::kExpired);
  EXPECT_EQ(ReasonOf(EventAt(horizon + 1ns)), RefusalReason::kExpired);  // its hour began before
  model::Event shorter = EventAt(kNow - 3 * kDay);
  EXPECT_EQ(ReasonOf(shorter), std::nullopt);
  shorter.ttl = shorter.timestamp + 2 * kDay;  // its severity is kept two days
  EXPECT_EQ(ReasonOf(shorter), RefusalReason::kExpired);
}

TEST(Admission, FieldsOutsideTheStoredFormAreNamed) {
  model::Event event = EventAt(kNow);
  event.service_id = "";
  EXPECT_EQ(ReasonOf(event), RefusalReason::kMissingField);
  event.service_id = std::string(256, 'a');
  EXPECT_EQ(ReasonOf(event), RefusalReason::kTooLarge);
  event.service_id = std::string(255, 'a');
  EXPECT_EQ(ReasonOf(event), std::nullopt);
  event.service_id = "Payments API";
  EXPECT_EQ(ReasonOf(event), RefusalReason::kBadValue);

  event = EventAt(kNow);
  event.event_type = "";
  EXPECT_EQ(ReasonOf(event), RefusalReason::kMissingField);
  event.event_type = std::string(limits::kMaxEventTypeBytes + 1, 'A');
  EXPECT_EQ(ReasonOf(event), RefusalReason::kTooLarge);

  event = EventAt(kNow);
  event.series = "uid";
  EXPECT_EQ(ReasonOf(event), RefusalReason::kBadValue);  // a count below one
  event.series_count = limits::kMaxSeriesCount;
  EXPECT_EQ(ReasonOf(event), std::nullopt);
  event.series_count = limits::kMaxSeriesCount + 1;
  EXPECT_EQ(ReasonOf(event), RefusalReason::kBadValue);

  event = EventAt(kNow);
  event.signal = std::string(kMaxIdentityBytes + 1, 's');
  EXPECT_EQ(ReasonOf(event), RefusalReason::kTooLarge);
  event = EventAt(kNow);
  event.details = std::string(limits::kMaxDetailsBytes + 1, ' ');
  EXPECT_EQ(ReasonOf(event), RefusalReason::kTooLarge);
}

}  // namespace
}  // namespace srehub::ingest
