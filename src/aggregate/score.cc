// Heat: forward-decayed, capped, level-weighted activity. Forward decay: Cormode, Shkapenyuk,
// Srivastava, Xu, "Forward Decay: A Practical Time Decay Model for Streaming Systems", ICDE 2009.
#include <algorithm>
#include <array>
#include <cmath>

#include "aggregate/view.h"

namespace srehub::aggregate {

namespace {

constexpr double kTermCap = 4.0;  // volume and novelty together are worth at most one level
constexpr double kNoveltyFactor = 4.0;
constexpr double kRankStepsPerDoubling = 1 << 30;
constexpr int kUsualDays = 7;
constexpr Hour kNoveltyQuietHours = 168;
constexpr Duration kUsualAfter = 72h;  // no usual rate before the incident is that old
constexpr int64_t kHeatMinutes = kHeatSpan / 1min;
constexpr Instant kLandmark = FromNanos(1'577'836'800'000'000'000);  // 2020-01-01T00:00:00Z

double MinutesSince(Instant from, Instant to) {
  return static_cast<double>((to - from).count()) / 60e9;
}

// What one minute adds per severity, before decay.
struct HeatMinute {
  Minute minute = 0;
  Counts counts{};
  std::array<double, model::kSeverityCount> weight{};
  std::array<double, model::kSeverityCount> usual{};
  bool novel = false;
};

class HeatReader {
 public:
  explicit HeatReader(const IncidentState& state) : state_(state) {
    for (const Signal& signal : state.signals)
      for (const SignalInterval& interval : IntervalsOf(signal)) intervals_.push_back(interval);
  }

  std::vector<HeatMinute> Minutes() const {
    std::vector<HeatMinute> out;
    const std::optional<Instant> last_seen = LastSeen(state_);
    if (!last_seen) return out;
    const Minute after = MinuteOf(*last_seen) - kHeatMinutes;
    const std::optional<Instant> first_seen = FirstSeen(state_);
    for (const auto& [hour, block] : state_.recent) {
      for (const auto& [minute_of_hour, counts] : block.minutes()) {
        const Minute minute = hour * 60 + minute_of_hour;
        if (minute <= after || ActiveSum(counts) == 0) continue;
        out.push_back(Weigh(minute, counts, *first_seen));
      }
    }
    return out;
  }

 private:
  HeatMinute Weigh(Minute minute, const Counts& counts, Instant first_seen) const {
    HeatMinute out;
    out.minute = minute;
    out.counts = counts;
    out.novel = IsNovel(minute);
    const bool has_usual = first_seen <= StartOfMinute(minute) - kUsualAfter;
    for (size_t i = 0; i < counts.size(); ++i) {
      const double w = SeverityWeight(model::SeverityAt(i));
      if (counts[i] == 0 || w == 0) continue;
      if (has_usual) out.usual[i] = Usual(HourOfMinute(minute), i);
      const auto n = static_cast<double>(counts[i]);
      // High and critical keep at least the first of a minute.
      const double floor = model::IsHighSeverity(model::SeverityAt(i)) ? std::min(n, 1.0) : 0.0;
      const double unusual = std::max(n - out.usual[i], floor);
      const double factor = out.novel ? kNoveltyFactor : 1.0;
      out.weight[i] = w * std::min(std::log2(1.0 + unusual) * factor, kTermCap);
    }
    return out;
  }

  // Mean per minute of that UTC hour of day over the 7 days before.
  double Usual(Hour hour, size_t severity) const {
    uint64_t sum = 0;
    for (int k = 1; k <= kUsualDays; ++k) {
      const auto it = state_.hourly.find(hour - 24 * k);
      if (it != state_.hourly.end()) sum += it->second[severity];
    }
    return static_cast<double>(sum) / (kUsualDays * 60.0);
  }

  // Within an hour of the first active minute of a UTC hour that 168 quiet hours precede.
  bool IsNovel(Minute minute) const {
    for (const Hour hour : {HourOfMinute(minute), HourOfMinute(minute) - 1}) {
      const std::optional<Minute> first = FirstActiveMinute(hour);
      if (first && *first <= minute && minute < *first + 60 && QuietBefore(hour)) return true;
    }
    return false;
  }

