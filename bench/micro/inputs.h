// What the micro-benchmarks work on: a small workload, generated once per process.
#pragma once

#include <string>
#include <vector>

#include "base/time.h"
#include "classify/classifier.h"
#include "model/delivery.h"
#include "model/event.h"
#include "model/observation.h"
#include "workload.h"

namespace srehub::bench {

// The lines of one feed in batches of 1,000, in the order of delivery.
const std::vector<std::string>& Bodies(Feed feed);
model::Format FormatOf(Feed feed);
Instant WorkloadEnd();
model::Delivery DeliveryOf(Feed feed, const std::string& body);
const classify::Classifier& BuiltInClassifier();
// The events of one body, or of the whole workload with its feeds side by side.
std::vector<model::Event> EventsOf(Feed feed, const std::string& body);
std::vector<std::vector<model::Event>> AllBatches();

}  // namespace srehub::bench
