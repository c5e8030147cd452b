// Bytes of one delivery -> observations and refusals. Pure: no clock, no I/O.
// Thread safety: Decode may run on several threads at once; each call owns its parser.
#pragma once

#include <deque>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/delivery.h"
#include "model/mapping.h"
#include "model/observation.h"

namespace srehub::sources {

// One record of a delivery, in order.
struct DecodedRecord {
  size_t index = 0;      // 0-based position in the delivery
  std::string_view raw;  // the record's bytes inside the delivery's body (for the
                         // reject log); for an item of a List, the item's bytes; for a record
                         // that does not stand alone there, a text of Decoded::texts
  std::vector<model::Observation>
      observations;                      // none for a record that says nothing (BOOKMARK, DELETED)
  std::vector<model::Refusal> refusals;  // not empty: refused (in part, for envelopes)
};

struct Decoded {
  std::vector<DecodedRecord> records;
  model::Format format =
      model::Format::kAuto;  // as asked; per-record formats are in the observations
  // Things the sender said about the delivery itself, worth telling: Alertmanager's
  // truncatedAlerts, an SNS SubscriptionConfirmation's SubscribeURL.
  std::vector<std::string> notices;
  std::deque<std::string> texts;  // what some records' `raw` points into
};

// The body is one JSON value, an array of records, NDJSON or concatenated JSON; for syslog and text
// it is lines, and with kAuto a text/plain body that is no JSON is text too. One bad record
// never fails the others. An error only where no record can be told apart at all: kMalformed with
// the byte offset in `where`, kTooLarge (records over limits::kMaxRecordsPerDelivery).
// An empty body, or only white space, is kMalformed; an empty array is zero records.
// `mappings` (may be null): the user's own shapes, for the formats mapped and auto; they outlive
// the call.
Result<Decoded> Decode(const model::Delivery& delivery, const model::Mappings* mappings = nullptr);

}  // namespace srehub::sources