  std::optional<Minute> FirstActiveMinute(Hour hour) const {
    std::optional<Minute> first;
    const auto consider = [&first](Minute m) {
      if (!first || m < *first) first = m;
    };
    const auto it = state_.recent.find(hour);
    if (it != state_.recent.end()) {
      for (const auto& [minute_of_hour, counts] : it->second.minutes())
        if (ActiveSum(counts) > 0) consider(hour * 60 + minute_of_hour);
    }
    for (const SignalInterval& interval : intervals_)
      if (Touches(interval, hour, hour)) consider(std::max(MinuteOf(interval.start), hour * 60));
    return first;
  }

  bool QuietBefore(Hour hour) const {
    auto it = state_.hourly.lower_bound(hour - kNoveltyQuietHours);
    for (; it != state_.hourly.end() && it->first < hour; ++it)
      if (ActiveSum(it->second) > 0) return false;
    return std::none_of(intervals_.begin(), intervals_.end(), [&](const SignalInterval& i) {
      return Touches(i, hour - kNoveltyQuietHours, hour - 1);
    });
  }

  static bool Touches(const SignalInterval& interval, Hour from, Hour to) {
    const Instant last = std::max(interval.start, interval.end - 1ns);
    return HourOf(interval.start) <= to && HourOf(last) >= from;
  }

  const IncidentState& state_;
  std::vector<SignalInterval> intervals_;
};

}  // namespace

double SeverityWeight(model::Severity s) {
  switch (s) {
    case model::Severity::kInfo: return 0;
    case model::Severity::kLow: return 1;
    case model::Severity::kMedium: return 4;
    case model::Severity::kHigh: return 16;
    case model::Severity::kCritical: return 64;
  }
  return 0;
}

double OpenTerm(OpenClass c) {
  if (c == OpenClass::kNone) return 0;
  return kOpenTermConstant * SeverityWeight(static_cast<model::Severity>(c));
}

std::optional<double> LogHeat(const IncidentState& state) {
  const std::vector<HeatMinute> minutes = HeatReader(state).Minutes();
  if (minutes.empty()) return std::nullopt;
  const Minute newest = minutes.back().minute;
  double sum = 0;
  for (const HeatMinute& m : minutes) {
    double weight = 0;
    for (const double w : m.weight) weight += w;
    sum += weight * std::exp2(static_cast<double>(m.minute - newest) / kHalfLifeMinutes);
  }
  if (sum <= 0) return std::nullopt;
  return MinutesSince(kLandmark, StartOfMinute(newest)) / kHalfLifeMinutes + std::log2(sum);
}

double HeatAt(double log_heat, Instant now) {
  return std::exp2(log_heat - MinutesSince(kLandmark, now) / kHalfLifeMinutes);
}

int64_t HeatRankOf(const std::optional<double>& log_heat) {
  if (!log_heat) return kNoHeatRank;
  return static_cast<int64_t>(std::floor(*log_heat * kRankStepsPerDoubling));
}

double RankedScore(OpenClass c, int64_t heat_rank, Instant now) {
  if (heat_rank == kNoHeatRank) return OpenTerm(c);
  return HeatAt(static_cast<double>(heat_rank) / kRankStepsPerDoubling, now) + OpenTerm(c);
}

Score ScoreOf(const IncidentState& state, OpenClass open_class, Instant now) {
  Score score;
  std::array<ScoreTerm, model::kSeverityCount> terms{};
  for (const HeatMinute& m : HeatReader(state).Minutes()) {
    const double decay = std::exp2(-MinutesSince(StartOfMinute(m.minute), now) / kHalfLifeMinutes);
    for (size_t i = 0; i < terms.size(); ++i) {
      if (m.counts[i] == 0 || m.weight[i] == 0) continue;
      terms[i].value += m.weight[i] * decay;
      terms[i].occurrences += m.counts[i];
      terms[i].usual_per_minute = std::max(terms[i].usual_per_minute, m.usual[i]);
      terms[i].novel = terms[i].novel || m.novel;
    }
  }
  for (size_t i = terms.size(); i-- > 0;) {
    if (terms[i].occurrences == 0) continue;
    terms[i].severity = model::SeverityAt(i);
    terms[i].name = "heat " + std::string(model::SeverityName(terms[i].severity));
    score.heat += terms[i].value;
    score.terms.push_back(terms[i]);
  }
  score.open_term = OpenTerm(open_class);
  if (open_class != OpenClass::kNone) {
    ScoreTerm open;
    open.name = "open " + std::string(OpenClassName(open_class));
    open.value = score.open_term;
    open.severity = static_cast<model::Severity>(open_class);
    score.terms.push_back(open);
  }
  return score;
}

}  // namespace srehub::aggregate
