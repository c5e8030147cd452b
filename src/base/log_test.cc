#include "base/log.h"

#include <gtest/gtest.h>

#include <sstream>
#include <thread>
#include <vector>

#include "base/json_reader.h"
#include "base/text.h"

namespace srehub {
namespace {

const ManualClock kClock(ParseRfc3339("2025-08-26T14:10:00Z").value());

TEST(LogLevelTest, NamesReadBack) {
  for (const LogLevel level :
       {LogLevel::kDebug, LogLevel::kInfo, LogLevel::kWarning, LogLevel::kError}) {
    EXPECT_EQ(ParseLogLevel(LogLevelName(level)), level);
  }
  EXPECT_FALSE(ParseLogLevel("trace"));
}

TEST(LoggerTest, WritesOneJsonObjectPerRecord) {
  std::ostringstream out;
  const Logger log = Logger::ToStream(&out, LogLevel::kInfo, &kClock);
  log.Warning("disk is low", {{"path", "/var/lib"},
                              {"free_bytes", uint64_t{12}},
                              {"delta", -3},
                              {"share", 0.5},
                              {"writable", false}});
  EXPECT_EQ(out.str(),
            R"({"time":"2025-08-26T14:10:00Z","level":"warning","message":"disk is low",)"
            R"("path":"/var/lib","free_bytes":12,"delta":-3,"share":0.5,"writable":false})"
            "\n");
}

TEST(LoggerTest, DropsWhatIsBelowItsLevel) {
  std::ostringstream out;
  const Logger log = Logger::ToStream(&out, LogLevel::kWarning, &kClock);
  log.Debug("d");
  log.Info("i");
  EXPECT_EQ(out.str(), "");
  log.Error("e");
  EXPECT_NE(out.str().find("\"error\""), std::string::npos);
  Logger::Silent().Error("nobody hears");
}

TEST(LoggerTest, HostileWordsCannotBreakTheLine) {
  std::ostringstream out;
  const Logger log = Logger::ToStream(&out, LogLevel::kInfo, &kClock);
  const std::string hostile = "x\r\n{\"level\":\"error\"}\x1b[31m {} %v \xFF\"";
  log.Info(hostile, {{hostile, hostile}});
  const std::string line = out.str();
  EXPECT_EQ(line.find('\n'), line.size() - 1);
  EXPECT_EQ(line.find('\r'), std::string::npos);
  EXPECT_EQ(line.find('\x1b'), std::string::npos);
  JsonReader reader;
  const auto root = reader.Parse(line);
  ASSERT_TRUE(root);
  EXPECT_EQ(FindString(*root, "level"), "info");
}

TEST(LoggerTest, LinesOfManyThreadsStayWhole) {
  std::ostringstream out;
  const Logger log = Logger::ToStream(&out, LogLevel::kInfo, &kClock);
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&log, i] {
      for (int k = 0; k < 100; ++k) log.Info("line", {{"thread", i}, {"k", k}});
    });
  }
  for (std::thread& thread : threads) thread.join();
  const std::string text = out.str();
  JsonReader reader;
  size_t lines = 0;
  for (const std::string_view line : Split(text, '\n')) {
    if (line.empty()) continue;
    EXPECT_TRUE(reader.Parse(line)) << line;
    ++lines;
  }
  EXPECT_EQ(lines, 400u);
}

}  // namespace
}  // namespace srehub
