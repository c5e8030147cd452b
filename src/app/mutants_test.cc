#include "app/mutants.h"

#include <gtest/gtest.h>

namespace srehub::app {
namespace {

TEST(MutantsTest, NoneUnlessAskedFor) {
  const auto mutants = MutantsOf({{"SREHUB_DATA", "no_log"}});
  ASSERT_TRUE(mutants);
  EXPECT_FALSE(Any(*mutants));
}

TEST(MutantsTest, EachByItsName) {
  const auto mutants = MutantsOf({{"SREHUB_MUTANTS", "no_log, no_sync"}});
  ASSERT_TRUE(mutants);
  EXPECT_TRUE(mutants->no_log);
  EXPECT_TRUE(mutants->no_sync);
  EXPECT_FALSE(mutants->no_dedup);
  EXPECT_FALSE(MutantsOf({{"SREHUB_MUTANTS", "no_sync"}})->no_log);
}

TEST(MutantsTest, OtherWordsAreRefused) {
  const auto mutants = MutantsOf({{"SREHUB_MUTANTS", "no_log,no_hope"}});
  ASSERT_FALSE(mutants);
  EXPECT_EQ(mutants.error().code, ErrorCode::kInvalidArgument);
  EXPECT_NE(mutants.error().message.find("no_hope"), std::string::npos);
}

}  // namespace
}  // namespace srehub::app
