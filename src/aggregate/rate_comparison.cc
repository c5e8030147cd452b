#include "aggregate/rate_comparison.h"

#include <algorithm>
#include <cmath>

namespace srehub::aggregate {

namespace {

constexpr double kTiny = 1e-300;
constexpr double kEpsilon = 1e-15;
constexpr int kMaxIterations = 100'000;
constexpr double kSignificance = 0.05;
constexpr double kMaxRatio = 1e6;

double KeepAway(double v) { return std::fabs(v) < kTiny ? kTiny : v; }

// Lentz's method on the continued fraction of I_x(a, b) (DLMF 8.17.22).
double ContinuedFraction(double a, double b, double x) {
  double c = 1.0;
  double d = 1.0 / KeepAway(1.0 - (a + b) * x / (a + 1.0));
  double h = d;
  for (int m = 1; m <= kMaxIterations; ++m) {
    const double even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
    d = 1.0 / KeepAway(1.0 + even * d);
    c = KeepAway(1.0 + even / c);
    h *= d * c;
    const double odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
    d = 1.0 / KeepAway(1.0 + odd * d);
    c = KeepAway(1.0 + odd / c);
    const double delta = d * c;
    h *= delta;
    if (std::fabs(delta - 1.0) < kEpsilon) break;
  }
  return h;
}

// P(X >= k) for X ~ Binomial(n, p).
double UpperTail(uint64_t k, uint64_t n, double p) {
  if (k == 0) return 1.0;
  if (k > n) return 0.0;
  return IncompleteBeta(static_cast<double>(k), static_cast<double>(n - k + 1), p);
}

// The p at which `tail(p)` crosses `target`; tail rises with p.
template <typename Tail>
double Solve(Tail tail, double target) {
  double low = 0, high = 1;
  for (int i = 0; i < 200 && high - low > 1e-14; ++i) {
    const double middle = (low + high) / 2;
    (tail(middle) < target ? low : high) = middle;
  }
  return (low + high) / 2;
}

double RatioOf(double p, double exposure_before, double exposure_after) {
  if (p >= 1) return kMaxRatio;
  return std::min(kMaxRatio, p / (1 - p) * exposure_before / exposure_after);
}

}  // namespace

double IncompleteBeta(double a, double b, double x) {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  const double front = std::exp(std::lgamma(a + b) - std::lgamma(a) - std::lgamma(b) +
                                a * std::log(x) + b * std::log1p(-x));
  if (x < (a + 1) / (a + b + 2)) return front * ContinuedFraction(a, b, x) / a;
  return 1 - front * ContinuedFraction(b, a, 1 - x) / b;
}

RateComparison CompareRates(uint64_t before, double exposure_before, uint64_t after,
                            double exposure_after) {
  RateComparison r;
  r.before = before;
  r.after = after;
  r.exposure_before = exposure_before;
  r.exposure_after = exposure_after;
  r.rate_before = static_cast<double>(before) / exposure_before;
  r.rate_after = static_cast<double>(after) / exposure_after;
  const double correction = before == 0 || after == 0 ? 0.5 : 0.0;
  r.ratio = (static_cast<double>(after) + correction) / exposure_after /
            ((static_cast<double>(before) + correction) / exposure_before);
  const uint64_t n = before + after;
  if (n == 0) {
    r.ratio = 1;
    r.ratio_high = kMaxRatio;
    return r;
  }
  // Given the sum, `after` is binomial with this share when the rates are equal.
  const double share = exposure_after / (exposure_before + exposure_after);
  r.p_up = UpperTail(after, n, share);
  r.p_down = 1 - UpperTail(after + 1, n, share);
  r.enough_data = std::pow(share, static_cast<double>(n)) <= kSignificance;
  const double low =
      after == 0 ? 0 : Solve([&](double p) { return UpperTail(after, n, p); }, 0.025);
  const double high =
      after == n ? 1 : Solve([&](double p) { return UpperTail(after + 1, n, p); }, 0.975);
  r.ratio_low = RatioOf(low, exposure_before, exposure_after);
  r.ratio_high = RatioOf(high, exposure_before, exposure_after);
  return r;
}

}  // namespace srehub::aggregate
