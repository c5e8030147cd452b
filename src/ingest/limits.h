// How much the way in holds before it answers "later".
#pragma once

#include <cstddef>

#include "base/time.h"

namespace srehub::ingest {

struct Limits {
  size_t max_queued_events = 100'000;  // past it: kOverloaded
  size_t max_queued_bytes = 128 * 1024 * 1024;
  size_t max_batch_events = 10'000;
  Duration commit_timeout =
      std::chrono::seconds(30);  // a caller waits at most so long: kUnavailable
};

}  // namespace srehub::ingest
