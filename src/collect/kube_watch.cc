#include "collect/kube_watch.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <unordered_map>
#include <utility>

#include "base/hash.h"
#include "base/json_writer.h"
#include "base/text.h"
#include "collect/deliver.h"
#include "collect/kube_client.h"
#include "collect/kube_feed.h"
#include "collect/kube_owners.h"
#include "collect/state_file.h"

namespace srehub::collect {
namespace {

using Steady = std::chrono::steady_clock;

constexpr Duration kBatchAge = 200ms;
constexpr size_t kBatchBytes = 1024 * 1024;
constexpr size_t kBatchRecords = 500;
constexpr Duration kPoll = 100ms;
// Versions that moved on with nothing to deliver (bookmarks) are not worth a write each.
constexpr Duration kQuietSave = 10s;
constexpr Duration kDeliverFirstWait = 500ms, kDeliverMostWait = 30s;
constexpr int kFetchTries = 5;
constexpr size_t kPodPage = 250;  // pods are large
constexpr size_t kMaxToldKills = 100'000;

constexpr std::string_view kEventsGroup = "/apis/events.k8s.io/v1";
constexpr std::string_view kCoreGroup = "/api/v1";
constexpr std::string_view kAppsGroup = "/apis/apps/v1";

std::string ApiVersionOf(std::string_view group) {
  return std::string(group.starts_with("/apis/") ? group.substr(6) : group.substr(5));
}

}  // namespace

struct KubeWatcher::Impl {
  Impl(KubeWatchOptions chosen, Sink* to, const Clock* now, KubeWatchStats* counters,
       std::function<void(const std::string&)> reporter)
      : options(std::move(chosen)),
        sink(to),
        clock(now),
        stats(counters),
        report(std::move(reporter)),
        owners(options.state.empty() ? "" : options.state + ".objects", now,
               [this](const ObjectName& name) { return Fetch(name); }),
        delivery_backoff(kDeliverFirstWait, kDeliverMostWait, options.seed) {}

  Status Start(const std::stop_token& stop);
  void AddFeeds(const std::string& name_space);
  KubeFeed::Handler BaseHandler();
  Result<std::optional<ObjectFacts>> Fetch(const ObjectName& name);
  bool TakeEvent(const WatchMessage& message, const std::string& group);
  bool TakePod(const WatchMessage& message);
  void Add(std::string record);
  void Flush();
  void Save(bool now);
  Status Load();

  const KubeWatchOptions options;
  Sink* const sink;
  const Clock* const clock;
  KubeWatchStats* const stats;
  const std::function<void(const std::string&)> report;

  std::stop_token stop;
  std::unique_ptr<KubeClient> client;
  KubeOwners owners;
  std::vector<std::unique_ptr<KubeFeed>> feeds;
  std::map<std::string, KubeFeed*> event_feeds;  // by namespace; "" is all
  std::map<std::string, std::string> saved;      // the versions in the state file
  Steady::time_point saved_at{};

