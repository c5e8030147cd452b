// `srehub completion bash|zsh|fish` and `version`.
#include "app/version.h"
#include "cli/commands.h"
#include "cli/completion.h"

namespace srehub::cli {

int RunCompletion(Session& session) {
  const std::string script = CompletionScript(session.options().target, AllCommands());
  if (script.empty()) {
    session.err() << "srehub: completion is there for bash, zsh and fish\n";
    return kExitUsage;
  }
  session.out() << script;
  return kExitOk;
}

int RunVersion(Session& session) {
  session.out() << "srehub " << app::kVersion << "\n";
  return kExitOk;
}

}  // namespace srehub::cli
