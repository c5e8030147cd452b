// Text helpers without domain knowledge. All functions are pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace srehub {

// Bytes of the valid UTF-8 sequence at the start of `text` (1..4), 0 when there is none.
size_t Utf8SequenceLength(std::string_view text);
bool IsValidUtf8(std::string_view text);
// At most `max_bytes`, cut at a sequence boundary.
std::string_view TruncateUtf8(std::string_view text, size_t max_bytes);

std::string ToLowerAscii(std::string_view text);
std::string_view TrimAscii(std::string_view text);
std::vector<std::string_view> Split(std::string_view text, char separator);  // keeps empty parts
bool StartsWithIgnoreCase(std::string_view text, std::string_view prefix);
bool EqualsIgnoreCase(std::string_view a, std::string_view b);
bool ContainsIgnoreCase(std::string_view text, std::string_view part);

// [a-z0-9._-]; upper case folded, every other run of characters one '-', ends trimmed of '-'.
// Longer than `max_bytes`: cut, and the last 17 bytes are '-' and the hash of the whole.
std::string Slug(std::string_view text, size_t max_bytes);

// RFC 3986 percent-encoding of every byte outside the unreserved set and `keep`.
std::string PercentEncode(std::string_view text, std::string_view keep = {});
// False on a broken escape.
bool PercentDecode(std::string_view text, std::string* out);

// Levenshtein distance, for "did you mean".
size_t EditDistance(std::string_view a, std::string_view b);

}  // namespace srehub
