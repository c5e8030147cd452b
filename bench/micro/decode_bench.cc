// From bytes to events: decoding per format, classification per format, the stored form.
#include <benchmark/benchmark.h>

#include "inputs.h"
#include "model/event_codec.h"
#include "model/event_json.h"
#include "sources/decode.h"

namespace srehub::bench {
namespace {

void PerRecord(benchmark::State& state, uint64_t records, uint64_t bytes) {
  state.SetItemsProcessed(static_cast<int64_t>(records));
  state.SetBytesProcessed(static_cast<int64_t>(bytes));
}

void DecodeAs(benchmark::State& state, Feed feed, model::Format format) {
  const std::vector<std::string>& bodies = Bodies(feed);
  uint64_t records = 0, bytes = 0;
  size_t n = 0;
  for (auto _ : state) {
    const std::string& body = bodies[n++ % bodies.size()];
    model::Delivery delivery = DeliveryOf(feed, body);
    delivery.format = format;
    const auto decoded = sources::Decode(delivery);
    benchmark::DoNotOptimize(&decoded);
    records += decoded->records.size();
    bytes += body.size();
  }
  PerRecord(state, records, bytes);
}
void Decode(benchmark::State& state, Feed feed) { DecodeAs(state, feed, FormatOf(feed)); }
void Detect(benchmark::State& state, Feed feed) { DecodeAs(state, feed, model::Format::kAuto); }

void Classify(benchmark::State& state, Feed feed) {
  const std::string& body = Bodies(feed).front();
  const auto decoded = sources::Decode(DeliveryOf(feed, body));
  uint64_t records = 0;
  std::vector<model::Event> events;
  for (auto _ : state) {
    events.clear();
    for (const sources::DecodedRecord& record : decoded->records)
      for (const model::Observation& observation : record.observations)
        benchmark::DoNotOptimize(BuiltInClassifier().Classify(observation, &events));
    records += decoded->records.size();
  }
  PerRecord(state, records, 0);
}

void EncodeEvents(benchmark::State& state, Feed feed) {
  const std::vector<model::Event> events = EventsOf(feed, Bodies(feed).front());
  uint64_t bytes = 0;
  for (auto _ : state)
    for (const model::Event& event : events) {
      const std::string encoded = model::EncodeEvent(event);
      benchmark::DoNotOptimize(encoded.data());
      bytes += encoded.size();
    }
  PerRecord(state, state.iterations() * events.size(), bytes);
}

void DecodeEvents(benchmark::State& state, Feed feed) {
  const std::vector<model::Event> events = EventsOf(feed, Bodies(feed).front());
  std::vector<std::string> encoded;
  for (const model::Event& event : events) encoded.push_back(model::EncodeEvent(event));
  uint64_t bytes = 0;
  for (auto _ : state)
    for (size_t i = 0; i < events.size(); ++i) {
      benchmark::DoNotOptimize(model::DecodeEvent(model::KeyOf(events[i]), encoded[i]));
      bytes += encoded[i].size();
    }
  PerRecord(state, state.iterations() * events.size(), bytes);
}

#define SREHUB_PER_FEED(name)                             \
  BENCHMARK_CAPTURE(name, logs, Feed::kLogs);             \
  BENCHMARK_CAPTURE(name, kubernetes, Feed::kKubernetes); \
  BENCHMARK_CAPTURE(name, prometheus, Feed::kPrometheus); \
  BENCHMARK_CAPTURE(name, cloudwatch, Feed::kCloudwatch); \
  BENCHMARK_CAPTURE(name, cicd, Feed::kCicd)

SREHUB_PER_FEED(Decode);
SREHUB_PER_FEED(Detect);
SREHUB_PER_FEED(Classify);
SREHUB_PER_FEED(EncodeEvents);
SREHUB_PER_FEED(DecodeEvents);

}  // namespace
}  // namespace srehub::bench
