// Typed access to the members of a JSON object that remembers what was read, so that the rest can
// be kept as it came, and that notes the first member of a wrong type or value.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json_reader.h"
#include "base/json_writer.h"
#include "base/time.h"
#include "model/delivery.h"
#include "model/observation.h"
#include "sources/record.h"

namespace srehub::sources {

// The first thing wrong with a record. Later ones are not kept: one refusal per record.
class Problem {
 public:
  explicit operator bool() const { return reason_.has_value(); }
  void Note(model::RefusalReason reason, std::string field, std::string message);
  // What was noted; only while there is something.
  model::Refusal refusal() const { return {*reason_, 0, field_, message_}; }
  // Hands the problem to the record's refusals.
  void Report(const Record& record) const;

 private:
  std::optional<model::RefusalReason> reason_;
  std::string field_, message_;
};

// Missing and null members read as nothing, or as the empty value; a wrong type reads as nothing
// and is noted. Not thread-safe; outlived by the element's reader and by `problem`.
class ObjectReader {
 public:
  // `object` must be an object. `pointer` leads to it.
  ObjectReader(const JsonElement& object, std::string pointer, Problem* problem);
  ObjectReader(const ObjectReader&) = delete;
  ObjectReader& operator=(const ObjectReader&) = delete;

  bool Has(std::string_view key) const;                         // there and not null
  std::optional<JsonElement> Peek(std::string_view key) const;  // without marking it as read
  std::optional<JsonElement> Take(std::string_view key);        // any type; marks it as read
  std::string_view String(std::string_view key);
  std::optional<int64_t> Int(std::string_view key);  // integers, and doubles that are whole
  std::optional<double> Number(std::string_view key);
  std::optional<bool> Bool(std::string_view key);
  // A string, or an integer as text: run ids, account ids.
  std::string Id(std::string_view key);
  std::optional<Instant> Time(std::string_view key);          // text only
  std::optional<Instant> TimeOrNumber(std::string_view key);  // seconds … nanoseconds too
  std::optional<JsonArray> Array(std::string_view key);
  // The same, but the member still counts as unread: for what is mapped only in part.
  std::optional<JsonArray> PeekArray(std::string_view key);
  // An object whose values are strings; null values are left out.
  model::Labels StringMap(std::string_view key);
  // The reader of a member that is an object; an empty reader when it is missing. What the child
  // leaves unread is left unread here.
  ObjectReader& Child(std::string_view key);

  // Of several names for one member, the first that is there; the last one when none is.
  std::string_view FirstPresent(std::initializer_list<std::string_view> keys) const;

  void Wrong(model::RefusalReason reason, std::string_view key, std::string message);
  void Missing(std::string_view key, std::string message);
  std::string PointerTo(std::string_view key) const;

  bool HasLeftovers() const;
  // The unread members, as key and value, into an object that is being written.
  void WriteLeftovers(JsonWriter* out) const;

 private:
  struct Field {
    std::string_view key;
    JsonElement value;
    bool read = false;
    int child = -1;  // index into children_
  };

  // A child; `object` is null when the member is missing.
  ObjectReader(const ObjectReader* parent, std::string_view key, const JsonElement* object);
  void ReadMembers(const JsonElement& object);
  Field* FindField(std::string_view key);
  const Field* FindField(std::string_view key) const;
  Field* TakeField(std::string_view key);  // null when missing or null; marks it as read
  void WrongType(const Field& field, std::string_view expected);
  std::optional<Instant> ReadTimeField(std::string_view key, bool numbers_allowed);

  const ObjectReader* parent_ = nullptr;
  std::string_view key_;  // of this object in its parent
  std::string pointer_;   // of a reader without a parent
  Problem* problem_;
  std::vector<Field> fields_;
  std::vector<std::unique_ptr<ObjectReader>> children_;
};

}  // namespace srehub::sources
