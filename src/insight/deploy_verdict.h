// The test behind "errors around a deploy". Pure: counts and instants in, verdicts out.
//
// Two Poisson rates are compared with the exact conditional test (aggregate/rate_comparison.h)
// after the counts are divided by the over-dispersion phi = 1 + d m, where d is how much burstier
// than Poisson the baseline's 10-minute windows are (Pearson's chi-square, pooled over the types)
// and m the type's mean in such a window. Over all types the false discovery rate is held by
// Benjamini and Hochberg (1995). The looks are at fixed offsets after the start, each with its own
// share of the error, so that a verdict depends on what happened and not on who looked when.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "aggregate/rate_comparison.h"
#include "base/time.h"
#include "model/severity.h"

namespace srehub::insight {

inline constexpr Duration kBaseline = std::chrono::minutes(60);
inline constexpr Duration kEffect = std::chrono::minutes(30);
inline constexpr int kBaselineWindows = 6;  // of 10 minutes
inline constexpr double kErrorRate = 0.05;
inline constexpr double kMinRatio = 2.0;
inline constexpr uint64_t kMinEvents = 3;

struct Look {
  int minutes;  // after the start
  double alpha;
};
inline constexpr std::array<Look, 4> kLooks = {{{5, .005}, {10, .01}, {20, .015}, {30, .02}}};

enum class Verdict : uint8_t {
  kLikelyCaused = 1,
  kShared,
  kAlreadyThere,
  kUnrelated,
  kNotEnoughData
};
std::string_view VerdictName(
    Verdict v);  // likely_caused, shared, already_there, unrelated, not_enough_data

// What is known of one event type around the pivot (the deploy's start).
struct TypeCounts {
  std::string key;                                  // for the caller; not interpreted
  std::array<uint64_t, kBaselineWindows> before{};  // oldest first
  std::array<uint64_t, kEffect / std::chrono::minutes(1)> after{};  // per minute
  model::Severity severity = model::Severity::kInfo;
  std::optional<Duration> first_after_pivot;  // earliest of the current run, negative: before
  bool seen_in_7_days = false;                // before the baseline and inside it
  bool rose_elsewhere = false;                // also on services without a deploy
  bool node_event = false;
  bool other_environment = false;  // known, and not the deploy's
};

struct DeployFacts {
  int after_minutes = 30;  // how much of the effect window has passed: min(now, next deploy, fix)
  bool effect_ended = false;  // by a retry, a rollback or the next deploy
  bool rolled_out = true;     // false: a build or test that failed before anything changed
  bool start_known = true;
  std::vector<std::string> overlapping;  // other deploys of the family within 30 min
};

struct TypeVerdict {
  std::string key;
  aggregate::RateComparison rates;  // raw counts, over the whole effect window so far
  double p = 1, q = 1;              // dispersion-corrected; q <= kErrorRate is a finding
  double phi = 1;
  bool is_new = false, gone = false;
  Verdict verdict = Verdict::kNotEnoughData;
  std::string reason;  // one sentence
};

struct DeployVerdict {
  Verdict verdict = Verdict::kNotEnoughData;
  std::string reason;
  int looked_minutes = 0;  // the newest look that was due; 0: none yet
};

// Benjamini and Hochberg's adjusted p-values, in the order given.
std::vector<double> AdjustedPValues(std::span<const double> p);
// How much burstier than Poisson the baseline is, pooled over the types: a count of mean m varies
// by m (1 + d m), as negative binomials do. 0: no more than Poisson.
double Dispersion(std::span<const TypeCounts> types);
// The over-dispersion phi >= 1 of one type's 10-minute counts, under no change of its rate.
double Overdispersion(const TypeCounts& counts, int after_minutes, double dispersion);

struct Judgement {
  DeployVerdict whole;
  std::vector<TypeVerdict> types;  // in the order given
};
Judgement Judge(const DeployFacts& facts, std::span<const TypeCounts> types);

}  // namespace srehub::insight
