// simdjson with the hub's own rules on top: duplicate keys are refused, depth is bounded, and
// values are read through functions that say what was wrong.
// The elements point into the parser that made them: keep it alive.
#pragma once

#include <simdjson.h>

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace srehub {

using JsonElement = simdjson::dom::element;
using JsonObject = simdjson::dom::object;
using JsonArray = simdjson::dom::array;

// One parser per thread; an element is valid until the next Parse on the same reader.
class JsonReader {
 public:
  // Errors: kMalformed (not JSON, not UTF-8), with the reason in words; kTooLarge (depth);
  // kInvalidArgument for a duplicate key, its pointer in `where`.
  Result<JsonElement> Parse(std::string_view text);

 private:
  simdjson::dom::parser parser_;
};

// Member access that never throws. Missing, null and wrong type are all "nothing".
std::optional<JsonElement> Find(const JsonElement& object,
                                std::string_view key);  // null counts as missing
std::optional<std::string_view> FindString(const JsonElement& object, std::string_view key);
std::optional<int64_t> FindInt(const JsonElement& object,
                               std::string_view key);  // also "42" and 42.0
std::optional<double> FindNumber(const JsonElement& object, std::string_view key);
std::optional<bool> FindBool(const JsonElement& object, std::string_view key);
std::optional<JsonObject> FindObject(const JsonElement& object, std::string_view key);
std::optional<JsonArray> FindArray(const JsonElement& object, std::string_view key);

// The element as compact JSON text.
std::string ToJson(const JsonElement& element);
// "null", "boolean", "number", "string", "array", "object": for messages.
std::string_view JsonTypeName(const JsonElement& element);

}  // namespace srehub
