// What an incident costs: folding events into it, reading it, its stored form.
#include <benchmark/benchmark.h>

#include <map>

#include "aggregate/fold.h"
#include "aggregate/view.h"
#include "inputs.h"

namespace srehub::bench {
namespace {

struct Incident {
  aggregate::IncidentState state;
  std::map<Hour, aggregate::HourBlock> hours;
  std::vector<const model::Event*> events;
};

const std::vector<model::Event>& EventsOfFeed(Feed feed) {
  static std::array<std::vector<model::Event>, kFeeds> kEvents;
  std::vector<model::Event>& events = kEvents[static_cast<size_t>(feed)];
  if (events.empty())
    for (const std::string& body : Bodies(feed))
      for (model::Event& event : EventsOf(feed, body)) events.push_back(std::move(event));
  return events;
}

std::map<std::string, Incident> Incidents(Feed feed) {
  std::map<std::string, Incident> incidents;
  for (const model::Event& event : EventsOfFeed(feed)) {
    for (const aggregate::Target& target : aggregate::TargetsOf(event)) {
      Incident& incident = incidents[model::IncidentId(event.service_id, target.event_type)];
      incident.state.service_id = event.service_id;
      incident.state.event_type = target.event_type;
      incident.events.push_back(&event);
    }
  }
  return incidents;
}

void FoldSome(Incident* incident, std::span<const model::Event* const> events) {
  const auto load = [&](Hour hour) -> Result<aggregate::HourBlock> {
    const auto it = incident->hours.find(hour);
    return it == incident->hours.end() ? aggregate::HourBlock{} : it->second;
  };
  auto folded = aggregate::Fold(&incident->state, events, {}, load);
  for (auto& [hour, block] : folded->hours) incident->hours[hour] = std::move(block);
}

// A few events at a time, as a store does it.
void Fold(benchmark::State& state, Feed feed) {
  const auto batch = static_cast<size_t>(state.range(0));
  const std::map<std::string, Incident> fresh = Incidents(feed);
  int64_t events = 0;
  for (auto _ : state) {
    state.PauseTiming();
    std::map<std::string, Incident> incidents = fresh;
    state.ResumeTiming();
    for (auto& [id, incident] : incidents) {
      const std::span<const model::Event* const> all = incident.events;
      for (size_t at = 0; at < all.size(); at += batch)
        FoldSome(&incident, all.subspan(at, std::min(batch, all.size() - at)));
      events += static_cast<int64_t>(all.size());
    }
  }
  state.SetItemsProcessed(events);
}
BENCHMARK_CAPTURE(Fold, logs, Feed::kLogs)->Arg(1)->Arg(10)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(Fold, kubernetes, Feed::kKubernetes)->Arg(1)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(Fold, prometheus, Feed::kPrometheus)->Arg(1)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(Fold, cloudwatch, Feed::kCloudwatch)->Arg(1)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(Fold, cicd, Feed::kCicd)->Arg(1)->Unit(benchmark::kMillisecond);

std::map<std::string, Incident> Folded(Feed feed) {
  std::map<std::string, Incident> incidents = Incidents(feed);
  for (auto& [id, incident] : incidents) FoldSome(&incident, incident.events);
  return incidents;
}

void ViewIncident(benchmark::State& state, Feed feed) {
  const std::map<std::string, Incident> incidents = Folded(feed);
  for (auto _ : state)
    for (const auto& [id, incident] : incidents)
      benchmark::DoNotOptimize(aggregate::ViewOf(incident.state, {}, WorkloadEnd()));
  state.SetItemsProcessed(state.iterations() * static_cast<int64_t>(incidents.size()));
}
void EncodeIncident(benchmark::State& state, Feed feed) {
  const std::map<std::string, Incident> incidents = Folded(feed);
  int64_t bytes = 0;
  for (auto _ : state)
    for (const auto& [id, incident] : incidents)
      bytes += static_cast<int64_t>(aggregate::EncodeState(incident.state).size());
  state.SetItemsProcessed(state.iterations() * static_cast<int64_t>(incidents.size()));
  state.SetBytesProcessed(bytes);
}
#define SREHUB_PER_STATE(name)                            \
  BENCHMARK_CAPTURE(name, logs, Feed::kLogs);             \
  BENCHMARK_CAPTURE(name, kubernetes, Feed::kKubernetes); \
  BENCHMARK_CAPTURE(name, prometheus, Feed::kPrometheus); \
  BENCHMARK_CAPTURE(name, cloudwatch, Feed::kCloudwatch); \
  BENCHMARK_CAPTURE(name, cicd, Feed::kCicd)
SREHUB_PER_STATE(ViewIncident);
SREHUB_PER_STATE(EncodeIncident);

}  // namespace
}  // namespace srehub::bench
