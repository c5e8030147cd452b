// Two counts before and after a deploy: ratio, interval, exact conditional test.
// Source: Przyborowski and Wilenski (1940): given the sum, the later of two Poisson counts is
// binomial. Interval: Clopper and Pearson (1934) on that binomial. Pure.
#pragma once

#include <cstdint>
#include <optional>

namespace srehub::aggregate {

struct RateComparison {
  uint64_t before = 0, after = 0;
  double exposure_before = 0, exposure_after = 0;  // minutes, > 0
  double rate_before = 0, rate_after = 0;          // per minute
  // With (count + 0.5) in both when one is zero: never infinite.
  double ratio = 1;
  double ratio_low = 0, ratio_high = 0;  // 95 %, high is capped at 1e6
  double p_up = 1;                       // one-sided, H1: the rate rose
  double p_down = 1;
  // False when no outcome with this many events could reach p <= 0.05.
  bool enough_data = false;
};
RateComparison CompareRates(uint64_t before, double exposure_before, uint64_t after,
                            double exposure_after);

// Regularised incomplete beta function I_x(a, b), continued fraction (Lentz). Relative error
// about 1e-12 for a, b < 1e6.
double IncompleteBeta(double a, double b, double x);

}  // namespace srehub::aggregate
