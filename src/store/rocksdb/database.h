// RocksDB behind Result: column families, a counted read path, synced writes.
// Thread-safe, as RocksDB is.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "store/records.h"
#include "store/rocksdb/open.h"

namespace rocksdb {
class DB;
class ColumnFamilyHandle;
class Iterator;
class Snapshot;
class WriteBatch;
}  // namespace rocksdb

namespace srehub::store::embedded {

enum class Table : uint8_t { kEvents, kIncidents, kHours, kIndex, kRecommendations, kMeta };
inline constexpr size_t kTableCount = 6;

// Changes that become visible and durable together.
class Batch {
 public:
  Batch() = default;
  Batch(const Batch&) = delete;
  Batch& operator=(const Batch&) = delete;

 private:
  friend class Database;
  struct Operation {
    enum class Kind : uint8_t { kPut, kDelete, kDeleteRange };
    Table table;
    Kind kind;
    std::string key;
    std::string value;  // kDeleteRange: where the range ends
  };
  std::vector<Operation> operations_;
};

// A walk over one table's keys in [from, to). Counts every row it stands on.
class Walk {
 public:
  ~Walk();
  Walk(Walk&&) noexcept;
  bool Valid() const { return valid_; }
  void Next();
  std::string_view key() const;
  std::string_view value() const;
  Status status() const;  // an I/O error ends the walk early

 private:
  friend class Database;
  Walk(std::unique_ptr<rocksdb::Iterator> it, std::string from, std::string to, bool reverse,
       ReadCost* cost);
  void Settle();
  std::unique_ptr<rocksdb::Iterator> it_;
  std::string from_, to_;
  bool reverse_;
  ReadCost* cost_;
  bool valid_ = false;
};

class Database {
 public:
  static Result<std::unique_ptr<Database>> Open(const std::string& dir, const OpenOptions& options);
  ~Database();

  // Nothing where there is no such key. `cost` may be null.
  Result<std::optional<std::string>> Get(Table table, std::string_view key, ReadCost* cost);
  // Does the key exist? Counts no cost: a writer's question.
  Result<bool> Has(Table table, std::string_view key);
  // Keys in [from, to), ascending, or descending with `reverse`.
  Walk Range(Table table, std::string_view from, std::string_view to, ReadCost* cost,
             bool reverse = false);
  Walk Prefix(Table table, std::string_view prefix, ReadCost* cost);

  void Put(Batch* batch, Table table, std::string_view key, std::string_view value);
  void Delete(Batch* batch, Table table, std::string_view key);
  void DeleteRange(Batch* batch, Table table, std::string_view from, std::string_view to);
  // Durable on return, unless the store was opened unsynced. After a failed write the store
  // stays unwritable until it is opened again: what the disk holds is no longer known.
  Status Write(Batch* batch);

  // Deleted index rows slow down every walk past them until they are compacted away. Does so when
  // there are many; takes no lock, may take a second. Call it from the background.
  Status CompactWornIndex();

  Health GetHealth();

 private:
  Database() = default;
  rocksdb::WriteBatch InKeyOrder(Batch* batch) const;
  struct ExpiryFilters;
  std::unique_ptr<ExpiryFilters> filters_;
  std::unique_ptr<rocksdb::DB> db_;
  std::vector<rocksdb::ColumnFamilyHandle*> handles_;
  OpenOptions options_;
  std::string dir_;
  std::atomic<bool> write_failed_{false};
  std::string write_error_;
  std::atomic<uint64_t> index_deletes_{0};  // since the last compaction
};

}  // namespace srehub::store::embedded
