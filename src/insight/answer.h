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
  std::optional<Duration> since{};
  std::optional<Instant> from{}, to{}, at{};
};
// The window is (from, to]. Errors: kInvalidArgument (from >= to, two starts or two ends, an end in
// the future). A window longer than the longest retention is cut, not refused.
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
void WriteHead(JsonWriter* json, const AnswerHead& head, bool with_sources = true);

// One feed's freshness, lateness and refusals: as members of the open object, and as one line for
// people ("cloudwatch (cloudwatch): last received 3 min ago, events run 2 min late").
void WriteSource(JsonWriter* json, const store::SourceHealthRow& row, Instant now);
std::string SourceSentence(const store::SourceHealthRow& row, Instant now);

}  // namespace srehub::insight
