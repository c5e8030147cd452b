#include "insight/counts.h"

#include <algorithm>

namespace srehub::insight {

namespace {

using aggregate::Counts;
using aggregate::HourBlock;
using aggregate::IncidentState;

// The hourly totals in the state reach back at least a retention from the newest event.
bool InTotals(Session* session, const IncidentState& state, Hour hour) {
  return StartOfHour(hour) > state.last_evidence - session->context().retention;
}

// The hour's counters; nothing is read when the hourly totals know that there is nothing, or when
// the state holds the minutes itself.
Result<HourBlock> BlockOf(Session* session, const IncidentState& state, Hour hour) {
  if (const auto it = state.recent.find(hour); it != state.recent.end()) return it->second;
  if (hour >= state.recent_floor) return HourBlock{};
  if (InTotals(session, state, hour) && !state.hourly.contains(hour)) return HourBlock{};
  return session->store().GetHour(state, hour, session->cost());
}

// Calls visit(minute, counts) for every minute of [first, last] that counted anything.
template <typename Visit>
Status ForEachMinute(Session* session, const IncidentState& state, Minute first, Minute last,
                     Visit visit) {
  for (Hour hour = HourOfMinute(first); hour <= HourOfMinute(last); ++hour) {
    SREHUB_TRY(const HourBlock block, BlockOf(session, state, hour));
    for (const auto& [minute_of_hour, counts] : block.minutes()) {
      const Minute minute = hour * 60 + minute_of_hour;
      if (minute >= first && minute <= last) visit(minute, counts);
    }
  }
  return {};
}

}  // namespace

Result<std::vector<Counts>> MinuteCounts(Session* session, const IncidentState& state, Minute first,
                                         Minute last) {
  first = std::max(first, last - kMaxMinutes + 1);
  std::vector<Counts> minutes(static_cast<size_t>(std::max<int64_t>(0, last - first + 1)));
  SREHUB_CHECK_OK(ForEachMinute(session, state, first, last, [&](Minute m, const Counts& counts) {
    minutes[static_cast<size_t>(m - first)] = counts;
  }));
  return minutes;
}

Result<uint64_t> CountBetween(Session* session, const IncidentState& state, Minute first,
                              Minute last) {
  uint64_t sum = 0;
  const auto add = [&](Minute, const Counts& counts) { sum += aggregate::ActiveSum(counts); };
  // Hours that lie wholly inside.
  const Hour whole_first = FloorDiv(first + 59, 60);
  const Hour whole_last = FloorDiv(last + 1, 60) - 1;
  if (whole_first > whole_last || !InTotals(session, state, whole_first)) {
    SREHUB_CHECK_OK(ForEachMinute(session, state, first, last, add));
    return sum;
  }
  for (auto it = state.hourly.lower_bound(whole_first);
       it != state.hourly.end() && it->first <= whole_last; ++it)
    sum += aggregate::ActiveSum(it->second);
  if (first < whole_first * 60)
    SREHUB_CHECK_OK(ForEachMinute(session, state, first, whole_first * 60 - 1, add));
  if (last >= (whole_last + 1) * 60)
    SREHUB_CHECK_OK(ForEachMinute(session, state, (whole_last + 1) * 60, last, add));
  return sum;
}

Result<std::optional<Minute>> FirstActiveMinute(Session* session, const IncidentState& state,
                                                Minute first, Minute last) {
  std::optional<Minute> found;
  SREHUB_CHECK_OK(ForEachMinute(session, state, first, last, [&](Minute m, const Counts& counts) {
    if (!found && aggregate::ActiveSum(counts) > 0) found = m;
  }));
  return found;
}

}  // namespace srehub::insight
