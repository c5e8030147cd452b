// The machine formats of `-o`: an answer's JSON as pretty JSON, YAML, JSON lines or CSV. Pure.
// What could steer a terminal is escaped in each format's own way, so the text means the same.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/json_reader.h"

namespace srehub::cli {

std::string ToPrettyJson(const JsonElement& value);
std::string ToYaml(const JsonElement& value);
// The array an answer is about, by the path of its members ("recommendations.actions").
std::optional<JsonArray> FindRows(const JsonElement& answer, std::string_view rows);
// One line per element of the array `rows` of the answer; the answer itself when there is none.
std::string ToJsonLines(const JsonElement& answer, std::string_view rows);
// RFC 4180 with a header: the members of the rows, those of nested objects as "outer.inner",
// arrays as JSON. A text that a spreadsheet would take for a formula gets a leading apostrophe.
std::string ToCsv(const JsonElement& answer, std::string_view rows);

}  // namespace srehub::cli
