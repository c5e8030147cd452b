// OTLP's log request in protobuf's JSON form: lowerCamelCase keys, 64-bit integers as text (the
// JavaScript SDK writes numbers), trace ids in hex. Unknown members are ignored, as OTLP asks,
// except in a record, where they are kept.
#include <algorithm>
#include <charconv>

#include "base/text.h"
#include "sources/object_reader.h"
#include "sources/otlp.h"

namespace srehub::sources {
namespace {

using model::RefusalReason;

// An unsigned 64-bit integer, as a number or its digits.
uint64_t TakeUint(ObjectReader& object, std::string_view key) {
  const auto value = object.Take(key);
  if (!value) return 0;
  uint64_t number = 0;
  if (value->get_uint64().get(number) == simdjson::SUCCESS) return number;
  std::string_view text;
  if (value->get_string().get(text) == simdjson::SUCCESS) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (text.empty() || (error == std::errc{} && end == text.data() + text.size())) return number;
    object.Wrong(RefusalReason::kBadValue, key,
                 Quoted(text) + " is not an unsigned integer of 64 bits");
    return 0;
  }
  // The JavaScript SDK may write whole numbers as 1e18.
  double whole = 0;
  if (value->is_double() && value->get_double().get(whole) == simdjson::SUCCESS && whole >= 0 &&
      whole < 0x1p64) {
    return static_cast<uint64_t>(whole);
  }
  object.Wrong(RefusalReason::kWrongType, key,
               std::string(TypeInWords(*value)) + " where an unsigned integer must be");
  return 0;
}

// Writes AnyValues; what is wrong with one is noted at `key` of `owner`.
class ValueWriter {
 public:
  ValueWriter(ObjectReader* owner, std::string_view key) : owner_(owner), key_(key) {}

  void Value(const JsonElement& value, size_t depth, JsonWriter* out) {
    if (value.is_null()) {
      out->Null();
      return;
    }
    if (!value.is_object()) return Wrong(value, "an AnyValue, which is an object,", out);
    const JsonObject members = value.get_object().value_unsafe();
    for (const auto member : members) {
      if (!member.value.is_null() && Member(member.key, member.value, depth, out)) return;
    }
    out->Null();  // {} is OTLP's null
  }

  // An array of {key, value}, as an object.
  void Pairs(const JsonElement& list, size_t depth, JsonWriter* out) {
    if (!list.is_array()) return Wrong(list, "an array of {key, value}", out);
    out->BeginObject();
    for (const JsonElement pair : JsonArray(list.get_array().value_unsafe())) {
      const auto key = pair.is_object() ? FindString(pair, "key") : std::nullopt;
      if (!key) {
        owner_->Wrong(RefusalReason::kWrongType, key_,
                      "an attribute is an object with a key, which is a string");
        break;
      }
      out->Key(*key);
      const auto value = Find(pair, "value");
      if (value) Value(*value, depth, out);
      else out->Null();
    }
    out->EndObject();
  }

 private:
  // False when `key` is none of AnyValue's.
  bool Member(std::string_view key, const JsonElement& value, size_t depth, JsonWriter* out) {
    if (key == "stringValue" || key == "bytesValue") {
      if (value.is_string()) out->String(value.get_string().value_unsafe());
      else Wrong(value, "a string", out);
    } else if (key == "boolValue") {
      if (value.is_bool()) out->Bool(value.get_bool().value_unsafe());
      else Wrong(value, "true or false", out);
    } else if (key == "intValue") {
      Integer(value, out);
    } else if (key == "doubleValue") {
      if (value.is_number() || value.is_string()) WriteElement(out, value);
      else Wrong(value, "a number", out);
    } else if (key == "arrayValue") {
      Values(value, false, depth, out);
    } else if (key == "kvlistValue") {
      Values(value, true, depth, out);
    } else {
      return false;
    }
    return true;
  }

  void Integer(const JsonElement& value, JsonWriter* out) {
    int64_t number = 0;
    if (value.get_int64().get(number) == simdjson::SUCCESS) {
      out->Int(number);
      return;
    }
    std::string_view text;
    if (value.get_string().get(text) == simdjson::SUCCESS) {
      const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
      if (!text.empty() && error == std::errc{} && end == text.data() + text.size()) {
        out->Int(number);
        return;
      }
    } else if (value.is_double()) {
      WriteElement(out, value);
      return;
    }
    Wrong(value, "an integer of 64 bits", out);
  }

  void Values(const JsonElement& value, bool pairs, size_t depth, JsonWriter* out) {
    if (depth >= kMaxOtlpValueDepth) {
      owner_->Wrong(RefusalReason::kTooDeep, key_,
                    "a value is nested more than " + std::to_string(kMaxOtlpValueDepth) + " deep");
      out->Null();
      return;
    }
    const auto values = value.is_object() ? Find(value, "values") : std::nullopt;
    if (!value.is_object() || (values && !values->is_array())) {
      return Wrong(value, "an object with an array of values", out);
    }
    if (pairs) {
      if (values) return Pairs(*values, depth + 1, out);
      out->BeginObject().EndObject();
      return;
    }
    out->BeginArray();
    if (values) {
      for (const JsonElement item : JsonArray(values->get_array().value_unsafe())) {
        Value(item, depth + 1, out);
      }
    }
    out->EndArray();
  }

