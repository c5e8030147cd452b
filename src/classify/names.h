// Words, identifiers and wildcards: how names of people and machines are cut. All pure.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace srehub::classify {

// Look-ups by string_view without a copy.
struct TextHash {
  using is_transparent = void;
  size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
};
using TextSet = std::unordered_set<std::string, TextHash, std::equal_to<>>;
template <typename T>
using TextMap = std::unordered_map<std::string, T, TextHash, std::equal_to<>>;

// Letters, digits and every byte of a multi-byte character.
bool IsWordByte(char c);

// Runs of word bytes, split again where the case says so: "HighCPU-PaymentsAPI" is High, CPU,
// Payments, API.
std::vector<std::string_view> NameWords(std::string_view text);

// "deploy failed: x" is "DeployFailedX"; what is upper case already stays. Empty when `text` holds
// no word byte. At most limits::kMaxEventTypeBytes: a longer one ends in a hash of the whole.
std::string CamelCase(std::string_view text);

// [A-Za-z_][A-Za-z0-9_]*, short enough for an event type.
bool IsIdentifier(std::string_view text);

// `*` is any text, `?` any one byte; ASCII case does not matter. Linear in practice, at worst
// pattern x text.
bool MatchesGlob(std::string_view pattern, std::string_view text);
bool HasWildcard(std::string_view pattern);
bool MatchesAnyGlob(const std::vector<std::string>& patterns, std::string_view text);

// Trimmed, up to the first line break.
std::string_view FirstLineOf(std::string_view text);

// `word` in `text`, case aside, with no letter or digit on either side.
bool ContainsWholeWord(std::string_view text, std::string_view word);

}  // namespace srehub::classify
