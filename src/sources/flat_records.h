// Records that came in a form of their own, each made one JSON object for the log decoder. What a
// batch says once for all its records stands in each, so every one can be read, refused and
// replayed alone.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/limits.h"
#include "model/delivery.h"

namespace srehub::sources {

// A small batch may repeat a large header in many records: this bounds what they become together.
inline constexpr size_t kMaxFlatBytes = limits::kMaxInflatedBytes;

struct FlatRecord {
  std::string json;      // an object, unless the record is refused
  std::string_view raw;  // its bytes in the body, or empty: then `own_raw`, or `json` itself
  std::string own_raw;
  std::optional<model::Refusal> refusal;
};

// Not thread-safe.
class FlatRecords {
 public:
  void Add(std::string json, std::string_view raw = {}, std::string own_raw = {}) {
    Add(FlatRecord{std::move(json), raw, std::move(own_raw), std::nullopt});
  }
  void Refuse(model::RefusalReason reason, std::string field, std::string message,
              std::string_view raw, std::string own_raw = {}) {
    Add(FlatRecord{{},
                   raw,
                   std::move(own_raw),
                   model::Refusal{reason, 0, std::move(field), std::move(message)}});
  }
  // Over a limit: what comes next would be thrown away, and the delivery is refused.
  bool full() const { return bytes_ > kMaxFlatBytes || too_many(); }
  // There are more than the caller itself may look at.
  void MarkTooMany() { too_many_ = true; }
  bool too_many() const { return too_many_ || records_.size() > limits::kMaxRecordsPerDelivery; }
  std::vector<FlatRecord> Take() { return std::move(records_); }

 private:
  void Add(FlatRecord record) {
    if (full()) return;
    bytes_ += record.json.size() + record.own_raw.size();
    records_.push_back(std::move(record));
  }

  std::vector<FlatRecord> records_;
  size_t bytes_ = 0;
  bool too_many_ = false;
};

}  // namespace srehub::sources
