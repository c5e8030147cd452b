#include "base/json_reader.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <unordered_set>
#include <vector>

#include "base/json_writer.h"
#include "base/limits.h"
#include "base/text.h"

namespace srehub {
namespace {

using simdjson::dom::element_type;

// Up to here comparing every pair beats hashing.
constexpr size_t kPairwiseKeys = 12;
constexpr size_t kFirstCapacity = 4096;

std::string EscapedPointerPart(std::string_view key) {
  std::string out;
  for (char c : key) {
    if (c == '~') out += "~0";
    else if (c == '/') out += "~1";
    else out += c;
  }
  return out;
}

// For an element of that type. Values, not the references that value_unsafe() gives: in a
// range-for those would outlive what they point to.
JsonObject Members(const JsonElement& element) { return element.get_object().value_unsafe(); }
JsonArray Items(const JsonElement& element) { return element.get_array().value_unsafe(); }

// The repeated key of this object alone.
std::optional<std::string_view> RepeatedKey(const JsonObject& object) {
  std::array<std::string_view, kPairwiseKeys> few;
  size_t count = 0;
  std::unordered_set<std::string_view> many;
  for (const auto field : object) {
    if (count < kPairwiseKeys) {
      const auto end = few.begin() + static_cast<std::ptrdiff_t>(count);
      if (std::find(few.begin(), end, field.key) != end) return field.key;
      few[count++] = field.key;
      continue;
    }
    if (many.empty()) many.insert(few.begin(), few.end());
    if (!many.insert(field.key).second) return field.key;
  }
  return std::nullopt;
}

enum class Flaw : uint8_t { kNone, kRepeatedKey, kTooDeep };

// What this layer adds to the parser's rules. `depth`: containers around the element. On a flaw
// `pointer` leads to it. Recursion is as deep as the parser let the document be.
Flaw FlawBelow(const JsonElement& element, size_t depth, std::string* pointer) {
  const bool is_object = element.type() == element_type::OBJECT;
  if (!is_object && element.type() != element_type::ARRAY) return Flaw::kNone;
  if (depth == limits::kMaxJsonDepth) return Flaw::kTooDeep;
  if (is_object) {
    const JsonObject object = Members(element);
    if (const auto key = RepeatedKey(object)) {
      *pointer = "/" + EscapedPointerPart(*key);
      return Flaw::kRepeatedKey;
    }
    for (const auto field : object) {
      const Flaw flaw = FlawBelow(field.value, depth + 1, pointer);
      if (flaw == Flaw::kNone) continue;
      pointer->insert(0, "/" + EscapedPointerPart(field.key));
      return flaw;
    }
    return Flaw::kNone;
  }
  size_t index = 0;
  for (const JsonElement item : Items(element)) {
    const Flaw flaw = FlawBelow(item, depth + 1, pointer);
    if (flaw != Flaw::kNone) {
      pointer->insert(0, "/" + std::to_string(index));
      return flaw;
    }
    ++index;
  }
  return Flaw::kNone;
}

// Through the hub's own writer: what it wrote reads and writes again as the same bytes.
void Write(JsonWriter* out, const JsonElement& element) {
  switch (element.type()) {
    case element_type::OBJECT:
      out->BeginObject();
      for (const auto field : Members(element)) {
        out->Key(field.key);
        Write(out, field.value);
      }
      out->EndObject();
      return;
    case element_type::ARRAY:
      out->BeginArray();
      for (const JsonElement item : Items(element)) Write(out, item);
      out->EndArray();
      return;
    case element_type::STRING: out->String(element.get_string().value_unsafe()); return;
    case element_type::INT64: out->Int(element.get_int64().value_unsafe()); return;
    case element_type::UINT64: out->Uint(element.get_uint64().value_unsafe()); return;
    case element_type::DOUBLE: out->Double(element.get_double().value_unsafe()); return;
    case element_type::BOOL: out->Bool(element.get_bool().value_unsafe()); return;
    case element_type::NULL_VALUE: out->Null(); return;
  }
}

tl::unexpected<Error> ParseFailure(simdjson::error_code code) {
  switch (code) {
    case simdjson::DEPTH_ERROR:
      return Fail(ErrorCode::kTooLarge, "the JSON is nested deeper than " +
                                            std::to_string(limits::kMaxJsonDepth) + " levels");
    case simdjson::CAPACITY: return Fail(ErrorCode::kTooLarge, "the JSON text is too long");
    case simdjson::MEMALLOC: return Fail(ErrorCode::kOverloaded, "no memory for the JSON text");
    case simdjson::EMPTY: return Fail(ErrorCode::kMalformed, "not JSON: the text is empty");
    case simdjson::UTF8_ERROR:
      return Fail(ErrorCode::kMalformed, "not JSON: a string is not valid UTF-8");
    case simdjson::UNCLOSED_STRING:
      return Fail(ErrorCode::kMalformed, "not JSON: a string has no closing quote");
    case simdjson::UNESCAPED_CHARS:
      return Fail(ErrorCode::kMalformed, "not JSON: a control character inside a string");
    case simdjson::STRING_ERROR:
      return Fail(ErrorCode::kMalformed, "not JSON: a string with a broken escape");
    case simdjson::NUMBER_ERROR:
      return Fail(ErrorCode::kMalformed, "not JSON: a number is malformed or beyond 64 bits");
    case simdjson::T_ATOM_ERROR:
    case simdjson::F_ATOM_ERROR:
    case simdjson::N_ATOM_ERROR:
      return Fail(ErrorCode::kMalformed,
                  "not JSON: a word that begins like true, false or null but is none of them");
    default:
      return Fail(ErrorCode::kMalformed,
                  "not JSON: a bracket, comma, colon or value is missing or out of place");
  }
}

}  // namespace

Result<JsonElement> JsonReader::Parse(std::string_view text) {
  static constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  if (parser_.capacity() == 0) {
    // The depth can only be set together with a capacity; the parser keeps it as it grows. It
    // bounds what FlawBelow, which counts exactly, has to walk.
    const auto code =
        parser_.allocate(std::max(text.size(), kFirstCapacity), limits::kMaxJsonDepth + 1);
    if (code != simdjson::SUCCESS) return ParseFailure(code);
  }
  JsonElement root;
  const auto code = parser_.parse(text.data(), text.size(), true).get(root);
  if (code != simdjson::SUCCESS) return ParseFailure(code);
  std::string pointer;
  switch (FlawBelow(root, 0, &pointer)) {
    case Flaw::kNone: break;
    case Flaw::kTooDeep: return ParseFailure(simdjson::DEPTH_ERROR);
    case Flaw::kRepeatedKey:
      return Fail(ErrorCode::kInvalidArgument,
                  "the key at " + std::string(TruncateUtf8(pointer, 256)) +
                      " is there twice; which value is meant cannot be known",
                  pointer);
  }
  return root;
}

std::optional<JsonElement> Find(const JsonElement& object, std::string_view key) {
  JsonObject members;
  JsonElement value;
  if (object.get_object().get(members) != simdjson::SUCCESS) return std::nullopt;
  if (members.at_key(key).get(value) != simdjson::SUCCESS) return std::nullopt;
  if (value.is_null()) return std::nullopt;
  return value;
}

std::optional<std::string_view> FindString(const JsonElement& object, std::string_view key) {
  const auto value = Find(object, key);
  std::string_view text;
  if (!value || value->get_string().get(text) != simdjson::SUCCESS) return std::nullopt;
  return text;
}

std::optional<int64_t> FindInt(const JsonElement& object, std::string_view key) {
  const auto value = Find(object, key);
  if (!value) return std::nullopt;
  int64_t number = 0;
  if (value->is_int64()) return value->get_int64().value_unsafe();
  if (value->is_double()) {
    // 2^63 is the first double that int64 cannot hold.
    const double real = value->get_double().value_unsafe();
    if (std::trunc(real) != real || real < -0x1p63 || real >= 0x1p63) return std::nullopt;
    return static_cast<int64_t>(real);
  }
  std::string_view text;
  if (value->get_string().get(text) != simdjson::SUCCESS) return std::nullopt;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::optional<double> FindNumber(const JsonElement& object, std::string_view key) {
  const auto value = Find(object, key);
  double number = 0;
  if (!value || value->get_double().get(number) != simdjson::SUCCESS) return std::nullopt;
  return number;
}

std::optional<bool> FindBool(const JsonElement& object, std::string_view key) {
  const auto value = Find(object, key);
  bool flag = false;
  if (!value || value->get_bool().get(flag) != simdjson::SUCCESS) return std::nullopt;
  return flag;
}

std::optional<JsonObject> FindObject(const JsonElement& object, std::string_view key) {
  const auto value = Find(object, key);
  JsonObject members;
  if (!value || value->get_object().get(members) != simdjson::SUCCESS) return std::nullopt;
  return members;
}

std::optional<JsonArray> FindArray(const JsonElement& object, std::string_view key) {
  const auto value = Find(object, key);
  JsonArray items;
  if (!value || value->get_array().get(items) != simdjson::SUCCESS) return std::nullopt;
  return items;
}

std::string ToJson(const JsonElement& element) {
  JsonWriter out;
  Write(&out, element);
  return out.Take();
}

std::string_view JsonTypeName(const JsonElement& element) {
  switch (element.type()) {
    case element_type::ARRAY: return "array";
    case element_type::OBJECT: return "object";
    case element_type::STRING: return "string";
    case element_type::BOOL: return "boolean";
    case element_type::NULL_VALUE: return "null";
    default: return "number";
  }
}

}  // namespace srehub
