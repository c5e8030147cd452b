#include "sources/record.h"

#include <algorithm>

#include "base/hash.h"
#include "base/text.h"
#include "sources/log_fields.h"

namespace srehub::sources {
namespace {

constexpr size_t kMaxTitleBytes = 240;
constexpr size_t kMaxQuotedBytes = 80;
constexpr size_t kMaxLinkBytes = 2048;

}  // namespace

DecodeContext::DecodeContext(const model::Delivery& delivery)
    : delivery_(delivery), log_fields_(std::make_unique<LogFields>()) {}

DecodeContext::~DecodeContext() = default;

JsonReader& DecodeContext::Reader(size_t depth) {
  while (readers_.size() <= depth) readers_.push_back(std::make_unique<JsonReader>());
  return *readers_[depth];
}

uint32_t DecodeContext::OrdinalOf(std::string_view minified) { return ++seen_[Hash64(minified)]; }

void Record::Refuse(model::RefusalReason reason, std::string field, std::string message) const {
  out->refusals.push_back({reason, out->index, std::move(field), std::move(message)});
}

model::Observation& Record::Observe(model::Source source, model::Format format) const {
  model::Observation& observation = out->observations.emplace_back();
  observation.source = source;
  observation.format = format;
  observation.received = received();
  return observation;
}

model::RefusalReason ReasonOf(const Error& parse_error) {
  switch (parse_error.code) {
    case ErrorCode::kInvalidArgument: return model::RefusalReason::kDuplicateKey;
    case ErrorCode::kTooLarge: return model::RefusalReason::kTooDeep;
    default: return model::RefusalReason::kMalformed;
  }
}

std::optional<Record> Unwrap(const Record& outer, std::string_view text, std::string pointer) {
  if (outer.depth + 1 >= kMaxEnvelopes) {
    outer.Refuse(
        model::RefusalReason::kTooDeep, std::move(pointer),
        "the record is wrapped in more than " + std::to_string(kMaxEnvelopes - 1) + " envelopes");
    return std::nullopt;
  }
  auto root = outer.context->Reader(outer.depth + 1).Parse(text);
  if (!root) {
    const auto reason = ReasonOf(root.error());
    outer.Refuse(
        reason == model::RefusalReason::kMalformed ? model::RefusalReason::kUnknownShape : reason,
        std::move(pointer),
        "the text " + Quoted(text) + " wrapped here is no record: " + root.error().message);
    return std::nullopt;
  }
  if (!root->is_object()) {
    outer.Refuse(model::RefusalReason::kWrongShape, std::move(pointer),
                 std::string(TypeInWords(*root)) + " is wrapped here where an object must be");
    return std::nullopt;
  }
  Record inner;
  inner.root = *root;
  inner.text = text;
  inner.out = outer.out;
  inner.context = outer.context;
  inner.depth = outer.depth + 1;
  inner.pointer = std::move(pointer);
  return inner;
}

std::string JoinIdentity(std::initializer_list<std::string_view> parts) {
  size_t size = parts.size();
  for (std::string_view part : parts) size += part.size();
  std::string out;
  out.reserve(size);
  bool first = true;
  for (std::string_view part : parts) {
    if (!first) out += '|';
    first = false;
    for (char c : part) {
      if (c == '|' || c == '\\') out += '\\';
      out += c;
    }
  }
  return out;
}

std::string WholeRecordIdentity(const Record& record) {
  std::string minified(record.text.size(), '\0');
  size_t size = 0;
  if (simdjson::minify(record.text.data(), record.text.size(), minified.data(), size) !=
      simdjson::SUCCESS) {
    minified = record.text;
  } else {
    minified.resize(size);
  }
  const uint32_t ordinal = record.context->OrdinalOf(minified);
  minified += '|';
  minified += std::to_string(ordinal);
  return minified;
}

std::string OneLine(std::string_view text) {
  text = TrimAscii(text);
  // No title is longer than this, wherever its line ends.
  const size_t limit = std::min(text.size(), kMaxTitleBytes + 1);
  size_t end = 0;
  while (end < limit && text[end] != '\r' && text[end] != '\n') ++end;
  text = TrimAscii(text.substr(0, end));
  const std::string_view cut = TruncateUtf8(text, kMaxTitleBytes);
  std::string out(cut);
  if (cut.size() < text.size()) out += "…";
  return out;
}

std::string HttpLink(std::string_view url) {
  if (url.size() > kMaxLinkBytes) return {};
  if (!StartsWithIgnoreCase(url, "http://") && !StartsWithIgnoreCase(url, "https://")) return {};
  for (char c : url) {
    if (static_cast<unsigned char>(c) <= 0x20 || c == 0x7f) return {};
  }
  return std::string(url);
}

std::string Quoted(std::string_view value) {
  const std::string_view cut = TruncateUtf8(value, kMaxQuotedBytes);
  std::string out;
  AppendJsonString(&out, cut);
  if (cut.size() < value.size()) out.insert(out.size() - 1, "…");
  return out;
}

std::string_view TypeInWords(const JsonElement& element) {
  switch (element.type()) {
    case simdjson::dom::element_type::ARRAY: return "an array";
    case simdjson::dom::element_type::OBJECT: return "an object";
    case simdjson::dom::element_type::STRING: return "a string";
    case simdjson::dom::element_type::BOOL: return "a boolean";
    case simdjson::dom::element_type::NULL_VALUE: return "null";
    default: return "a number";
  }
}

void WriteElement(JsonWriter* out, const JsonElement& element) {
  switch (element.type()) {
    case simdjson::dom::element_type::STRING:
      out->String(element.get_string().value_unsafe());
      return;
    case simdjson::dom::element_type::INT64: out->Int(element.get_int64().value_unsafe()); return;
    case simdjson::dom::element_type::UINT64:
      out->Uint(element.get_uint64().value_unsafe());
      return;
    case simdjson::dom::element_type::DOUBLE:
      out->Double(element.get_double().value_unsafe());
      return;
    case simdjson::dom::element_type::BOOL: out->Bool(element.get_bool().value_unsafe()); return;
    case simdjson::dom::element_type::NULL_VALUE: out->Null(); return;
    case simdjson::dom::element_type::OBJECT:
      out->BeginObject();
      for (const auto field : JsonObject(element.get_object().value_unsafe())) {
        out->Key(field.key);
        WriteElement(out, field.value);
      }
      out->EndObject();
      return;
    case simdjson::dom::element_type::ARRAY:
      out->BeginArray();
      for (const JsonElement item : JsonArray(element.get_array().value_unsafe())) {
        WriteElement(out, item);
      }
      out->EndArray();
      return;
  }
}

}  // namespace srehub::sources
