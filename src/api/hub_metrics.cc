#include "api/hub_metrics.h"

#include <sys/resource.h>
#include <unistd.h>

#include <fstream>

#include "insight/trending.h"

namespace srehub::api {
namespace {

using http::MetricLabels;
using http::MetricsWriter;
using Type = http::MetricsWriter::Type;

// So many incidents are charted by their score.
constexpr size_t kScoredIncidents = 10;

double Seconds(Instant t) { return static_cast<double>(Nanos(t)) / 1e9; }
double Seconds(Duration d) { return static_cast<double>(d.count()) / 1e9; }

MetricLabels FeedLabels(const store::SourceHealthRow& row) {
  MetricLabels labels = {{"source", std::string(model::SourceName(row.source))},
                         {"format", row.format}};
  if (!row.feed.empty()) labels.emplace_back("feed", row.feed);
  return labels;
}

MetricLabels With(MetricLabels labels, std::string name, std::string value) {
  labels.emplace_back(std::move(name), std::move(value));
  return labels;
}

void WriteFeeds(const Services& hub, MetricsWriter* out) {
  const std::vector<store::SourceHealthRow> rows = hub.pipeline->health().Snapshot();
  out->BeginFamily("srehub_ingest_records_total",
                   "Records by source, format and result: accepted, duplicate, rejected, dropped.",
                   Type::kCounter);
  for (const auto& row : rows) {
    out->Sample(With(FeedLabels(row), "result", "accepted"), row.accepted);
    out->Sample(With(FeedLabels(row), "result", "duplicate"), row.duplicate);
    out->Sample(With(FeedLabels(row), "result", "rejected"), row.rejected);
    uint64_t dropped = 0;
    for (const auto& [reason, count] : row.dropped) dropped += count;
    out->Sample(With(FeedLabels(row), "result", "dropped"), dropped);
  }
  out->BeginFamily("srehub_ingest_dropped_total",
                   "Records left out by a source's own rules, by reason.", Type::kCounter);
  for (const auto& row : rows)
    for (const auto& [reason, count] : row.dropped)
      out->Sample(With(FeedLabels(row), "reason", reason), count);
  out->BeginFamily("srehub_ingest_refusals_total", "Refused records by reason.", Type::kCounter);
  for (const auto& row : rows)
    for (const auto& [reason, count] : row.refusals)
      out->Sample(With(FeedLabels(row), "reason", reason), count);
  out->BeginFamily("srehub_source_last_received_timestamp_seconds",
                   "When a feed was last heard of.", Type::kGauge);
  for (const auto& row : rows) out->Sample(FeedLabels(row), Seconds(row.last_received));
  out->BeginFamily("srehub_source_lateness_seconds",
                   "Receipt minus event time of the newest delivery's newest event.", Type::kGauge);
  for (const auto& row : rows) out->Sample(FeedLabels(row), Seconds(row.lateness));
}

void WriteStorage(const Services& hub, MetricsWriter* out) {
  const store::Health health = hub.store->GetHealth();
  out->BeginFamily("srehub_storage_bytes", "Bytes the tables take on disk.", Type::kGauge);
  out->Sample({}, health.disk_bytes);
  out->BeginFamily("srehub_storage_events", "Events stored, as estimated.", Type::kGauge);
  out->Sample({}, health.events);
  out->BeginFamily("srehub_storage_writable", "1 while the store takes events.", Type::kGauge);
  out->Sample({}, uint64_t{health.writable});
}

void WriteProcess(const Services& hub, MetricsWriter* out) {
  out->BeginFamily("srehub_build_info", "The program's version; always 1.", Type::kGauge);
  out->Sample({{"version", hub.build.version}, {"commit", hub.build.commit}}, uint64_t{1});
  out->BeginFamily("process_start_time_seconds", "When the process started.", Type::kGauge);
  out->Sample({}, Seconds(hub.started));
  rusage usage{};
  if (getrusage(RUSAGE_SELF, &usage) == 0) {
    const auto seconds = [](const timeval& t) {
      return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
    };
    out->BeginFamily("process_cpu_seconds_total", "User and system CPU time.", Type::kCounter);
    out->Sample({}, seconds(usage.ru_utime) + seconds(usage.ru_stime));
  }
  uint64_t total_pages = 0, resident_pages = 0;
  if (std::ifstream("/proc/self/statm") >> total_pages >> resident_pages) {
    out->BeginFamily("process_resident_memory_bytes", "Resident memory.", Type::kGauge);
    out->Sample({}, resident_pages * static_cast<uint64_t>(sysconf(_SC_PAGESIZE)));
  }
}

void WriteIncidents(const Services& hub, MetricsWriter* out) {
  insight::TrendingQuery query;
  query.limit = kScoredIncidents;
  const auto answer = insight::Trending(hub.insight, query);
  if (!answer) return;  // the store says why in srehub_storage_writable and in the answers
  out->BeginFamily("srehub_incident_score", "Score of the ten worst incidents.", Type::kGauge);
  for (const insight::TrendingRow& row : answer->incidents)
    out->Sample({{"service", row.service_id},
                 {"type", row.event_type},
                 {"severity", std::string(model::SeverityName(row.severity))},
                 {"state", std::string(aggregate::LifeStateName(row.view.life_state))}},
                row.score.total());
}

}  // namespace

void AddHubMetrics(const SharedServices& services) {
  services->metrics->AddCollector([services](MetricsWriter* out) {
    WriteFeeds(*services, out);
    WriteStorage(*services, out);
    WriteProcess(*services, out);
    WriteIncidents(*services, out);
  });
}

}  // namespace srehub::api
