// Delivering to a hub that may be busy, restarting or gone for a while.
#pragma once

#include <functional>
#include <stop_token>

#include "base/result.h"
#include "base/time.h"
#include "collect/backoff.h"
#include "collect/sink.h"

namespace srehub::collect {

// True when the same batch may be taken later.
bool IsPassing(ErrorCode code);

// Waits so long or until `stop`; true when it was `stop`.
bool SleepOrStop(const std::stop_token& stop, Duration duration);

// Delivers until the hub has taken the batch or refused it for good. `on_wait` hears why it waits
// and for how long. Errors: the sink's lasting ones; the last passing one once `stop` is asked.
Result<ingest::Receipt> DeliverPatiently(
    Sink* sink, const Batch& batch, Backoff* backoff, const std::stop_token& stop,
    const std::function<void(const Error&, Duration)>& on_wait);

}  // namespace srehub::collect