  std::string body;
  size_t records = 0;
  Steady::time_point first_record{};
  Backoff delivery_backoff;
  Status failed;  // the sink's lasting error
  std::unordered_map<std::string, Instant> told_kills;
  std::map<std::string, bool> fetch_refused;  // by kind
};

Result<std::optional<ObjectFacts>> KubeWatcher::Impl::Fetch(const ObjectName& name) {
  if (name.name.empty() || fetch_refused[name.kind]) return std::nullopt;
  const bool pod = name.kind == "Pod";
  std::string path(pod ? kCoreGroup : kAppsGroup);
  if (!name.namespace_.empty()) path += "/namespaces/" + PercentEncode(name.namespace_);
  path += (pod ? "/pods/" : "/replicasets/") + PercentEncode(name.name);
  Backoff backoff(kDeliverFirstWait, kDeliverMostWait, options.seed);
  for (int attempt = 0; attempt < kFetchTries; ++attempt) {
    if (attempt > 0 && SleepOrStop(stop, backoff.Next())) break;
    const auto reply = client->Get(path);
    if (!reply) continue;
    if (reply->status == 404 || reply->status == 410) return std::nullopt;
    if (reply->status == 403) {
      // Not asked again: without the right every answer would be this one.
      fetch_refused[name.kind] = true;
      report("no right to get " + std::string(pod ? "pods" : "replicasets") +
             ": services are named after their pods: " + StatusText(reply->body));
      return std::nullopt;
    }
    if (reply->status != 200) continue;
    JsonReader reader;
    const auto object = reader.Parse(reply->body);
    if (!object || !object->is_object()) return std::nullopt;
    return FactsOf(*object);
  }
  if (stop.stop_requested()) return Fail(ErrorCode::kUnavailable, "the watch is stopping");
  return std::nullopt;
}

void KubeWatcher::Impl::Add(std::string record) {
  if (records == 0) first_record = Steady::now();
  body += record;
  body += '\n';
  ++records;
  if (body.size() >= kBatchBytes || records >= kBatchRecords) Flush();
}

bool KubeWatcher::Impl::TakeEvent(const WatchMessage& message, const std::string& group) {
  // An Event that is deleted has outlived the server's memory of it: nothing happened.
  if (message.type == WatchMessage::Type::kDeleted) return true;
  const auto facts = owners.Decide(SubjectOf(message.object));
  if (!facts) return false;
  Add(EventRecord(message.object, **facts, ApiVersionOf(group), options.cluster));
  return true;
}

bool KubeWatcher::Impl::TakePod(const WatchMessage& message) {
  const ObjectName name = NameOf(message.object, "Pod");
  owners.Saw(name, FactsOf(message.object));
  bool news = false;
  if (told_kills.size() > kMaxToldKills) told_kills.clear();
  for (const std::string& kill : OomKillsOf(message.object))
    news |= told_kills.emplace(name.uid + "/" + name.name + "/" + kill, clock->Now()).second;
  if (news) {
    const auto facts = owners.Decide(name);
    if (!facts) return false;
    Add(PodRecord(message.object, **facts, options.cluster));
  }
  if (message.type == WatchMessage::Type::kDeleted) owners.Gone(name);
  return true;
}

// The versions of the event feeds, once everything up to them was acknowledged.
void KubeWatcher::Impl::Save(bool now) {
  if (options.state.empty() || records > 0) return;
  if (!now && Steady::now() - saved_at < kQuietSave) return;
  std::map<std::string, std::string> versions = saved;
  for (const auto& [name, feed] : event_feeds)
    if (!feed->resource_version().empty()) versions[name] = feed->resource_version();
  if (versions == saved) return;
  JsonWriter json;
  json.BeginObject().Field("format", 1).Field("server", options.access.server);
  json.Key("events").BeginObject();
  for (const auto& [name, version] : versions) json.Field(name, version);
  json.EndObject().EndObject();
  const Status written = WriteStateFile(options.state, json.text() + "\n");
  if (!written) return report(written.error().message);
  saved = std::move(versions);
  saved_at = Steady::now();
}

void KubeWatcher::Impl::Flush() {
  if (records == 0 || !failed) return;
  // First the decisions that the records rest on: the same must hold when they come again.
  if (const Status persisted = owners.Persist(); !persisted) {
    failed = persisted;
    return;
  }
  const Batch batch{.format = model::Format::kKubernetes, .body = body, .idempotency_key = {}};
  std::string told;
  const auto receipt = DeliverPatiently(sink, batch, &delivery_backoff, stop,
                                        [&](const Error& error, Duration wait) {
                                          ++stats->waits;
                                          if (error.message == told) return;
                                          told = error.message;
                                          report("the hub is not taking events; trying again in " +
                                                 FormatDuration(wait) + ": " + error.message);
                                        });
  if (!receipt) {
    failed = tl::unexpected(receipt.error());
    return;
  }
  stats->records += records;
  stats->refused += receipt->rejected;
  if (!receipt->errors.empty())
    report("the hub refused " + std::to_string(receipt->rejected) + " of " +
           std::to_string(records) + " records: " + receipt->errors.front().message);
  body.clear();
  records = 0;
  Save(true);
}

KubeFeed::Handler KubeWatcher::Impl::BaseHandler() {
  KubeFeed::Handler handler;
  handler.on_list_begins = [this] { ++stats->lists; };
  handler.on_page = [this] { Flush(); };
  handler.on_list_ends = [] {};
  handler.on_contact = [this] { stats->last_contact = Nanos(clock->Now()); };
  handler.on_reconnect = [this] { ++stats->reconnects; };
  handler.on_unreadable = [this] { ++stats->unreadable; };
  handler.on_trouble = report;
  return handler;
}

void KubeWatcher::Impl::AddFeeds(const std::string& name_space) {
  const auto add = [&](KubeFeed::Target target, KubeFeed::Handler handler) {
    const uint64_t seed = options.seed + feeds.size();
    feeds.push_back(
        std::make_unique<KubeFeed>(std::move(target), std::move(handler), client.get(), seed));
    return feeds.back().get();
  };
  for (const bool pods : {false, true}) {
    KubeFeed::Handler handler = BaseHandler();
    handler.on_list_begins = [this] {
      ++stats->lists;
      owners.BeginList();
    };
    handler.on_list_ends = [this, pods, name_space] {
      owners.EndList(pods ? "Pod" : "ReplicaSet", name_space);
    };
    handler.on_object = [this, pods](const WatchMessage& message, const std::string&) {
      if (pods) return TakePod(message);
      const ObjectName name = NameOf(message.object, "ReplicaSet");
      owners.Saw(name, FactsOf(message.object));
      if (message.type == WatchMessage::Type::kDeleted) owners.Gone(name);
      return true;
    };
    add({.groups = {std::string(pods ? kCoreGroup : kAppsGroup)},
         .resource = pods ? "pods" : "replicasets",
         .namespace_ = name_space,
         .page = pods ? kPodPage : 500},
        std::move(handler));
  }
  KubeFeed::Handler handler = BaseHandler();
  handler.on_object = [this](const WatchMessage& message, const std::string& group) {
    return TakeEvent(message, group);
  };
  KubeFeed* events = add({.groups = {std::string(kEventsGroup), std::string(kCoreGroup)},
                          .resource = "events",
                          .namespace_ = name_space,
                          .page = 500},
                         std::move(handler));
  event_feeds[name_space] = events;
  if (const auto it = saved.find(name_space); it != saved.end()) events->Resume(it->second);
}

Status KubeWatcher::Impl::Load() {
  if (options.state.empty()) return {};
  SREHUB_CHECK_OK(MakeStateFolder(std::filesystem::absolute(options.state).parent_path().string()));
  SREHUB_CHECK_OK(owners.Load());
  SREHUB_TRY(const std::optional<std::string> text, ReadStateFile(options.state));
  if (!text) return {};
  JsonReader reader;
  const auto root = reader.Parse(*text);
  const auto versions = root ? FindObject(*root, "events") : std::nullopt;
  if (!versions || FindInt(*root, "format") != 1) {
    report(options.state + " cannot be read; everything the cluster remembers is listed");
    return {};
  }
  if (FindString(*root, "server") != options.access.server) {
    report(options.state + " is about another cluster; everything this one remembers is listed");
    return {};
  }
  for (const auto& [name, version] : *versions) {
    std::string_view word;
    if (version.get(word) == simdjson::SUCCESS) saved.emplace(name, word);
  }
  return {};
}

Status KubeWatcher::Impl::Start(const std::stop_token& asked) {
  stop = asked;
  SREHUB_TRY(client, KubeClient::Create(options.access, clock, stop));
  SREHUB_CHECK_OK(Load());
  if (options.namespaces.size() > kMaxNamespaces)
    return Fail(ErrorCode::kInvalidArgument,
                "at most " + std::to_string(kMaxNamespaces) +
                    " namespaces can be named; leave them out for all");
  if (options.namespaces.empty()) AddFeeds("");
  for (const std::string& name : options.namespaces) AddFeeds(name);
  // Pods and replicasets first: then most owners are known when their events come.
  std::stable_partition(feeds.begin(), feeds.end(), [this](const auto& feed) {
    return std::ranges::none_of(event_feeds,
                                [&](const auto& entry) { return entry.second == feed.get(); });
  });
  return {};
}

KubeWatcher::KubeWatcher(KubeWatchOptions options, Sink* sink, const Clock* clock,
                         KubeWatchStats* stats, std::function<void(const std::string&)> report)
    : impl_(std::make_unique<Impl>(std::move(options), sink, clock, stats, std::move(report))) {}

KubeWatcher::~KubeWatcher() = default;

Status KubeWatcher::Run(const std::stop_token& stop) {
  Impl& impl = *impl_;
  SREHUB_CHECK_OK(impl.Start(stop));
  while (!stop.stop_requested() && impl.failed) {
    bool more = false;
    auto due = Steady::now() + kPoll;
    for (const auto& feed : impl.feeds) {
      more |= feed->Step(Steady::now());
      due = std::min(due, feed->due());
    }
    if (impl.records > 0) {
      const auto flush_at = impl.first_record + kBatchAge;
      if (Steady::now() >= flush_at) impl.Flush();
      else due = std::min(due, flush_at);
    }
    impl.Save(false);
    impl.client->Poll(more ? Duration::zero()
                           : std::max<Duration>(due - Steady::now(), Duration::zero()));
  }
  // What is whole goes out; how far that was is remembered.
  impl.Flush();
  impl.Save(true);
  if (!impl.failed && IsPassing(impl.failed.error().code) && stop.stop_requested()) return {};
  return impl.failed;
}

}  // namespace srehub::collect
