// The alias table: a name as it arrives, or as it was resolved, and the service it stands for.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "classify/names.h"
#include "classify/rules.h"

namespace srehub::classify {

// Immutable after construction.
class AliasTable {
 public:
  explicit AliasTable(const std::vector<AliasRule>& rules);

  // The rule that names it, or null. Case does not matter; an exact name beats a wildcard, the
  // first wildcard that fits beats the others.
  const AliasRule* Find(AliasRule::Of of, std::string_view name) const;
  bool empty() const { return exact_.empty() && wildcards_.empty(); }

 private:
  TextMap<AliasRule> exact_;  // by the kind's digit and the lower-case name
  std::vector<AliasRule> wildcards_;
};

}  // namespace srehub::classify
