#include "collect/follow.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <random>
#include <set>

#include "base/text.h"
#include "collect/follow_state.h"
#include "collect/followed_file.h"

namespace srehub::collect {
namespace {

namespace fs = std::filesystem;

// Takes lines as a hub does: a body it has seen under the same key is none. May die before it takes
// a batch, or after it and before it says so.
class FakeHub final : public Sink {
 public:
  enum class Death { kNone, kBefore, kAfter };

  Result<ingest::Receipt> Deliver(const Batch& batch) override {
    const Death death = std::exchange(next, Death::kNone);
    if (death == Death::kBefore) return Fail(ErrorCode::kForbidden, "died before");
    EXPECT_FALSE(batch.idempotency_key.empty());
    if (keys_.insert(batch.idempotency_key + batch.body).second) {
      ++batches;
      for (const std::string_view line : Split(batch.body, '\n'))
        if (!line.empty()) ++lines[std::string(line)];
    }
    if (death == Death::kAfter) return Fail(ErrorCode::kForbidden, "died after");
    return ingest::Receipt{};
  }

  Death next = Death::kNone;
  std::map<std::string, int> lines;
  int batches = 0;

 private:
  std::set<std::string> keys_;
};

class FollowTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "srehub-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
    fs::create_directory(logs());
    Start();
  }
  void TearDown() override { fs::remove_all(folder_); }

  std::string logs() const { return folder_ + "/logs"; }
  std::string log() const { return logs() + "/app.log"; }

  // A new process on the same state.
  void Start() {
    FollowOptions options;
    options.targets = {whole_folder_ ? logs() : log()};
    options.state = folder_ + "/state.json";
    options.gone_grace = 0s;
    options.seed = ++seed_;
    follower_ = std::make_unique<Follower>(
        std::move(options), &hub_, [this](const std::string& what) { told_.push_back(what); });
    ASSERT_TRUE(follower_->Load());
  }
  bool Round() { return follower_->Round({}).has_value(); }
  void Append(const std::string& text) const { std::ofstream(log(), std::ios::app) << text; }
  void CopyAndTruncate(const std::string& to) const {
    fs::copy_file(log(), to);
    fs::resize_file(log(), 0);
  }
  std::string Lines() const {
    std::string out;
    for (const auto& [line, count] : hub_.lines)
      out += (out.empty() ? "" : " ") + line + (count > 1 ? "*" + std::to_string(count) : "");
    return out;
  }

  std::string folder_;
  bool whole_folder_ = false;
  uint64_t seed_ = 0;
  FakeHub hub_;
  std::unique_ptr<Follower> follower_;
  std::vector<std::string> told_;
};

TEST_F(FollowTest, WholeLinesAreSentAndTheRestWaits) {
  EXPECT_TRUE(Round());
  Append("a\nb\nhal");
  EXPECT_TRUE(Round());
  EXPECT_EQ(Lines(), "a b");
  Append("f\n");
  EXPECT_TRUE(Round());
  EXPECT_EQ(Lines(), "a b half");
}

TEST_F(FollowTest, ARestartGoesOnWhereTheHubWas) {
  Append("a\n");
  EXPECT_TRUE(Round());
  Start();
  Append("b\n");
  EXPECT_TRUE(Round());
  EXPECT_EQ(Lines(), "a b");
}

// What was sent and not acknowledged comes again as the same batch, though more was written since.
TEST_F(FollowTest, ACrashAroundTheAnswerTakesEveryLineOnce) {
  for (const auto death : {FakeHub::Death::kBefore, FakeHub::Death::kAfter}) {
    const std::string name = death == FakeHub::Death::kBefore ? "x" : "y";
    Append(name + "1\n" + name + "1\n");
    hub_.next = death;
    EXPECT_FALSE(Round());
    Append(name + "1\n");
    Start();
    EXPECT_TRUE(Round());
    EXPECT_EQ(hub_.lines[name + "1"], 3);
  }
}

TEST_F(FollowTest, ARenamedFileIsReadToItsEnd) {
  Append("a\n");
  EXPECT_TRUE(Round());
  std::ofstream writer(log(), std::ios::app);
  writer << "b\n" << std::flush;
  fs::rename(log(), log() + ".1");
  Append("c\n");
  EXPECT_TRUE(Round());
  writer << "late\n" << std::flush;  // the writer still has it open
  EXPECT_TRUE(Round());
  EXPECT_EQ(Lines(), "a b c late");
  Start();
  EXPECT_TRUE(Round());
  EXPECT_EQ(Lines(), "a b c late");
}

