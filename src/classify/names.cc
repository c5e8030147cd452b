#include "classify/names.h"

#include <algorithm>

#include "base/hash.h"
#include "base/limits.h"
#include "base/text.h"

namespace srehub::classify {
namespace {

bool IsUpper(char c) { return c >= 'A' && c <= 'Z'; }
bool IsLower(char c) { return c >= 'a' && c <= 'z'; }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }
char Upper(char c) { return IsLower(c) ? static_cast<char>(c - 'a' + 'A') : c; }
char Lower(char c) { return IsUpper(c) ? static_cast<char>(c - 'A' + 'a') : c; }

// A new word begins at `i`: "tC" of HighTCP… , or the last capital of "APIErrors".
bool CaseBoundary(std::string_view text, size_t i) {
  if (!IsUpper(text[i])) return false;
  if (IsLower(text[i - 1]) || IsDigit(text[i - 1])) {
    // "5XX" and "S3" hold together: a digit before a capital splits only before a real word.
    return IsLower(text[i - 1]) || (i + 1 < text.size() && IsLower(text[i + 1]));
  }
  return IsUpper(text[i - 1]) && i + 1 < text.size() && IsLower(text[i + 1]);
}

}  // namespace

bool IsWordByte(char c) {
  return IsUpper(c) || IsLower(c) || IsDigit(c) || static_cast<unsigned char>(c) >= 0x80;
}

std::vector<std::string_view> NameWords(std::string_view text) {
  std::vector<std::string_view> words;
  size_t i = 0;
  while (i < text.size()) {
    if (!IsWordByte(text[i])) {
      ++i;
      continue;
    }
    const size_t start = i++;
    while (i < text.size() && IsWordByte(text[i]) && !CaseBoundary(text, i)) ++i;
    words.push_back(text.substr(start, i - start));
  }
  return words;
}

std::string CamelCase(std::string_view text) {
  std::string out;
  bool start = true;
  for (char c : text) {
    if (!IsWordByte(c)) {
      start = true;
      continue;
    }
    out += start ? Upper(c) : c;
    start = false;
  }
  if (out.size() <= limits::kMaxEventTypeBytes) return out;
  const std::string hash = Hex64(Hash64(text));
  return std::string(TruncateUtf8(out, limits::kMaxEventTypeBytes - hash.size())) + hash;
}

bool IsIdentifier(std::string_view text) {
  if (text.empty() || text.size() > limits::kMaxEventTypeBytes || IsDigit(text[0])) return false;
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return IsUpper(c) || IsLower(c) || IsDigit(c) || c == '_'; });
}

bool MatchesGlob(std::string_view pattern, std::string_view text) {
  // Greedy with one point to fall back to: the newest '*' swallows one byte more.
  size_t p = 0, t = 0;
  size_t star = std::string_view::npos, swallowed = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      swallowed = t;
    } else if (p < pattern.size() && (pattern[p] == '?' || Lower(pattern[p]) == Lower(text[t]))) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++swallowed;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

bool HasWildcard(std::string_view pattern) {
  return pattern.find_first_of("*?") != std::string_view::npos;
}

bool MatchesAnyGlob(const std::vector<std::string>& patterns, std::string_view text) {
  return std::any_of(patterns.begin(), patterns.end(),
                     [&](const std::string& pattern) { return MatchesGlob(pattern, text); });
}

std::string_view FirstLineOf(std::string_view text) {
  text = TrimAscii(text);
  text = text.substr(0, text.find('\n'));
  return text.substr(0, text.find('\r'));
}

bool ContainsWholeWord(std::string_view text, std::string_view word) {
  if (word.empty() || text.size() < word.size()) return false;
  const char first = Lower(word[0]);
  for (size_t i = 0; i + word.size() <= text.size(); ++i) {
    if (Lower(text[i]) != first || (i > 0 && IsWordByte(text[i - 1]))) continue;
    const size_t end = i + word.size();
    if (end < text.size() && IsWordByte(text[end])) continue;
    if (EqualsIgnoreCase(text.substr(i, word.size()), word)) return true;
  }
  return false;
}

}  // namespace srehub::classify
