// Tables of an enumeration's wire names, for the Name and Parse functions of this folder.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>
#include <utility>

namespace srehub::model {

template <typename Enum, size_t kCount>
using NameTable = std::array<std::pair<Enum, std::string_view>, kCount>;

// Empty for a value outside the enumeration, which only damaged memory can hold.
template <typename Enum, size_t kCount>
constexpr std::string_view NameIn(const NameTable<Enum, kCount>& table, Enum value) {
  for (const auto& [candidate, name] : table) {
    if (candidate == value) return name;
  }
  return {};
}

template <typename Enum, size_t kCount>
constexpr std::optional<Enum> ValueIn(const NameTable<Enum, kCount>& table, std::string_view name) {
  for (const auto& [value, candidate] : table) {
    if (candidate == name) return value;
  }
  return std::nullopt;
}

}  // namespace srehub::model
