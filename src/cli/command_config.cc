// `srehub config check` and `config print`.
#include "app/generation.h"
#include "cli/commands.h"
#include "cli/hub_config.h"
#include "cli/terminal_text.h"

namespace srehub::cli {
namespace {

void Warn(Session& session, const app::LoadedConfig& loaded) {
  for (const std::string& warning : loaded.warnings)
    session.err() << "srehub: " << Neutralise(warning) << "\n";
}

}  // namespace

int RunConfigCheck(Session& session) {
  const auto loaded = LoadHubConfig(session.options());
  if (!loaded) {
    session.Report(loaded.error());
    return kExitUsage;
  }
  Warn(session, *loaded);
  if (const auto classifier = app::MakeClassifier(loaded->config); !classifier)
    return session.Report(classifier.error());
  if (const auto playbooks = app::MakePlaybooks(loaded->config); !playbooks)
    return session.Report(playbooks.error());
  session.err() << "configuration, rules and playbooks are good\n";
  return kExitOk;
}

int RunConfigPrint(Session& session) {
  const auto loaded = LoadHubConfig(session.options());
  if (!loaded) {
    session.Report(loaded.error());
    return kExitUsage;
  }
  Warn(session, *loaded);
  session.out() << app::PrintConfig(*loaded);
  return kExitOk;
}

}  // namespace srehub::cli
