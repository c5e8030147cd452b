// Loki's push request, snappy protobuf or JSON, cut into its lines.
// https://grafana.com/docs/loki/latest/reference/loki-http-api/#ingest-logs
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/json_reader.h"
#include "base/result.h"
#include "model/delivery.h"
#include "sources/flat_records.h"

namespace srehub::sources {

inline constexpr size_t kMaxLokiLabels = 256;  // of one stream

// `{app="checkout", env="prod"}`, values quoted as in Go, double quotes or backquotes. Nothing for
// anything else, also for a label that stands twice.
using LokiLabels = std::map<std::string, std::string, std::less<>>;
std::optional<LokiLabels> ParseLokiLabels(std::string_view text);

// Each line becomes {"timestamp", "tenant", "stream": {…}, "structuredMetadata": {…}, "line"}; the
// tenant is the header X-Scope-OrgID.
// PushRequest {streams = 1 {labels = 1, entries = 2 {timestamp = 1, line = 2,
// structuredMetadata = 3}}}. The body is a snappy block, unless its content-encoding said so and
// it was taken off before. Errors: kMalformed, kTooLarge, of the whole body.
Result<FlatRecords> FlattenLokiProtobuf(const model::Delivery& delivery);
// {"streams": [{"stream": {…}, "values": [["<ns>", "line", {…}?]]}]}; `root` is an object with
// `streams`. A wrong type is a refusal of the value, or of its stream.
FlatRecords FlattenLokiJson(const JsonElement& root, std::string_view tenant);

}  // namespace srehub::sources
