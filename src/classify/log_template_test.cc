#include "classify/log_template.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <vector>

namespace srehub::classify {
namespace {

std::string TypeOf(std::string_view message, std::string_view level = "ERROR",
                   std::string_view logger = {}) {
  return MineTemplate(message, level, logger).event_type;
}

TEST(LogTemplate, WhatVariesIsMasked) {
  EXPECT_EQ(MaskLine("Received block blk_38865049 of size 67108864 from /10.251.42.84"),
            "Received block <*> of size <*> from <*>");
  EXPECT_EQ(MaskLine("GET https://shop.example/cart?id=7 took 12 ms"), "GET <*> took <*>");
  EXPECT_EQ(MaskLine("open /var/lib/app/data.db: no such file"), "open <*> no such file");
  EXPECT_EQ(MaskLine(R"(cannot read C:\apps\shop\conf)"), "cannot read C <*>");
  EXPECT_EQ(MaskLine("org.apache.hadoop.Foo started"), "<*> started");
  EXPECT_EQ(MaskLine("session opened for user root by admin"),
            "session opened for user <*> by admin");
  EXPECT_EQ(MaskLine("retry in 5 seconds, attempt 3"), "retry in <*> attempt <*>");
  EXPECT_EQ(MaskLine("since Jun 14 15:16:01 UTC"), "since <*>");
  EXPECT_EQ(MaskLine("Loading... done."), "Loading done");
  EXPECT_EQ(MaskLine("proxy.example.com:443 open"), "<*> open");
  EXPECT_EQ(MaskLine("shop.example:443 open"), "<*> open");
  EXPECT_EQ(MaskLine("loading /home//a"), "loading <*>");
  EXPECT_EQ(MaskLine("data store interrupt caused by dcbf.........0"),
            "data store interrupt caused by dcbf <*>");
  EXPECT_EQ(MaskLine("No such file or directory"), "No such file or directory");
  EXPECT_EQ(MaskLine("job moved from NEW to RUNNING"), "job moved from NEW to RUNNING");
  // An empty value: what stands behind it is the next key.
  EXPECT_EQ(MaskLine("auth failed rhost= user=root"), "auth failed rhost user <*>");
}

TEST(LogTemplate, RunsOfVariablesAreOne) {
  EXPECT_EQ(TypeOf("moved 1 2 3 blocks"), TypeOf("moved 17 blocks"));
  EXPECT_EQ(MaskLine("moved 1 2 3 blocks"), "moved <*> blocks");
}

TEST(LogTemplate, ConstantsTellKindsApart) {
  EXPECT_EQ(TypeOf("cache miss for key 17"), TypeOf("cache miss for key 9001"));
  EXPECT_NE(TypeOf("cache miss for key 17"), TypeOf("cache hit for key 17"));
  // "to" and a verb is no name.
  EXPECT_NE(TypeOf("failed to connect"), TypeOf("failed to parse"));
  EXPECT_EQ(TypeOf("connection from alpha closed"), TypeOf("connection from beta closed"));
}

TEST(LogTemplate, LevelAndLoggerAreInTheKey) {
  EXPECT_NE(TypeOf("done", "ERROR"), TypeOf("done", "WARN"));
  EXPECT_EQ(TypeOf("done", "ERROR"), TypeOf("done", "error"));
  EXPECT_NE(TypeOf("done", "ERROR", "a.B"), TypeOf("done", "ERROR", "a.C"));
}

TEST(LogTemplate, TheNameBeginsWithTheConstantWords) {
  const LogTemplate mined = MineTemplate("Cannot load cart 17 of customer", "ERROR", "cart");
  EXPECT_TRUE(mined.event_type.starts_with("LogCannotLoadCartOf")) << mined.event_type;
  EXPECT_EQ(mined.event_type.size(), std::string("LogCannotLoadCartOf").size() + 6);
  EXPECT_EQ(mined.event_type.find_first_not_of("0123456789abcdef", mined.event_type.size() - 6),
            std::string::npos);
  EXPECT_TRUE(TypeOf("12 13 14").starts_with("Log"));
}

TEST(LogTemplate, AListIsOneHoweverLong) {
  EXPECT_EQ(TypeOf("nodes node-1 <ok> node-2 <ok>"), TypeOf("nodes node-1 <ok>"));
  std::string list = "deleting";
  for (int i = 0; i < 1'000; ++i) list += " blk_" + std::to_string(100'000 + i);
  EXPECT_EQ(TypeOf(list), TypeOf("deleting blk_1"));  // also when it is cut
}

TEST(LogTemplate, OnlyTheFirstLineCounts) {
  EXPECT_EQ(TypeOf("boom\n  at a.B.c(D.java:1)"), TypeOf("boom\n  at x.Y.z(W.java:9)"));
}

TEST(LogTemplate, HostileLinesEnd) {
  EXPECT_EQ(TypeOf(""), TypeOf("   "));
  EXPECT_FALSE(TypeOf(std::string(100'000, '.')).empty());
  EXPECT_FALSE(TypeOf(std::string(100'000, '/')).empty());
  EXPECT_FALSE(TypeOf(std::string("a\0b", 3)).empty());
}

// The kind is a function of the line alone: whatever came before changes nothing.
TEST(LogTemplate, OrderDoesNotMatter) {
  std::vector<std::string> lines;
  for (int i = 0; i < 200; ++i) {
    lines.push_back("order " + std::to_string(i) + " shipped to customer-" + std::to_string(i * 7));
    lines.push_back("cart " + std::to_string(i) + " dropped");
  }
  std::map<std::string, std::string> first;
  for (const std::string& line : lines) first[line] = TypeOf(line);
  std::mt19937 random(7);
  std::shuffle(lines.begin(), lines.end(), random);
  for (const std::string& line : lines) EXPECT_EQ(TypeOf(line), first[line]);
  std::map<std::string, int> kinds;
  for (const auto& [line, kind] : first) ++kinds[kind];
  EXPECT_EQ(kinds.size(), 2u);
}

// Ids are stored: a change of the masking renames incidents and must be deliberate.
TEST(LogTemplate, IdsAreStable) {
  EXPECT_EQ(TypeOf("Cannot load cart 17", "ERROR", "cart"), "LogCannotLoadCart5bb598");
}

}  // namespace
}  // namespace srehub::classify
