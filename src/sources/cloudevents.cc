// CloudEvents 1.0 over HTTP: structured (one, or a batch as an array) and binary mode.
// https://github.com/cloudevents/spec
//
// An envelope: when its data is a record of a format that is known, that format decides, and only
// what it lacks is taken from the attributes. Other data makes an event of the type and source that
// the attributes name.
#include "base/base64.h"
#include "base/text.h"
#include "sources/detect.h"
#include "sources/formats.h"
#include "sources/log_fields.h"
#include "sources/pipeline_run.h"
#include "sources/reported_event.h"
#include "sources/sender_time.h"

namespace srehub::sources {
namespace {

using model::Format;
using model::RefusalReason;
using model::Severity;

struct Attributes {
  std::string id, source, type, subject, service;
  std::optional<Instant> time;
  std::string Identity() const { return JoinIdentity({"cloudevent", source, id}); }
};

// "/acme/checkout", "https://ci.example.com/checkout", "urn:acme:checkout" -> "checkout"; a link
// without a path is known by its host.
std::string ServiceOfSource(std::string_view source) {
  source = source.substr(0, source.find_first_of("?#"));
  while (source.ends_with('/')) source.remove_suffix(1);
  if (source.starts_with("urn:")) return std::string(AfterLast(source, ':'));
  return std::string(AfterLast(source, '/'));
}

// "com.acme.order.failed.v1" -> "OrderFailed": without the reversed domain and the version.
std::string TypeOf(std::string_view type) {
  auto parts = Split(type, '.');
  static constexpr size_t kDomainParts = 2;
  const auto is_version = [](std::string_view part) {
    return part.size() > 1 && part[0] == 'v' &&
           part.substr(1).find_first_not_of("0123456789") == std::string_view::npos;
  };
  if (parts.size() > 1 && is_version(parts.back())) parts.pop_back();
  if (parts.size() > kDomainParts) parts.erase(parts.begin(), parts.begin() + kDomainParts);
  std::string words;
  for (std::string_view part : parts) words.append(words.empty() ? "" : " ").append(part);
  return TypeOfWords(words);
}

Severity SeverityOf(std::string_view type) {
  for (std::string_view word : {"fail", "error", "crash", "timeout"}) {
    if (ContainsIgnoreCase(type, word)) return Severity::kMedium;
  }
  return Severity::kInfo;
}

// A log record says how bad it is; an event of somebody's business that happens to have a message
// does not.
bool IsKnown(Record& data, Format* format) {
  LogFields& fields = data.context->log_fields();
  *format = DetectShape(data.root, &fields).format;
  if (*format == Format::kCloudevents) return data.depth + 1 < kMaxEnvelopes;
  if (*format != Format::kLogs) return *format != Format::kAuto;
  return !fields.Candidates(LogRole::kLevel).empty();
}

// What the attributes say and the data does not.
void Complete(const Attributes& attributes, size_t first, Record& record) {
  auto& observations = record.out->observations;
  for (size_t i = first; i < observations.size(); ++i) {
    model::Observation& observation = observations[i];
    auto* stated = std::get_if<model::EventFact>(&observation.fact);
    if (!observation.time && attributes.time) {
      observation.time = attributes.time;
      if (stated != nullptr) stated->event.untimed = false;
    }
    const bool own_identity =
        observation.format != Format::kLogs &&
        (observation.format != Format::kEvent || stated == nullptr || stated->event.event_id != 0 ||
         observation.identity.starts_with("id|"));
    if (!own_identity && !attributes.id.empty()) {
      observation.identity = JoinIdentity({attributes.Identity(), std::to_string(i - first)});
    }
    auto* log = std::get_if<model::LogFact>(&observation.fact);
    if (log != nullptr && log->service.empty()) {
      log->service = attributes.service;
      log->service_field = "ce-source";
    }
  }
}

// An event of no format that is known. `root` has left unread what is to be kept.
void ObservePlain(Record& record, const ObjectReader& root, const Attributes& attributes,
                  std::string message) {
  ReportedEvent event;
  event.source = model::Source::kLogs;
  event.identity = attributes.Identity();
  event.time = attributes.time;
  event.service = attributes.service;
  event.type = TypeOf(attributes.type);
  event.severity = SeverityOf(attributes.type);
  event.message = std::move(message);
  event.title = event.type;
  if (!attributes.subject.empty()) event.title += ": " + attributes.subject;
  if (!event.message.empty()) event.title += ": " + event.message;
  ObserveReported(record, Format::kCloudevents, root, std::move(event));
}

// The bytes of `data` as JSON text; empty when it is no object.
std::string DataText(ObjectReader& root) {
  const auto data = root.Peek("data");
  if (data && data->is_object()) return ToJson(*data);
  std::string_view text;
  if (data && data->get_string().get(text) == simdjson::SUCCESS) {
    text = TrimAscii(text);
    if (text.starts_with('{')) return std::string(text);
  }
  const std::string_view packed = root.String("data_base64");
  if (packed.empty()) return {};
  auto bytes = Base64Decode(packed);
  if (!bytes) {
    root.Wrong(RefusalReason::kBadValue, "data_base64", "no base 64: " + bytes.error().message);
    return {};
  }
  return TrimAscii(*bytes).starts_with('{') ? std::move(*bytes) : std::string();
}

// Decodes `data` as what it is. False: as nothing that is known.
bool DecodeData(Record& record, const std::string& text, const std::string& pointer,
                const Attributes& attributes) {
  if (text.empty() || record.depth + 1 >= kMaxEnvelopes) return false;
  if (!record.context->Reader(record.depth + 1).Parse(text)) return false;
  auto inner = Unwrap(record, text, pointer);
  Format format = Format::kAuto;
  if (!inner || !IsKnown(*inner, &format)) return false;
  const size_t first = record.out->observations.size();
  DecodeRecord(*inner, format);
  Complete(attributes, first, record);
  return true;
}

void CheckAttributes(ObjectReader& root, const Attributes& attributes) {
  if (attributes.id.empty()) root.Missing("id", "a CloudEvent is known by its source and id");
  if (attributes.source.empty()) root.Missing("source", "a CloudEvent names its source");
  if (attributes.type.empty()) root.Missing("type", "a CloudEvent has a type");
}

void DecodeStructured(Record& record) {
  Problem problem;
  ObjectReader root(record.root, record.pointer, &problem);
  Attributes attributes;
  const std::string_view version = root.String("specversion");
  attributes.id = root.Id("id");
  attributes.source = root.String("source");
  attributes.type = root.String("type");
  attributes.subject = root.String("subject");
  attributes.time = root.Time("time");
  attributes.service = root.String("service");
  if (attributes.service.empty()) attributes.service = ServiceOfSource(attributes.source);
  if (version.empty()) root.Missing("specversion", "a CloudEvent says which version it follows");
  CheckAttributes(root, attributes);
  const std::string text = DataText(root);
  if (problem) return problem.Report(record);
  if (DecodeData(record, text, root.PointerTo("data"), attributes)) return;
  const auto data = root.Peek("data");
  std::string message;
  if (data && data->is_object()) message = FindString(*data, "message").value_or("");
  else if (data && data->is_string()) message = data->get_string().value_unsafe();
  ObservePlain(record, root, attributes, std::move(message));
}

// In binary mode the body is the data, and the attributes are headers.
void DecodeBinary(Record& record) {
  const model::Delivery& delivery = record.context->delivery();
  Problem problem;
  ObjectReader root(record.root, record.pointer, &problem);
  Attributes attributes;
  attributes.id = delivery.Header("ce-id");
  attributes.source = delivery.Header("ce-source");
  attributes.type = delivery.Header("ce-type");
  attributes.subject = delivery.Header("ce-subject");
  attributes.service = delivery.Header("ce-service");
  if (attributes.service.empty()) attributes.service = ServiceOfSource(attributes.source);
  TimeReading time = ReadTimeText(delivery.Header("ce-time"));
  attributes.time = time.time;
  if (time.problem) {
    return record.Refuse(*time.problem, "ce-time", "the header ce-time: " + time.message);
  }
  for (std::string_view name : {"ce-id", "ce-source"}) {
    if (!delivery.Header(name).empty()) continue;
    return record.Refuse(RefusalReason::kMissingField, std::string(name),
                         "a CloudEvent in binary mode has the header " + std::string(name));
  }
  Format format = Format::kAuto;
  if (IsKnown(record, &format) && format != Format::kCloudevents) {
    const size_t first = record.out->observations.size();
    DecodeRecord(record, format);
    return Complete(attributes, first, record);
  }
  ObservePlain(record, root, attributes,
               std::string(FindString(record.root, "message").value_or("")));
}

}  // namespace

void DecodeCloudevents(Record& record) {
  const bool structured = Find(record.root, "specversion").has_value();
  const bool has_header = !record.context->delivery().Header("ce-type").empty();
  if (record.depth == 0 && has_header && !structured) return DecodeBinary(record);
  DecodeStructured(record);
}

}  // namespace srehub::sources
