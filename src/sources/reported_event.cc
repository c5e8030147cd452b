#include "sources/reported_event.h"

#include <algorithm>
#include <utility>

#include "base/hash.h"
#include "base/limits.h"
#include "base/text.h"

namespace srehub::sources {
namespace {

constexpr std::string_view kUnknown = "unknown";

bool IsUpper(char c) { return c >= 'A' && c <= 'Z'; }
bool IsLower(char c) { return c >= 'a' && c <= 'z'; }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

std::string TypeOfWords(std::string_view words) {
  // Words all in capitals are read in lower case; a mixed spelling keeps its own capitals.
  const bool shouted = std::none_of(words.begin(), words.end(), IsLower);
  std::string out;
  bool start = true;
  for (char c : words) {
    if (!IsUpper(c) && !IsLower(c) && !IsDigit(c)) {
      start = true;
      continue;
    }
    if (start && IsLower(c)) c = static_cast<char>(c - 'a' + 'A');
    else if (!start && shouted && IsUpper(c)) c = static_cast<char>(c - 'A' + 'a');
    out += c;
    start = false;
  }
  if (out.size() <= limits::kMaxEventTypeBytes) return out;
  const std::string hash = Hex64(Hash64(words));
  out.resize(limits::kMaxEventTypeBytes - hash.size());
  return out + hash;
}

void ObserveReported(Record& record, model::Format format, const ObjectReader& root,
                     ReportedEvent reported) {
  model::EventFact fact;
  model::Event& event = fact.event;
  event.service_id = Slug(reported.service, limits::kMaxServiceIdBytes).empty()
                         ? std::string(kUnknown)
                         : std::move(reported.service);
  event.event_type = TypeOfWords(reported.type);
  if (event.event_type.empty()) event.event_type = "Event";
  event.severity = reported.severity;
  fact.has_severity = true;
  event.source = reported.source;
  event.phase = reported.phase;
  event.signal = std::move(reported.signal);
  event.timestamp = reported.time.value_or(record.received());
  event.untimed = !reported.time;
  JsonWriter details;
  details.BeginObject();
  details.FieldIf("message", reported.message);
  details.FieldIf("environment", reported.environment);
  event.details = details.EndObject().Take();

  model::Observation& observation = record.Observe(reported.source, format);
  observation.identity = std::move(reported.identity);
  observation.time = reported.time;
  observation.title = OneLine(reported.title.empty() ? event.event_type : reported.title);
  observation.link = std::move(reported.link);
  JsonWriter extra;
  extra.BeginObject();
  root.WriteLeftovers(&extra);
  if (!record.carrier_extra.empty()) extra.FieldRaw(record.carrier, record.carrier_extra);
  observation.extra = extra.EndObject().Take();
  observation.fact = std::move(fact);
}

}  // namespace srehub::sources
