// Seeded random numbers that are the same on every machine and standard library, so that a seed
// names one workload. Generator: Steele, Lea and Flood, "Fast splittable pseudorandom number
// generators", OOPSLA 2014 (SplitMix64).
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace srehub::bench {

class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed) {}

  uint64_t Next() {
    uint64_t z = (state_ += 0x9e3779b97f4a7c15ULL);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31);
  }
  // 0 <= x < n. The bias of the modulo is below 2^-40 for every n used here.
  uint64_t Below(uint64_t n) { return Next() % n; }
  int64_t Between(int64_t low, int64_t high) {  // inclusive
    return low + static_cast<int64_t>(Below(static_cast<uint64_t>(high - low + 1)));
  }
  double Unit() { return static_cast<double>(Next() >> 11) * 0x1p-53; }  // [0, 1)
  bool Chance(double p) { return Unit() < p; }
  double Exponential(double mean) { return -mean * std::log(1.0 - Unit()); }
  template <typename T>
  const T& Pick(const std::vector<T>& items) {
    return items[Below(items.size())];
  }

 private:
  uint64_t state_;
};

// Ranks 0..n-1 with probability proportional to 1/(rank + 1).
class Zipf {
 public:
  explicit Zipf(size_t n) {
    double sum = 0;
    for (size_t rank = 1; rank <= n; ++rank) {
      sum += 1.0 / static_cast<double>(rank);
      cumulative_.push_back(sum);
    }
  }
  size_t Draw(Random* random) const {
    const double at = random->Unit() * cumulative_.back();
    const auto it = std::upper_bound(cumulative_.begin(), cumulative_.end(), at);
    return static_cast<size_t>(std::min(it, cumulative_.end() - 1) - cumulative_.begin());
  }

 private:
  std::vector<double> cumulative_;
};

}  // namespace srehub::bench
