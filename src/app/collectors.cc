#include "app/collectors.h"

#include <random>
#include <thread>

#include "collect/deliver.h"
#include "collect/kube_watch.h"
#include "collect/pipeline_sink.h"
#include "collect/syslog_receiver.h"

namespace srehub::app {
namespace {

using http::MetricsWriter;
using Type = http::MetricsWriter::Type;

// A watch that ended by itself (its state cannot be written) begins again so much later.
constexpr Duration kWatchAgain = 30s;

void WriteSyslog(const collect::SyslogStats& stats, MetricsWriter* out) {
  out->BeginFamily("srehub_syslog_messages_total", "Syslog messages received.", Type::kCounter);
  out->Sample({{"transport", "tcp"}}, stats.tcp_messages.load());
  out->Sample({{"transport", "udp"}}, stats.udp_messages.load());
  out->BeginFamily("srehub_syslog_dropped_total", "Syslog messages that were not taken, by reason.",
                   Type::kCounter);
  out->Sample({{"reason", "udp_queue_full"}}, stats.udp_dropped.load());
  out->Sample({{"reason", "udp_kernel_buffer"}}, stats.udp_kernel_dropped.load());
  out->Sample({{"reason", "hub_refused_batch"}}, stats.lost.load());
  out->BeginFamily("srehub_syslog_cut_total", "Syslog messages that were cut.", Type::kCounter);
  out->Sample({}, stats.cut.load());
  out->BeginFamily("srehub_syslog_connections", "Open syslog connections.", Type::kGauge);
  out->Sample({}, stats.connections.load());
  out->BeginFamily("srehub_syslog_connections_closed_total",
                   "Syslog connections that the hub closed, by reason.", Type::kCounter);
  out->Sample({{"reason", "too_many"}}, stats.connections_refused.load());
  out->Sample({{"reason", "idle"}}, stats.connections_idle.load());
}

void WriteWatch(const collect::KubeWatchStats& stats, MetricsWriter* out) {
  const auto counter = [out](std::string_view name, std::string_view help,
                             const std::atomic<uint64_t>& value) {
    out->BeginFamily(name, help, Type::kCounter);
    out->Sample({}, value.load());
  };
  counter("srehub_watch_records_total", "Records the watch handed in.", stats.records);
  counter("srehub_watch_refused_total", "Of those, refused.", stats.refused);
  counter("srehub_watch_unreadable_total", "Objects nobody can read.", stats.unreadable);
  counter("srehub_watch_lists_total", "Lists begun.", stats.lists);
  counter("srehub_watch_reconnects_total", "Watches opened again.", stats.reconnects);
  out->BeginFamily("srehub_watch_last_contact_timestamp_seconds",
                   "When the API server was last heard of.", Type::kGauge);
  out->Sample({}, static_cast<double>(stats.last_contact.load()) / 1e9);
}

Result<std::vector<collect::SyslogAddress>> AddressesOf(const std::vector<std::string>& texts) {
  std::vector<collect::SyslogAddress> addresses;
  for (const std::string& text : texts) {
    SREHUB_TRY(http::Address address, http::ParseAddress(text));
    addresses.push_back({std::move(address.host), address.port});
  }
  return addresses;
}

}  // namespace

struct Collectors::Impl {
  explicit Impl(Parts given) : parts(std::move(given)), sink(parts.pipeline, parts.clock) {}

  Status StartSyslog(const SyslogConfig& config);
  Status StartWatch(const Config& config);
  void Watch(const collect::KubeWatchOptions& options, const std::stop_token& stop);

  const Parts parts;
  collect::PipelineSink sink;
  // Shared with the metrics, which are read for as long as the hub lives.
  std::shared_ptr<collect::SyslogStats> syslog_stats = std::make_shared<collect::SyslogStats>();
  std::shared_ptr<collect::KubeWatchStats> watch_stats =
      std::make_shared<collect::KubeWatchStats>();
  std::unique_ptr<collect::SyslogReceiver> syslog;
  std::jthread watch;
};

Status Collectors::Impl::StartSyslog(const SyslogConfig& config) {
  if (config.tcp.empty() && config.udp.empty()) return {};
  collect::SyslogOptions options;
  SREHUB_TRY(options.tcp, AddressesOf(config.tcp));
  SREHUB_TRY(options.udp, AddressesOf(config.udp));
  SREHUB_TRY(syslog, collect::SyslogReceiver::Start(std::move(options), &sink, parts.clock,
                                                    syslog_stats.get(), parts.report));
  for (const auto& [name, addresses] :
       {std::pair{"TCP", &syslog->tcp()}, std::pair{"UDP", &syslog->udp()}})
    for (const collect::SyslogAddress& address : *addresses)
      parts.report("syslog over " + std::string(name) + " is taken on " +
                   http::Address{address.host, address.port}.text());
  parts.metrics->AddCollector(
      [stats = syslog_stats](MetricsWriter* out) { WriteSyslog(*stats, out); });
  return {};
}

void Collectors::Impl::Watch(const collect::KubeWatchOptions& options,
                             const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    collect::KubeWatcher watcher(
        options, &sink, parts.clock, watch_stats.get(),
        [this](const std::string& what) { parts.report("watching Kubernetes: " + what); });
    const Status ended = watcher.Run(stop);
    if (stop.stop_requested()) return;
    parts.report("the watch of Kubernetes ended and begins again in " +
                 FormatDuration(kWatchAgain) + ": " + (ended ? "" : ended.error().message));
    if (collect::SleepOrStop(stop, kWatchAgain)) return;
  }
}

Status Collectors::Impl::StartWatch(const Config& config) {
  const WatchKubernetesConfig& chosen = config.watch_kubernetes;
  if (!chosen.enabled) return {};
  collect::KubeWatchOptions options;
  SREHUB_TRY(options.access,
             collect::FindKubeAccess(chosen.kubeconfig, chosen.context, parts.environment));
  options.namespaces = chosen.namespaces;
  options.cluster = chosen.cluster;
  options.state = config.data + "/collect/kubernetes.json";
  options.seed = std::random_device()();
  parts.report("watching Kubernetes at " + options.access.server + " (" + options.access.context +
               ")");
  parts.metrics->AddCollector(
      [stats = watch_stats](MetricsWriter* out) { WriteWatch(*stats, out); });
  watch = std::jthread([this, options](const std::stop_token& stop) { Watch(options, stop); });
  return {};
}

Collectors::Collectors(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Collectors::~Collectors() { Stop(); }

Result<std::unique_ptr<Collectors>> Collectors::Start(const Config& config, Parts parts) {
  std::unique_ptr<Collectors> collectors(new Collectors(std::make_unique<Impl>(std::move(parts))));
  SREHUB_CHECK_OK(collectors->impl_->StartSyslog(config.syslog));
  SREHUB_CHECK_OK(collectors->impl_->StartWatch(config));
  return collectors;
}

void Collectors::Stop() {
  impl_->watch.request_stop();
  if (impl_->syslog) impl_->syslog->Stop();
  if (impl_->watch.joinable()) impl_->watch.join();
}

}  // namespace srehub::app
