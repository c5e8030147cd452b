// Random histories of classified events: every kind of evidence the fold knows, over several
// services, with the awkward cases (bridging lives, counts in the middle, closes at the same
// instant) made likely. Deterministic for a seed.
#pragma once

#include <cstdint>
#include <random>
#include <vector>

#include "model/event.h"

namespace srehub::tests {

struct HistoryOptions {
  Instant start{};
  Duration span = 36 * std::chrono::hours(1);
  size_t events = 200;
  size_t services = 5;
  Duration retention = 14 * kDay;
};

// Distinct events (no two with one key), sorted by nothing in particular.
std::vector<model::Event> RandomHistory(uint64_t seed, const HistoryOptions& options);

// What a network makes of it: batches of 1..40 events, `late` of them held back, `duplicated` sent
// again later, all of it shuffled. Shares in 0..1.
struct DeliveryOptions {
  double late = 0.15;
  double duplicated = 0.2;
  bool shuffled = true;
};
std::vector<std::vector<model::Event>> Deliveries(uint64_t seed, std::vector<model::Event> events,
                                                  const DeliveryOptions& options);

}  // namespace srehub::tests
