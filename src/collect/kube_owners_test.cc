#include "collect/kube_owners.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "collect/state_file.h"

namespace srehub::collect {
namespace {

const ObjectName kPod{"Pod", "shop", "web-1", "u1"};

class KubeOwnersTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (std::filesystem::temp_directory_path() / "srehub-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  KubeOwners Make() {
    return KubeOwners(folder_ + "/journal", &clock_,
                      [this](const ObjectName& name) -> Result<std::optional<ObjectFacts>> {
                        ++asked_;
                        if (down_) return Fail(ErrorCode::kUnavailable, "down");
                        const auto it = server_.find(name.kind + "/" + name.name);
                        if (it == server_.end()) return std::nullopt;
                        return it->second;
                      });
  }
  static std::string OwnerOf(KubeOwners& owners, const ObjectName& name) {
    const auto facts = owners.Decide(name);
    if (!facts) return "error";
    return (*facts)->owners.empty() ? "none" : (*facts)->owners.front().name;
  }

  std::string folder_;
  ManualClock clock_{*ParseRfc3339("2025-08-26T14:00:00Z")};
  std::map<std::string, ObjectFacts> server_;
  int asked_ = 0;
  bool down_ = false;
};

TEST_F(KubeOwnersTest, TheDeploymentStandsForItsReplicaSet) {
  KubeOwners owners = Make();
  owners.Saw(kPod, {.labels = {}, .annotations = {}, .owners = {{"ReplicaSet", "web-abc"}}});
  server_["ReplicaSet/web-abc"].owners = {{"Deployment", "web"}};
  EXPECT_EQ(OwnerOf(owners, kPod), "web");
  EXPECT_EQ(asked_, 1);
  EXPECT_EQ(OwnerOf(owners, {"Node", "", "n1", "u9"}), "none");
  EXPECT_EQ(asked_, 1);
}

// What became of the object later changes nothing, nor does a restart.
TEST_F(KubeOwnersTest, TheFirstDecisionHolds) {
  {
    KubeOwners owners = Make();
    server_["Pod/web-1"].owners = {{"DaemonSet", "agent"}};
    EXPECT_EQ(OwnerOf(owners, kPod), "agent");
    server_["Pod/web-1"].owners = {{"DaemonSet", "renamed"}};
    owners.Saw(kPod, server_["Pod/web-1"]);
    EXPECT_EQ(OwnerOf(owners, kPod), "agent");
    ASSERT_TRUE(owners.Persist());
  }
  std::ofstream(folder_ + "/journal", std::ios::app) << R"({"key":"u2","at":"2025-08-2)";
  server_.clear();
  KubeOwners owners = Make();
  ASSERT_TRUE(owners.Load());
  EXPECT_EQ(owners.decided(), 1U);
  EXPECT_EQ(OwnerOf(owners, kPod), "agent");
  clock_.Advance(KubeOwners::kRemember + 1min);
  KubeOwners later = Make();
  ASSERT_TRUE(later.Load());
  EXPECT_EQ(later.decided(), 0U);
}

TEST_F(KubeOwnersTest, AnObjectInUseIsRemembered) {
  KubeOwners owners = Make();
  server_["Pod/web-1"].owners = {{"DaemonSet", "agent"}};
  for (int hour = 0; hour < 60; hour += 6) {
    EXPECT_EQ(OwnerOf(owners, kPod), "agent");
    ASSERT_TRUE(owners.Persist());
    clock_.Advance(6h);
  }
  KubeOwners again = Make();
  ASSERT_TRUE(again.Load());
  EXPECT_EQ(again.decided(), 1U);
}

TEST_F(KubeOwnersTest, NothingIsDecidedWhileTheServerIsAway) {
  KubeOwners owners = Make();
  down_ = true;
  EXPECT_EQ(OwnerOf(owners, kPod), "error");
  EXPECT_EQ(owners.decided(), 0U);
  down_ = false;
  server_["Pod/web-1"].owners = {{"DaemonSet", "agent"}};
  EXPECT_EQ(OwnerOf(owners, kPod), "agent");
}

TEST_F(KubeOwnersTest, DeletedObjectsAreKnownForAWhile) {
  KubeOwners owners = Make();
  const ObjectFacts facts{.labels = {}, .annotations = {}, .owners = {{"DaemonSet", "agent"}}};
  clock_.Advance(1h);
  owners.Saw(kPod, facts);
  owners.Gone(kPod);
  EXPECT_EQ(OwnerOf(owners, kPod), "agent");
  owners.Saw({"Pod", "shop", "web-2", "u2"}, facts);
  owners.BeginList();
  owners.Saw({"Pod", "shop", "web-3", "u3"}, facts);
  owners.EndList("Pod", "");  // web-2 was deleted while nobody looked
  EXPECT_EQ(owners.seen(), 3U);
  clock_.Advance(1h);
  owners.Gone({"Pod", "shop", "web-3", "u3"});
  EXPECT_EQ(owners.seen(), 1U);
  EXPECT_EQ(asked_, 0);
}

TEST_F(KubeOwnersTest, TheLeastUsedGoFirst) {
  KubeOwners owners = Make();
  for (size_t i = 0; i <= KubeOwners::kMaxDecisions; ++i) {
    clock_.Advance(1s);
    ASSERT_EQ(OwnerOf(owners, {"Pod", "a", "p", "u" + std::to_string(i)}), "none");
  }
  EXPECT_LE(owners.decided(), KubeOwners::kMaxDecisions);
  EXPECT_GT(owners.decided(), KubeOwners::kMaxDecisions / 2);
}

TEST(StateFile, IsOldOrNew) {
  std::string pattern = (std::filesystem::temp_directory_path() / "srehub-XXXXXX").string();
  const std::string folder = mkdtemp(pattern.data());
  const std::string path = folder + "/deep/state";
  ASSERT_TRUE(MakeStateFolder(folder + "/deep"));
  EXPECT_FALSE((*ReadStateFile(path)).has_value());
  ASSERT_TRUE(WriteStateFile(path, "one"));
  ASSERT_TRUE(WriteStateFile(path, "two"));
  ASSERT_TRUE(AppendStateFile(path, "+"));
  EXPECT_EQ(**ReadStateFile(path), "two+");
  EXPECT_FALSE(WriteStateFile(folder + "/none/state", "x"));
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace srehub::collect
