#include "sources/object_reader.h"

#include <cmath>

#include "sources/sender_time.h"

namespace srehub::sources {

using model::RefusalReason;

namespace {
constexpr size_t kUsualChildren = 8;
}  // namespace

void Problem::Note(RefusalReason reason, std::string field, std::string message) {
  if (reason_) return;
  reason_ = reason;
  field_ = std::move(field);
  message_ = std::move(message);
}

void Problem::Report(const Record& record) const {
  if (reason_) record.Refuse(*reason_, field_, message_);
}

ObjectReader::ObjectReader(const JsonElement& object, std::string pointer, Problem* problem)
    : pointer_(std::move(pointer)), problem_(problem) {
  ReadMembers(object);
}

ObjectReader::ObjectReader(const ObjectReader* parent, std::string_view key,
                           const JsonElement* object)
    : parent_(parent), key_(key), problem_(parent->problem_) {
  if (object != nullptr) ReadMembers(*object);
}

void ObjectReader::ReadMembers(const JsonElement& object) {
  JsonObject members;
  if (object.get_object().get(members) != simdjson::SUCCESS) return;
  fields_.reserve(members.size());
  for (const auto member : members) fields_.push_back({member.key, member.value});
}

ObjectReader::Field* ObjectReader::FindField(std::string_view key) {
  for (Field& field : fields_) {
    if (field.key == key) return &field;
  }
  return nullptr;
}

const ObjectReader::Field* ObjectReader::FindField(std::string_view key) const {
  return const_cast<ObjectReader*>(this)->FindField(key);
}

ObjectReader::Field* ObjectReader::TakeField(std::string_view key) {
  Field* field = FindField(key);
  if (field == nullptr) return nullptr;
  field->read = true;
  return field->value.is_null() ? nullptr : field;
}

bool ObjectReader::Has(std::string_view key) const {
  const Field* field = FindField(key);
  return field != nullptr && !field->value.is_null();
}

std::optional<JsonElement> ObjectReader::Peek(std::string_view key) const {
  const Field* field = FindField(key);
  if (field == nullptr || field->value.is_null()) return std::nullopt;
  return field->value;
}

std::optional<JsonElement> ObjectReader::Take(std::string_view key) {
  const Field* field = TakeField(key);
  if (field == nullptr) return std::nullopt;
  return field->value;
}

std::string ObjectReader::PointerTo(std::string_view key) const {
  std::string out = parent_ == nullptr ? pointer_ : parent_->PointerTo(key_);
  out += '/';
  for (char c : key) {
    if (c == '~') out += "~0";
    else if (c == '/') out += "~1";
    else out += c;
  }
  return out;
}

void ObjectReader::Wrong(RefusalReason reason, std::string_view key, std::string message) {
  if (!*problem_) problem_->Note(reason, PointerTo(key), std::move(message));
}

void ObjectReader::Missing(std::string_view key, std::string message) {
  Wrong(RefusalReason::kMissingField, key, std::move(message));
}

void ObjectReader::WrongType(const Field& field, std::string_view expected) {
  if (*problem_) return;
  Wrong(RefusalReason::kWrongType, field.key,
        std::string(TypeInWords(field.value)) + " where " + std::string(expected) + " must be");
}

std::string_view ObjectReader::String(std::string_view key) {
  const Field* field = TakeField(key);
  if (field == nullptr) return {};
  std::string_view text;
  if (field->value.get_string().get(text) != simdjson::SUCCESS) WrongType(*field, "a string");
  return text;
}

std::optional<int64_t> ObjectReader::Int(std::string_view key) {
  const Field* field = TakeField(key);
  if (field == nullptr) return std::nullopt;
  if (field->value.is_int64()) return field->value.get_int64().value_unsafe();
  double number = 0;
  if (!field->value.is_number() || field->value.get_double().get(number) != simdjson::SUCCESS ||
      std::trunc(number) != number || std::abs(number) >= 0x1p63) {
    WrongType(*field, "an integer of 64 bits");
    return std::nullopt;
  }
  return static_cast<int64_t>(number);
}

std::optional<double> ObjectReader::Number(std::string_view key) {
  const Field* field = TakeField(key);
  if (field == nullptr) return std::nullopt;
  double number = 0;
  if (!field->value.is_number() || field->value.get_double().get(number) != simdjson::SUCCESS) {
    WrongType(*field, "a number");
    return std::nullopt;
  }
  return number;
}

std::optional<bool> ObjectReader::Bool(std::string_view key) {
  const Field* field = TakeField(key);
  if (field == nullptr) return std::nullopt;
  bool flag = false;
  if (field->value.get_bool().get(flag) != simdjson::SUCCESS) {
    WrongType(*field, "true or false");
    return std::nullopt;
  }
  return flag;
}

std::string ObjectReader::Id(std::string_view key) {
  const Field* field = TakeField(key);
  if (field == nullptr) return {};
  if (field->value.is_string()) return std::string(field->value.get_string().value_unsafe());
  if (field->value.is_uint64()) return std::to_string(field->value.get_uint64().value_unsafe());
  if (field->value.is_number()) {
    if (const auto number = Int(key)) return std::to_string(*number);
    return {};
  }
  WrongType(*field, "a string or an integer");
  return {};
}

std::optional<Instant> ObjectReader::ReadTimeField(std::string_view key, bool numbers_allowed) {
  const Field* field = TakeField(key);
  if (field == nullptr) return std::nullopt;
  TimeReading reading = ReadTime(field->value, numbers_allowed);
  if (reading.problem) Wrong(*reading.problem, key, std::move(reading.message));
  return reading.time;
}

std::optional<Instant> ObjectReader::Time(std::string_view key) {
  return ReadTimeField(key, false);
}

std::optional<Instant> ObjectReader::TimeOrNumber(std::string_view key) {
  return ReadTimeField(key, true);
}

std::optional<JsonArray> ObjectReader::Array(std::string_view key) {
  const Field* field = TakeField(key);
  if (field == nullptr) return std::nullopt;
  JsonArray items;
  if (field->value.get_array().get(items) != simdjson::SUCCESS) {
    WrongType(*field, "an array");
    return std::nullopt;
  }
  return items;
}

std::optional<JsonArray> ObjectReader::PeekArray(std::string_view key) {
  const auto items = Array(key);
  if (items) FindField(key)->read = false;
  return items;
}

model::Labels ObjectReader::StringMap(std::string_view key) {
  model::Labels out;
  ObjectReader& members = Child(key);
  for (Field& member : members.fields_) {
    member.read = true;
    if (member.value.is_null()) continue;
    if (!member.value.is_string()) {
      members.WrongType(member, "a string");
      continue;
    }
    out.emplace(member.key, member.value.get_string().value_unsafe());
  }
  return out;
}

ObjectReader& ObjectReader::Child(std::string_view key) {
  Field* field = TakeField(key);
  if (field != nullptr && field->child >= 0) return *children_[static_cast<size_t>(field->child)];
  const bool is_object = field != nullptr && field->value.is_object();
  if (field != nullptr && !is_object) WrongType(*field, "an object");
  if (is_object) field->child = static_cast<int>(children_.size());
  if (children_.empty()) children_.reserve(kUsualChildren);
  children_.push_back(std::unique_ptr<ObjectReader>(
      new ObjectReader(this, key, is_object ? &field->value : nullptr)));
  return *children_.back();
}

std::string_view ObjectReader::FirstPresent(std::initializer_list<std::string_view> keys) const {
  for (std::string_view key : keys) {
    if (Has(key)) return key;
  }
  return *(keys.end() - 1);
}

bool ObjectReader::HasLeftovers() const {
  for (const Field& field : fields_) {
    if (field.child >= 0 ? children_[static_cast<size_t>(field.child)]->HasLeftovers()
                         : !field.read) {
      return true;
    }
  }
  return false;
}

void ObjectReader::WriteLeftovers(JsonWriter* out) const {
  for (const Field& field : fields_) {
    if (field.child >= 0) {
      const ObjectReader& child = *children_[static_cast<size_t>(field.child)];
      if (!child.HasLeftovers()) continue;
      out->Key(field.key).BeginObject();
      child.WriteLeftovers(out);
      out->EndObject();
    } else if (!field.read) {
      out->Key(field.key);
      WriteElement(out, field.value);
    }
  }
}

}  // namespace srehub::sources
