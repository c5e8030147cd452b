// Which format a JSON object is in, by its shape and by the headers of its delivery.
#pragma once

#include <string>

#include "base/json_reader.h"
#include "model/delivery.h"
#include "model/observation.h"
#include "sources/log_fields.h"

namespace srehub::sources {

struct Detection {
  model::Format format = model::Format::kAuto;  // kAuto: none of the formats taken
  std::string refusal;                          // then: what was seen, and what is taken
};

// By the shape alone. `fields` is room to look for a log in.
Detection DetectShape(const JsonElement& root, LogFields* fields);
// By the headers too, which speak of the outermost record.
Detection Detect(const JsonElement& root, const model::Delivery& delivery, LogFields* fields);

}  // namespace srehub::sources
