#include "model/json_fields.h"

#include "base/text.h"

namespace srehub::model {

JsonFields::JsonFields(const JsonElement& object, std::string where)
    : object_(object), where_(std::move(where)) {
  if (object.is_object()) return;
  status_ = Fail(ErrorCode::kInvalidArgument,
                 "an object is expected, not " + std::string(JsonTypeName(object)), where_);
}

void JsonFields::Refuse(std::string_view key, std::string why) {
  if (!status_) return;
  status_ =
      Fail(ErrorCode::kInvalidArgument, std::string(key) + ": " + std::move(why), Pointer(key));
}

void JsonFields::Absorb(const Status& nested) {
  if (status_ && !nested) status_ = nested;
}

void JsonFields::RefuseType(std::string_view key, std::string_view expected,
                            const JsonElement& found) {
  Refuse(key, std::string(expected) + " is expected, not " + std::string(JsonTypeName(found)));
}

std::optional<JsonElement> JsonFields::Member(std::string_view key, Need need) {
  if (!status_) return std::nullopt;
  auto value = Find(object_, key);
  if (!value && need == Need::kRequired) Refuse(key, "is missing");
  return value;
}

std::string JsonFields::String(std::string_view key, Need need) {
  const auto value = Member(key, need);
  if (!value) return {};
  const auto text = FindString(object_, key);
  if (!text) {
    RefuseType(key, "a string", *value);
    return {};
  }
  if (text->empty() && need == Need::kRequired) Refuse(key, "is empty");
  return std::string(*text);
}

int64_t JsonFields::Int(std::string_view key, Need need, int64_t min, int64_t max) {
  const auto value = Member(key, need);
  if (!value) return 0;
  const auto number = FindInt(object_, key);
  if (!number) {
    RefuseType(key, "a whole number", *value);
    return 0;
  }
  if (*number < min || *number > max) {
    Refuse(key, std::to_string(*number) + " is outside " + std::to_string(min) + " to " +
                    std::to_string(max));
    return 0;
  }
  return *number;
}

double JsonFields::Number(std::string_view key) {
  const auto value = Member(key, Need::kOptional);
  if (!value) return 0;
  const auto number = FindNumber(object_, key);
  if (!number) RefuseType(key, "a number", *value);
  return number.value_or(0);
}

bool JsonFields::Bool(std::string_view key) {
  const auto value = Member(key, Need::kOptional);
  if (!value) return false;
  const auto flag = FindBool(object_, key);
  if (!flag) RefuseType(key, "true or false", *value);
  return flag.value_or(false);
}

std::optional<Instant> JsonFields::Time(std::string_view key, Need need) {
  const std::string text = String(key, need);
  if (!status_ || text.empty()) return std::nullopt;
  const auto time = ParseRfc3339(text);
  if (time) return *time;
  Refuse(key, time.error().message);
  return std::nullopt;
}

std::optional<JsonElement> JsonFields::Object(std::string_view key) {
  const auto value = Member(key, Need::kOptional);
  if (!value || value->is_object()) return value;
  RefuseType(key, "an object", *value);
  return std::nullopt;
}

std::vector<JsonElement> JsonFields::Array(std::string_view key) {
  std::vector<JsonElement> out;
  const auto value = Member(key, Need::kOptional);
  if (!value) return out;
  const auto items = FindArray(object_, key);
  if (!items) {
    RefuseType(key, "an array", *value);
    return out;
  }
  for (const JsonElement item : *items) out.push_back(item);
  return out;
}

std::vector<std::string> JsonFields::Strings(std::string_view key) {
  std::vector<std::string> out;
  for (const JsonElement& item : Array(key)) {
    std::string_view text;
    if (item.get_string().get(text) != simdjson::SUCCESS) {
      RefuseType(key, "an array of strings", item);
      return {};
    }
    out.emplace_back(text);
  }
  return out;
}

}  // namespace srehub::model
