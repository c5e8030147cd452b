// Delivery -> what the committer appends: decoded, classified, admitted. Pure given `now`.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "classify/classifier.h"
#include "ingest/feed_rules.h"
#include "model/delivery.h"
#include "model/event.h"
#include "store/records.h"

namespace srehub::ingest {

// Feeds whose clocks are not to be believed, by the name of a configured source, a source or a
// format: a time of theirs too far
// ahead is replaced by the receipt instant instead of being refused.
using DistrustedClocks = std::vector<std::string>;

// The events of one record inside Prepared::events.
struct RecordEvents {
  size_t index = 0;  // position in the delivery
  model::Source source = model::Source::kLogs;
  model::Format format = model::Format::kAuto;
  size_t first = 0, count = 0;
  Instant newest{};         // greatest timestamp among them
  bool unresolved = false;  // the service of one of them could not be told
};

// One refused record: wholly, or in part (then it has RecordEvents as well).
struct RefusedRecord {
  store::RejectRow row;  // row.refusal is the first refusal; row.format is as it was sent
  model::Source source = model::Source::kLogs;
  model::Format format = model::Format::kAuto;  // as it was read, where it could be
  Duration ahead{};                             // how far in the future it claimed to be
  bool whole = true;                            // nothing of the record was taken
};

// A record that the source's rules leave out as a whole.
struct DroppedRecord {
  model::Source source = model::Source::kLogs;
  model::Format format = model::Format::kAuto;
  std::string_view reason;  // of static storage
};

struct Prepared {
  std::vector<model::Event> events;
  std::vector<RecordEvents> records;
  std::vector<RefusedRecord> refused;
  std::vector<DroppedRecord> dropped;
  std::vector<model::Refusal> errors;  // the first limits::kMaxReportedErrors
  std::vector<std::string> notices;
  uint64_t ignored = 0;   // records that say nothing by nature
  uint64_t rejected = 0;  // records refused wholly
  size_t bytes = 0;       // approximate size in memory
};

// `rules` (may be null): what the delivery's source leaves out. Errors: those of sources::Decode,
// of the whole body.
Result<Prepared> Prepare(const model::Delivery& delivery, const classify::Classifier& classifier,
                         const DistrustedClocks& distrusted, const FeedRules* rules, Instant now);

// The row of the reject log for one record: payload cut at store::kMaxRejectPayloadBytes, headers
// without the idempotency key (a replay is a new attempt, not the old one).
store::RejectRow MakeRejectRow(const model::Delivery& delivery, model::Format format,
                               std::string_view raw, model::Refusal refusal);

}  // namespace srehub::ingest
