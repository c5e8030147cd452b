// Whether an event may be stored at this instant. Pure: `now` is an argument.
#pragma once

#include <cstddef>
#include <optional>

#include "base/time.h"
#include "model/delivery.h"
#include "model/event.h"

namespace srehub::ingest {

// Longest name of a signal or a series: ARNs and uids are far below it.
inline constexpr size_t kMaxIdentityBytes = 2048;

// None: admitted. Otherwise the refusal, with `record` 0:
//   kFutureDated  the event, or the life it speaks of, begins beyond limits::kMaxAhead
//   kExpired      the event's hour does not lie wholly inside the retention of its severity; such
//                 an hour may have lost events already, so adding to it could not be recounted
//   kBadValue, kMissingField, kTooLarge  a field outside the limits of the stored form
std::optional<model::Refusal> Admit(const model::Event& event, Instant now);

// How far ahead of `now` the event claims to be; zero when it is not.
Duration AheadOf(const model::Event& event, Instant now);

}  // namespace srehub::ingest
