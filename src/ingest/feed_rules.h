// What a configured source leaves out on purpose. Plain values; pure.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/event.h"
#include "model/severity.h"

namespace srehub::ingest {

// Every part that is set must fit; one without parts fits nothing.
struct DropMatcher {
  std::string service, event_type;          // `*` and `?` are wildcards, case does not matter
  std::string text;                         // part of the details' JSON text, case aside
  std::optional<model::Severity> severity;  // exactly this one
  bool Fits(const model::Event& event) const;
};

struct FeedRules {
  // Events below it are left out, but never what ends something: a resolution, a `closes`.
  std::optional<model::Severity> min_severity;
  std::vector<DropMatcher> drop;

  // Why the event is left out, as a metric's label; empty: it is not.
  std::string_view WhyDropped(const model::Event& event) const;
};
inline constexpr std::string_view kBelowMinSeverity = "below_min_severity";
inline constexpr std::string_view kDropRule = "drop_rule";

// By the source's name; for a delivery without one, by its format's.
using FeedRulesByName = std::map<std::string, FeedRules, std::less<>>;

// `*`: any run of characters, `?`: any one; ASCII case aside. Linear in practice, quadratic at
// worst, in the length of `text`.
bool WildcardFits(std::string_view pattern, std::string_view text);

}  // namespace srehub::ingest
