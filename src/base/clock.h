// The one source of time. Everything that needs "now" is given a Clock or an Instant.
#pragma once

#include <atomic>
#include <string_view>

#include "base/time.h"

namespace srehub {

// Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual Instant Now() const = 0;
};

class SystemClock final : public Clock {
 public:
  Instant Now() const override {
    return std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now());
  }
};

// Stands still until it is moved: `--clock TIME`, and every test.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(Instant start) : now_ns_(Nanos(start)) {}
  Instant Now() const override { return FromNanos(now_ns_.load(std::memory_order_acquire)); }
  void Set(Instant t) { now_ns_.store(Nanos(t), std::memory_order_release); }
  void Advance(Duration d) { now_ns_.fetch_add(d.count(), std::memory_order_acq_rel); }

 private:
  std::atomic<int64_t> now_ns_;
};

// Runs on from a chosen start: `--clock TIME+`.
class ShiftedClock final : public Clock {
 public:
  explicit ShiftedClock(Instant start) : start_(start), began_(std::chrono::steady_clock::now()) {}
  Instant Now() const override { return start_ + (std::chrono::steady_clock::now() - began_); }

 private:
  Instant start_;
  std::chrono::steady_clock::time_point began_;
};

}  // namespace srehub
