#include "app/trace_links.h"

#include <gtest/gtest.h>

namespace srehub::app {
namespace {

model::Event Make(std::string service, const std::string& trace) {
  model::Event event;
  event.service_id = std::move(service);
  event.details = R"({"message":"m","traceId":")" + trace + "\"}";
  return event;
}

TEST(TraceLinks, ServicesThatShareTraces) {
  TraceLinks links;
  const std::vector<model::Event> events = {
      Make("web", "t1"), Make("cart", "t1"), Make("web", "t2"),  Make("cart", "t2"),
      Make("web", "t3"), Make("auth", "t3"), Make("alone", "t4")};
  links.Saw(events);
  const auto web = links.Of("web");
  ASSERT_EQ(web.size(), 2u);
  EXPECT_EQ(web[0].service_id, "cart");
  EXPECT_EQ(web[0].traces, 2u);
  EXPECT_EQ(web[1].service_id, "auth");
  EXPECT_TRUE(links.Of("alone").empty());
  EXPECT_EQ(links.Of("cart").at(0).service_id, "web");
}

TEST(TraceLinks, WithoutATraceNothingIsLearnt) {
  TraceLinks links;
  model::Event bare;
  bare.service_id = "a";
  links.Saw(std::vector{bare, Make("b", ""), Make("c", "x\\\\y"), Make("d", "x\\\\y")});
  for (const char* name : {"a", "b", "c", "d"}) EXPECT_TRUE(links.Of(name).empty()) << name;
}

TEST(TraceLinks, IsBounded) {
  TraceLinks links;
  std::vector<model::Event> events;
  for (size_t i = 0; i < 2 * TraceLinks::kMaxPairs; ++i) {
    const std::string trace = "t" + std::to_string(i);
    events.push_back(Make("hub", trace));
    events.push_back(Make("s" + std::to_string(i), trace));
  }
  links.Saw(events);
  EXPECT_EQ(links.Of("hub").size(), TraceLinks::kMaxShown);
  EXPECT_TRUE(links.Of("s" + std::to_string(2 * TraceLinks::kMaxPairs - 1)).empty());
}

}  // namespace
}  // namespace srehub::app
