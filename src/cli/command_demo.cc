// `srehub demo`: a hub of its own that tells a story; `--assert` checks the five answers.
#include "app/demo.h"
#include "app/demo_story.h"
#include "app/startup_message.h"
#include "cli/commands.h"
#include "cli/hub_config.h"
#include "cli/local_client.h"
#include "cli/signals.h"
#include "cli/terminal_text.h"

namespace srehub::cli {
namespace {

constexpr const char* kDemoFolder = "srehub-demo";

// The demo has a folder of its own and no other settings than its flags, so that it neither
// depends on nor touches a real hub.
app::ConfigRequest RequestOf(const Options& options) {
  app::ConfigRequest request;
  request.flags.push_back({.key = "data", .value = kDemoFolder, .flag = "demo"});
  for (const app::FlagValue& flag : options.flags) request.flags.push_back(flag);
  return request;
}

int Check(Session& session, app::Hub& hub, const app::Demo& demo) {
  hub.Settle();
  const std::vector<std::string> wrong = demo.CheckAnswers();
  for (const std::string& sentence : wrong) session.err() << Neutralise(sentence) << "\n";
  if (!wrong.empty()) return kExitRuntime;
  session.err() << "all five questions are answered as the story tells\n";
  return kExitOk;
}

int Tell(Session& session, app::Demo& demo) {
  const bool shows = session.terminal().err_is_tty;
  size_t told = 0;
  const Status status = demo.Tell([&](const std::string& title) {
    if (shows) session.err() << "\rtelling: " << Fit(title, 40) << std::flush;
    ++told;
  });
  if (shows && told > 0) session.err() << "\r" << std::string(50, ' ') << "\r";
  return status ? kExitOk : session.Report(status.error());
}

// The five questions of the story, as one would type them.
int AskFive(Session& session, app::Hub* hub) {
  struct Question {
    const char* line;
    const char* target;
    int (*run)(Session&);
  };
  static constexpr Question kQuestions[] = {
      {"srehub events payments-api --limit 8", "payments-api", RunEvents},
      {"srehub top", "", RunTop},
      {"srehub actions auth-service", "auth-service", RunActions},
      {"srehub correlate 4821", "4821", RunCorrelate},
      {"srehub tally", "", RunTally},
  };
  hub->Settle();
  for (const Question& question : kQuestions) {
    Options options = session.options();
    options.target = question.target;
    options.output = "table";
    if (question.run == RunEvents) options.limit = 8;
    Session asking(options, &session.out(), &session.err(), session.terminal());
    asking.UseClient(MakeLocalClient(hub));
    session.out() << "\n$ " << question.line << "\n";
    if (const int code = question.run(asking); code != kExitOk) return code;
  }
  session.out() << std::flush;
  return kExitOk;
}

}  // namespace

int RunDemo(Session& session) {
  BlockSignals();
  const app::ConfigRequest request = RequestOf(session.options());
  auto loaded = app::LoadConfig(request);
  if (!loaded) {
    session.Report(loaded.error());
    return kExitUsage;
  }
  auto hub =
      app::Hub::Open(request, std::move(*loaded), {.log = !session.options().assert_answers});
  if (!hub) return session.Report(hub.error());
  auto demo = app::Demo::Begin(hub->get(), session.options().seed);
  if (!demo) return session.Report(demo.error());
  if (const int code = Tell(session, *demo); code != kExitOk) return code;
  if (session.options().assert_answers) return Check(session, **hub, *demo);

  if (const Status serving = (*hub)->Serve(); !serving) return session.Report(serving.error());
  if (const int code = AskFive(session, hub->get()); code != kExitOk) return code;
  session.err() << "\n"
                << app::StartupMessage(
                       (*hub)->config(), (*hub)->listeners(),
                       {"srehub top                    two incidents are still open",
                        "srehub correlate 4821         what the failed deploy did",
                        "srehub actions auth-service   what to do about the logins"})
                << "The demo goes on until Ctrl-C; a second start continues it.\n"
                << std::flush;
  while (AwaitSignal(std::chrono::minutes(1)) != Signal::kStop)
    if (const int code = Tell(session, *demo); code != kExitOk) return code;
  session.err() << "stopping\n";
  (*hub)->Stop();
  return kExitOk;
}

}  // namespace srehub::cli
