#include "app/hub.h"

#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <mutex>
#include <optional>
#include <random>
#include <utility>

#include "api/event_feed.h"
#include "api/services.h"
#include "app/caretaker.h"
#include "app/collectors.h"
#include "app/config_settings.h"
#include "app/dead_man.h"
#include "app/generation.h"
#include "app/mutants.h"
#include "app/trace_links.h"
#include "app/version.h"
#include "http/dispatcher.h"
#include "ingest/pipeline.h"
#include "insight/lists.h"
#include "insight/recommendations.h"
#include "store/rocksdb/open.h"

namespace srehub::app {
namespace {

// Of the five seconds a stop may take, what the network gets.
constexpr Duration kServerStop = std::chrono::seconds(3);

ingest::DistrustedClocks DistrustedOf(const Config& config) {
  ingest::DistrustedClocks names;
  for (const auto& [name, source] : config.sources)
    if (!source.trust_clock) names.push_back(name);
  return names;
}

ingest::FeedRulesByName FeedRulesOf(const Config& config) {
  ingest::FeedRulesByName rules;
  for (const auto& [name, source] : config.sources)
    if (source.rules.min_severity || !source.rules.drop.empty()) rules.emplace(name, source.rules);
  return rules;
}

// Only the owner may read what the services said.
Status MakeFolder(const std::string& path) {
  std::error_code error;
  const bool existed = std::filesystem::exists(path, error);
  std::filesystem::create_directories(path, error);
  if (error)
    return Fail(ErrorCode::kUnavailable,
                "cannot make the data folder " + path + ": " + error.message());
  if (!existed) std::filesystem::permissions(path, std::filesystem::perms::owner_all, error);
  return {};
}

uint64_t RandomEpoch() {
  std::random_device device;
  return (static_cast<uint64_t>(device()) << 32) | device();
}

}  // namespace

Result<std::unique_ptr<Clock>> MakeClock(const std::string& text) {
  if (text.empty()) return std::make_unique<SystemClock>();
  const bool runs = text.ends_with('+');
  SREHUB_TRY(const Instant start,
             ParseRfc3339(std::string_view(text).substr(0, text.size() - (runs ? 1 : 0))));
  if (runs) return std::make_unique<ShiftedClock>(start);
  return std::make_unique<ManualClock>(start);
}

struct Hub::Impl {
  Impl(ConfigRequest config_request, LoadedConfig loaded, std::unique_ptr<Clock> hub_clock,
       Logger hub_logger)
      : request(std::move(config_request)),
        opened(std::move(loaded.config)),
        clock(std::move(hub_clock)),
        logger(std::make_shared<const Logger>(std::move(hub_logger))),
        started(clock->Now()),
        feed(RandomEpoch()) {}

  Status Start();
  api::Services BaseServices();
  void StartCaretaker();
  void MakeDeadMan();
  void MakeDispatchers();
  Status Reload();
  void WarnOfRestart(const Config& loaded) const;

  std::shared_ptr<const Generation> CurrentGeneration() const {
    const std::lock_guard lock(mutex);
    return generation;
  }
  std::shared_ptr<const Logger> Log() const {
    const std::lock_guard lock(mutex);
    return logger;
  }

  const ConfigRequest request;
  const Config opened;
  bool logs = true;
  const std::unique_ptr<Clock> clock;
  mutable std::mutex mutex;  // logger, generation
  std::shared_ptr<const Logger> logger;
  const Instant started;
  std::mutex reload_mutex;

