// Alertmanager's matchers over labels: name="value", !=, =~, !~. Immutable, thread-safe.
// https://prometheus.io/docs/alerting/latest/configuration/#matcher
#pragma once

#include <re2/re2.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/observation.h"

namespace srehub::api {

inline constexpr size_t kMaxAlertMatchers = 32;

struct AlertMatcher {
  std::string name, value;
  bool is_equal = true, is_regex = false;
  std::shared_ptr<const RE2> pattern;  // of a regular expression, anchored at both ends

  // A label that is not there counts as empty.
  bool Fits(const model::Labels& labels) const;
};

// Compiles the pattern. Errors: kInvalidArgument.
Result<AlertMatcher> MakeAlertMatcher(std::string name, std::string value, bool is_equal,
                                      bool is_regex);
// `alertname="x"`, `{alertname="x"}`, `alertname=x`; one matcher. Errors: kInvalidArgument.
Result<AlertMatcher> ParseAlertMatcher(std::string_view text);
bool FitsAll(const std::vector<AlertMatcher>& matchers, const model::Labels& labels);

}  // namespace srehub::api