  void Wrong(const JsonElement& value, std::string_view expected, JsonWriter* out) {
    owner_->Wrong(RefusalReason::kWrongType, key_,
                  std::string(TypeInWords(value)) + " where " + std::string(expected) + " must be");
    out->Null();
  }

  ObjectReader* owner_;
  std::string_view key_;
};

std::string AttributesOf(ObjectReader& owner) {
  const auto list = owner.Take("attributes");
  if (!list) return {};
  JsonWriter out;
  ValueWriter(&owner, "attributes").Pairs(*list, 0, &out);
  return out.Take();
}

// A refused record keeps what is around it: it can be sent again as it is.
std::string Wrapped(std::string_view resource, std::string_view scope, std::string_view record) {
  std::string out = R"({"resourceLogs":[{)";
  if (!resource.empty()) out.append("\"resource\":").append(resource).append(1, ',');
  out += R"("scopeLogs":[{)";
  if (!scope.empty()) out.append("\"scope\":").append(scope).append(1, ',');
  out.append("\"logRecords\":[").append(record).append("]}]}]}");
  return out;
}

class Flattener {
 public:
  FlatRecords Run(const JsonElement& root) {
    Each(root, "resourceLogs", "",
         [this](const JsonElement& item, const std::string& at) { ResourceLogs(item, at); });
    return std::move(out_);
  }

 private:
  void Refuse(const Problem& problem, std::string raw) {
    const model::Refusal refusal = problem.refusal();
    out_.Refuse(refusal.reason, refusal.field, refusal.message, {}, std::move(raw));
  }

  // The objects of the array `key`. What is none costs itself; an array that is none, its owner.
  template <typename Take>
  void Each(const JsonElement& owner, std::string_view key, const std::string& pointer,
            const Take& take) {
    Problem problem;
    ObjectReader object(owner, pointer, &problem);
    const auto list = object.Array(key);
    if (problem) return Refuse(problem, ToJson(owner));
    if (!list) return;
    size_t position = 0;
    for (const JsonElement item : *list) {
      if (out_.full()) return;
      const std::string at = object.PointerTo(key) + "/" + std::to_string(position++);
      if (item.is_object()) {
        take(item, at);
      } else {
        out_.Refuse(RefusalReason::kWrongType, at,
                    std::string(TypeInWords(item)) + " where an object must be", {}, ToJson(item));
      }
    }
  }

  void ResourceLogs(const JsonElement& item, const std::string& at) {
    Problem problem;
    ObjectReader object(item, at, &problem);
    const std::string resource = AttributesOf(object.Child("resource"));
    if (problem) return Refuse(problem, R"({"resourceLogs":[)" + ToJson(item) + "]}");
    resource_ = Find(item, "resource").has_value() ? ToJson(*Find(item, "resource")) : "";
    Each(item, "scopeLogs", at, [&](const JsonElement& logs, const std::string& pointer) {
      ScopeLogs(logs, pointer, resource);
    });
  }

  void ScopeLogs(const JsonElement& item, const std::string& at, std::string_view resource) {
    Problem problem;
    ObjectReader object(item, at, &problem);
    ObjectReader& scope = object.Child("scope");
    JsonWriter json;
    json.BeginObject().FieldIf("name", scope.String("name"));
    json.FieldIf("version", scope.String("version"));
    if (const std::string map = AttributesOf(scope); !map.empty()) json.FieldRaw("attributes", map);
    const std::string text = json.EndObject().Take();
    if (problem) {
      return Refuse(problem, R"({"resourceLogs":[{"scopeLogs":[)" + ToJson(item) + "]}]}");
    }
    const auto scope_element = Find(item, "scope");
    const std::string scope_raw = scope_element ? ToJson(*scope_element) : "";
    Each(item, "logRecords", at, [&](const JsonElement& record, const std::string& pointer) {
      LogRecord(record, pointer, {resource, text}, scope_raw);
    });
  }

  void LogRecord(const JsonElement& element, const std::string& at, const OtlpAround& around,
                 std::string_view scope_raw) {
    Problem problem;
    ObjectReader object(element, at, &problem);
    OtlpRecord record;
    record.time_unix_nano = TakeUint(object, "timeUnixNano");
    record.observed_time_unix_nano = TakeUint(object, "observedTimeUnixNano");
    record.severity_number = object.Int("severityNumber").value_or(0);
    record.severity_text = object.String("severityText");
    if (const auto body = object.Take("body")) {
      JsonWriter out;
      ValueWriter(&object, "body").Value(*body, 0, &out);
      record.body = out.Take();
    }
    record.attributes = AttributesOf(object);
    record.dropped_attributes = TakeUint(object, "droppedAttributesCount");
    record.flags = TakeUint(object, "flags");
    record.trace_id = ToLowerAscii(object.String("traceId"));
    record.span_id = ToLowerAscii(object.String("spanId"));
    record.event_name = object.String("eventName");
    if (problem) return Refuse(problem, Wrapped(resource_, scope_raw, ToJson(element)));
    if (object.HasLeftovers()) {
      JsonWriter rest;
      rest.BeginObject();
      object.WriteLeftovers(&rest);
      record.unknown = rest.EndObject().Take();
    }
    out_.Add(FlattenOtlpRecord(record, around));
  }

  FlatRecords out_;
  std::string resource_;  // as it came, of the resource at hand
};

}  // namespace

FlatRecords FlattenOtlpJson(const JsonElement& root) { return Flattener().Run(root); }

}  // namespace srehub::sources
