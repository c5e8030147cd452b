// The five levels every source is mapped to, worst highest. High-severity = critical + high.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace srehub::model {

enum class Severity : uint8_t { kInfo = 1, kLow = 2, kMedium = 3, kHigh = 4, kCritical = 5 };

inline constexpr size_t kSeverityCount = 5;
inline constexpr std::array<Severity, kSeverityCount> kAllSeverities = {
    Severity::kInfo, Severity::kLow, Severity::kMedium, Severity::kHigh, Severity::kCritical};

// 0..4, for arrays of counters.
constexpr size_t SeverityIndex(Severity s) { return static_cast<size_t>(s) - 1; }
constexpr Severity SeverityAt(size_t index) { return static_cast<Severity>(index + 1); }
constexpr bool IsHighSeverity(Severity s) { return s >= Severity::kHigh; }

std::string_view SeverityName(Severity s);                     // "critical" … "info"
std::optional<Severity> ParseSeverity(std::string_view name);  // exactly those words

}  // namespace srehub::model
