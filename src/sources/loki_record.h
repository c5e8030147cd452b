// What both of Loki's encodings become.
#pragma once

#include <string>
#include <string_view>

#include "base/json_writer.h"

namespace srehub::sources {

// `time` as text; the three maps as JSON, left out when empty.
inline std::string LokiRecord(std::string_view time, std::string_view tenant,
                              std::string_view stream, std::string_view metadata,
                              std::string_view line) {
  JsonWriter json;
  json.BeginObject().FieldIf("timestamp", time).FieldIf("tenant", tenant);
  if (!stream.empty() && stream != "{}") json.FieldRaw("stream", stream);
  if (!metadata.empty() && metadata != "{}") json.FieldRaw("structuredMetadata", metadata);
  return json.Field("line", line).EndObject().Take();
}

}  // namespace srehub::sources
