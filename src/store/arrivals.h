// How often a feed speaks, learnt from its gaps, and how long a silence of it is unusual. Pure.
#pragma once

#include <optional>

#include "base/time.h"
#include "store/records.h"

namespace srehub::store {

// A feed is judged by what was learnt after so many deliveries over so long: a morning's worth does
// not know the night.
inline constexpr uint64_t kLearntArrivals = 20;
inline constexpr Duration kLearntSpan = 24h;
// Silence is: longer than 1.5 times the longest gap of the last eight days (nights and a weekend
// are in there), than 8 times the mean gap, and than half an hour.
inline constexpr double kLongestGapFactor = 1.5;
inline constexpr double kMeanGapFactor = 8;
inline constexpr Duration kSilenceFloor = 30min;
// Weight of the newest gap in the mean (an exponentially weighted one).
inline constexpr double kMeanWeight = 0.1;

// A delivery came in at `now`; the one before it at `before`. Deliveries within a second are one.
void Heard(Arrivals* arrivals, Instant before, Instant now);

// The silence that is unusual, or nothing while too little is known.
std::optional<Duration> LearntSilence(const Arrivals& arrivals, Instant now);

}  // namespace srehub::store
