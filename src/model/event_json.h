// The unified event as JSON, with the wire names of the data model: what the API answers, what
// `export` writes and `import` reads back.
#pragma once

#include <string>

#include "base/json_reader.h"
#include "base/json_writer.h"
#include "base/result.h"
#include "model/event.h"

namespace srehub::model {

// Writes one object. `details` is written as the object it is. Parts that are not set are left
// out; `incidentId` and `deployId` are derived and there for the reader's sake.
void WriteEvent(JsonWriter* out, const Event& event);
std::string EventToJson(const Event& event, bool include_details = true);

// Reads what WriteEvent wrote, exactly; derived and unknown members are passed over. `ttl` has
// whole seconds on the wire and lies whole seconds after `timestamp`, whose fraction completes it.
// Errors: kInvalidArgument with a pointer to the member.
Result<Event> EventFromJson(JsonElement element);

}  // namespace srehub::model
