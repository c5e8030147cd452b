// The named log rules, matched at once: one automaton over all patterns, hash maps elsewhere.
#pragma once

#include <re2/set.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "classify/names.h"
#include "classify/rules.h"
#include "model/severity.h"

namespace srehub::classify {

// Immutable after Create; thread-safe.
class LogTypes {
 public:
  // Errors: kTooLarge when the patterns together are more than the automaton may take.
  static Result<LogTypes> Create(std::vector<LogTypeRule> rules);

  struct Line {
    std::string_view message;         // the first kMaxMatchedBytes count
    std::string_view exception_type;  // with or without its package
    std::optional<int64_t> http_status;
    model::Severity severity = model::Severity::kMedium;
  };
  static constexpr size_t kMaxMatchedBytes = 4096;
  // The first rule that names the line, or null.
  const LogTypeRule* Match(const Line& line) const;

 private:
  LogTypes() = default;
  void MatchPatterns(std::string_view message, model::Severity severity, size_t* best) const;
  void Offer(size_t rule, model::Severity severity, size_t* best) const;

  std::vector<LogTypeRule> rules_;
  std::unique_ptr<RE2::Set> set_;
  std::vector<std::unique_ptr<RE2>> patterns_;  // one by one, for when the automaton runs out
  std::vector<size_t> rule_of_pattern_;
  TextMap<std::vector<size_t>> exceptions_;
  std::vector<size_t> status_rules_;
};

// The class without its package: "java.net.SocketTimeoutException" is SocketTimeoutException.
std::string_view ShortClass(std::string_view exception_type);

}  // namespace srehub::classify
