// The unified schema itself: what POST /api/v1/events takes and what an export writes.
#include <limits>

#include "base/hash.h"
#include "base/limits.h"
#include "sources/formats.h"

namespace srehub::sources {
namespace {

using model::RefusalReason;

// A word out of a fixed set; `parse` gives nothing for any other, which is then noted.
template <typename T, typename Parse>
void ReadWord(ObjectReader& reader, std::string_view key, std::string_view allowed, Parse parse,
              T* out) {
  const std::string_view word = reader.String(key);
  if (word.empty() && !reader.Has(key)) return;
  const auto value = parse(word);
  if (value) {
    *out = *value;
  } else {
    reader.Wrong(RefusalReason::kBadValue, key,
                 Quoted(word) + " is none of " + std::string(allowed));
  }
}

// An integer between 1 and `max`.
template <typename T>
void ReadCount(ObjectReader& reader, std::string_view key, int64_t max, T* out) {
  const auto value = reader.Int(key);
  if (!value) return;
  if (*value < 1 || *value > max) {
    reader.Wrong(RefusalReason::kBadValue, key,
                 std::to_string(*value) + " is not a count from 1 to " + std::to_string(max));
    return;
  }
  *out = static_cast<T>(*value);
}

model::DeployStatement ReadDeploy(ObjectReader& reader) {
  model::DeployStatement out;
  ReadWord(reader, "kind", "deploy, rollback, build, test", model::ParsePipelineKind, &out.kind);
  ReadWord(reader, "status", "running, success, failure, cancelled, other",
           model::ParseDeployStatus, &out.status);
  out.system = reader.String("system");
  if (out.system.empty()) out.system = "flat";
  out.repository = reader.String("repository");
  out.run = reader.Id("run");
  ReadCount(reader, "attempt", std::numeric_limits<int32_t>::max(), &out.attempt);
  out.sha = reader.String("sha");
  out.environment = reader.String("environment");
  out.workflow = reader.String("workflow");
  out.version = reader.String("version");
  out.actor = reader.String("actor");
  out.url = HttpLink(reader.String("url"));
  out.started_at = reader.TimeOrNumber("startedAt");
  out.finished_at = reader.TimeOrNumber("finishedAt");
  return out;
}

void ReadSeverity(ObjectReader& reader, model::EventFact* fact) {
  const std::string_view word = reader.String("severity");
  if (word.empty()) return;
  if (const auto severity = model::ParseSeverity(word)) {
    fact->event.severity = *severity;
    fact->has_severity = true;
  } else {
    fact->severity_word = word;
  }
}

void ReadDetails(ObjectReader& reader, model::Event* event) {
  const auto details = reader.Take("details");
  if (!details) return;
  if (details->is_object()) {
    event->details = ToJson(*details);
  } else {
    reader.Wrong(RefusalReason::kWrongType, "details",
                 std::string(TypeInWords(*details)) + " where an object must be");
  }
}

// One that is an event's own (16 hex digits) is kept, so that an export comes back under the same
// key; any other text is a name, to be hashed.
std::string IdentityOf(const Record& record, std::string_view event_id, model::Event* event) {
  if (event_id.empty()) return WholeRecordIdentity(record);
  uint64_t id = 0;
  if (ParseHex64(event_id, &id)) event->event_id = id;
  return JoinIdentity({"id", event_id});
}

void ReadSignalAndSeries(ObjectReader& reader, model::Event* event) {
  ReadWord(reader, "phase", "point, firing, refresh, resolved, unknown", model::ParsePhase,
           &event->phase);
  event->signal = reader.String("signal");
  event->starts_at = reader.TimeOrNumber("startsAt");
  event->expires_at = reader.TimeOrNumber("expiresAt");
  event->series = reader.String("series");
  ReadCount(reader, "seriesCount", limits::kMaxSeriesCount, &event->series_count);
  event->series_start = reader.TimeOrNumber("seriesStart");
  if (!event->series.empty() && event->series_count == 0) event->series_count = 1;
}

std::string TitleOf(const Record& record, const model::Event& event) {
  if (const auto details = Find(record.root, "details")) {
    for (std::string_view key : {"title", "message"}) {
      if (const auto text = FindString(*details, key)) {
        std::string title = OneLine(*text);
        if (!title.empty()) return title;
      }
    }
  }
  return OneLine(event.event_type);
}

}  // namespace

void DecodeEvent(Record& record) {
  Problem problem;
  ObjectReader reader(record.root, record.pointer, &problem);
  model::EventFact fact;
  model::Event& event = fact.event;
  event.service_id = reader.String("serviceId");
  event.event_type = reader.String("eventType");
  if (event.service_id.empty()) reader.Missing("serviceId", "an event names its service");
  if (event.event_type.empty()) reader.Missing("eventType", "an event names its type");
  const auto time = reader.TimeOrNumber("timestamp");
  ReadSeverity(reader, &fact);
  ReadWord(reader, "source", "kubernetes, cloudwatch, cicd, logs, prometheus", model::ParseSource,
           &event.source);
  ReadSignalAndSeries(reader, &event);
  event.closes = reader.String("closes");
  if (reader.Has("deploy")) event.deploy = ReadDeploy(reader.Child("deploy"));
  ReadDetails(reader, &event);
  const std::string event_id = reader.Id("eventId");
  const bool untimed = reader.Bool("untimed").value_or(false);
  reader.Take("ttl");       // follows from the timestamp and this hub's own retention
  reader.Take("deployId");  // follows from `deploy`
  if (problem) return problem.Report(record);

  event.timestamp = time.value_or(record.received());
  event.untimed = untimed || !time;
  model::Observation& observation = record.Observe(event.source, model::Format::kEvent);
  observation.identity = IdentityOf(record, event_id, &event);
  observation.time = time;
  observation.title = TitleOf(record, event);
  if (const auto details = Find(record.root, "details")) {
    observation.link = HttpLink(FindString(*details, "link").value_or(""));
  }
  JsonWriter extra;
  extra.BeginObject();
  reader.WriteLeftovers(&extra);
  extra.EndObject();
  observation.extra = extra.Take();
  observation.fact = std::move(fact);
}

}  // namespace srehub::sources
