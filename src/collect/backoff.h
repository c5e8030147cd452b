// How long to wait between tries: doubling from `base` to `most`, each time a random part between
// a half and the whole, so that many watchers do not come back at the same instant. A value; not
// thread-safe.
#pragma once

#include <cstdint>
#include <random>

#include "base/time.h"

namespace srehub::collect {

class Backoff {
 public:
  Backoff(Duration base, Duration most, uint64_t seed) : base_(base), most_(most), random_(seed) {}

  Duration Next();
  void Reset() { failures_ = 0; }
  int failures() const { return failures_; }

 private:
  Duration base_, most_;
  int failures_ = 0;
  std::mt19937_64 random_;
};

}  // namespace srehub::collect
