// The plain values that cross the store's interface.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "aggregate/episodes.h"
#include "aggregate/view.h"
#include "base/time.h"
#include "model/delivery.h"
#include "model/event.h"

namespace srehub::store {

// What an answer read. Items are rows of a table or index; bytes as stored.
struct ReadCost {
  uint64_t items = 0;
  uint64_t bytes = 0;
  double read_units = 0;  // DynamoDB only
};

// A refused record, kept for `rejects` and `rejects replay`.
struct RejectRow {
  std::string id;      // time-ordered, unique; empty when handed to Append: the store makes it
  Instant received{};  // the first receipt instant; replay keeps it
  model::Format format = model::Format::kAuto;
  std::vector<std::pair<std::string, std::string>> headers;
  model::Refusal refusal;
  std::string service_id;    // when it was known
  std::string feed{};        // of its delivery; replay keeps it
  std::string payload;       // the record's bytes, at most kMaxRejectPayloadBytes
  bool payload_cut = false;  // cut payloads cannot be replayed
};
inline constexpr size_t kMaxRejectPayloadBytes = 64 * 1024;
inline constexpr size_t kMaxRejectLogBytes = 64 * 1024 * 1024;  // oldest go first
inline constexpr Duration kRejectRetention = 14 * kDay;

struct AppendBatch {
  std::vector<model::Event> events;
  std::vector<RejectRow> rejects;
  std::vector<std::string> idempotency_keys;
};

enum class AppendResult : uint8_t {
  kNew,
  kDuplicate,
  kServiceCap,  // a new service past limits::kMaxServices: not stored
};

struct AppendOutcome {
  std::vector<AppendResult> results;          // one per event of the batch
  std::vector<std::string> changed_services;  // state, rank or evidence may have changed; unique
};

struct EventQuery {
  std::string service_id;
  Window window;
  // Continue behind this position (exclusive), newest first.
  std::optional<std::pair<Instant, uint64_t>> before;
  size_t limit = 100;
  // Keeps an event; null keeps all. Refreshes are skipped unless include_refreshes.
  std::function<bool(const model::Event&)> filter;
  bool include_refreshes = false;
};

struct EventPage {
  std::vector<model::Event> events;
  bool truncated = false;  // more lie behind the last event
};

// Position in the heat index: by aggregate::HeatRankOf, highest first, then by id.
struct HeatRow {
  std::string incident_id;
  int64_t heat_rank = 0;
};

struct DueRow {
  std::string incident_id;
  Instant due{};
};

struct DayRow {
  std::string incident_id;
  std::vector<aggregate::Episode> episodes;  // those of high severity active on that day
};

struct SweepOutcome {
  size_t swept = 0;
  std::vector<std::string> changed_services;
};

struct ServiceRow {
  std::string service_id;
  Instant last_seen{};  // newest event timestamp
  uint32_t event_types = 0;
};

// When a feed spoke, as far as its silence is to be judged by it.
struct Arrivals {
  uint64_t count = 0;  // deliveries, those within a second as one
  Instant first{};
  Duration mean_gap{};  // exponentially weighted
  struct LongestGap {
    Day day = INT64_MIN;
    Duration gap{};
    bool operator==(const LongestGap&) const = default;
  };
  std::array<LongestGap, 8> longest{};  // of the last days on which it spoke; slot: day modulo 8
  bool operator==(const Arrivals&) const = default;
};

// Per feed (a source and a format, and the configured source it came for): freshness and refusals,
// across restarts.
struct SourceHealthRow {
  model::Source source = model::Source::kLogs;
  std::string format;
  std::string feed{};  // name of the configured source; empty: none of its own
  Instant last_received{};
  Instant last_event{};  // newest timestamp taken
  Duration lateness{};   // receipt minus timestamp of the newest delivery's newest event
  Duration max_lateness_1h{};
  uint64_t accepted = 0, duplicate = 0, rejected = 0;
  std::vector<std::pair<std::string, uint64_t>> refusals;   // by reason
  Duration max_ahead{};                                     // furthest future-dated refusal
  std::vector<std::pair<std::string, uint64_t>> dropped{};  // left out on purpose, by reason
  uint64_t unresolved = 0;  // of the accepted: their service could not be told
  Arrivals arrivals{};
  // Of the last hour up to `last_received`; not stored.
  uint64_t accepted_1h = 0;
  // Least (receipt - timestamp): negative when the sender's clock runs ahead of the hub's.
  std::optional<Duration> least_lateness_1h{};
};

// One counter that does not equal its recount.
struct VerifyDifference {
  std::string incident_id;
  std::string what;  // "hour 2025-08-26T14 high", "totalOccurrences", "signal X" …
  std::string stored, recounted;
};
struct VerifyReport {
  Instant from{}, to{};  // what was checkable
  uint64_t events = 0, incidents = 0, counters = 0;
  uint64_t difference_count = 0;
  std::vector<VerifyDifference> differences;  // the first 100
};

struct Health {
  bool writable = true;
  std::string reason;  // why not
  uint64_t disk_bytes = 0;
  uint64_t events = 0;  // estimate
};

}  // namespace srehub::store
