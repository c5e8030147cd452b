// `srehub ingest -f FILE|DIR`: follows files until it is stopped.
#include <random>

#include "base/hash.h"
#include "base/json_writer.h"
#include "cli/commands.h"
#include "cli/hub_sink.h"
#include "cli/signals.h"
#include "cli/terminal_text.h"
#include "collect/follow.h"

namespace srehub::cli {
namespace {

// One file per hub and set of targets, next to the data folder where there is one.
std::string StatePath(const Options& options, const std::string& where) {
  if (!options.state.empty()) return options.state;
  std::string what = where;
  for (const std::string& target : options.targets) what += "\n" + target;
  if (!options.data.empty()) {
    std::string data = options.data;
    while (data.size() > 1 && data.ends_with('/')) data.pop_back();
    return data + "-follow-" + Hex64(Hash64(what)) + ".json";
  }
  const std::string folder = DefaultStateFolder();
  return folder.empty() ? "" : folder + "/follow-" + Hex64(Hash64(what)) + ".json";
}

int WrongUsage(Session& session, std::string_view why) {
  session.err() << "srehub: " << why << "\n";
  return kExitUsage;
}

}  // namespace

int RunFollow(Session& session) {
  BlockSignals();
  const Options& options = session.options();
  const auto format = model::ParseFormat(options.format);
  if (!format) return WrongUsage(session, "'" + Neutralise(options.format) + "' is no format");
  for (const std::string& target : options.targets)
    if (target == "-") return WrongUsage(session, "-f follows files; standard input needs no -f");
  const auto hub = session.client();
  if (!hub) return session.Report(hub.error());
  collect::FollowOptions follow;
  follow.targets = options.targets;
  follow.format = *format;
  follow.seed = (static_cast<uint64_t>(std::random_device()()) << 32) | std::random_device()();
  follow.state = StatePath(options, (*hub)->Where());
  if (follow.state.empty())
    return WrongUsage(session, "there is no home folder to remember in; name a file with --state");
  HubSink sink(*hub);
  collect::Follower follower(std::move(follow), &sink, [&session](const std::string& what) {
    session.err() << "srehub: " << Neutralise(what) << "\n" << std::flush;
  });
  const Status done =
      RunUntilSignal([&](const std::stop_token& stop) { return follower.Run(stop); });
  const collect::FollowStats& stats = follower.stats();
  if (!done) return session.Report(done.error());
  JsonWriter json;
  json.BeginObject().Field("accepted", stats.accepted).Field("duplicate", stats.duplicate);
  json.Field("rejected", stats.rejected).Field("ignored", stats.ignored);
  json.Field("bytes", stats.bytes).Field("skippedBytes", stats.skipped_bytes);
  json.Key("errors").BeginArray().EndArray().Key("notices").BeginArray().EndArray().EndObject();
  return session.Show(json.text(), "errors", RenderReceipt);
}

}  // namespace srehub::cli
