// Non-cryptographic 64-bit hashes. Stable across releases: stored keys depend on them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace srehub {

// XXH3-64 (https://github.com/Cyan4973/xxHash), seed 0.
uint64_t Hash64(std::string_view bytes);

// FNV-1a 64, as Prometheus' label fingerprints use it. Start from kFnvOffset and feed on.
inline constexpr uint64_t kFnvOffset = 14695981039346656037ULL;
uint64_t Fnv1a(uint64_t state, std::string_view bytes);
uint64_t Fnv1a(uint64_t state, unsigned char byte);

// 16 lower-case hex digits, and back (nullopt-like: returns false when not exactly 16 hex digits).
std::string Hex64(uint64_t value);
bool ParseHex64(std::string_view text, uint64_t* value);

}  // namespace srehub
