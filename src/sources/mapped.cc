// Records of any shape, read by the mappings of the user's rule files. A mapping is data: JSON
// pointers and constants. What a pointer leads to must be a text, a number or a truth value.
#include <algorithm>

#include "base/text.h"
#include "sources/formats.h"
#include "sources/object_reader.h"
#include "sources/sender_time.h"

namespace srehub::sources {
namespace {

using model::MappedField;
using model::Mapping;
using model::RefusalReason;

std::optional<JsonElement> At(const JsonElement& root, const std::string& pointer) {
  JsonElement element;
  if (root.at_pointer(pointer).get(element) != simdjson::SUCCESS || element.is_null())
    return std::nullopt;
  return element;
}

// The text of a scalar as it stands in JSON; nothing for objects and arrays.
std::optional<std::string> TextOf(const JsonElement& element) {
  std::string_view text;
  if (element.get_string().get(text) == simdjson::SUCCESS) return std::string(text);
  if (element.is_object() || element.is_array()) return std::nullopt;
  return ToJson(element);
}

bool Fits(const Mapping& mapping, const JsonElement& root) {
  return std::ranges::all_of(mapping.match, [&](const auto& condition) {
    const auto element = At(root, condition.first);
    if (!element) return false;
    if (condition.second.empty()) return true;
    const auto text = TextOf(*element);
    return text && std::ranges::find(condition.second, *text) != condition.second.end();
  });
}

// Reads the fields of one record by one mapping.
class MappedReader {
 public:
  MappedReader(const Record& record, Problem* problem) : record_(record), problem_(problem) {}

  // The element a field leads to, and where it stands; constants have none.
  std::optional<JsonElement> Element(const MappedField& field, std::string* pointer) const {
    for (const MappedField::Term& term : field.terms) {
      if (!term.is_pointer) return std::nullopt;
      if (const auto element = At(record_.root, term.text)) {
        *pointer = record_.pointer + term.text;
        return element;
      }
    }
    return std::nullopt;
  }

  std::string Text(const MappedField& field) const {
    for (const MappedField::Term& term : field.terms) {
      if (!term.is_pointer) return term.text;
      const auto element = At(record_.root, term.text);
      if (!element) continue;
      auto text = TextOf(*element);
      if (!text) {
        problem_->Note(RefusalReason::kWrongType, record_.pointer + term.text,
                       std::string(TypeInWords(*element)) +
                           " where the mapping expects a text, a number or a truth value");
        return {};
      }
      if (!text->empty()) return *text;
    }
    return {};
  }

  std::string Needed(const MappedField& field, std::string_view what) const {
    std::string text = Text(field);
    if (text.empty() && !*problem_)
      problem_->Note(RefusalReason::kMissingField, record_.pointer + field.terms.front().text,
                     "the mapping finds no " + std::string(what) + " in the record");
    return text;
  }

  std::optional<Instant> Time(const MappedField& field) const {
    std::string pointer;
    const auto element = Element(field, &pointer);
    if (!element) return std::nullopt;
    const TimeReading reading = ReadTime(*element, true);
    if (reading.problem) problem_->Note(*reading.problem, pointer, reading.message);
    return reading.time;
  }

  // Through the mapping's own table of words.
  std::string Word(const MappedField& field,
                   const std::map<std::string, std::string, std::less<>>& table) const {
    const std::string word = Text(field);
    const auto found = table.find(ToLowerAscii(word));
    return found == table.end() ? word : found->second;
  }

