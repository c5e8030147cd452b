#include "collect/deliver.h"

#include <condition_variable>
#include <mutex>

namespace srehub::collect {

bool IsPassing(ErrorCode code) {
  return code == ErrorCode::kOverloaded || code == ErrorCode::kUnavailable ||
         code == ErrorCode::kDeadlineExceeded;
}

bool SleepOrStop(const std::stop_token& stop, Duration duration) {
  std::mutex mutex;
  std::condition_variable_any changed;
  std::unique_lock lock(mutex);
  changed.wait_for(lock, stop, duration, [] { return false; });
  return stop.stop_requested();
}

Result<ingest::Receipt> DeliverPatiently(
    Sink* sink, const Batch& batch, Backoff* backoff, const std::stop_token& stop,
    const std::function<void(const Error&, Duration)>& on_wait) {
  for (;;) {
    Result<ingest::Receipt> receipt = sink->Deliver(batch);
    if (receipt) {
      backoff->Reset();
      return receipt;
    }
    if (!IsPassing(receipt.error().code) || stop.stop_requested()) return receipt;
    const Duration wait = backoff->Next();
    on_wait(receipt.error(), wait);
    if (SleepOrStop(stop, wait)) return receipt;
  }
}

}  // namespace srehub::collect
