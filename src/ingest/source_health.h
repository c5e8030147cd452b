// Freshness, lateness and refusals per feed. Thread-safe.
#pragma once

#include <mutex>
#include <string>
#include <vector>

#include "base/time.h"
#include "model/delivery.h"
#include "model/observation.h"
#include "store/records.h"

namespace srehub::ingest {

class SourceHealth {
 public:
  void Load(std::vector<store::SourceHealthRow> rows);
  void Accepted(model::Source source, model::Format format, Instant received, Instant timestamp,
                bool duplicate);
  void Refused(model::Source source, model::Format format, Instant received,
               const model::Refusal& refusal, Duration ahead);
  std::vector<store::SourceHealthRow> Snapshot() const;

 private:
  mutable std::mutex mutex_;
  std::vector<store::SourceHealthRow> rows_;  // a handful: one per (source, format)
};

}  // namespace srehub::ingest
