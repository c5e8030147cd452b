// Writes JSON text into a string it owns. Compact, keys in the order written, UTF-8 escaped as
// RFC 8259 asks. Not thread-safe; a value.
#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/time.h"

namespace srehub {

// `text` as a JSON string with its quotes. Bytes that are not UTF-8 become U+FFFD.
void AppendJsonString(std::string* out, std::string_view text);

class JsonWriter {
 public:
  JsonWriter& BeginObject() {
    Separate();
    out_ += '{';
    fresh_ = true;
    return *this;
  }
  JsonWriter& EndObject() {
    out_ += '}';
    fresh_ = false;
    return *this;
  }
  JsonWriter& BeginArray() {
    Separate();
    out_ += '[';
    fresh_ = true;
    return *this;
  }
  JsonWriter& EndArray() {
    out_ += ']';
    fresh_ = false;
    return *this;
  }
  JsonWriter& Key(std::string_view key);
  JsonWriter& String(std::string_view value) {
    Separate();
    AppendJsonString(&out_, value);
    return *this;
  }
  JsonWriter& Int(int64_t value);
  JsonWriter& Uint(uint64_t value);
  JsonWriter& Double(double value);  // NaN and infinities become null
  JsonWriter& Bool(bool value) {
    Separate();
    out_ += value ? "true" : "false";
    return *this;
  }
  JsonWriter& Null() {
    Separate();
    out_ += "null";
    return *this;
  }
  JsonWriter& Time(Instant t) { return String(FormatTime(t)); }
  JsonWriter& Raw(std::string_view json) {
    Separate();
    out_ += json;
    return *this;
  }  // already JSON

  // Key and value at once.
  JsonWriter& Field(std::string_view key, std::string_view value) { return Key(key).String(value); }
  JsonWriter& Field(std::string_view key, const char* value) { return Key(key).String(value); }
  JsonWriter& Field(std::string_view key, bool value) { return Key(key).Bool(value); }
  JsonWriter& Field(std::string_view key, double value) { return Key(key).Double(value); }
  JsonWriter& Field(std::string_view key, Instant value) { return Key(key).Time(value); }
  template <std::integral T>
    requires(!std::same_as<T, bool>)
  JsonWriter& Field(std::string_view key, T value) {
    if constexpr (std::signed_integral<T>) return Key(key).Int(value);
    else return Key(key).Uint(value);
  }
  JsonWriter& FieldRaw(std::string_view key, std::string_view json) { return Key(key).Raw(json); }
  // Leaves the key out when the value is empty.
  JsonWriter& FieldIf(std::string_view key, std::string_view value) {
    return value.empty() ? *this : Field(key, value);
  }

  const std::string& text() const { return out_; }
  std::string Take() { return std::move(out_); }

 private:
  void Separate() {
    if (!fresh_) out_ += ',';
    fresh_ = false;
  }
  std::string out_;
  bool fresh_ = true;  // no comma before the next value
};

}  // namespace srehub
