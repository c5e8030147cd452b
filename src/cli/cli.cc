#include "cli/cli.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <utility>

#include "cli/commands.h"
#include "cli/options.h"
#include "cli/session.h"

namespace srehub::cli {
namespace {

using Command = int (*)(Session&);
constexpr std::pair<std::string_view, Command> kCommands[] = {
    {"events", RunEvents},
    {"top", RunTop},
    {"why-not", RunWhyNot},
    {"actions", RunActions},
    {"actions done", RunActionsDone},
    {"correlate", RunCorrelate},
    {"tally", RunTally},
    {"services", RunServices},
    {"deploys", RunDeploys},
    {"types", RunTypes},
    {"sources", RunSources},
    {"doctor", RunDoctor},
    {"ingest", RunIngest},
    {"watch kubernetes", RunWatchKubernetes},
    {"deploy", RunDeploy},
    {"ack", RunAck},
    {"silence", RunSilence},
    {"maintenance", RunSilence},
    {"rejects", RunRejects},
    {"rejects replay", RunRejectsReplay},
    {"verify", RunVerify},
    {"serve", RunServe},
    {"demo", RunDemo},
    {"config check", RunConfigCheck},
    {"config print", RunConfigPrint},
    {"explain", RunExplain},
    {"completion", RunCompletion},
    {"version", RunVersion},
};

std::string Environment(const char* name) {
  const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): before any thread
  return value == nullptr ? "" : value;
}

Terminal FindTerminal() {
  Terminal terminal;
  terminal.out_is_tty = isatty(STDOUT_FILENO) == 1;
  terminal.err_is_tty = isatty(STDERR_FILENO) == 1;
  winsize size{};
  if (terminal.out_is_tty && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0)
    terminal.width = size.ws_col;
  terminal.no_color = !Environment("NO_COLOR").empty() || Environment("TERM") == "dumb";
  terminal.token = Environment("SREHUB_TOKEN");
  return terminal;
}

}  // namespace

int Run(int argc, char** argv) {
  const ParsedLine line = ParseLine(argc, argv);
  std::cout << line.out << std::flush;
  std::cerr << line.err;
  if (line.finished) return line.exit_code;
  const auto command = std::ranges::find(kCommands, line.options.command,
                                         &std::pair<std::string_view, Command>::first);
  if (command == std::end(kCommands)) {
    std::cerr << "srehub: '" << line.options.command << "' is not a command\n";
    return kExitUsage;
  }
  Session session(line.options, &std::cout, &std::cerr, FindTerminal());
  const int code = command->second(session);
  std::cout.flush();
  // A reader that left (`| head`) is no error of ours; a full disk is.
  return code == kExitOk && !std::cout ? kExitRuntime : code;
}

}  // namespace srehub::cli
