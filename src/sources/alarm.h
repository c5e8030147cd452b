// What every carrier of a CloudWatch alarm shares.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "model/observation.h"
#include "sources/object_reader.h"
#include "sources/record.h"

namespace srehub::sources {

// Exactly OK, ALARM or INSUFFICIENT_DATA; anything else is noted on `reader` as a bad value.
std::string AlarmState(ObjectReader& reader, std::string_view key);

// Checks that the alarm has a name and completes region and account from its ARN.
void CompleteAlarm(ObjectReader& reader, std::string_view name_key, model::AlarmFact* fact);

// Adds the observation; `extra` is an object being written, still open.
void ObserveAlarm(Record& record, std::string_view carrier, model::AlarmFact fact,
                  std::optional<Instant> time, JsonWriter extra);

}  // namespace srehub::sources
