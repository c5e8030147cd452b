#include "insight/deploy_verdict.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace srehub::insight {

namespace {

constexpr double kBaselineMinutes = kBaseline / 1min;
constexpr double kWindowMinutes = kBaselineMinutes / kBaselineWindows;
constexpr Duration kStartTolerance = std::chrono::seconds(30);
constexpr double kDispersionSlack = 0.5;
constexpr double kRisingBefore = 1.5;     // last 10 min of the baseline against the 50 before
constexpr uint64_t kMinRisingBefore = 2;  // one event alone is no rise
constexpr uint64_t kMinExpected = 20;     // before: a message that is expected
constexpr uint64_t kMinNewMedium = 2;

uint64_t Before(const TypeCounts& t) {
  return std::accumulate(t.before.begin(), t.before.end(), uint64_t{0});
}

uint64_t After(const TypeCounts& t, int minutes) {
  return std::accumulate(t.after.begin(), t.after.begin() + minutes, uint64_t{0});
}

// The exact conditional test on counts divided by phi; the incomplete beta function carries it on
// to counts that are not whole. `up`: against a rise, else against a fall.
double PValue(uint64_t before, double before_minutes, uint64_t after, double after_minutes,
              double phi, bool up) {
  const double k = static_cast<double>(after) / phi, n = k + static_cast<double>(before) / phi;
  const double share = after_minutes / (before_minutes + after_minutes);
  if (up) return k > 0 ? aggregate::IncompleteBeta(k, n - k + 1, share) : 1.0;
  return n > k ? 1 - aggregate::IncompleteBeta(k + 1, n - k, share) : 1.0;
}

double RatioOf(uint64_t before, double before_minutes, uint64_t after, double after_minutes) {
  return aggregate::CompareRates(before, before_minutes, after, after_minutes).ratio;
}

// It was rising before the deploy: the baseline's last window against the five before it.
bool RoseBefore(const TypeCounts& t, double phi) {
  const uint64_t last = t.before.back();
  const uint64_t earlier = Before(t) - last;
  constexpr double kEarlierMinutes = kBaselineMinutes - kWindowMinutes;
  return RatioOf(earlier, kEarlierMinutes, last, kWindowMinutes) > kRisingBefore &&
         PValue(earlier, kEarlierMinutes, last, kWindowMinutes, phi, true) <= kErrorRate;
}

// It began before the deploy, and since it began its rate has not risen beyond what chance
// explains.
bool BeganEarlier(const TypeCounts& t, int after_minutes, double phi) {
  if (!t.first_after_pivot || *t.first_after_pivot >= -kStartTolerance) return false;
  const double minutes =
      std::min(kBaselineMinutes, std::ceil(static_cast<double>((-*t.first_after_pivot).count()) /
                                           static_cast<double>(Duration(1min).count())));
  const auto windows = static_cast<size_t>(std::ceil(minutes / kWindowMinutes));
  const uint64_t since = std::accumulate(t.before.end() - static_cast<std::ptrdiff_t>(windows),
                                         t.before.end(), uint64_t{0});
  const uint64_t after = After(t, after_minutes);
  const bool rose = RatioOf(since, minutes, after, after_minutes) >= kMinRatio &&
                    PValue(since, minutes, after, after_minutes, phi, true) <= kErrorRate;
  return since > 0 && !rose;
}

// A look that was due: how many minutes of the effect window it saw.
struct DueLook {
  int minutes;
  double alpha;
};

std::vector<DueLook> DueLooks(const DeployFacts& facts) {
  std::vector<DueLook> due;
  for (const Look& look : kLooks) {
    // Once the effect has ended, the looks behind the end see all that there will be.
    const int minutes = std::min(look.minutes, facts.after_minutes);
    if (minutes < 1 || (minutes < look.minutes && !facts.effect_ended)) break;
    due.push_back({minutes, look.alpha});
  }
  return due;
}

// q over all looks: scaled so that q <= kErrorRate is the same as "found at some look".
struct Tested {
  double p = 1, q = 1;
};

std::vector<Tested> TestAll(std::span<const TypeCounts> types, const std::vector<DueLook>& looks,
                            double dispersion, bool down) {
  std::vector<Tested> tested(types.size());
  for (const DueLook& look : looks) {
    std::vector<double> p(types.size());
    for (size_t i = 0; i < types.size(); ++i) {
      p[i] = PValue(Before(types[i]), kBaselineMinutes, After(types[i], look.minutes), look.minutes,
                    Overdispersion(types[i], look.minutes, dispersion), !down);
    }
    const std::vector<double> adjusted = AdjustedPValues(p);
    for (size_t i = 0; i < types.size(); ++i) {
      const double q = std::min(1.0, adjusted[i] * kErrorRate / look.alpha);
      if (q < tested[i].q || (q == tested[i].q && p[i] < tested[i].p)) tested[i] = {p[i], q};
    }
  }
  return tested;
}

std::string Listed(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

void Decide(const DeployFacts& facts, const TypeCounts& t, bool looked, int minutes,
            TypeVerdict* v) {
  const auto say = [&](Verdict verdict, std::string reason) {
    v->verdict = verdict;
    v->reason = std::move(reason);
  };
  const uint64_t before = v->rates.before, after = v->rates.after;
  const bool rose = v->q <= kErrorRate && v->rates.ratio >= kMinRatio && after >= kMinEvents;
  if (!facts.rolled_out)
    return say(Verdict::kUnrelated, "nothing was rolled out: the run failed before that");
  if (t.node_event) return say(Verdict::kUnrelated, "a machine's event, not the service's");
  if (t.other_environment) return say(Verdict::kUnrelated, "it happened in another environment");
  if (minutes > 0 && RoseBefore(t, v->phi))
    return say(Verdict::kAlreadyThere, "it was rising in the 10 minutes before the deploy");
  if (minutes > 0 && (rose || v->rates.enough_data) && before >= kMinEvents &&
      BeganEarlier(t, minutes, v->phi))
    return say(Verdict::kAlreadyThere,
               "it began before the deploy, at a rate that the test cannot tell from after");
  if (!looked)
    return say(Verdict::kNotEnoughData, "less than 5 minutes have passed since the deploy");
  if (!rose) {
    if (v->gone) return say(Verdict::kUnrelated, "it became rarer after the deploy");
    if (v->rates.enough_data && before >= kMinEvents && after >= kMinEvents)
      return say(Verdict::kUnrelated, "the rate did not rise beyond what chance explains");
    return say(Verdict::kNotEnoughData, "too few events before and after to tell");
  }
  if (t.rose_elsewhere)
    return say(Verdict::kUnrelated, "the same type rose on services without a deploy");
  if (!facts.overlapping.empty())
    return say(Verdict::kShared,
               "it rose, and another deploy is within 30 minutes: " + Listed(facts.overlapping));
  say(Verdict::kLikelyCaused, v->is_new ? "new after the deploy, beyond what chance explains"
                                        : "rose after the deploy, beyond what chance explains");
}

DeployVerdict Whole(const DeployFacts& facts, const std::vector<DueLook>& looks,
                    const std::vector<TypeVerdict>& types) {
  DeployVerdict whole;
  if (!looks.empty()) whole.looked_minutes = looks.back().minutes;
  if (!facts.rolled_out) {
    whole.verdict = Verdict::kUnrelated;
    whole.reason = "the run failed before anything was rolled out: no error can be its effect";
    return whole;
  }
  const auto count = [&](Verdict verdict) {
    return std::count_if(types.begin(), types.end(),
                         [&](const TypeVerdict& t) { return t.verdict == verdict; });
  };
  struct Step {
    Verdict verdict;
    const char* words;
  };
  // The strongest claim that any type supports.
  static constexpr Step kSteps[] = {
      {Verdict::kLikelyCaused, "event type(s) rose after the deploy beyond what chance explains"},
      {Verdict::kShared, "event type(s) rose, but another deploy is as near"},
      {Verdict::kNotEnoughData, "event type(s) have too few events to tell"},
      {Verdict::kAlreadyThere, "event type(s) were there before the deploy"},
      {Verdict::kUnrelated, "event type(s) did not follow the deploy"},
  };
  for (const Step& step : kSteps) {
    if (const auto n = count(step.verdict); n > 0) {
      whole.verdict = step.verdict;
      whole.reason = std::to_string(n) + " " + step.words;
      return whole;
    }
  }
  whole.reason = "no errors were counted around the deploy";
  return whole;
}

}  // namespace

std::string_view VerdictName(Verdict v) {
  switch (v) {
    case Verdict::kLikelyCaused: return "likely_caused";
    case Verdict::kShared: return "shared";
    case Verdict::kAlreadyThere: return "already_there";
    case Verdict::kUnrelated: return "unrelated";
    case Verdict::kNotEnoughData: return "not_enough_data";
  }
  return "not_enough_data";
}

std::vector<double> AdjustedPValues(std::span<const double> p) {
  std::vector<size_t> order(p.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::sort(order.begin(), order.end(), [&](size_t a, size_t b) { return p[a] < p[b]; });
  std::vector<double> adjusted(p.size());
  double least = 1;
  for (size_t rank = order.size(); rank-- > 0;) {
    const double scaled =
        p[order[rank]] * static_cast<double>(p.size()) / static_cast<double>(rank + 1);
    least = std::min(least, scaled);
    adjusted[order[rank]] = least;
  }
  return adjusted;
}

double Dispersion(std::span<const TypeCounts> types) {
  double excess = 0, weight = 0;
  int degrees = 0;
  for (const TypeCounts& t : types) {
    const uint64_t sum = Before(t);
    if (sum < 2) continue;  // one event cannot vary
    const double mean = static_cast<double>(sum) / kBaselineWindows;
    for (const uint64_t x : t.before) {
      const double d = static_cast<double>(x) - mean;
      excess += d * d / mean;
    }
    excess -= kBaselineWindows - 1;
    weight += mean * (kBaselineWindows - 1);
    degrees += kBaselineWindows - 1;
  }
  if (degrees == 0 || excess <= 0) return 0;
  // Estimated from few windows; leave room for what they did not show.
  return excess / weight * (1 + kDispersionSlack / std::sqrt(degrees));
}

double Overdispersion(const TypeCounts& t, int after_minutes, double dispersion) {
  const double events = static_cast<double>(Before(t) + After(t, after_minutes));
  return 1 + dispersion * events / (kBaselineMinutes + after_minutes) * kWindowMinutes;
}

Judgement Judge(const DeployFacts& facts, std::span<const TypeCounts> types) {
  static_assert(kWindowMinutes == 10.0);
  const std::vector<DueLook> looks = DueLooks(facts);
  const double dispersion = Dispersion(types);
  const std::vector<Tested> up = TestAll(types, looks, dispersion, false);
  const std::vector<Tested> down = TestAll(types, looks, dispersion, true);
  const int minutes = std::clamp(facts.after_minutes, 0, static_cast<int>(kEffect / 1min));
  Judgement judgement;
  for (size_t i = 0; i < types.size(); ++i) {
    const TypeCounts& t = types[i];
    TypeVerdict v;
    v.key = t.key;
    v.rates = aggregate::CompareRates(Before(t), kBaselineMinutes, After(t, minutes),
                                      std::max(1, minutes));
    v.phi = Overdispersion(t, minutes, dispersion);
    v.p = up[i].p;
    v.q = up[i].q;
    const uint64_t least = model::IsHighSeverity(t.severity) ? 1 : kMinNewMedium;
    v.is_new = !t.seen_in_7_days && v.rates.after >= least;
    v.gone = v.rates.before >= kMinExpected && down[i].q <= kErrorRate;
    if (v.gone) {
      v.p = down[i].p;
      v.q = down[i].q;
    }
    Decide(facts, t, !looks.empty(), minutes, &v);
    judgement.types.push_back(std::move(v));
  }
  judgement.whole = Whole(facts, looks, judgement.types);
  return judgement;
}

}  // namespace srehub::insight