TEST_F(FollowTest, RenamedWhileNobodyLooked) {
  Append("a\n");
  EXPECT_TRUE(Round());
  Append("b\n");
  fs::rename(log(), log() + ".1");
  Append("c\n");
  Start();
  EXPECT_TRUE(Round());
  EXPECT_EQ(Lines(), "a b c");
}

TEST_F(FollowTest, RotatedTwiceWhileNobodyLooked) {
  Append("a\n");
  EXPECT_TRUE(Round());
  Append("b\n");
  fs::rename(log(), log() + ".2");
  Append("c\n");
  fs::rename(log(), log() + ".1");
  Append("d\n");
  Start();
  EXPECT_TRUE(Round());
  EXPECT_EQ(Lines(), "a b c d");
}

TEST_F(FollowTest, RotationsFromBeforeAreNotAskedFor) {
  std::ofstream(log() + ".1") << "old\n";
  fs::last_write_time(log() + ".1", fs::file_time_type::clock::now() - 1h);
  Append("a\n");
  EXPECT_TRUE(Round());
  EXPECT_EQ(Lines(), "a");
}

TEST_F(FollowTest, CopiedAndTruncated) {
  for (const bool down : {false, true}) {
    const std::string name = down ? "d" : "u";
    Append(name + "1\n");
    EXPECT_TRUE(Round());
    Append(name + "2\n");
    CopyAndTruncate(log() + "." + name);
    Append(name + "3, and longer than before, so that its size tells nothing\n");
    if (down) Start();
    EXPECT_TRUE(Round());
    EXPECT_EQ(hub_.lines[name + "1"], 1);
    EXPECT_EQ(hub_.lines[name + "2"], 1);
    EXPECT_EQ(hub_.lines.size(), down ? 6U : 3U);
  }
  EXPECT_TRUE(told_.empty());
}

TEST_F(FollowTest, ACrashBeforeTheTruncationGoesOnInTheCopy) {
  Append("a\na\n");
  hub_.next = FakeHub::Death::kAfter;
  EXPECT_FALSE(Round());
  Append("b\n");
  CopyAndTruncate(log() + ".1");
  Append("c\n");
  Start();
  EXPECT_TRUE(Round());
  EXPECT_EQ(Lines(), "a*2 b c");
}

TEST_F(FollowTest, AFolderWithItsRotationsIsReadOnce) {
  whole_folder_ = true;
  Start();
  std::ofstream(logs() + "/other.log") << "o\n";
  Append("a\n");
  EXPECT_TRUE(Round());
  fs::copy_file(log(), log() + ".1");
  EXPECT_TRUE(Round());  // copied, not truncated yet
  fs::resize_file(log(), 0);
  Append("b\n");
  EXPECT_TRUE(Round());
  fs::rename(log() + ".1", log() + ".2");
  std::ofstream(log() + ".3.gz") << "\x1f\x8b packed\n";
  EXPECT_TRUE(Round());
  Start();
  EXPECT_TRUE(Round());
  EXPECT_EQ(Lines(), "a b o");
}

TEST_F(FollowTest, ADeletedFileGivesItsLastLine) {
  Append("a\nrest");
  EXPECT_TRUE(Round());
  fs::remove(log());
  EXPECT_TRUE(Round());
  EXPECT_EQ(Lines(), "a rest");
  Append("new\n");
  EXPECT_TRUE(Round());
  EXPECT_EQ(Lines(), "a new rest");
}

TEST_F(FollowTest, AnotherFileUnderAKnownNameIsANewOne) {
  Append("a\n");
  EXPECT_TRUE(Round());
  fs::remove(log());
  Append("z\nb\n");
  Start();
  EXPECT_TRUE(Round());
  EXPECT_EQ(Lines(), "a b z");
}

TEST_F(FollowTest, AnEndlessLineCostsOnlyItself) {
  Append("a\n" + std::string(FollowedFile::kMaxLine + 10, 'x'));
  EXPECT_TRUE(Round());
  Append("xxx\nb\n");
  EXPECT_TRUE(Round());
  EXPECT_EQ(Lines(), "a b");
  EXPECT_EQ(told_.size(), 1U);
  Append(std::string(FollowedFile::kMaxLine - 10, 'y') + "\nc\n");
  EXPECT_TRUE(Round());
  EXPECT_EQ(hub_.lines.size(), 4U);
}

TEST_F(FollowTest, ABrokenStateIsNotBegunAnew) {
  std::ofstream(folder_ + "/state.json") << "{";
  FollowOptions options;
  options.targets = {log()};
  options.state = folder_ + "/state.json";
  Follower follower(std::move(options), &hub_, [](const std::string&) {});
  EXPECT_EQ(follower.Load().error().code, ErrorCode::kDataLoss);
}

