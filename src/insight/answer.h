// What every answer carries: when, over which window, in which zone, how complete, what it read.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/json_writer.h"
#include "base/limits.h"
#include "base/result.h"
#include "base/time.h"
#include "insight/context.h"
#include "store/records.h"

namespace srehub::insight {

// As the caller gave it: `since` back from `to`; or `from` and `to`; or as of `at`.
struct WindowSpec {
  std::optional<Duration> since;
  std::optional<Instant> from, to, at;
};
// Errors: kInvalidArgument (from >= to, a window longer than retention is cut, not refused).
Result<Window> ResolveWindow(const WindowSpec& spec, Duration default_since, Instant now);

struct AnswerHead {
  Instant generated_at{};
  Window window{};
  std::string zone = "UTC";
  std::vector<store::SourceHealthRow> sources;  // freshness and lateness per feed
  store::ReadCost cost;
  bool truncated = false;
  std::string cursor;              // continues behind this page; empty when it was the last
  std::vector<std::string> notes;  // sentences: what is inferred, approximate, late
};
// Writes generatedAt, window {from, to}, zone, sources[], read {items, bytes}, truncated, cursor,
// notes as members of the open object.
void WriteHead(JsonWriter* json, const AnswerHead& head);

}  // namespace srehub::insight
