// Loki's push request in JSON.
#include <algorithm>

#include "base/json_writer.h"
#include "base/time.h"
#include "sources/loki.h"
#include "sources/loki_record.h"
#include "sources/object_reader.h"
#include "sources/sender_time.h"

namespace srehub::sources {
namespace {

using model::RefusalReason;

// The members of an object whose values are texts; numbers and booleans are taken as what they say.
std::string TextMap(ObjectReader& owner, std::string_view key) {
  const auto map = owner.Take(key);
  if (!map) return {};
  JsonWriter json;
  json.BeginObject();
  if (!map->is_object()) {
    owner.Wrong(RefusalReason::kWrongType, key,
                std::string(TypeInWords(*map)) + " where an object must be");
    return {};
  }
  for (const auto member : JsonObject(map->get_object().value_unsafe())) {
    if (member.value.is_null()) continue;
    if (member.value.is_object() || member.value.is_array()) {
      owner.Wrong(RefusalReason::kWrongType, key,
                  std::string(TypeInWords(member.value)) + " where a label's text must be");
      return {};
    }
    json.Key(member.key);
    if (member.value.is_string()) WriteElement(&json, member.value);
    else json.String(ToJson(member.value));
  }
  return json.EndObject().Take();
}

class Flattener {
 public:
  explicit Flattener(std::string_view tenant) : tenant_(tenant) {}

  FlatRecords Run(const JsonElement& root) {
    Problem problem;
    ObjectReader object(root, "", &problem);
    const auto streams = object.Array("streams");
    if (problem) Refuse(problem, ToJson(root));
    size_t position = 0;
    if (streams) {
      for (const JsonElement item : *streams) {
        Stream(item, "/streams/" + std::to_string(position++));
        if (out_.full()) break;
      }
    }
    return std::move(out_);
  }

 private:
  void Refuse(const Problem& problem, std::string raw) {
    const model::Refusal refusal = problem.refusal();
    out_.Refuse(refusal.reason, refusal.field, refusal.message, {}, std::move(raw));
  }
  static std::string Wrapped(std::string_view stream) {
    return "{\"streams\":[" + std::string(stream) + "]}";
  }

  void Stream(const JsonElement& item, const std::string& at) {
    if (!item.is_object()) {
      return out_.Refuse(RefusalReason::kWrongType, at,
                         std::string(TypeInWords(item)) + " where a stream's object must be", {},
                         Wrapped(ToJson(item)));
    }
    Problem problem;
    ObjectReader object(item, at, &problem);
    const std::string labels = TextMap(object, "stream");
    const auto values = object.Array("values");
    if (problem) return Refuse(problem, Wrapped(ToJson(item)));
    if (!values) return;
    size_t position = 0;
    for (const JsonElement value : *values) {
      if (out_.full()) return;
      Value(value, at + "/values/" + std::to_string(position++), labels);
    }
  }

  // ["<nanoseconds>", "line", {metadata}?]
  void Value(const JsonElement& value, const std::string& at, std::string_view labels) {
    const auto wrong = [&](RefusalReason reason, std::string_view index, std::string message) {
      std::string stream = "{";
      if (!labels.empty()) stream.append("\"stream\":").append(labels).append(1, ',');
      out_.Refuse(reason, at + std::string(index), std::move(message), {},
                  Wrapped(stream + "\"values\":[" + ToJson(value) + "]}"));
    };
    JsonArray parts;
    if (value.get_array().get(parts) != simdjson::SUCCESS || parts.size() < 2 || parts.size() > 3) {
      return wrong(RefusalReason::kWrongType, "",
                   "a value is an array: the time in nanoseconds, the line, and perhaps an "
                   "object of metadata");
    }
    const JsonElement time = parts.at(0).value_unsafe(), line = parts.at(1).value_unsafe();
    const TimeReading reading = sources::ReadTime(time, true);
    if (reading.problem) return wrong(*reading.problem, "/0", reading.message);
    std::string_view text;
    if (line.get_string().get(text) != simdjson::SUCCESS) {
      return wrong(RefusalReason::kWrongType, "/1",
                   std::string(TypeInWords(line)) + " where the line, a string, must be");
    }
    std::string metadata;
    if (parts.size() == 3) {
      // Read as a member, so that what is wrong with it is found the same way.
      const JsonElement third = parts.at(2).value_unsafe();
      if (!third.is_object()) {
        return wrong(RefusalReason::kWrongType, "/2",
                     std::string(TypeInWords(third)) + " where an object must be");
      }
      JsonWriter json;
      json.BeginObject();
      for (const auto member : JsonObject(third.get_object().value_unsafe())) {
        if (member.value.is_object() || member.value.is_array()) {
          return wrong(RefusalReason::kWrongType, "/2/" + std::string(member.key),
                       "metadata values are texts");
        }
        json.Key(member.key);
        if (member.value.is_string()) WriteElement(&json, member.value);
        else json.String(ToJson(member.value));
      }
      metadata = json.EndObject().Take();
    }
    out_.Add(
        LokiRecord(reading.time ? FormatTime(*reading.time) : "", tenant_, labels, metadata, text));
  }

  const std::string_view tenant_;
  FlatRecords out_;
};

}  // namespace

FlatRecords FlattenLokiJson(const JsonElement& root, std::string_view tenant) {
  return Flattener(tenant).Run(root);
}

}  // namespace srehub::sources