 private:
  const Record& record_;
  Problem* const problem_;
};

void ReadPhase(const Record& record, const MappedReader& reader, const Mapping& mapping,
               Problem* problem, model::Event* event) {
  const std::string word = reader.Word(mapping.phase, mapping.phases);
  if (word.empty()) return;
  const auto phase = model::ParsePhase(ToLowerAscii(word));
  // A refresh needs the start of what it refreshes, which no mapping names.
  if (phase && *phase != model::Phase::kRefresh) {
    event->phase = *phase;
    return;
  }
  std::string pointer = record.pointer;
  reader.Element(mapping.phase, &pointer);
  problem->Note(RefusalReason::kBadValue, pointer,
                Quoted(word) +
                    " is none of point, firing, resolved, unknown, and the mapping's phases do "
                    "not translate it");
}

std::string DetailsOf(const std::string& message, const std::string& environment,
                      const Mapping& mapping) {
  JsonWriter json;
  json.BeginObject().FieldIf("message", message).FieldIf("environment", environment);
  return json.Field("mapping", mapping.name).EndObject().Take();
}

// The record's members that no pointer takes as they are.
std::string Leftovers(const Record& record, const Mapping& mapping) {
  const auto taken = [&](std::string_view key) {
    const std::string pointer = "/" + std::string(key);
    for (const MappedField* field :
         {&mapping.service, &mapping.event_type, &mapping.severity, &mapping.timestamp,
          &mapping.title, &mapping.message, &mapping.id, &mapping.phase, &mapping.signal,
          &mapping.link, &mapping.environment, &mapping.closes})
      for (const MappedField::Term& term : field->terms)
        if (term.is_pointer && term.text == pointer) return true;
    return false;
  };
  JsonWriter extra;
  extra.BeginObject();
  for (const auto field : JsonObject(record.root.get_object().value_unsafe())) {
    // What the table of severities or another term did not use is kept: nothing is lost.
    if (taken(field.key)) continue;
    extra.Key(field.key);
    WriteElement(&extra, field.value);
  }
  return extra.EndObject().Take();
}

void Observe(Record& record, const Mapping& mapping, model::EventFact fact, std::string_view id,
             std::optional<Instant> time, std::string title, std::string link) {
  fact.event.timestamp = time.value_or(record.received());
  model::Observation& observation = record.Observe(mapping.source, model::Format::kMapped);
  // One id may stand for what fires and later ends.
  observation.identity =
      JoinIdentity({mapping.name, id.empty() ? WholeRecordIdentity(record) : std::string(id),
                    model::PhaseName(fact.event.phase)});
  observation.time = time;
  observation.title = title.empty() ? OneLine(fact.event.event_type) : std::move(title);
  observation.link = std::move(link);
  observation.extra = Leftovers(record, mapping);
  observation.fact = std::move(fact);
}

}  // namespace

const Mapping* MappingOf(const Record& record) {
  if (record.context->mappings == nullptr) return nullptr;
  for (const Mapping& mapping : *record.context->mappings)
    if (Fits(mapping, record.root)) return &mapping;
  return nullptr;
}

void DecodeMapped(Record& record) {
  const Mapping* mapping = MappingOf(record);
  if (mapping == nullptr) {
    record.Refuse(RefusalReason::kUnknownShape, record.pointer,
                  "none of the mappings in the rule files fits this record");
    return;
  }
  Problem problem;
  const MappedReader reader(record, &problem);
  model::EventFact fact;
  model::Event& event = fact.event;
  event.service_id = reader.Needed(mapping->service, "service");
  event.event_type = reader.Needed(mapping->event_type, "type");
  event.source = mapping->source;
  const std::string severity = reader.Word(mapping->severity, mapping->severities);
  if (const auto known = model::ParseSeverity(ToLowerAscii(severity))) {
    event.severity = *known;
    fact.has_severity = true;
  } else {
    fact.severity_word = severity;
  }
  const auto time = reader.Time(mapping->timestamp);
  ReadPhase(record, reader, *mapping, &problem, &event);
  event.signal = reader.Text(mapping->signal);
  event.closes = reader.Text(mapping->closes);
  const std::string message = reader.Text(mapping->message);
  std::string title = OneLine(reader.Text(mapping->title));
  if (title.empty()) title = OneLine(message);
  std::string link = HttpLink(reader.Text(mapping->link));
  const std::string id = reader.Text(mapping->id);
  event.details = DetailsOf(message, reader.Text(mapping->environment), *mapping);
  if (problem) return problem.Report(record);
  Observe(record, *mapping, std::move(fact), id, time, std::move(title), std::move(link));
}

}  // namespace srehub::sources
