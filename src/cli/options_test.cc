#include "cli/options.h"

#include <gtest/gtest.h>

#include <set>

#include "cli/completion.h"
#include "cli/event_stream.h"

namespace srehub::cli {
namespace {

ParsedLine Parse(std::vector<const char*> words) {
  words.insert(words.begin(), "srehub");
  return ParseLine(static_cast<int>(words.size()), words.data());
}

TEST(Options, CommandsAndTheirParametersAreRead) {
  const ParsedLine line =
      Parse({"events", "payments-api", "--since", "2h", "--severity", "high", "-f", "-o", "json"});
  ASSERT_FALSE(line.finished) << line.err;
  EXPECT_EQ(line.options.command, "events");
  EXPECT_EQ(line.options.target, "payments-api");
  EXPECT_EQ(line.options.since, "2h");
  EXPECT_EQ(line.options.severity, "high");
  EXPECT_TRUE(line.options.follow);
  EXPECT_EQ(line.options.output, "json");
}

TEST(Options, ACommandOfTwoWordsIsTheInnerOne) {
  const ParsedLine done = Parse({"actions", "done", "auth-service", "db/check", "--note", "ok"});
  ASSERT_FALSE(done.finished) << done.err;
  EXPECT_EQ(done.options.command, "actions done");
  EXPECT_EQ(done.options.target, "auth-service");
  EXPECT_EQ(done.options.action, "db/check");
  EXPECT_EQ(Parse({"actions", "auth-service"}).options.command, "actions");
  EXPECT_EQ(Parse({"rejects"}).options.command, "rejects");
  EXPECT_EQ(Parse({"rejects", "replay", "1", "2"}).options.targets.size(), 2u);
  EXPECT_EQ(Parse({"config", "print"}).options.command, "config print");
}

TEST(Options, WrongWordsExitWithTwoAndHelpWithZero) {
  EXPECT_EQ(Parse({"evnts"}).exit_code, kExitUsage);
  EXPECT_EQ(Parse({"events"}).exit_code, kExitUsage);
  EXPECT_EQ(Parse({"top", "-o", "xml"}).exit_code, kExitUsage);
  EXPECT_EQ(Parse({"top", "--server", "x", "--data", "y"}).exit_code, kExitUsage);
  EXPECT_EQ(Parse({"--help"}).exit_code, kExitOk);
  EXPECT_EQ(Parse({"top", "--help"}).exit_code, kExitOk);
  const ParsedLine bare = Parse({});
  EXPECT_TRUE(bare.finished);
  EXPECT_EQ(bare.exit_code, kExitOk);
  EXPECT_NE(bare.out.find("The five questions"), std::string::npos);
}

TEST(Options, FlagsOfServeAreSettings) {
  const ParsedLine line = Parse({"serve", "--listen", "127.0.0.1:1", "--retention", "7d"});
  ASSERT_FALSE(line.finished) << line.err;
  ASSERT_EQ(line.options.flags.size(), 2u);
  EXPECT_EQ(line.options.flags[0].key, "listen");
  EXPECT_EQ(line.options.flags[1].value, "7d");
  EXPECT_EQ(line.options.flags[1].flag, "--retention");
}

TEST(Options, EveryCommandIsInTheCompletionOfEveryShell) {
  const std::vector<CommandWords> commands = AllCommands();
  std::set<std::string> paths;
  for (const CommandWords& command : commands) {
    EXPECT_TRUE(paths.insert(command.path).second) << command.path;
    EXPECT_FALSE(command.help.empty()) << command.path;
  }
  EXPECT_TRUE(paths.contains("rejects replay"));
  for (const std::string_view shell : {"bash", "zsh", "fish"}) {
    const std::string script = CompletionScript(shell, commands);
    for (const CommandWords& command : commands) {
      const size_t space = command.path.rfind(' ');
      const std::string name =
          space == std::string::npos ? command.path : command.path.substr(space + 1);
      EXPECT_NE(script.find(name), std::string::npos) << shell << " " << command.path;
    }
  }
  EXPECT_EQ(CompletionScript("tcsh", commands), "");
}

TEST(EventStreamParser, ReadsEventsInAnyCut) {
  const std::string text =
      "retry: 3000\n\nevent: event\nid: a-1\ndata: {\"x\":1}\n\n: heartbeat\n\n"
      "event: event\r\nid: a-2\r\ndata: two\r\ndata: lines\r\n\r\ndata: unfinished\n";
  for (size_t step = 1; step <= text.size(); ++step) {
    std::vector<std::string> seen;
    EventStreamParser parser([&](const StreamEvent& event) {
      seen.push_back(event.id + "/" + event.name + "/" + event.data);
    });
    for (size_t at = 0; at < text.size(); at += step)
      parser.Feed(std::string_view(text).substr(at, step));
    EXPECT_EQ(seen, (std::vector<std::string>{"a-1/event/{\"x\":1}", "a-2/event/two\nlines"}));
  }
}

}  // namespace
}  // namespace srehub::cli