TEST(FollowState, IsReadBack) {
  FileMark mark;
  mark.path = "/var/log/\"app\".log";
  mark.device = 1;
  mark.inode = ~0ULL;
  mark.offset = 12;
  mark.head_bytes = 12;
  mark.head_hash = 0xfedcba9876543210ULL;
  mark.pending = PendingBatch{20, "key", 7};
  const FollowState state{*ParseRfc3339("2025-08-26T14:00:00Z"), {mark, FileMark{}}};
  const auto read = ParseFollowState(FollowStateToJson(state));
  ASSERT_TRUE(read) << read.error().message;
  ASSERT_EQ(read->files.size(), 2U);
  EXPECT_EQ(read->since, state.since);
  EXPECT_EQ(read->files.front().inode, mark.inode);
  EXPECT_EQ(read->files.front().head_hash, mark.head_hash);
  EXPECT_EQ(read->files.front().pending->key, "key");
  EXPECT_EQ(FollowStateToJson(*read), FollowStateToJson(state));
  for (const char* text :
       {"", "[]", "{}", R"({"format":2,"files":[]})", R"({"format":1,"files":[{}]})"})
    EXPECT_FALSE(ParseFollowState(text)) << text;
}

TEST(FollowNames, Rotations) {
  EXPECT_TRUE(MayBeRotationOf("app.log.1", "app.log"));
  EXPECT_TRUE(MayBeRotationOf("app-20250826.log", "app.log"));
  EXPECT_TRUE(MayBeRotationOf("syslog.1", "syslog"));
  EXPECT_FALSE(MayBeRotationOf("app.log", "app.log"));
  EXPECT_FALSE(MayBeRotationOf("app.log", "app.log.1"));
  EXPECT_FALSE(MayBeRotationOf("other.log", "app.log"));
  EXPECT_TRUE(IsCompressedName("app.log.2.gz"));
  EXPECT_FALSE(IsCompressedName("app.log.2"));
}

// Random lives of a log: written in pieces, rotated both ways, followed by processes that die at
// any of the three moments. Every line once, in a file or a folder.
TEST_F(FollowTest, RandomLives) {
  const char* given = std::getenv("SREHUB_SEED");  // NOLINT(concurrency-mt-unsafe): one thread
  const uint64_t seed =
      given != nullptr ? std::strtoull(given, nullptr, 10) : std::random_device()();
  std::mt19937_64 random(seed);
  for (int life = 0; life < 60; ++life) {
    SCOPED_TRACE("SREHUB_SEED=" + std::to_string(seed) + ", life " + std::to_string(life));
    fs::remove_all(logs());
    fs::create_directory(logs());
    fs::remove(folder_ + "/state.json");
    hub_.lines.clear();
    whole_folder_ = random() % 2 == 0;
    Start();
    std::map<std::string, int> truth;
    int rotations = 100;  // names of one length: none is another's rotation
    std::string unfinished;
    for (int step = 0; step < 60; ++step) {
      switch (random() % 10) {
        case 0:
        case 1:
        case 2:
        case 3: {
          std::string line = std::move(unfinished);
          unfinished.clear();
          if (line.empty()) {
            line = "line " + std::to_string(life) + " " + std::to_string(random() % 40);
            Append(line);
          }
          if (random() % 4 == 0) {
            unfinished = line;
            break;
          }
          Append("\n");
          ++truth[line];
          break;
        }
        case 4:
          if (!fs::exists(log()) || !unfinished.empty()) break;
          fs::rename(log(), log() + "." + std::to_string(++rotations));
          break;
        case 5:
          if (!fs::exists(log()) || !unfinished.empty()) break;
          CopyAndTruncate(log() + "." + std::to_string(++rotations));
          Round();  // a second truncation before anyone looked would lose what was between
          break;
        case 6:
          hub_.next = random() % 2 == 0 ? FakeHub::Death::kBefore : FakeHub::Death::kAfter;
          [[fallthrough]];
        case 7:
          Round();
          hub_.next = FakeHub::Death::kNone;
          Start();
          break;
        default: ASSERT_TRUE(Round());
      }
    }
    if (!unfinished.empty()) {
      Append("\n");
      ++truth[unfinished];
    }
    ASSERT_TRUE(Round());
    ASSERT_TRUE(Round());
    ASSERT_EQ(hub_.lines, truth);
    ASSERT_TRUE(told_.empty()) << told_.front();
  }
}

}  // namespace
}  // namespace srehub::collect
