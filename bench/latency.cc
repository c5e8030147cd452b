#include "latency.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>

namespace srehub::bench {

std::string QuantilesJson(std::vector<int64_t>* nanoseconds) {
  std::sort(nanoseconds->begin(), nanoseconds->end());
  // The nearest rank: the smallest sample with at least a share q at or below it.
  const auto at = [&](double q) {
    if (nanoseconds->empty()) return 0.0;
    const double rank = std::ceil(q * static_cast<double>(nanoseconds->size()));
    return static_cast<double>((*nanoseconds)[static_cast<size_t>(std::max(rank, 1.0)) - 1]) / 1e6;
  };
  return fmt::format(
      R"({{"count":{},"p50Ms":{:.3f},"p90Ms":{:.3f},"p99Ms":{:.3f},"maxMs":{:.3f}}})",
      nanoseconds->size(), at(0.5), at(0.9), at(0.99), at(1.0));
}

int64_t NowNanos() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

}  // namespace srehub::bench
