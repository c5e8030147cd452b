#include "model/severity.h"

#include "model/names.h"

namespace srehub::model {
namespace {
constexpr NameTable<Severity, kSeverityCount> kNames = {{{Severity::kInfo, "info"},
                                                         {Severity::kLow, "low"},
                                                         {Severity::kMedium, "medium"},
                                                         {Severity::kHigh, "high"},
                                                         {Severity::kCritical, "critical"}}};
}  // namespace

std::string_view SeverityName(Severity s) { return NameIn(kNames, s); }
std::optional<Severity> ParseSeverity(std::string_view name) { return ValueIn(kNames, name); }

}  // namespace srehub::model
