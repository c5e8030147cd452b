#include "api/event_feed.h"

#include <gtest/gtest.h>

#include <thread>

namespace srehub::api {
namespace {

using store::AppendResult;

model::Event MakeEvent(std::string type) {
  model::Event event;
  event.service_id = "payments-api";
  event.event_type = std::move(type);
  return event;
}

void Publish(EventFeed* feed, const std::vector<std::string>& types,
             AppendResult result = AppendResult::kNew) {
  std::vector<model::Event> events;
  for (const std::string& type : types) events.push_back(MakeEvent(type));
  feed->Publish(events, std::vector<AppendResult>(events.size(), result));
}

std::vector<std::string> TypesOf(const EventFeed::Batch& batch) {
  std::vector<std::string> types;
  for (const auto& item : batch.items) types.push_back(item->event.event_type);
  return types;
}

TEST(EventFeedTest, GivesNewEventsInOrderAndNoDuplicates) {
  EventFeed feed(1);
  EventFeed::Listener listener(&feed);
  Publish(&feed, {"A", "B"});
  Publish(&feed, {"Known"}, AppendResult::kDuplicate);
  Publish(&feed, {"C"});
  const EventFeed::Batch batch = listener.Next(0, 10, 0ms);
  EXPECT_EQ(TypesOf(batch), (std::vector<std::string>{"A", "B", "C"}));
  EXPECT_EQ(batch.position, 3u);
  EXPECT_EQ(batch.skipped, 0u);
  EXPECT_TRUE(listener.Next(3, 10, 0ms).items.empty());
}

TEST(EventFeedTest, PagesByLimit) {
  EventFeed feed(1);
  EventFeed::Listener listener(&feed);
  Publish(&feed, {"A", "B", "C"});
  const EventFeed::Batch first = listener.Next(0, 2, 0ms);
  EXPECT_EQ(first.position, 2u);
  EXPECT_EQ(TypesOf(listener.Next(first.position, 2, 0ms)), (std::vector<std::string>{"C"}));
}

TEST(EventFeedTest, WhatFellOutIsCounted) {
  EventFeed::Limits limits;
  limits.max_events = 2;
  limits.max_events_per_batch = 3;
  EventFeed feed(1, limits);
  EventFeed::Listener listener(&feed);
  Publish(&feed, {"A", "B", "C", "D", "E"});  // three copied, two kept
  const EventFeed::Batch batch = listener.Next(0, 10, 0ms);
  EXPECT_EQ(TypesOf(batch), (std::vector<std::string>{"B", "C"}));
  EXPECT_EQ(batch.skipped, 3u);
  EXPECT_EQ(batch.position, 5u);
}

TEST(EventFeedTest, KeepsNothingWhileNobodyListens) {
  EventFeed feed(1);
  Publish(&feed, {"A"});
  EventFeed::Listener listener(&feed);
  EXPECT_EQ(feed.newest(), 1u);
  EXPECT_TRUE(listener.Next(feed.newest(), 10, 0ms).items.empty());
  const EventFeed::Batch behind = listener.Next(0, 10, 0ms);
  EXPECT_TRUE(behind.items.empty());
  EXPECT_EQ(behind.skipped, 1u);
}

TEST(EventFeedTest, KeepsForAWhileAfterTheLastListener) {
  EventFeed feed(1);
  {
    EventFeed::Listener listener(&feed);
  }
  Publish(&feed, {"A"});
  EventFeed::Listener listener(&feed);
  EXPECT_EQ(TypesOf(listener.Next(0, 10, 0ms)), (std::vector<std::string>{"A"}));
}

TEST(EventFeedTest, Ids) {
  EventFeed feed(0xabc);
  EventFeed::Listener listener(&feed);
  Publish(&feed, {"A", "B"});
  EXPECT_EQ(feed.IdOf(2), "0000000000000abc-2");
  EXPECT_EQ(feed.PositionOf("0000000000000abc-1"), 1u);
  for (const char* other : {"", "1", "0000000000000abd-1", "0000000000000abc-3",
                            "0000000000000abc-", "0000000000000abc-1x", "0000000000000abc-x"})
    EXPECT_FALSE(feed.PositionOf(other)) << other;
}

TEST(EventFeedTest, WakesWhoWaits) {
  EventFeed feed(1);
  EventFeed::Listener listener(&feed);
  std::thread publisher([&feed] { Publish(&feed, {"A"}); });
  EXPECT_EQ(listener.Next(0, 10, 10s).items.size(), 1u);
  publisher.join();
}

}  // namespace
}  // namespace srehub::api
