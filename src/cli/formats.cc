#include "cli/formats.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "base/json_writer.h"
#include "base/text.h"
#include "cli/terminal_text.h"

namespace srehub::cli {
namespace {

using Type = simdjson::dom::element_type;

std::string_view TextOf(const JsonElement& value) {
  std::string_view text;
  if (value.get(text) != simdjson::SUCCESS) return {};
  return text;
}

bool IsContainer(const JsonElement& value) {
  return value.type() == Type::OBJECT || value.type() == Type::ARRAY;
}

bool IsEmpty(const JsonElement& value) {
  if (value.is_object()) return JsonObject(value).size() == 0;
  if (value.is_array()) return JsonArray(value).size() == 0;
  return false;
}

// A double-quoted string that JSON and YAML read alike. What Neutralise would show as an escape
// becomes \uXXXX here, which both formats read back as the same character.
std::string Quoted(std::string_view text) {
  std::string json;
  AppendJsonString(&json, text);
  std::string out;
  std::string_view rest = json;
  while (!rest.empty()) {
    const size_t length = std::max<size_t>(Utf8SequenceLength(rest), 1);
    const std::string_view character = rest.substr(0, length);
    rest.remove_prefix(length);
    const std::string shown = Neutralise(character);
    if (shown == character) {
      out += character;
    } else if (shown.starts_with("\\U")) {
      const unsigned long c = std::stoul(shown.substr(2), nullptr, 16) - 0x10000;
      out += fmt::format("\\u{:04x}\\u{:04x}", 0xD800 + (c >> 10), 0xDC00 + (c & 0x3FF));
    } else if (shown.starts_with("\\x")) {
      out += "\\u00" + shown.substr(2);
    } else {
      out += shown;
    }
  }
  return out;
}

std::string Scalar(const JsonElement& value) {
  if (value.is_string()) return Quoted(TextOf(value));
  return srehub::ToJson(value);
}

void AppendPretty(std::string* out, const JsonElement& value, size_t depth) {
  if (!IsContainer(value)) {
    *out += Scalar(value);
    return;
  }
  if (IsEmpty(value)) {
    *out += value.is_object() ? "{}" : "[]";
    return;
  }
  const std::string indent(2 * (depth + 1), ' ');
  bool first = true;
  if (value.is_object()) {
    *out += "{";
    for (const auto& [key, member] : JsonObject(value)) {
      *out += (first ? "\n" : ",\n") + indent + Quoted(key) + ": ";
      first = false;
      AppendPretty(out, member, depth + 1);
    }
    *out += "\n" + std::string(2 * depth, ' ') + "}";
    return;
  }
  *out += "[";
  for (const JsonElement member : JsonArray(value)) {
    *out += (first ? "\n" : ",\n") + indent;
    first = false;
    AppendPretty(out, member, depth + 1);
  }
  *out += "\n" + std::string(2 * depth, ' ') + "]";
}

// A word that YAML reads as a string and nothing else, without quotes.
bool IsPlainYaml(std::string_view text) {
  if (text.empty() || text.size() > 64) return false;
  if (!((text[0] >= 'a' && text[0] <= 'z') || (text[0] >= 'A' && text[0] <= 'Z'))) return false;
  for (const std::string_view word : {"true", "false", "null", "yes", "no", "on", "off", "y", "n"})
    if (EqualsIgnoreCase(text, word)) return false;
  return std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.' || c == '/';
  });
}

std::string YamlText(std::string_view text) {
  return IsPlainYaml(text) ? std::string(text) : Quoted(text);
}

void AppendYaml(std::string* out, const JsonElement& value, size_t depth);

// A member's value behind "key:" or "-".
void AppendYamlValue(std::string* out, const JsonElement& value, size_t depth) {
  if (IsContainer(value) && !IsEmpty(value)) {
    *out += "\n";
    AppendYaml(out, value, depth);
    return;
  }
  *out += " ";
  if (value.is_string()) *out += YamlText(TextOf(value));
  else if (IsContainer(value)) *out += value.is_object() ? "{}" : "[]";
  else *out += srehub::ToJson(value);
  *out += "\n";
}

