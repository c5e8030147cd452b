#include "classify/details.h"

#include <algorithm>

#include "base/hash.h"
#include "base/json_reader.h"
#include "base/limits.h"
#include "base/text.h"
#include "classify/names.h"

namespace srehub::classify {
namespace {

// Shares of limits::kMaxDetailsBytes when something must be cut; about 25 short texts remain.
constexpr size_t kCutMessageBytes = 16 * 1024;
constexpr size_t kCutExtraBytes = 16 * 1024;
constexpr size_t kCutMapBytes = 6 * 1024;
constexpr size_t kCutTextBytes = 512;
constexpr size_t kTitleBytes = 256;

size_t JsonBytes(std::string_view text, size_t length) {
  if (length > 1) return length;
  if (length == 0) return 3;  // a byte that is no UTF-8 is written as U+FFFD
  const char c = text[0];
  if (c == '"' || c == '\\') return 2;
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? 6 : 1;
}

}  // namespace

std::string_view CutForJson(std::string_view text, size_t max_bytes) {
  if (text.size() * 6 <= max_bytes) return text;
  size_t used = 0, i = 0;
  while (i < text.size()) {
    const size_t length = Utf8SequenceLength(text.substr(i));
    used += JsonBytes(text.substr(i), length);
    if (used > max_bytes) break;
    i += length == 0 ? 1 : length;
  }
  return text.substr(0, i);
}

std::string_view TitleOf(std::string_view text) {
  return TruncateUtf8(FirstLineOf(text), kTitleBytes);
}

std::string_view DetailsWriter::Fit(std::string_view text, size_t max_json_bytes) const {
  return cut_ ? CutForJson(text, max_json_bytes) : text;
}

bool DetailsWriter::Has(std::string_view key) const {
  return std::find(members_.begin(), members_.end(), key) != members_.end();
}

DetailsWriter& DetailsWriter::Text(std::string_view key, std::string_view value) {
  if (!Has(key)) writer_.FieldIf(key, Fit(value, kCutTextBytes));
  return *this;
}

DetailsWriter& DetailsWriter::Message(std::string_view value) {
  writer_.FieldIf("message", Fit(value, kCutMessageBytes));
  return *this;
}

DetailsWriter& DetailsWriter::Int(std::string_view key, int64_t value) {
  writer_.Field(key, value);
  return *this;
}

DetailsWriter& DetailsWriter::Number(std::string_view key, double value) {
  writer_.Field(key, value);
  return *this;
}

DetailsWriter& DetailsWriter::Flag(std::string_view key) {
  if (!Has(key)) writer_.Field(key, true);
  return *this;
}

DetailsWriter& DetailsWriter::Map(std::string_view key, const model::Labels& labels) {
  if (labels.empty()) return *this;
  writer_.Key(key).BeginObject();
  size_t left = kCutMapBytes;
  for (const auto& [name, value] : labels) {
    const std::string_view fit = Fit(value, kCutTextBytes);
    if (cut_) {
      JsonWriter probe;
      probe.Field(name, fit);
      if (probe.text().size() >= left) continue;  // a shorter one may still fit
      left -= probe.text().size() + 1;
    }
    writer_.Field(name, fit);
  }
  writer_.EndObject();
  return *this;
}

DetailsWriter& DetailsWriter::Object(const model::ObjectReference& object,
                                     std::string_view container) {
  if (object.kind.empty() && object.name.empty() && container.empty()) return *this;
  writer_.Key("object").BeginObject();
  writer_.FieldIf("kind", Fit(object.kind, kCutTextBytes));
  writer_.FieldIf("namespace", Fit(object.namespace_, kCutTextBytes));
  writer_.FieldIf("name", Fit(object.name, kCutTextBytes));
  writer_.FieldIf("container", Fit(container, kCutTextBytes));
  writer_.EndObject();
  return *this;
}

DetailsWriter& DetailsWriter::Extra(std::string_view json) {
  if (json.empty() || json == "{}") return *this;
  const std::string_view key = Has("extra") ? "unmapped" : "extra";
  if (cut_ && json.size() > kCutExtraBytes) {
    writer_.Field(key, CutForJson(json, kCutExtraBytes));  // a text: no longer an object
  } else {
    writer_.FieldRaw(key, json);
  }
  return *this;
}

DetailsWriter& DetailsWriter::Members(std::string_view json) {
  if (json.empty() || json == "{}") return *this;
  JsonReader reader;
  const Result<JsonElement> parsed = reader.Parse(json);
  JsonObject object;
  if (!parsed || parsed->get_object().get(object) != simdjson::SUCCESS) return Extra(json);
  if (!cut_) {
    for (const auto& [key, value] : object) {
      writer_.Key(key).Raw(ToJson(value));
      members_.emplace_back(key);
    }
    return *this;
  }
  Message(FindString(*parsed, "message").value_or(""));
  for (const char* key : {"title", "traceId", "link", "environment", "version"}) {
    const std::string_view value = FindString(*parsed, key).value_or("");
    if (value.empty()) continue;
    Text(key, value);
    members_.emplace_back(key);
  }
  Extra(json);
  members_.emplace_back("extra");
  return *this;
}

std::string BuildDetails(const std::function<void(DetailsWriter&)>& write) {
  DetailsWriter whole(false);
  write(whole);
  whole.writer_.EndObject();
  if (whole.writer_.text().size() <= limits::kMaxDetailsBytes) return whole.writer_.Take();
  DetailsWriter cut(true);
  write(cut);
  const std::string& text = whole.writer_.text();
  cut.writer_.Key("detailsCut").BeginObject();
  cut.writer_.Field("bytes", text.size()).Field("hash", Hex64(Hash64(text)));
  cut.writer_.EndObject().EndObject();
  return cut.writer_.Take();
}

}  // namespace srehub::classify
