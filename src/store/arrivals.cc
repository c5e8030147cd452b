#include "store/arrivals.h"

#include <algorithm>

namespace srehub::store {
namespace {

Duration Times(Duration d, double factor) {
  return Duration(static_cast<Duration::rep>(static_cast<double>(d.count()) * factor));
}

}  // namespace

void Heard(Arrivals* arrivals, Instant before, Instant now) {
  if (arrivals->count == 0 || before == Instant{}) {
    arrivals->count = 1;
    arrivals->first = now;
    return;
  }
  const Duration gap = now - before;
  if (gap < std::chrono::seconds(1)) return;
  ++arrivals->count;
  arrivals->mean_gap = arrivals->count == 2
                           ? gap
                           : Times(arrivals->mean_gap, 1 - kMeanWeight) + Times(gap, kMeanWeight);
  // A gap belongs to the day in which it ended.
  const Day day = DayOf(now);
  Arrivals::LongestGap& slot =
      arrivals->longest[static_cast<size_t>(day) % arrivals->longest.size()];
  if (slot.day != day) slot = {day, Duration::zero()};
  slot.gap = std::max(slot.gap, gap);
}

std::optional<Duration> LearntSilence(const Arrivals& arrivals, Instant now) {
  if (arrivals.count < kLearntArrivals || now - arrivals.first < kLearntSpan) return std::nullopt;
  // A feed that fell silent long ago is still judged by its last days, so the slots are not
  // looked at by their age: they are overwritten only by days on which the feed spoke.
  Duration longest{};
  for (const auto& slot : arrivals.longest) longest = std::max(longest, slot.gap);
  return std::max(
      {kSilenceFloor, Times(longest, kLongestGapFactor), Times(arrivals.mean_gap, kMeanGapFactor)});
}

}  // namespace srehub::store
