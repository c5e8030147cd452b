// Reads the members of one JSON object into typed values. The first thing that is wrong is kept
// and everything after it reads as empty, so that a reader is a plain list of fields with one
// check at the end.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json_reader.h"
#include "base/time.h"

namespace srehub::model {

enum class Need : uint8_t { kOptional, kRequired };

class JsonFields {
 public:
  // `where`: JSON pointer of the object, for the messages.
  JsonFields(const JsonElement& object, std::string where);

  // A missing or null member is empty, unless it is required.
  std::string String(std::string_view key, Need need = Need::kOptional);
  int64_t Int(std::string_view key, Need need = Need::kOptional,
              int64_t min = std::numeric_limits<int64_t>::min(),
              int64_t max = std::numeric_limits<int64_t>::max());
  double Number(std::string_view key);
  bool Bool(std::string_view key);
  std::optional<Instant> Time(std::string_view key, Need need = Need::kOptional);
  std::optional<JsonElement> Object(std::string_view key);
  // The items; none when the member is missing.
  std::vector<JsonElement> Array(std::string_view key);
  std::vector<std::string> Strings(std::string_view key);
  // A word of a closed set: `parse` is the Parse function of its enumeration.
  template <typename Enum>
  Enum Choice(std::string_view key, std::optional<Enum> (*parse)(std::string_view), Enum fallback) {
    const std::string word = String(key, Need::kRequired);
    const std::optional<Enum> value = parse(word);
    if (!value) Refuse(key, "\"" + word + "\" is not one of its values");
    return value.value_or(fallback);
  }

  std::string Pointer(std::string_view key) const { return where_ + "/" + std::string(key); }
  void Refuse(std::string_view key, std::string why);
  // Takes over the error of a nested object, if this one has none yet.
  void Absorb(const Status& nested);
  Status status() const { return status_; }

 private:
  // The member, when there was no error and it is there.
  std::optional<JsonElement> Member(std::string_view key, Need need);
  void RefuseType(std::string_view key, std::string_view expected, const JsonElement& found);

  JsonElement object_;
  std::string where_;
  Status status_;
};

}  // namespace srehub::model
