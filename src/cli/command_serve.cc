// `srehub serve`: runs the hub until SIGINT or SIGTERM; SIGHUP reloads.
#include "app/hub.h"
#include "app/startup_message.h"
#include "cli/commands.h"
#include "cli/hub_config.h"
#include "cli/signals.h"
#include "cli/terminal_text.h"

namespace srehub::cli {

int RunServe(Session& session) {
  BlockSignals();
  auto loaded = LoadHubConfig(session.options());
  if (!loaded) {
    session.Report(loaded.error());
    return kExitUsage;
  }
  for (const std::string& warning : loaded->warnings)
    session.err() << "srehub: " << Neutralise(warning) << "\n";
  auto hub = app::Hub::Open(ConfigRequestOf(session.options()), std::move(*loaded), {});
  if (!hub) return session.Report(hub.error());
  if (const Status serving = (*hub)->Serve(); !serving) return session.Report(serving.error());
  session.err() << app::StartupMessage((*hub)->config(), (*hub)->listeners(),
                                       {"srehub doctor              is every feed alive?",
                                        "srehub top                 what is broken now",
                                        "srehub events SERVICE      what happened there"})
                << std::flush;
  for (;;) {
    const auto signal = AwaitSignal(std::chrono::hours(1));
    if (!signal) continue;
    if (*signal == Signal::kStop) break;
    if (const Status reloaded = (*hub)->Reload(); !reloaded) {
      session.Report(reloaded.error());
      session.err() << "The former configuration stays.\n";
    }
  }
  session.err() << "stopping\n";
  (*hub)->Stop();
  return kExitOk;
}

}  // namespace srehub::cli
