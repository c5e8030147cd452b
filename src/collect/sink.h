// Where collected records go: the pipeline of this process, or a hub over HTTP.
#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "base/time.h"
#include "ingest/receipt.h"
#include "model/observation.h"

namespace srehub::collect {

struct Batch {
  model::Format format = model::Format::kAuto;
  std::string body;
  // Not empty: the hub takes these bytes under this key once (for 24 hours).
  std::string idempotency_key;
  // When it was received, for batches that are tried again in this process; none: at delivery.
  std::optional<Instant> received = std::nullopt;
};

// Called by one thread at a time.
class Sink {
 public:
  virtual ~Sink() = default;
  // Returns when the hub has answered. Errors: kOverloaded, kUnavailable, kDeadlineExceeded
  // (nothing is promised, and the same batch again is safe); any other: it would be refused again.
  virtual Result<ingest::Receipt> Deliver(const Batch& batch) = 0;
};

}  // namespace srehub::collect
