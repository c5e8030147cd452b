#include "scenario/expectation.h"

#include <array>
#include <charconv>
#include <cmath>

#include "base/text.h"
#include "scenario/json_path.h"

namespace srehub::tests {
namespace {

constexpr std::string_view kCountOf = "count of ";
constexpr size_t kMaxShown = 2000;

// Longer operators first: "<=" is not "<".
constexpr std::array<std::string_view, 8> kOperators = {" != ", " <= ", " >= ",       " = ",
                                                        " < ",  " > ",  " contains ", " ~ "};
constexpr std::array<std::string_view, 3> kStates = {" is absent", " is present", " is empty"};

struct Parsed {
  std::string_view path, operation, value;
  bool counts = false;
};

std::optional<Parsed> Parse(std::string_view line) {
  Parsed parsed;
  if (line.starts_with(kCountOf)) {
    parsed.counts = true;
    line.remove_prefix(kCountOf.size());
  }
  for (const std::string_view state : kStates) {
    if (!line.ends_with(state)) continue;
    parsed.path = line.substr(0, line.size() - state.size());
    parsed.operation = TrimAscii(state);
    return parsed;
  }
  size_t first = std::string_view::npos;
  for (const std::string_view operation : kOperators) {
    const size_t at = line.find(operation);
    if (at >= first) continue;
    first = at;
    parsed.path = TrimAscii(line.substr(0, at));
    parsed.operation = TrimAscii(operation);
    parsed.value = TrimAscii(line.substr(at + operation.size()));
  }
  if (first == std::string_view::npos || parsed.value.empty()) return std::nullopt;
  return parsed;
}

std::optional<double> Number(std::string_view text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// "400.6" stands for everything that rounds to it.
bool Near(double found, std::string_view wanted, double number) {
  const size_t point = wanted.find('.');
  const size_t decimals = point == std::string_view::npos ? 0 : wanted.size() - point - 1;
  const double unit = std::pow(10.0, -static_cast<double>(decimals));
  return std::abs(found - number) <= unit / 2 + 1e-9;
}

// Nothing when the operation does not fit the values.
std::optional<bool> Compare(std::string_view found, std::string_view operation,
                            std::string_view wanted) {
  const auto left = Number(found), right = Number(wanted);
  const bool numbers = left && right;
  if (operation == "=") return numbers ? *left == *right : found == wanted;
  if (operation == "!=") return numbers ? *left != *right : found != wanted;
  if (operation == "contains") return ContainsIgnoreCase(found, wanted);
  if (!numbers) return std::nullopt;
  if (operation == "<") return *left < *right;
  if (operation == "<=") return *left <= *right;
  if (operation == ">") return *left > *right;
  if (operation == ">=") return *left >= *right;
  return Near(*left, wanted, *right);
}

std::string Shown(std::string text) {
  if (text.size() > kMaxShown) text = std::string(TruncateUtf8(text, kMaxShown)) + "…";
  return text;
}

bool IsEmpty(const JsonElement& element) {
  const std::string text = TextOf(element);
  return text.empty() || text == "[]" || text == "{}";
}

bool HasElement(const JsonElement& element, std::string_view wanted) {
  for (const JsonElement item : JsonArray(element.get_array().value_unsafe()))
    if (TextOf(item) == wanted) return true;
  return false;
}

std::optional<std::string> JudgeState(const Parsed& parsed,
                                      const std::optional<JsonElement>& found) {
  bool holds = false;
  if (parsed.operation == "is absent") holds = !found;
  if (parsed.operation == "is present") holds = found.has_value();
  if (parsed.operation == "is empty") holds = found && IsEmpty(*found);
  if (holds) return std::nullopt;
  return found ? "it is " + Shown(TextOf(*found)) : std::string("it is absent");
}

std::optional<std::string> JudgeValue(const Parsed& parsed, const JsonElement& found) {
  std::string text = TextOf(found);
  if (parsed.counts) {
    if (!found.is_array()) return "no list, but " + Shown(text);
    text = std::to_string(found.get_array().value_unsafe().size());
  } else if (parsed.operation == "contains" && found.is_array()) {
    if (HasElement(found, parsed.value)) return std::nullopt;
    return "found " + Shown(std::move(text));
  }
  const auto holds = Compare(text, parsed.operation, parsed.value);
  if (!holds)
    return "'" + std::string(parsed.operation) + "' needs two numbers, not " + Shown(text);
  if (*holds) return std::nullopt;
  return "found " + Shown(std::move(text));
}

}  // namespace

std::optional<std::string> Judge(std::string_view expectation, const Answer& answer) {
  const auto parsed = Parse(expectation);
  if (!parsed) return "this is no expectation: PATH, an operator with blanks around it, a value";
  const bool unary = parsed->operation.starts_with("is ");
  if (parsed->path == "status" && !parsed->counts && !unary) {
    const auto holds = Compare(std::to_string(answer.status), parsed->operation, parsed->value);
    if (holds && *holds) return std::nullopt;
    return "the status is " + std::to_string(answer.status) + ": " + Shown(answer.body);
  }
  JsonReader reader;
  const auto root = reader.Parse(answer.body);
  if (!root) return "the answer is no JSON: " + Shown(answer.body);
  const auto found = FindPath(*root, parsed->path);
  if (!found) return found.error().message;
  if (unary) return JudgeState(*parsed, *found);
  if (!*found) return "there is none in " + Shown(answer.body);
  return JudgeValue(*parsed, **found);
}

}  // namespace srehub::tests
