#include "collect/syslog_queue.h"

#include <algorithm>
#include <utility>

#include "collect/deliver.h"
#include "collect/syslog_framer.h"

namespace srehub::collect {
namespace {

using Steady = std::chrono::steady_clock;

constexpr Duration kBatchAge = 100ms;  // of the 200 ms that are promised
constexpr size_t kBatchBytes = 1024 * 1024;
constexpr Duration kFirstWait = 100ms, kMostWait = 5s;

}  // namespace

SyslogQueue::SyslogQueue(size_t max_bytes, Sink* sink, const Clock* clock, SyslogStats* stats,
                         std::function<void(const std::string&)> report)
    : max_bytes_(max_bytes),
      sink_(sink),
      clock_(clock),
      stats_(stats),
      report_(std::move(report)),
      thread_([this](const std::stop_token& stop) { Run(stop); }) {}

bool SyslogQueue::full() const {
  const std::lock_guard lock(mutex_);
  return bytes_ >= max_bytes_;
}

void SyslogQueue::Add(std::string_view message) {
  const std::string line = AsSyslogLine(message);
  if (line.empty()) return;
  {
    const std::lock_guard lock(mutex_);
    if (bodies_.empty()) first_ = Steady::now();
    if (bodies_.empty() || bodies_.back().size() >= kBatchBytes) bodies_.emplace_back();
    bodies_.back() += line;
    bodies_.back() += '\n';
    bytes_ += line.size() + 1;
  }
  changed_.notify_one();
}

std::string SyslogQueue::TakeBatch(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, stop, [this] { return !bodies_.empty(); });
  if (bodies_.empty()) return {};
  const auto whole = [this] { return bodies_.front().size() >= kBatchBytes; };
  if (!stop.stop_requested()) changed_.wait_until(lock, stop, first_ + kBatchAge, whole);
  std::string body = std::move(bodies_.front());
  bodies_.pop_front();
  first_ = Steady::now();
  return body;
}

void SyslogQueue::Run(const std::stop_token& stop) {
  Backoff backoff(kFirstWait, kMostWait, static_cast<uint64_t>(Nanos(clock_->Now())));
  for (;;) {
    const Batch batch{.format = model::Format::kSyslog,
                      .body = TakeBatch(stop),
                      .idempotency_key = {},
                      .received = clock_->Now()};
    if (batch.body.empty()) return;
    std::string told;
    const auto receipt =
        DeliverPatiently(sink_, batch, &backoff, stop, [&](const Error& error, Duration) {
          if (std::exchange(told, error.message) != error.message)
            report_("syslog waits for the hub: " + error.message);
        });
    if (receipt) {
      stats_->refused += receipt->rejected;
    } else {
      const auto lines = std::ranges::count(batch.body, '\n');
      stats_->lost += static_cast<uint64_t>(lines);
      report_(std::to_string(lines) +
              " syslog messages were not taken: " + receipt.error().message);
    }
    const std::lock_guard lock(mutex_);
    bytes_ -= batch.body.size();
  }
}

void SyslogQueue::Stop() {
  thread_.request_stop();
  if (thread_.joinable()) thread_.join();
}

}  // namespace srehub::collect
