// Fills `{name}` in command templates. Values come from events, so they are untrusted: one that
// could mean anything to a shell stays out and its placeholder stays in. Pure.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace srehub::playbook {

using Values = std::map<std::string, std::string, std::less<>>;

// Every name a template may use.
std::span<const std::string_view> PlaceholderNames();
bool IsPlaceholderName(std::string_view name);

// [A-Za-z0-9._/:@-]+, at most 253 bytes, not beginning with '-' (a value must never become an
// option).
bool IsSafeValue(std::string_view value);

// `{name}` becomes its value where there is a safe one. Braces around anything that is not a
// placeholder's name are left alone, so JSONPath and awk survive.
std::string Fill(std::string_view text, const Values& values);

// The names between braces that look like placeholders ([a-z_]+) but are none.
std::vector<std::string> UnknownPlaceholders(std::string_view text);

}  // namespace srehub::playbook
