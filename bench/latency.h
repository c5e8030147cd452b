// Latency quantiles from all samples: no sketch, no bucket error.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace srehub::bench {

// Sorts `nanoseconds`. {"count":…,"p50Ms":…,"p90Ms":…,"p99Ms":…,"maxMs":…}
std::string QuantilesJson(std::vector<int64_t>* nanoseconds);

int64_t NowNanos();  // monotonic

}  // namespace srehub::bench
