// Events of tools whose sender says service and type itself, or nearly: what is neither a pipeline
// run nor a log line.
#pragma once

#include <optional>
#include <string>

#include "model/observation.h"
#include "sources/object_reader.h"
#include "sources/record.h"

namespace srehub::sources {

struct ReportedEvent {
  model::Source source = model::Source::kCicd;
  std::string identity;
  std::optional<Instant> time;
  std::string service;  // empty: `unknown`
  std::string type;     // words in any spelling; the event's type is their CamelCase
  model::Severity severity = model::Severity::kInfo;
  model::Phase phase = model::Phase::kPoint;
  std::string signal;  // of the phases that have one
  std::string title, message, environment, link;
};

// Words in any spelling as a type of event: "order.payment-failed" -> "OrderPaymentFailed", also
// from capitals ("SERVICE_TASK_START" -> "ServiceTaskStart"). At most 128 bytes.
std::string TypeOfWords(std::string_view words);

// Adds an observation; what `root` has left unread is kept with it.
void ObserveReported(Record& record, model::Format format, const ObjectReader& root,
                     ReportedEvent event);

}  // namespace srehub::sources
