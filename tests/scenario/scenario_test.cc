// Plays every *.test file of this folder, and shows that a scenario can fail.
#include "scenario/scenario.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "scenario/expectation.h"

namespace srehub::tests {
namespace {

namespace fs = std::filesystem;

const fs::path kFolder = fs::path(SREHUB_SOURCE_DIR) / "tests" / "scenario";

std::vector<std::string> ScenarioNames() {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(kFolder))
    if (entry.path().extension() == ".test") names.push_back(entry.path().stem().string());
  std::sort(names.begin(), names.end());
  return names;
}

std::string ReadFile(const fs::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

// A folder of its own, removed with the test.
class Folder {
 public:
  Folder() {
    static std::atomic<int> number{0};
    path_ = fs::temp_directory_path() /
            ("srehub-scenario-" + std::to_string(::getpid()) + "-" + std::to_string(number++));
  }
  ~Folder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  std::string path() const { return path_.string(); }

 private:
  fs::path path_;
};

Outcome Play(std::string_view text) {
  const Folder folder;
  return PlayScenario(text, folder.path());
}

std::string Shown(const Outcome& outcome) {
  std::string text;
  for (const Failure& failure : outcome.failures)
    text +=
        "\nline " + std::to_string(failure.line) + ": " + failure.text + "\n  " + failure.message;
  return text;
}

class ScenarioFile : public testing::TestWithParam<std::string> {};

TEST_P(ScenarioFile, Holds) {
  const Outcome outcome = Play(ReadFile(kFolder / (GetParam() + ".test")));
  EXPECT_TRUE(outcome.failures.empty()) << GetParam() << ".test" << Shown(outcome);
  EXPECT_GT(outcome.expectations, 0U);
}

INSTANTIATE_TEST_SUITE_P(All, ScenarioFile, testing::ValuesIn(ScenarioNames()),
                         [](const auto& info) {
                           std::string name = info.param;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

TEST(ScenarioFiles, AreFound) { EXPECT_GE(ScenarioNames().size(), 10U); }

// --- a scenario can fail -------------------------------------------------------------------------
constexpr const char* kTwoErrors =
    "clock 2025-08-26T14:10:00Z\n"
    "feed logs\n"
    "  {\"timestamp\": \"2025-08-26T14:05:00Z\", \"level\": \"ERROR\", \"service\": \"auth-api\",\n"
    "   \"message\": \"disk is full\"}\n"
    "  {\"timestamp\": \"2025-08-26T14:06:00Z\", \"level\": \"ERROR\", \"service\": \"auth-api\",\n"
    "   \"message\": \"disk is full\"}\n"
    "ask events auth-api\n";

TEST(ScenarioRunner, HoldsWhatIsTrue) {
  const Outcome outcome = Play(std::string(kTwoErrors) + "expect count of events = 2\n");
  EXPECT_TRUE(outcome.failures.empty()) << Shown(outcome);
  EXPECT_EQ(outcome.expectations, 1U);
}

TEST(ScenarioRunner, FailsAtAWrongExpectation) {
  const Outcome outcome = Play(std::string(kTwoErrors) + "expect count of events = 3\n");
  ASSERT_EQ(outcome.failures.size(), 1U);
  EXPECT_EQ(outcome.failures[0].line, 8U);
  EXPECT_EQ(outcome.failures[0].message, "found 2");
}

TEST(ScenarioRunner, FailsAtARefusalNobodyReckonedWith) {
  const Outcome outcome = Play(
      "clock 2025-08-26T14:10:00Z\nask events nobody\nask services\n"
      "expect services is empty\n");
  ASSERT_FALSE(outcome.failures.empty());
  EXPECT_EQ(outcome.failures[0].line, 2U);
}

TEST(ScenarioRunner, TakesARefusalThatIsExpected) {
  const Outcome outcome =
      Play("clock 2025-08-26T14:10:00Z\nask events nobody\nexpect status = 404\n");
  EXPECT_TRUE(outcome.failures.empty()) << Shown(outcome);
}

TEST(ScenarioRunner, FailsWithoutAnExpectation) {
  EXPECT_EQ(Play("clock 2025-08-26T14:10:00Z\nask services\n").failures.size(), 1U);
}

TEST(ScenarioRunner, FailsAtLinesItDoesNotKnow) {
  for (const char* line : {"fed logs", "ask weather", "ask events", "advance", "advance soon",
                           "feed logs", "feed again", "set", "expect", "ask top limit"}) {
    const Outcome outcome = Play("clock 2025-08-26T14:10:00Z\n" + std::string(line) + "\n");
    ASSERT_FALSE(outcome.failures.empty()) << line;
    EXPECT_EQ(outcome.failures[0].line, 2U) << line;
  }
  EXPECT_FALSE(Play("ask top\nexpect incidents is empty\n").failures.empty());
}

// --- expectations --------------------------------------------------------------------------------
const Answer kAnswer{200, R"({"n": 4, "score": 400.604, "name": "a b", "none": null, "list": [],
  "rows": [{"id": "x#Y", "n": 1}, {"id": "z", "n": 2}], "words": ["red", "blue"]})"};

TEST(Expectation, Holds) {
  for (const char* line : {"n = 4",
                           "n = 4.0",
                           "n != 5",
                           "n < 5",
                           "n <= 4",
                           "n > 3",
                           "n >= 4",
                           "score ~ 400.6",
                           "score ~ 401",
                           "name = a b",
                           "name contains B",
                           "rows[0].id = x#Y",
                           "rows[id=z].n = 2",
                           "count of rows = 2",
                           "count of list < 1",
                           "words contains blue",
                           "list is empty",
                           "none is absent",
                           "rows[7] is absent",
                           "name is present",
                           "status = 200"})
    EXPECT_EQ(Judge(line, kAnswer), std::nullopt) << line;
}

TEST(Expectation, DoesNotHold) {
  for (const char* line : {"n = 5",
                           "n != 4",
                           "n < 4",
                           "n <= 3",
                           "n > 4",
                           "n >= 5",
                           "score ~ 400.5",
                           "score ~ 400",
                           "name = a",
                           "name contains c",
                           "rows[0].id = z",
                           "rows[id=q].n = 2",
                           "rows[id=z].n = 1",
                           "count of rows = 1",
                           "count of n = 4",
                           "words contains gr",
                           "name is empty",
                           "none is present",
                           "name is absent",
                           "status = 404",
                           "absent = 1",
                           "absent != 1",
                           "name < 5",
                           "rows[0 = 1",
                           "n",
                           "n =",
                           "",
                           "rows[a] = 1"})
    EXPECT_NE(Judge(line, kAnswer), std::nullopt) << line;
}

}  // namespace
}  // namespace srehub::tests
