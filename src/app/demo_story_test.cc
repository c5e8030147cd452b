#include "app/demo_story.h"

#include <gtest/gtest.h>

#include <set>

#include "app/demo_payloads.h"
#include "base/json_reader.h"

namespace srehub::app {
namespace {

const Instant kStart = *ParseRfc3339("2025-08-26T14:10:00Z");

std::string Everything(const std::vector<StoryDelivery>& deliveries) {
  std::string text;
  for (const StoryDelivery& delivery : deliveries) {
    text += delivery.path + "\n" + delivery.body + "\n";
    for (const auto& [name, value] : delivery.headers) text += name + ": " + value + "\n";
  }
  return text;
}

TEST(DemoStory, TheSameClockAndSeedTellTheSameBytes) {
  EXPECT_EQ(Everything(TellStory(kStart, 7, kStart)), Everything(TellStory(kStart, 7, kStart)));
  EXPECT_NE(Everything(TellStory(kStart, 7, kStart)), Everything(TellStory(kStart, 8, kStart)));
  EXPECT_EQ(Everything(ContinueStory(kStart, 7, 0, 5, kStart + 5min)),
            Everything(ContinueStory(kStart, 7, 0, 5, kStart + 5min)));
}

TEST(DemoStory, AMinuteIsTheSameWhateverItIsToldWith) {
  const auto whole = ContinueStory(kStart, 7, 0, 4, kStart + 4min);
  std::string parts;
  for (int64_t minute = 0; minute < 4; ++minute)
    for (const StoryDelivery& delivery :
         ContinueStory(kStart, 7, minute, minute + 1, kStart + 4min))
      if (delivery.title == "logs") parts += delivery.body;
  for (const StoryDelivery& delivery : whole)
    if (delivery.title == "logs") {
      EXPECT_EQ(delivery.body, parts);
    }
}

TEST(DemoStory, EveryBodyIsJsonAndEverySourceSpeaks) {
  std::set<std::string> paths;
  JsonReader reader;
  for (const StoryDelivery& delivery : TellStory(kStart, 7, kStart)) {
    paths.insert(delivery.path);
    std::string_view rest = delivery.body;
    while (!rest.empty()) {
      const std::string_view line = rest.substr(0, rest.find('\n'));
      EXPECT_TRUE(reader.Parse(line)) << delivery.title << ": " << line;
      rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    }
  }
  EXPECT_EQ(paths, (std::set<std::string>{"/api/v1/ingest/cloudwatch", "/api/v1/ingest/github",
                                          "/api/v1/ingest/kubernetes", "/api/v1/ingest/logs",
                                          "/api/v2/alerts"}));
}

// A resend of the alert that was resolved would open it again.
TEST(DemoStory, ALaterTellingDoesNotLetTheResolvedAlertFire) {
  const auto firing = [](Instant now) {
    size_t count = 0;
    for (const StoryDelivery& delivery : TellStory(kStart, 7, now))
      if (delivery.title == "alerts fire" &&
          delivery.body.find("HighErrorRate") != std::string::npos)
        ++count;
    return count;
  };
  EXPECT_EQ(firing(kStart), 1u);
  EXPECT_EQ(firing(kStart + 1h), 0u);
}

TEST(DemoStory, HighIncidentsAreCountedFromAnInstant) {
  EXPECT_EQ(HighIncidentsSince(kStart, kStart - kStoryBackfill), 10u);
  EXPECT_EQ(HighIncidentsSince(kStart, kStart - 8h), 9u);
  EXPECT_EQ(HighIncidentsSince(kStart, kStart - 1min), 0u);
}

TEST(StoryRandom, IsSplitMix64) {
  // First outputs for seed 1234567, as the generator's authors publish them.
  StoryRandom random(1234567);
  EXPECT_EQ(random.Next(), 6457827717110365317ULL);
  EXPECT_EQ(random.Next(), 3203168211198807973ULL);
}

}  // namespace
}  // namespace srehub::app
