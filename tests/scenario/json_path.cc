#include "scenario/json_path.h"

#include <charconv>
#include <string>

namespace srehub::tests {
namespace {

tl::unexpected<Error> BadPath(std::string_view path, std::string_view why) {
  return Fail(ErrorCode::kInvalidArgument,
              "'" + std::string(path) + "' is no path: " + std::string(why));
}

std::optional<JsonElement> AtIndex(const JsonArray& array, size_t index) {
  for (const JsonElement element : array)
    if (index-- == 0) return element;
  return std::nullopt;
}

std::optional<JsonElement> WithMember(const JsonArray& array, std::string_view key,
                                      std::string_view value) {
  for (const JsonElement element : array) {
    const auto member = Find(element, key);
    if (member && TextOf(*member) == value) return element;
  }
  return std::nullopt;
}

// The inside of one pair of brackets.
Result<std::optional<JsonElement>> Select(const JsonElement& at, std::string_view selector,
                                          std::string_view path) {
  const bool is_array = at.is_array();
  const size_t equals = selector.find('=');
  if (equals != std::string_view::npos) {
    if (!is_array) return std::nullopt;
    return WithMember(at.get_array().value_unsafe(), selector.substr(0, equals),
                      selector.substr(equals + 1));
  }
  size_t index = 0;
  const auto [end, error] =
      std::from_chars(selector.data(), selector.data() + selector.size(), index);
  if (error != std::errc() || end != selector.data() + selector.size())
    return BadPath(path, "brackets hold an index or key=value");
  if (!is_array) return std::nullopt;
  return AtIndex(at.get_array().value_unsafe(), index);
}

}  // namespace

std::string TextOf(const JsonElement& element) {
  std::string_view text;
  if (element.get_string().get(text) == simdjson::SUCCESS) return std::string(text);
  return ToJson(element);
}

Result<std::optional<JsonElement>> FindPath(const JsonElement& root, std::string_view path) {
  std::optional<JsonElement> at = root;
  std::string_view rest = path;
  if (rest.empty()) return BadPath(path, "it is empty");
  while (!rest.empty() && at) {
    if (rest.front() == '[') {
      const size_t close = rest.find(']');
      if (close == std::string_view::npos) return BadPath(path, "a bracket is not closed");
      SREHUB_TRY(at, Select(*at, rest.substr(1, close - 1), path));
      rest.remove_prefix(close + 1);
    } else {
      if (rest.front() == '.') rest.remove_prefix(1);
      const std::string_view name = rest.substr(0, rest.find_first_of(".["));
      if (name.empty()) return BadPath(path, "a name is missing");
      at = Find(*at, name);
      rest.remove_prefix(name.size());
    }
  }
  return at;
}

}  // namespace srehub::tests
