// The parts of an event's details that the answers speak of. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/event.h"
#include "playbook/placeholders.h"

namespace srehub::insight {

struct EventFields {
  std::string title;  // one line; the event type when the sender gave none
  std::string message;
  std::string object;  // "Pod shop/checkout-api-57ff7", or a plain name
  std::string trace_id;
  std::string link;    // http or https only
  std::string format;  // the wire format, where the details tell it
  std::string environment;
};
EventFields FieldsOf(const model::Event& event);

// Only the trace id: cheap when there is none.
std::string TraceIdOf(const model::Event& event);

// Every scalar of the details by its last name, the shallowest first; numbers and booleans as
// text. What playbooks ask for by name.
playbook::Values FlatDetails(const model::Event& event);

// The values of a playbook's placeholders that the event itself gives.
playbook::Values PlaceholdersOf(const model::Event& event);

}  // namespace srehub::insight
