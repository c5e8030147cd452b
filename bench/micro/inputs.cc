#include "inputs.h"

#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <span>

#include "sources/decode.h"

namespace srehub::bench {
namespace {

constexpr uint64_t kEvents = 60'000;
constexpr size_t kBatch = 1'000;

[[noreturn]] void Die(const std::string& why) {
  std::fprintf(stderr, "bench_micro: %s\n", why.c_str());
  std::exit(1);
}

std::vector<std::string> ReadBodies(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::vector<std::string> bodies;
  std::string line, body;
  size_t lines = 0;
  while (std::getline(in, line)) {
    body.append(line).append(1, '\n');
    if (++lines % kBatch != 0) continue;
    bodies.push_back(std::move(body));
    body.clear();
  }
  if (!body.empty()) bodies.push_back(std::move(body));
  return bodies;
}

std::array<std::vector<std::string>, kFeeds> Generate() {
  const std::string directory =
      std::filesystem::temp_directory_path() / ("bench_micro." + std::to_string(::getpid()));
  std::filesystem::create_directory(directory);
  WorkloadCounts counts;
  if (!WriteWorkload({kEvents, 1, directory}, &counts)) Die("the workload could not be written");
  std::array<std::vector<std::string>, kFeeds> out;
  for (size_t i = 0; i < kFeeds; ++i) {
    const std::string name(FeedName(static_cast<Feed>(i)));
    out[i] = ReadBodies(directory + "/" + name + ".ndjson");
  }
  std::filesystem::remove_all(directory);
  return out;
}

}  // namespace

const std::vector<std::string>& Bodies(Feed feed) {
  static const auto kBodies = Generate();
  return kBodies[static_cast<size_t>(feed)];
}

model::Format FormatOf(Feed feed) {
  return model::ParseFormat(FeedName(feed)).value_or(model::Format::kAuto);
}

Instant WorkloadEnd() { return ParseRfc3339("2025-08-26T18:00:00Z").value(); }

model::Delivery DeliveryOf(Feed feed, const std::string& body) {
  model::Delivery delivery;
  delivery.format = FormatOf(feed);
  delivery.body = body;
  delivery.received = WorkloadEnd();
  return delivery;
}

const classify::Classifier& BuiltInClassifier() {
  static const classify::Classifier kClassifier = [] {
    auto created = classify::Classifier::Create({}, {});
    if (!created) Die(created.error().message);
    return std::move(*created);
  }();
  return kClassifier;
}

std::vector<model::Event> EventsOf(Feed feed, const std::string& body) {
  const auto decoded = sources::Decode(DeliveryOf(feed, body));
  if (!decoded) Die(decoded.error().message);
  std::vector<model::Event> events;
  for (const sources::DecodedRecord& record : decoded->records) {
    if (!record.refusals.empty()) Die(record.refusals.front().message);
    for (const model::Observation& observation : record.observations) {
      const auto refusal = BuiltInClassifier().Classify(observation, &events);
      if (refusal) Die(refusal->message);
    }
  }
  return events;
}

std::vector<std::vector<model::Event>> AllBatches() {
  std::vector<std::vector<model::Event>> batches;
  std::array<size_t, kFeeds> next{};
  const size_t longest = Bodies(Feed::kLogs).size();
  for (size_t n = 0; n < longest; ++n) {
    for (size_t i = 0; i < kFeeds; ++i) {
      const auto& bodies = Bodies(static_cast<Feed>(i));
      // A feed of k batches sends its m-th when the logs have come as far.
      while (next[i] * longest < (n + 1) * bodies.size())
        batches.push_back(EventsOf(static_cast<Feed>(i), bodies[next[i]++]));
    }
  }
  return batches;
}

}  // namespace srehub::bench
