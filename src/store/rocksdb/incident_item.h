// One incident as the embedded store keeps it: the folded state, and the index rows that were
// last derived from it (so that they can be replaced).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aggregate/handling.h"
#include "aggregate/incident_state.h"
#include "aggregate/view.h"
#include "base/result.h"
#include "store/rocksdb/database.h"

namespace srehub::store::embedded {

struct IndexRows {
  bool ranked = false;
  aggregate::OpenClass open_class = aggregate::OpenClass::kNone;
  int64_t heat_rank = 0;
  std::optional<Instant> due, advice_due;
  Day expiry_day = 0;  // 0: none
  // A UTC day that has a row for this incident, and the hash of what the row holds (0: unknown), so
  // that it is written when it changes only.
  struct DayRowMark {
    Day day = 0;
    uint64_t hash = 0;
    bool operator==(const DayRowMark&) const = default;
  };
  std::vector<DayRowMark> days;  // ascending
  bool operator==(const IndexRows&) const = default;
};

struct IncidentItem {
  IndexRows rows;
  aggregate::IncidentState state;
};

std::string EncodeItem(const IncidentItem& item);
Result<IncidentItem> DecodeItem(std::string_view bytes);

std::string EncodeEpisodes(const std::vector<aggregate::Episode>& episodes);
Result<std::vector<aggregate::Episode>> DecodeEpisodes(std::string_view bytes);

// How long an incident outlives its last evidence, beyond what a late event can still reach.
Duration IncidentLifetime(Duration retention);

// Deletes the item and its index rows; its day rows stay as history.
void DeleteItem(Database* database, Batch* batch, std::string_view incident_key,
                const IncidentItem& item);

// Re-derives every index row of the item at `now` and adds the item's and the rows' changes to
// `batch`.
void WriteItem(Database* database, Batch* batch, std::string_view incident_key, IncidentItem* item,
               const aggregate::Handling& handling, Duration retention, Instant now);

}  // namespace srehub::store::embedded
