// One record on its way through a format's decoder, and what the records of one delivery share.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/json_reader.h"
#include "base/json_writer.h"
#include "model/delivery.h"
#include "model/observation.h"
#include "sources/decode.h"

namespace srehub::sources {

class LogFields;

// How many records may be wrapped in each other: SQS in SNS in an alarm is three.
inline constexpr size_t kMaxEnvelopes = 4;

// Shared by the records of one Decode call. Not thread-safe.
class DecodeContext {
 public:
  explicit DecodeContext(const model::Delivery& delivery);
  ~DecodeContext();

  const model::Delivery& delivery() const { return delivery_; }
  // The reader for text found inside `depth` envelopes: the elements of an outer record stay
  // valid while an inner one is read.
  JsonReader& Reader(size_t depth);
  LogFields& log_fields() { return *log_fields_; }  // room that every log record uses again
  // 1 for the first record of the delivery with these bytes, 2 for the next equal one, …
  uint32_t OrdinalOf(std::string_view minified);

  std::vector<std::string> notices;
  const model::Mappings* mappings = nullptr;  // null: none

 private:
  const model::Delivery& delivery_;
  std::vector<std::unique_ptr<JsonReader>> readers_;
  std::unique_ptr<LogFields> log_fields_;
  std::unordered_map<uint64_t, uint32_t> seen_;  // hash of a record's bytes -> how often
};

// A JSON object to be decoded. Elements and text are valid while the decoder runs.
struct Record {
  JsonElement root;              // always an object
  std::string_view text;         // its bytes, for the identity of records without one
  DecodedRecord* out = nullptr;  // takes the observations and refusals
  DecodeContext* context = nullptr;
  size_t depth = 0;     // envelopes around it
  std::string pointer;  // JSON pointer to the record inside the outermost one

  // Kubernetes lists: what the list says about items that do not say it themselves.
  std::string_view implied_kind, implied_api_version;
  // Amazon's carriers: which one brought the record, when, and what else it said (JSON object).
  std::string_view carrier;
  std::optional<Instant> carried_at;
  std::string carrier_extra;

  Instant received() const { return context->delivery().received; }
  void Refuse(model::RefusalReason reason, std::string field, std::string message) const;
  model::Observation& Observe(model::Source source, model::Format format) const;
};

// Parses `text`, found in `outer` at `pointer`, into a record of its own. Refuses on `outer` and
// gives nothing when it is not a JSON object or wrapped too often.
std::optional<Record> Unwrap(const Record& outer, std::string_view text, std::string pointer);

// Why a text does not parse, as the refusal it earns.
model::RefusalReason ReasonOf(const Error& parse_error);

// "a|b|c"; '|' and '\' inside a part are escaped, so different parts never give equal text.
std::string JoinIdentity(std::initializer_list<std::string_view> parts);
// For records without an identity of their own: the whole record, minified, and its ordinal among
// equal records of the delivery.
std::string WholeRecordIdentity(const Record& record);

// The first non-blank line, trimmed and cut: for titles.
std::string OneLine(std::string_view text);
// `url` if it is an http or https one without blanks or control characters, else empty.
std::string HttpLink(std::string_view url);
// A value as a message may show it: quoted, cut, one line.
std::string Quoted(std::string_view value);
// "an array", "a string": JSON types for messages.
std::string_view TypeInWords(const JsonElement& element);

// The element as it is.
void WriteElement(JsonWriter* out, const JsonElement& element);

}  // namespace srehub::sources
