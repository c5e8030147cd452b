// The unified schema: what a sender has judged itself is checked, completed and kept.
#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "classify/engine.h"

namespace srehub::classify {
namespace {

using model::Phase;
using model::RefusalReason;

Refused CheckText(std::string_view text, std::string field) {
  if (text.size() > limits::kMaxEventTypeBytes) {
    return Refuse(RefusalReason::kBadValue, std::move(field),
                  fmt::format("an event type has at most {} bytes, this one {}",
                              limits::kMaxEventTypeBytes, text.size()));
  }
  const bool control = std::any_of(text.begin(), text.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
  });
  if (control || !IsValidUtf8(text)) {
    return Refuse(RefusalReason::kBadValue, std::move(field),
                  "an event type is text without control characters");
  }
  return std::nullopt;
}

Refused Check(const model::Event& event) {
  if (event.event_type.empty()) {
    return Refuse(RefusalReason::kMissingField, "/eventType", "an event names its type");
  }
  if (auto refused = CheckText(event.event_type, "/eventType")) return refused;
  if (auto refused = CheckText(event.closes, "/closes")) return refused;
  if (event.service_id.empty()) {
    return Refuse(RefusalReason::kMissingField, "/serviceId", "an event names its service");
  }
  if (Slug(event.service_id, limits::kMaxServiceIdBytes).empty()) {
    return Refuse(
        RefusalReason::kBadValue, "/serviceId",
        "a service id is made of a-z, 0-9, '.', '_' and '-'; this one holds none of them");
  }
  if (event.phase == Phase::kRefresh && !event.starts_at) {
    return Refuse(RefusalReason::kMissingField, "/startsAt",
                  "a refresh names the life it proves: startsAt");
  }
  if (!event.series.empty() && event.series_count > limits::kMaxSeriesCount) {
    return Refuse(
        RefusalReason::kBadValue, "/seriesCount",
        fmt::format("a count of {} is above {}", event.series_count, limits::kMaxSeriesCount));
  }
  return std::nullopt;
}

// What a phase or a series needs and the sender left out.
void Complete(const Engine& engine, model::Event* event) {
  if (event->phase != Phase::kPoint && event->signal.empty() && event->closes.empty()) {
    event->signal = event->event_type;  // its only signal there
  }
  const bool ends = event->phase == Phase::kFiring || event->phase == Phase::kRefresh ||
                    event->phase == Phase::kUnknown;
  if (ends && !event->expires_at) {
    event->expires_at = event->timestamp + engine.settings.expire_after;
  }
  if (!event->series.empty()) {
    event->series_count = std::max<int64_t>(event->series_count, 1);
    const Instant start =
        std::min(event->series_start.value_or(event->timestamp), event->timestamp);
    const bool counted = start >= event->timestamp - engine.RetentionOf(event->severity);
    event->series_start = counted ? start : event->timestamp;
  }
  if (event->deploy && event->deploy->system.empty()) event->deploy->system = "flat";
}

std::string DetailsOf(const Record& record, const model::EventFact& fact,
                      const Judgement& judgement) {
  return BuildDetails([&](DetailsWriter& details) {
    details.Members(fact.event.details);
    const model::Observation& observation = record.observation;
    details.Text("title",
                 TitleOf(observation.title.empty() ? fact.event.event_type : observation.title));
    details.Text("link", observation.link);
    details.Text("format", model::FormatName(observation.format));
    details.Text("severityWord", fact.severity_word);
    if (judgement.unknown) details.Flag("severityUnknown");
    details.Extra(observation.extra);
  });
}

}  // namespace

Refused ClassifyFact(const Record& record, const model::EventFact& fact) {
  const Engine& engine = record.engine;
  if (auto refused = Check(fact.event)) return refused;
  model::Event event = fact.event;
  ServiceName service = engine.services.OfStated(event.service_id);
  event.service_id = std::move(service.id);
  event.source = record.observation.source;
  event.untimed |= !record.observation.time;
  event.timestamp = record.observation.time.value_or(record.observation.received);
  if (event.event_id == 0) event.event_id = record.IdOf();
  Judgement judgement{event.severity, false, {"severity as sent"}};
  if (!fact.has_severity) judgement = engine.severities.OfWord(event.source, fact.severity_word);
  judgement = record.Judge(&event, judgement, event.deploy ? event.deploy->environment : "");
  Complete(engine, &event);
  event.details = DetailsOf(record, fact, judgement);
  record.Emit(std::move(event), service.why, {"eventType as sent"}, judgement.why);
  return std::nullopt;
}

}  // namespace srehub::classify
