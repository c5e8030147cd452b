#include "store/arrivals.h"

#include <gtest/gtest.h>

namespace srehub::store {
namespace {

const Instant kMonday = *ParseRfc3339("2025-08-25T00:00:00Z");

// Speaks every `gap` from `from` to `to` (offsets into the day) on each of `days`.
struct Feed {
  Arrivals arrivals;
  Instant last{};
  void Speak(Instant from, Instant to, Duration gap) {
    for (Instant t = from; t <= to; t += gap) {
      Heard(&arrivals, last, t);
      last = t;
    }
  }
};

TEST(Arrivals, NothingIsSaidOfWhatIsLittleKnown) {
  Feed feed;
  feed.Speak(kMonday, kMonday + 18min, 1min);
  EXPECT_EQ(feed.arrivals.count, 19u);
  EXPECT_FALSE(LearntSilence(feed.arrivals, kMonday + 48h)) << "19 are too few";
  feed.Speak(kMonday + 19min, kMonday + 60min, 1min);
  EXPECT_FALSE(LearntSilence(feed.arrivals, kMonday + 2h)) << "a morning does not know the night";
  EXPECT_TRUE(LearntSilence(feed.arrivals, kMonday + 24h));
}

TEST(Arrivals, ABusyFeedIsMissedAfterTheFloor) {
  Feed feed;
  feed.Speak(kMonday, kMonday + 30h, 1min);
  EXPECT_EQ(LearntSilence(feed.arrivals, kMonday + 30h), kSilenceFloor);
}

TEST(Arrivals, NightsAreUsual) {
  Feed feed;
  for (int day = 0; day < 3; ++day)
    feed.Speak(kMonday + day * kDay + 8h, kMonday + day * kDay + 18h, 1min);
  const auto silence = LearntSilence(feed.arrivals, feed.last);
  ASSERT_TRUE(silence);
  EXPECT_EQ(*silence, 21h) << "1.5 times the night's 14 hours";
  // A week without a long gap, and the night is forgotten.
  feed.Speak(feed.last + 1min, feed.last + 9 * kDay, 1min);
  EXPECT_EQ(LearntSilence(feed.arrivals, feed.last), kSilenceFloor);
}

TEST(Arrivals, ARareFeedIsGivenTime) {
  Feed feed;
  feed.Speak(kMonday, kMonday + 10 * kDay, 8h);
  EXPECT_GE(*LearntSilence(feed.arrivals, feed.last), 63h);
}

TEST(Arrivals, OneDeliveryInPartsIsOneArrival) {
  Arrivals arrivals;
  Heard(&arrivals, {}, kMonday);
  Heard(&arrivals, kMonday, kMonday + 10ms);
  EXPECT_EQ(arrivals.count, 1u);
  Heard(&arrivals, kMonday, kMonday + 1s);
  EXPECT_EQ(arrivals.count, 2u);
  EXPECT_EQ(arrivals.mean_gap, 1s);
}

}  // namespace
}  // namespace srehub::store