void AppendYaml(std::string* out, const JsonElement& value, size_t depth) {
  const std::string indent(2 * depth, ' ');
  if (value.is_object()) {
    for (const auto& [key, member] : JsonObject(value)) {
      *out += indent + YamlText(key) + ":";
      AppendYamlValue(out, member, depth + 1);
    }
    return;
  }
  if (value.is_array()) {
    for (const JsonElement member : JsonArray(value)) {
      *out += indent + "-";
      AppendYamlValue(out, member, depth + 1);
    }
    return;
  }
  *out += indent;
  *out += value.is_string() ? YamlText(TextOf(value)) : srehub::ToJson(value);
  *out += "\n";
}

using Flat = std::vector<std::pair<std::string, std::string>>;

std::string CsvText(const JsonElement& value) {
  if (value.is_null()) return {};
  if (!value.is_string()) return srehub::ToJson(value);
  std::string text = Neutralise(TextOf(value));
  if (!text.empty() && std::string_view("=+-@").find(text.front()) != std::string_view::npos)
    text.insert(text.begin(), '\'');
  return text;
}

void Flatten(const JsonElement& value, const std::string& prefix, Flat* out) {
  for (const auto& [key, member] : JsonObject(value)) {
    const std::string name = prefix + std::string(key);
    if (member.is_object()) Flatten(member, name + ".", out);
    else out->emplace_back(name, CsvText(member));
  }
}

std::string CsvCell(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + "\"";
}

}  // namespace

std::optional<JsonArray> FindRows(const JsonElement& answer, std::string_view rows) {
  const size_t dot = rows.find('.');
  if (dot == std::string_view::npos) return FindArray(answer, rows);
  const auto inner = Find(answer, rows.substr(0, dot));
  return inner ? FindRows(*inner, rows.substr(dot + 1)) : std::nullopt;
}

std::string ToPrettyJson(const JsonElement& value) {
  std::string out;
  AppendPretty(&out, value, 0);
  return out + "\n";
}

std::string ToYaml(const JsonElement& value) {
  if (IsContainer(value) && IsEmpty(value)) return value.is_object() ? "{}\n" : "[]\n";
  std::string out;
  AppendYaml(&out, value, 0);
  return out;
}

std::string ToJsonLines(const JsonElement& answer, std::string_view rows) {
  const auto array = FindRows(answer, rows);
  if (!array) return srehub::ToJson(answer) + "\n";
  std::string out;
  for (const JsonElement row : *array) out += srehub::ToJson(row) + "\n";
  return out;
}

std::string ToCsv(const JsonElement& answer, std::string_view rows) {
  std::vector<Flat> flat;
  if (const auto array = FindRows(answer, rows)) {
    for (const JsonElement row : *array) {
      flat.emplace_back();
      if (row.is_object()) Flatten(row, "", &flat.back());
      else flat.back().emplace_back("value", CsvText(row));
    }
  } else if (answer.is_object()) {
    Flatten(answer, "", &flat.emplace_back());
  }
  std::vector<std::string> columns;
  for (const Flat& row : flat)
    for (const auto& [name, text] : row)
      if (std::ranges::find(columns, name) == columns.end()) columns.push_back(name);
  std::string out;
  for (size_t i = 0; i < columns.size(); ++i) out += (i > 0 ? "," : "") + CsvCell(columns[i]);
  if (!columns.empty()) out += "\r\n";
  for (const Flat& row : flat) {
    for (size_t i = 0; i < columns.size(); ++i) {
      const auto cell = std::ranges::find(row, columns[i], &Flat::value_type::first);
      out += (i > 0 ? "," : "") + (cell == row.end() ? std::string() : CsvCell(cell->second));
    }
    out += "\r\n";
  }
  return out;
}

}  // namespace srehub::cli
