// `srehub watch kubernetes`: brings a cluster's events to a hub until it is stopped.
#include <unistd.h>

#include <random>

#include "base/hash.h"
#include "base/json_writer.h"
#include "cli/commands.h"
#include "cli/hub_sink.h"
#include "cli/signals.h"
#include "cli/terminal_text.h"
#include "collect/kube_watch.h"

namespace srehub::cli {

int RunWatchKubernetes(Session& session) {
  BlockSignals();
  const Options& options = session.options();
  auto access = collect::FindKubeAccess(options.kubeconfig, options.context, environ);
  if (!access) {
    session.Report(access.error());
    return kExitUsage;
  }
  const auto hub = session.client();
  if (!hub) return session.Report(hub.error());
  collect::KubeWatchOptions watch;
  watch.namespaces = options.namespaces;
  watch.cluster = options.cluster;
  watch.state = options.state;
  watch.seed = std::random_device()();
  if (watch.state.empty()) {
    const std::string folder = DefaultStateFolder();
    if (folder.empty()) {
      session.err() << "srehub: there is no home folder to remember in; name a file with --state\n";
      return kExitUsage;
    }
    // One file per cluster and hub: what one hub has heard says nothing about another.
    watch.state =
        folder + "/kubernetes-" + Hex64(Hash64(access->server + "\n" + (*hub)->Where())) + ".json";
  }
  session.err() << "watching " << Neutralise(access->server) << " (" << Neutralise(access->context)
                << ") for " << Neutralise((*hub)->Where()) << "\n"
                << std::flush;
  watch.access = std::move(*access);
  HubSink sink(*hub);
  const SystemClock clock;
  collect::KubeWatchStats stats;
  collect::KubeWatcher watcher(
      std::move(watch), &sink, &clock, &stats, [&session](const std::string& what) {
        session.err() << "srehub: " << Neutralise(what) << "\n" << std::flush;
      });
  const Status done =
      RunUntilSignal([&](const std::stop_token& stop) { return watcher.Run(stop); });
  JsonWriter json;
  json.BeginObject().Field("records", stats.records.load());
  json.Field("refused", stats.refused.load()).Field("unreadable", stats.unreadable.load());
  json.Field("lists", stats.lists.load()).Field("reconnects", stats.reconnects.load());
  json.Field("waits", stats.waits.load()).EndObject();
  if (!done) return session.Report(done.error());
  return session.Show(json.text(), "", RenderPlain);
}

}  // namespace srehub::cli