  std::unique_ptr<store::Store> store;
  http::Metrics metrics;
  api::EventFeed feed;
  api::SenderTrust trust{std::shared_ptr<trust::HttpsGetter>(trust::MakeCurlGetter())};
  std::unique_ptr<ingest::Pipeline> pipeline;
  std::shared_ptr<const Generation> generation;
  // The metrics' collectors were registered with it and read through it.
  std::shared_ptr<const Generation> first_generation;
  std::unique_ptr<DeadMan> dead_man;
  TraceLinks trace_links;
  std::unique_ptr<Caretaker> caretaker;
  http::Router router;
  std::unique_ptr<http::Dispatcher> dispatcher;  // for the network
  std::unique_ptr<http::Dispatcher> local;       // for callers in this process: no token
  std::unique_ptr<http::Server> server;
  std::unique_ptr<Collectors> collectors;
  std::atomic<bool> stopped{false};
  std::once_flag stop_once;
};

api::Services Hub::Impl::BaseServices() {
  api::Services services;
  services.pipeline = pipeline.get();
  services.insight.store = store.get();
  services.insight.clock = clock.get();
  services.insight.source_health = [this] { return pipeline->health().Snapshot(); };
  services.insight.learnt_links = [this](const std::string& service) {
    return trace_links.Of(service);
  };
  services.store = store.get();
  services.clock = clock.get();
  services.metrics = &metrics;
  services.collect_metrics = first_generation == nullptr;
  services.feed = &feed;
  services.build = {.version = std::string(kVersion), .commit = {}};
  services.started = started;
  services.synced = opened.synced;
  services.tls = !opened.tls_certificate.empty();
  services.trust = &trust;
  services.tell = [this](std::string_view source, const std::string& text) {
    Log()->Warning("source", {{"source", source}, {"notice", text}});
  };
  services.reload = [this] { return Reload(); };
  services.not_ready = [this] {
    std::vector<std::string> reasons;
    if (stopped) reasons.emplace_back("the hub is stopping");
    return reasons;
  };
  return services;
}

Status Hub::Impl::Start() {
  SREHUB_CHECK_OK(MakeFolder(opened.data));
  SREHUB_TRY(const store::Mutants mutants, MutantsOf(request.environment));
  if (Any(mutants))
    Log()->Warning(
        "SREHUB_MUTANTS is set: this hub acknowledges events that it may lose; it is "
        "for tests of durability only");
  SREHUB_TRY(store, store::Open(opened.data, {.retention = LongestRetention(opened),
                                              .synced = opened.synced,
                                              .clock = clock.get(),
                                              .mutants = mutants}));
  // The pipeline needs a classifier to begin with; the generation's takes its place below.
  SREHUB_TRY(classify::Classifier classifier,
             classify::Classifier::Create({}, ClassifierSettings(opened)));
  pipeline = std::make_unique<ingest::Pipeline>(
      store.get(), std::make_shared<const classify::Classifier>(std::move(classifier)), clock.get(),
      opened.ingest,
      [this](const std::vector<std::string>& services) { caretaker->Changed(services); });
  SREHUB_TRY(generation, MakeGeneration(opened, BaseServices()));
  first_generation = generation;
  pipeline->SetClassifier(generation->classifier);
  pipeline->SetDistrustedClocks(DistrustedOf(opened));
  pipeline->SetFeedRules(FeedRulesOf(opened));
  MakeDeadMan();
  pipeline->SetTap(
      [this](std::span<const model::Event> events, std::span<const store::AppendResult> results) {
        feed.Publish(events, results);
        dead_man->Saw(events);
        trace_links.Saw(events);
      });
  SREHUB_TRY(std::vector<store::SourceHealthRow> health, store->ListSourceHealth());
  pipeline->health().Load(std::move(health));
  MakeDispatchers();
  StartCaretaker();
  return {};
}

void Hub::Impl::MakeDeadMan() {
  dead_man = std::make_unique<DeadMan>(DeadMan::Parts{
      .store = store.get(),
      .clock = clock.get(),
      .started = started,
      .settings =
          [this] {
            const std::shared_ptr<const Generation> now = CurrentGeneration();
            return DeadMan::Settings{.watchdogs = now->config.watchdogs,
                                     .watchdog_silent_after = now->config.watchdog_silent_after};
          },
      .sources = [this] { return insight::Sources(CurrentGeneration()->context, {}); },
      .deliver = [this](const std::string& body) -> Status {
        const Result<ingest::Receipt> receipt =
            pipeline->Ingest({.format = model::Format::kPrometheus,
                              .feed = std::string(ingest::kOwnFeed),
                              .body = body,
                              .received = clock->Now(),
                              .headers = {}});
        if (!receipt) return tl::unexpected(receipt.error());
        if (receipt->rejected > 0)
          return Fail(ErrorCode::kInternal, receipt->errors.empty()
                                                ? std::string("refused")
                                                : receipt->errors.front().message);
        return {};
      }});
}

void Hub::Impl::StartCaretaker() {
  caretaker = std::make_unique<Caretaker>(Caretaker::Parts{
      .store = store.get(),
      .clock = clock.get(),
      .health = &pipeline->health(),
      .refresh =
          [this](const std::string& service) {
            return insight::RefreshRecommendations(CurrentGeneration()->context, service);
          },
      .dead_man = dead_man.get(),
      .standing =
          [this](const std::string& service) {
            return insight::StandingOf(CurrentGeneration()->context, service);
          },
      .report = [this](std::string_view what,
                       const Error& error) { Log()->Warning(what, {{"error", error.message}}); }});
  caretaker->Start();
}

void Hub::Impl::MakeDispatchers() {
  AddForwardingRoutes(&router, *generation, [this] { return CurrentGeneration(); });
  const auto on_answer = [this](const http::AccessRecord& record) {
    const LogLevel level = record.status >= 500 ? LogLevel::kWarning : LogLevel::kDebug;
    Log()->Log(level, "request",
               {{"method", record.method},
                {"path", record.path},
                {"status", record.status},
                {"remote", record.remote},
                {"caller", record.caller},
                {"requestId", record.request_id},
                {"milliseconds", static_cast<double>(record.took.count()) / 1e6}});
  };
  dispatcher = std::make_unique<http::Dispatcher>(
      &router, http::Authenticator(opened.tokens), &metrics,
      http::DispatcherOptions{.allowed_hosts = opened.host_names,
                              .max_inflated_bytes = opened.max_inflated_bytes,
                              .on_answer = on_answer});
  local = std::make_unique<http::Dispatcher>(
      &router, http::Authenticator(), &metrics,
      http::DispatcherOptions{.allowed_hosts = {},
                              .max_inflated_bytes = opened.max_inflated_bytes,
                              .on_answer = on_answer});
}

void Hub::Impl::WarnOfRestart(const Config& loaded) const {
  for (const Setting& setting : Settings())
    if (!setting.live && setting.get(loaded) != setting.get(opened))
      Log()->Warning("a changed setting needs a restart", {{"setting", setting.key}});
}

Status Hub::Impl::Reload() {
  const std::lock_guard one_at_a_time(reload_mutex);
  SREHUB_TRY(LoadedConfig loaded, LoadConfig(request));
  WarnOfRestart(loaded.config);
  // What needs a restart stays as it was opened.
  Config config = opened;
  config.expire_after = loaded.config.expire_after;
  config.time_zone = loaded.config.time_zone;
  config.namespaced_services = loaded.config.namespaced_services;
  config.rules = loaded.config.rules;
  config.playbooks = loaded.config.playbooks;
  config.sources = loaded.config.sources;
  config.watchdogs = loaded.config.watchdogs;
  config.depends_on = loaded.config.depends_on;
  config.watchdog_silent_after = loaded.config.watchdog_silent_after;
  config.tokens = loaded.config.tokens;
  config.log_level = loaded.config.log_level;
  SREHUB_TRY(std::shared_ptr<const Generation> next, MakeGeneration(config, BaseServices()));
  if (server && !opened.tls_certificate.empty()) SREHUB_CHECK_OK(server->ReloadTls());
  pipeline->SetClassifier(next->classifier);
  pipeline->SetDistrustedClocks(DistrustedOf(config));
  pipeline->SetFeedRules(FeedRulesOf(config));
  dispatcher->SetAuthenticator(http::Authenticator(config.tokens));
  {
    const std::lock_guard lock(mutex);
    generation = std::move(next);
    if (logs)
      logger = std::make_shared<const Logger>(
          Logger::ToStderr(*ParseLogLevel(config.log_level), clock.get()));
  }
  caretaker->RefreshAll();
  Log()->Info("configuration reloaded");
  return {};
}

Hub::Hub(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Hub::~Hub() { Stop(); }

Result<std::unique_ptr<Hub>> Hub::Open(ConfigRequest request, LoadedConfig loaded,
                                       HubOptions options) {
  SREHUB_TRY(std::unique_ptr<Clock> clock, MakeClock(loaded.config.clock));
  Logger logger = Logger::Silent();
  if (options.log) logger = Logger::ToStderr(*ParseLogLevel(loaded.config.log_level), clock.get());
  auto impl = std::make_unique<Impl>(std::move(request), std::move(loaded), std::move(clock),
                                     std::move(logger));
  impl->logs = options.log;
  std::unique_ptr<Hub> hub(new Hub(std::move(impl)));
  SREHUB_CHECK_OK(hub->impl_->Start());
  return hub;
}

http::Response Hub::Handle(http::Request request) const {
  request.remote = "local";
  request.loopback = true;
  request.headers.emplace_back("host", "localhost");
  return impl_->local->Call(std::move(request));
}

Status Hub::Serve() {
  const Config& config = impl_->opened;
  http::ServerOptions options;
  const bool tls = !config.tls_certificate.empty();
  for (const std::string& text : config.listen) {
    SREHUB_TRY(http::Address address, http::ParseAddress(text));
    options.listeners.push_back({.address = std::move(address), .tls = tls});
  }
  if (config.otlp_listen != "off") {
    SREHUB_TRY(http::Address address, http::ParseAddress(config.otlp_listen));
    options.listeners.push_back({.address = std::move(address), .tls = tls, .optional = true});
  }
  if (tls)
    options.tls = http::TlsFiles{.certificate_file = config.tls_certificate,
                                 .private_key_file = config.tls_key};
  options.limits.max_body_bytes = config.max_body_bytes;
  options.limits.max_connections = config.max_connections;
  SREHUB_TRY(impl_->server,
             http::Server::Start(std::move(options), impl_->dispatcher.get(), &impl_->metrics));
  SREHUB_TRY(impl_->collectors,
             Collectors::Start(config, {.pipeline = impl_->pipeline.get(),
                                        .clock = impl_->clock.get(),
                                        .metrics = &impl_->metrics,
                                        .environment = environ,
                                        .report = [impl = impl_.get()](const std::string& what) {
                                          impl->Log()->Info(what);
                                        }}));
  for (const std::string& why : impl_->server->left_out())
    impl_->Log()->Warning("OTLP's own port is left to another program; /v1/logs stays at `listen`",
                          {{"setting", "otlp_listen"}, {"error", why}});
  return {};
}

std::vector<http::Listener> Hub::listeners() const {
  return impl_->server ? impl_->server->listeners() : std::vector<http::Listener>{};
}

void Hub::Settle() { impl_->caretaker->Settle(); }

Status Hub::Reload() { return impl_->Reload(); }

void Hub::Stop() {
  std::call_once(impl_->stop_once, [this] {
    impl_->stopped = true;
    if (impl_->server) impl_->server->Stop(kServerStop);
    if (impl_->collectors) impl_->collectors->Stop();
    if (impl_->pipeline) impl_->pipeline->Stop();
    if (impl_->caretaker) impl_->caretaker->Stop();
  });
}

const Clock& Hub::clock() const { return *impl_->clock; }
const Config& Hub::config() const { return impl_->opened; }
store::Store* Hub::store() const { return impl_->store.get(); }

}  // namespace srehub::app
