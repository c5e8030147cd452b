#include "model/recommendation.h"

#include "model/names.h"

namespace srehub::model {
namespace {
constexpr NameTable<Risk, 4> kNames = {{{Risk::kReadOnly, "read-only"},
                                        {Risk::kReversible, "reversible"},
                                        {Risk::kDisruptive, "disruptive"},
                                        {Risk::kDestructive, "destructive"}}};
}  // namespace

std::string_view RiskName(Risk r) { return NameIn(kNames, r); }
std::optional<Risk> ParseRisk(std::string_view name) { return ValueIn(kNames, name); }

}  // namespace srehub::model
