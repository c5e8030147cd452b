#include "playbook/placeholders.h"

#include <algorithm>
#include <array>

namespace srehub::playbook {

namespace {

constexpr size_t kMaxValueBytes = 253;  // a DNS name; longer is not a name

constexpr std::array<std::string_view, 31> kNames = {
    "account", "alarm",      "broker",      "claim",    "cluster", "container", "database",
    "deploy",  "deployment", "environment", "function", "host",    "image",     "job",
    "logger",  "namespace",  "node",        "object",   "path",    "pod",       "previous",
    "queue",   "region",     "repository",  "run",      "service", "sha",       "table",
    "trace",   "upstream",   "version"};
static_assert(std::is_sorted(kNames.begin(), kNames.end()));

bool IsNameByte(char c) { return (c >= 'a' && c <= 'z') || c == '_'; }

bool IsSafeByte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
         c == '_' || c == '/' || c == ':' || c == '@' || c == '-';
}

// Calls `on_name(begin, end, name)` for every {name} with name in [a-z_]+; begin and end include
// the braces.
template <typename OnName>
void ForEachBraced(std::string_view text, OnName on_name) {
  for (size_t open = text.find('{'); open != std::string_view::npos;
       open = text.find('{', open + 1)) {
    size_t end = open + 1;
    while (end < text.size() && IsNameByte(text[end])) ++end;
    if (end == open + 1 || end == text.size() || text[end] != '}') continue;
    on_name(open, end + 1, text.substr(open + 1, end - open - 1));
  }
}

}  // namespace

std::span<const std::string_view> PlaceholderNames() { return kNames; }

bool IsPlaceholderName(std::string_view name) {
  return std::binary_search(kNames.begin(), kNames.end(), name);
}

bool IsSafeValue(std::string_view value) {
  return !value.empty() && value.size() <= kMaxValueBytes && value.front() != '-' &&
         std::all_of(value.begin(), value.end(), IsSafeByte);
}

std::string Fill(std::string_view text, const Values& values) {
  std::string out;
  size_t done = 0;
  ForEachBraced(text, [&](size_t begin, size_t end, std::string_view name) {
    const auto it = values.find(name);
    if (it == values.end() || !IsPlaceholderName(name) || !IsSafeValue(it->second)) return;
    out.append(text.substr(done, begin - done));
    out.append(it->second);
    done = end;
  });
  out.append(text.substr(done));
  return out;
}

std::vector<std::string> UnknownPlaceholders(std::string_view text) {
  std::vector<std::string> unknown;
  ForEachBraced(text, [&](size_t, size_t, std::string_view name) {
    if (!IsPlaceholderName(name)) unknown.emplace_back(name);
  });
  return unknown;
}

}  // namespace srehub::playbook
