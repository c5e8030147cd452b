// Bytes of request bodies that may be in memory at once, over all connections. Thread-safe.
#pragma once

#include <atomic>
#include <cstddef>
#include <utility>

namespace srehub::http {

class MemoryBudget {
 public:
  explicit MemoryBudget(size_t limit) : limit_(limit) {}

  bool TryTake(size_t bytes) {
    size_t used = used_.load(std::memory_order_relaxed);
    do {
      if (bytes > limit_ || used > limit_ - bytes) return false;
    } while (!used_.compare_exchange_weak(used, used + bytes, std::memory_order_relaxed));
    return true;
  }
  void Return(size_t bytes) { used_.fetch_sub(bytes, std::memory_order_relaxed); }
  size_t used() const { return used_.load(std::memory_order_relaxed); }

 private:
  const size_t limit_;
  std::atomic<size_t> used_{0};
};

// What one request holds of a budget; returned when it goes.
class BudgetShare {
 public:
  explicit BudgetShare(MemoryBudget* budget = nullptr) : budget_(budget) {}
  BudgetShare(BudgetShare&& other) noexcept
      : budget_(other.budget_), held_(std::exchange(other.held_, 0)) {}
  BudgetShare& operator=(BudgetShare&& other) noexcept {
    std::swap(budget_, other.budget_);
    std::swap(held_, other.held_);
    return *this;
  }
  ~BudgetShare() {
    if (budget_ != nullptr) budget_->Return(held_);
  }
  // True without a budget.
  bool Take(size_t bytes) {
    if (budget_ == nullptr) return true;
    if (!budget_->TryTake(bytes)) return false;
    held_ += bytes;
    return true;
  }

 private:
  MemoryBudget* budget_;
  size_t held_ = 0;
};

}  // namespace srehub::http
