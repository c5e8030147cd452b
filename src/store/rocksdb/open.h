// The embedded store: one folder, one process, RocksDB. See store/store.h for the contract.
#pragma once

#include <memory>
#include <string>

#include "base/clock.h"
#include "base/limits.h"
#include "base/result.h"
#include "store/store.h"

namespace srehub::store {

// Where tests make the store misbehave on purpose: each is a safety the tests must see missed.
struct Mutants {
  bool no_sync = false;        // acks before the log is on disk
  bool no_log = false;         // no write-ahead log at all
  bool no_dedup = false;       // redeliveries count again
  bool no_ttl_filter = false;  // expired events are shown
  bool arrival_order = false;  // statements about a signal stand in the order of arrival
};

struct OpenOptions {
  Duration retention = limits::kDefaultRetention;  // the longest of all severities
  bool synced = true;                              // false: `durability: relaxed`
  const Clock* clock = nullptr;                    // for expiry during compaction; required
  size_t block_cache_bytes = 64 * 1024 * 1024;
  size_t cached_incidents = 20'000;  // decoded states kept by the writer
  Mutants mutants;
};

// Errors: kUnavailable (locked by another process: says so; I/O), kDataLoss (damaged, or written
// by a newer version), kInvalidArgument (options).
Result<std::unique_ptr<Store>> Open(const std::string& dir, const OpenOptions& options);

}  // namespace srehub::store
