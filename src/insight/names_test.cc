#include "insight/names.h"

#include <gtest/gtest.h>

namespace srehub::insight {
namespace {

using Names = std::vector<std::string>;

TEST(NearestNames, SameStemThenPartThenDistance) {
  const Names names = {"auth-service", "checkout-service", "checkout-worker", "payments-api"};
  EXPECT_EQ(NearestNames("checkout", names, 3), (Names{"checkout-service", "checkout-worker"}));
  EXPECT_EQ(NearestNames("paymets-api", names, 1), Names{"payments-api"});
  EXPECT_EQ(NearestNames("auth", names, 1), Names{"auth-service"});
}

TEST(NearestNames, NothingInCommonIsNotSuggested) {
  EXPECT_TRUE(NearestNames("zzz", {"payments-api"}, 3).empty());
  EXPECT_TRUE(NearestNames("x", {}, 3).empty());
}

TEST(JoinNames, ReadsAsASentence) {
  EXPECT_EQ(JoinNames({}), "");
  EXPECT_EQ(JoinNames({"a"}), "a");
  EXPECT_EQ(JoinNames({"a", "b"}), "a or b");
  EXPECT_EQ(JoinNames({"a", "b", "c"}), "a, b or c");
}

TEST(AliasLine, MakesTheSiblingTheService) {
  EXPECT_EQ(AliasLine("checkout-service", "checkout-api"), "checkout-service: checkout-api");
}

}  // namespace
}  // namespace srehub::insight
