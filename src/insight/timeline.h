// Q1: what happened to this service. Newest first, folded where one thing repeats.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "aggregate/hour_block.h"
#include "insight/answer.h"
#include "insight/context.h"
#include "model/event.h"

namespace srehub::insight {

struct TimelineQuery {
  std::string service;
  WindowSpec window;  // default: the last 15 minutes
  std::optional<model::Severity> min_severity;
  std::optional<model::Source> source;
  std::string type, text, trace_id;
  size_t limit = limits::kDefaultPage;
  std::string cursor;
  bool exact = false;   // no siblings
  bool expand = false;  // do not fold flapping signals and series
};

// One line. A folded line stands at its newest event.
struct TimelineRow {
  enum class Kind : uint8_t { kEvent = 1, kSeries, kFlapping };
  Kind kind = Kind::kEvent;
  model::Event event;  // the newest of the line
  std::string title;
  std::string object, trace_id, link;
  std::string incident_id;
  uint64_t occurrences = 1;          // that fell into the window; statements of an end are none
  bool lower_bound = false;          // at least so many fell into the window
  std::optional<uint64_t> lifetime;  // the sender's own count, where it differs
  uint64_t folded = 1;               // events this line stands for
  std::optional<Instant> first_timestamp;  // of a folded line: its oldest event in the window
  std::vector<std::string> carriers;       // formats that told the same fact, if several
  std::string resolves;  // "payments-api#HighCPU", for an event that ends something
  std::optional<Instant> resolves_since;  // since when that was open
  bool still_open = false;  // a firing statement whose signal fires at the window's end
  bool inferred = false;    // of a sibling, not of the service asked for
};

// A signal that began before the window and still fires.
struct OpenRow {
  std::string service_id, event_type, incident_id, signal;
  model::Severity severity = model::Severity::kInfo;
  Instant since{};
  std::optional<Instant> until;  // assumed ended then unless heard of again
  std::string title;
  bool inferred = false;
};

struct Sibling {
  std::string service_id;
  std::string alias_line;  // what to put under `aliases:` to make the two one service
};

struct HistogramBucket {
  Instant start{};
  aggregate::Counts counts{};
};

struct TimelineAnswer {
  AnswerHead head;
  std::string service_id;
  bool exact = false;
  std::vector<Sibling> siblings;  // included, as inferred
  std::vector<TimelineRow> events;
  std::vector<OpenRow> still_open;
  Duration histogram_step = std::chrono::minutes(1);
  std::vector<HistogramBucket> histogram;  // occurrences; empty buckets are left out
  std::optional<Instant> last_event;       // newest event of the service, whenever it was
};

// Errors: kNotFound (with the nearest names), kInvalidArgument (window, limit, cursor).
Result<TimelineAnswer> Timeline(const Context& context, const TimelineQuery& query);
std::string ToJson(const TimelineAnswer& answer);
// One line as it stands in the answer's `events`; the stream sends the same.
void WriteRow(JsonWriter* json, const TimelineRow& row);
// The line of one event by itself, unfolded.
TimelineRow RowOf(model::Event event);

}  // namespace srehub::insight
