#include "classify/log_types.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace srehub::classify {
namespace {

constexpr int64_t kSetMemoryBytes = 64 * 1024 * 1024;
constexpr size_t kNone = SIZE_MAX;

RE2::Options PatternOptions() {
  RE2::Options options(RE2::Quiet);
  options.set_case_sensitive(false);
  options.set_max_mem(kSetMemoryBytes);
  return options;
}

re2::StringPiece Piece(std::string_view text) { return {text.data(), text.size()}; }

}  // namespace

std::string_view ShortClass(std::string_view exception_type) {
  const size_t cut = exception_type.find_last_of(".:$\\/");
  return cut == std::string_view::npos ? exception_type : exception_type.substr(cut + 1);
}

Result<LogTypes> LogTypes::Create(std::vector<LogTypeRule> rules) {
  LogTypes types;
  types.rules_ = std::move(rules);
  types.set_ = std::make_unique<RE2::Set>(PatternOptions(), RE2::UNANCHORED);
  for (size_t i = 0; i < types.rules_.size(); ++i) {
    const LogTypeRule& rule = types.rules_[i];
    Texts patterns = rule.patterns;
    for (const std::string& text : rule.contains) patterns.push_back(RE2::QuoteMeta(text));
    for (const std::string& pattern : patterns) {
      std::string error;
      if (types.set_->Add(pattern, &error) < 0) {
        return Fail(ErrorCode::kInvalidArgument, fmt::format("{}: {}", pattern, error),
                    rule.origin);
      }
      types.patterns_.push_back(std::make_unique<RE2>(pattern, PatternOptions()));
      types.rule_of_pattern_.push_back(i);
    }
    for (const std::string& exception : rule.exceptions) types.exceptions_[exception].push_back(i);
    if (!rule.http_status.empty()) types.status_rules_.push_back(i);
  }
  if (!types.set_->Compile()) {
    return Fail(ErrorCode::kTooLarge, "the patterns of log_types together are too large");
  }
  return types;
}

void LogTypes::Offer(size_t rule, model::Severity severity, size_t* best) const {
  if (rule >= *best) return;
  const auto& at_least = rules_[rule].level_at_least;
  if (!at_least || severity >= *at_least) *best = rule;
}

void LogTypes::MatchPatterns(std::string_view message, model::Severity severity,
                             size_t* best) const {
  if (patterns_.empty()) return;
  RE2::Set::ErrorInfo error{RE2::Set::kNoError};
  // Most lines match nothing: the first pass finds that out without collecting.
  if (set_->Match(Piece(message), nullptr, &error)) {
    std::vector<int> hits;
    if (set_->Match(Piece(message), &hits, &error)) {
      for (int hit : hits) Offer(rule_of_pattern_[static_cast<size_t>(hit)], severity, best);
      return;
    }
  }
  if (error.kind != RE2::Set::kOutOfMemory) return;
  for (size_t i = 0; i < patterns_.size(); ++i) {
    if (rule_of_pattern_[i] < *best && RE2::PartialMatch(Piece(message), *patterns_[i])) {
      Offer(rule_of_pattern_[i], severity, best);
    }
  }
}

const LogTypeRule* LogTypes::Match(const Line& line) const {
  size_t best = kNone;
  if (!line.exception_type.empty()) {
    for (std::string_view name : {line.exception_type, ShortClass(line.exception_type)}) {
      const auto it = exceptions_.find(name);
      if (it == exceptions_.end()) continue;
      for (size_t rule : it->second) Offer(rule, line.severity, &best);
    }
  }
  if (line.http_status) {
    for (size_t rule : status_rules_) {
      for (const NumberRange& range : rules_[rule].http_status) {
        if (*line.http_status < range.low || *line.http_status > range.high) continue;
        Offer(rule, line.severity, &best);
      }
    }
  }
  MatchPatterns(TruncateUtf8(line.message, kMaxMatchedBytes), line.severity, &best);
  return best == kNone ? nullptr : &rules_[best];
}

}  // namespace srehub::classify
