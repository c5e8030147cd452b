#include "ingest/feed_rules.h"

#include <algorithm>

#include "base/text.h"

namespace srehub::ingest {
namespace {

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

}  // namespace

bool WildcardFits(std::string_view pattern, std::string_view text) {
  size_t p = 0, t = 0, star = std::string_view::npos, resume = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      resume = t;
    } else if (p < pattern.size() && (pattern[p] == '?' || Lower(pattern[p]) == Lower(text[t]))) {
      ++p, ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++resume;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

bool DropMatcher::Fits(const model::Event& event) const {
  if (service.empty() && event_type.empty() && text.empty() && !severity) return false;
  return (service.empty() || WildcardFits(service, event.service_id)) &&
         (event_type.empty() || WildcardFits(event_type, event.event_type)) &&
         (!severity || *severity == event.severity) &&
         (text.empty() || ContainsIgnoreCase(event.details, text));
}

std::string_view FeedRules::WhyDropped(const model::Event& event) const {
  if (std::ranges::any_of(drop, [&](const DropMatcher& m) { return m.Fits(event); }))
    return kDropRule;
  const bool ends = event.phase == model::Phase::kResolved || !event.closes.empty();
  if (min_severity && event.severity < *min_severity && !ends) return kBelowMinSeverity;
  return {};
}

}  // namespace srehub::ingest
