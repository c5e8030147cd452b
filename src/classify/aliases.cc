#include "classify/aliases.h"

#include "base/limits.h"
#include "base/text.h"

namespace srehub::classify {
namespace {

std::string KeyOf(AliasRule::Of of, std::string_view name) {
  return static_cast<char>('0' + static_cast<int>(of)) + ToLowerAscii(name);
}

}  // namespace

AliasTable::AliasTable(const std::vector<AliasRule>& rules) {
  for (const AliasRule& rule : rules) {
    if (HasWildcard(rule.text)) {
      wildcards_.push_back(rule);
      continue;
    }
    exact_.emplace(KeyOf(rule.of, rule.text), rule);
    // A resolved name is a slug, so "Checkout Service" also stands for checkout-service.
    if (rule.of == AliasRule::Of::kName) {
      exact_.emplace(KeyOf(rule.of, Slug(rule.text, limits::kMaxServiceIdBytes)), rule);
    }
  }
}

const AliasRule* AliasTable::Find(AliasRule::Of of, std::string_view name) const {
  if (empty() || name.empty()) return nullptr;
  if (const auto it = exact_.find(KeyOf(of, name)); it != exact_.end()) return &it->second;
  for (const AliasRule& rule : wildcards_) {
    if (rule.of == of && MatchesGlob(rule.text, name)) return &rule;
  }
  return nullptr;
}

}  // namespace srehub::classify
