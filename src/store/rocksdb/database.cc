#include "store/rocksdb/database.h"

#include <rocksdb/cache.h>
#include <rocksdb/compaction_filter.h>
#include <rocksdb/db.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/table.h>

#include <algorithm>
#include <array>
#include <tuple>

#include "store/rocksdb/keys.h"

namespace srehub::store::embedded {

namespace {

constexpr std::array<const char*, kTableCount> kTableNames = {
    "sre_events",     "trending_incidents",      "incident_hours",
    "incident_index", "service_recommendations", "sre_meta"};
// The folder's format; an older program refuses a newer folder.
constexpr std::string_view kFormatKey = "format";
constexpr int kFolderFormat = 1;
constexpr uint64_t kWornIndexDeletes = 5'000;
constexpr Duration kKeptAfterRetention = 3 * kDay;  // hour items, as long as their incident

rocksdb::Slice SliceOf(std::string_view s) { return {s.data(), s.size()}; }
std::string_view ViewOf(const rocksdb::Slice& s) { return {s.data(), s.size()}; }

Error ErrorOf(const rocksdb::Status& status, std::string_view doing) {
  const bool damaged = status.IsCorruption();
  return Error{damaged ? ErrorCode::kDataLoss : ErrorCode::kUnavailable,
               "embedded store: " + std::string(doing) + ": " + status.ToString(),
               {}};
}

// An event's value starts with its ttl, epoch seconds, so that it can go without being decoded.
class EventExpiry final : public rocksdb::CompactionFilter {
 public:
  explicit EventExpiry(const Clock* clock) : clock_(clock) {}
  const char* Name() const override { return "srehub.EventExpiry"; }
  bool Filter(int, const rocksdb::Slice&, const rocksdb::Slice& value, std::string*,
              bool*) const override {
    if (value.size() < 8) return false;
    return ReadOrdered(ViewOf(value)) * 1'000'000'000 <= Nanos(clock_->Now());
  }

 private:
  const Clock* clock_;
};

class HourExpiry final : public rocksdb::CompactionFilter {
 public:
  HourExpiry(const Clock* clock, Duration kept) : clock_(clock), kept_(kept) {}
  const char* Name() const override { return "srehub.HourExpiry"; }
  bool Filter(int, const rocksdb::Slice& key, const rocksdb::Slice&, std::string*,
              bool*) const override {
    if (key.size() < 8) return false;
    const Hour hour = ReadOrdered(ViewOf(key).substr(key.size() - 8));
    return StartOfHour(hour) < clock_->Now() - kept_;
  }

 private:
  const Clock* clock_;
  Duration kept_;
};

// Index rows of deploy statements go with the events they point to.
class DeployRowExpiry final : public rocksdb::CompactionFilter {
 public:
  DeployRowExpiry(const Clock* clock, Duration kept) : clock_(clock), kept_(kept) {}
  const char* Name() const override { return "srehub.DeployRowExpiry"; }
  bool Filter(int, const rocksdb::Slice& key, const rocksdb::Slice&, std::string*,
              bool*) const override {
    model::EventKey event;
    return ParseDeployKey(ViewOf(key), &event) && event.timestamp < clock_->Now() - kept_;
  }

 private:
  const Clock* clock_;
  Duration kept_;
};

rocksdb::ColumnFamilyOptions TableOptions(const std::shared_ptr<rocksdb::Cache>& cache) {
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = cache;
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  table.format_version = 5;
  table.block_size = 16 * 1024;
  rocksdb::ColumnFamilyOptions cf;
  cf.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  // What is young is rewritten soon: only the last level pays for small size.
  cf.compression = rocksdb::kLZ4Compression;
  cf.bottommost_compression = rocksdb::kZSTD;
  cf.bottommost_compression_opts.enabled = true;
  cf.bottommost_compression_opts.level = 1;
  cf.write_buffer_size = 64 * 1024 * 1024;
  cf.memtable_whole_key_filtering = true;
  cf.memtable_prefix_bloom_size_ratio = 0.05;
  cf.level_compaction_dynamic_level_bytes = true;
  cf.level0_file_num_compaction_trigger = 8;   // fewer, larger merges; bloom filters bear the reads
  cf.periodic_compaction_seconds = 24 * 3600;  // so that expired rows go without new writes
  return cf;
}

}  // namespace

struct Database::ExpiryFilters {
  explicit ExpiryFilters(const OpenOptions& options)
      : events(options.clock),
        hours(options.clock, options.retention + kKeptAfterRetention),
        deploys(options.clock, options.retention + kKeptAfterRetention) {}
  EventExpiry events;
  HourExpiry hours;
  DeployRowExpiry deploys;
};

Walk::Walk(std::unique_ptr<rocksdb::Iterator> it, std::string from, std::string to, bool reverse,
           ReadCost* cost)
    : it_(std::move(it)),
      from_(std::move(from)),
      to_(std::move(to)),
      reverse_(reverse),
      cost_(cost) {
  if (reverse_) {
    it_->SeekForPrev(to_);
    if (it_->Valid() && ViewOf(it_->key()) >= to_) it_->Prev();
  } else {
    it_->Seek(from_);
  }
  Settle();
}
Walk::~Walk() = default;
Walk::Walk(Walk&&) noexcept = default;

void Walk::Settle() {
  valid_ = it_->Valid();
  if (!valid_) return;
  const std::string_view at = ViewOf(it_->key());
  valid_ = reverse_ ? at >= from_ : (to_.empty() || at < to_);
  if (valid_ && cost_ != nullptr) {
    ++cost_->items;
    cost_->bytes += at.size() + it_->value().size();
  }
}

void Walk::Next() {
  reverse_ ? it_->Prev() : it_->Next();
  Settle();
}

std::string_view Walk::key() const { return ViewOf(it_->key()); }
std::string_view Walk::value() const { return ViewOf(it_->value()); }

Status Walk::status() const {
  if (it_->status().ok()) return {};
  return tl::unexpected<Error>(ErrorOf(it_->status(), "read"));
}

Result<std::unique_ptr<Database>> Database::Open(const std::string& dir,
                                                 const OpenOptions& options) {
  if (options.clock == nullptr)
    return Fail(ErrorCode::kInvalidArgument, "the embedded store needs a clock");
  std::unique_ptr<Database> database(new Database());
  database->options_ = options;
  database->dir_ = dir;
  database->filters_ = std::make_unique<ExpiryFilters>(options);

  rocksdb::DBOptions db_options;
  db_options.create_if_missing = true;
  db_options.create_missing_column_families = true;
  db_options.max_background_jobs = 2;
  db_options.bytes_per_sync = 1024 * 1024;
  db_options.max_total_wal_size = 256 * 1024 * 1024;
  db_options.keep_log_file_num = 4;
  db_options.wal_recovery_mode = rocksdb::WALRecoveryMode::kPointInTimeRecovery;
  const auto cache = rocksdb::NewLRUCache(options.block_cache_bytes);
  std::vector<rocksdb::ColumnFamilyDescriptor> families;
  families.emplace_back(rocksdb::kDefaultColumnFamilyName, TableOptions(cache));
  for (const char* name : kTableNames) families.emplace_back(name, TableOptions(cache));
  families[1 + static_cast<size_t>(Table::kEvents)].options.compaction_filter =
      &database->filters_->events;
  families[1 + static_cast<size_t>(Table::kHours)].options.compaction_filter =
      &database->filters_->hours;
  families[1 + static_cast<size_t>(Table::kIndex)].options.compaction_filter =
      &database->filters_->deploys;

  rocksdb::DB* db = nullptr;
  const rocksdb::Status status =
      rocksdb::DB::Open(db_options, dir, families, &database->handles_, &db);
  if (!status.ok()) {
    Error error = ErrorOf(status, "open " + dir);
    if (status.ToString().find("lock") != std::string::npos)
      error.message += " (is a hub already running on this folder?)";
    return tl::unexpected<Error>(std::move(error));
  }
  database->db_.reset(db);
  SREHUB_TRY(const auto format, database->Get(Table::kMeta, kFormatKey, nullptr));
  if (!format) {
    Batch batch;
    database->Put(&batch, Table::kMeta, kFormatKey, std::to_string(kFolderFormat));
    SREHUB_CHECK_OK(database->Write(&batch));
  } else if (*format != std::to_string(kFolderFormat)) {
    return Fail(ErrorCode::kDataLoss, "folder " + dir + " has format " + *format +
                                          "; this program reads format " +
                                          std::to_string(kFolderFormat));
  }
  return database;
}

Database::~Database() {
  if (!db_) return;
  for (rocksdb::ColumnFamilyHandle* handle : handles_) db_->DestroyColumnFamilyHandle(handle);
  handles_.clear();
  db_->Close();
}

Result<std::optional<std::string>> Database::Get(Table table, std::string_view key,
                                                 ReadCost* cost) {
  std::string value;
  const rocksdb::Status status =
      db_->Get({}, handles_[1 + static_cast<size_t>(table)], SliceOf(key), &value);
  if (cost != nullptr) {
    ++cost->items;
    cost->bytes += key.size() + value.size();
  }
  if (status.IsNotFound()) return std::nullopt;
  if (!status.ok()) return tl::unexpected<Error>(ErrorOf(status, "read"));
  return value;
}

Result<bool> Database::Has(Table table, std::string_view key) {
  rocksdb::PinnableSlice value;
  const rocksdb::Status status =
      db_->Get({}, handles_[1 + static_cast<size_t>(table)], SliceOf(key), &value);
  if (status.IsNotFound()) return false;
  if (!status.ok()) return tl::unexpected<Error>(ErrorOf(status, "read"));
  return true;
}

Walk Database::Range(Table table, std::string_view from, std::string_view to, ReadCost* cost,
                     bool reverse) {
  std::unique_ptr<rocksdb::Iterator> it(
      db_->NewIterator({}, handles_[1 + static_cast<size_t>(table)]));
  return Walk(std::move(it), std::string(from), std::string(to), reverse, cost);
}

Walk Database::Prefix(Table table, std::string_view prefix, ReadCost* cost) {
  return Range(table, prefix, PrefixEnd(prefix), cost);
}

void Database::Put(Batch* batch, Table table, std::string_view key, std::string_view value) {
  batch->operations_.push_back(
      {table, Batch::Operation::Kind::kPut, std::string(key), std::string(value)});
}

void Database::Delete(Batch* batch, Table table, std::string_view key) {
  batch->operations_.push_back({table, Batch::Operation::Kind::kDelete, std::string(key), {}});
  if (table == Table::kIndex) index_deletes_.fetch_add(1, std::memory_order_relaxed);
}

void Database::DeleteRange(Batch* batch, Table table, std::string_view from, std::string_view to) {
  batch->operations_.push_back(
      {table, Batch::Operation::Kind::kDeleteRange, std::string(from), std::string(to)});
}

// In the order of tables and keys, so that each insertion into a memtable begins where the last
// one ended; operations on one key keep their order. A range is not sorted past what it covers.
rocksdb::WriteBatch Database::InKeyOrder(Batch* batch) const {
  using Kind = Batch::Operation::Kind;
  std::vector<Batch::Operation>& operations = batch->operations_;
  const bool ranges =
      std::any_of(operations.begin(), operations.end(),
                  [](const Batch::Operation& o) { return o.kind == Kind::kDeleteRange; });
  if (!ranges)
    std::stable_sort(operations.begin(), operations.end(),
                     [](const Batch::Operation& a, const Batch::Operation& b) {
                       return std::tie(a.table, a.key) < std::tie(b.table, b.key);
                     });
  size_t bytes = 0;
  for (const Batch::Operation& o : operations) bytes += o.key.size() + o.value.size() + 16;
  rocksdb::WriteBatch ordered(bytes);
  for (const Batch::Operation& o : operations) {
    rocksdb::ColumnFamilyHandle* const handle = handles_[1 + static_cast<size_t>(o.table)];
    switch (o.kind) {
      case Kind::kPut: ordered.Put(handle, SliceOf(o.key), SliceOf(o.value)); break;
      case Kind::kDelete: ordered.Delete(handle, SliceOf(o.key)); break;
      case Kind::kDeleteRange: ordered.DeleteRange(handle, SliceOf(o.key), SliceOf(o.value)); break;
    }
  }
  return ordered;
}

Status Database::Write(Batch* batch) {
  if (write_failed_.load(std::memory_order_acquire))
    return Fail(ErrorCode::kUnavailable,
                "an earlier write failed (" + write_error_ + "); the hub must be restarted");
  rocksdb::WriteOptions options;
  options.sync = options_.synced && !options_.mutants.no_sync && !options_.mutants.no_log;
  options.disableWAL = options_.mutants.no_log;
  rocksdb::WriteBatch ordered = InKeyOrder(batch);
  const rocksdb::Status status = db_->Write(options, &ordered);
  if (status.ok()) return {};
  write_error_ = status.ToString();
  write_failed_.store(true, std::memory_order_release);
  return tl::unexpected<Error>(ErrorOf(status, "write"));
}

Status Database::CompactWornIndex() {
  if (index_deletes_.load(std::memory_order_relaxed) < kWornIndexDeletes) return {};
  index_deletes_.store(0, std::memory_order_relaxed);
  rocksdb::CompactRangeOptions options;
  options.exclusive_manual_compaction = false;
  options.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForceOptimized;
  const rocksdb::Status status = db_->CompactRange(
      options, handles_[1 + static_cast<size_t>(Table::kIndex)], nullptr, nullptr);
  if (status.ok()) return {};
  return tl::unexpected<Error>(ErrorOf(status, "compact the index"));
}

Health Database::GetHealth() {
  Health health;
  health.writable = !write_failed_.load(std::memory_order_acquire);
  if (!health.writable) health.reason = write_error_;
  uint64_t value = 0;
  for (rocksdb::ColumnFamilyHandle* handle : handles_) {
    if (db_->GetIntProperty(handle, "rocksdb.total-sst-files-size", &value))
      health.disk_bytes += value;
  }
  if (db_->GetIntProperty(handles_[1 + static_cast<size_t>(Table::kEvents)],
                          "rocksdb.estimate-num-keys", &value))
    health.events = value;
  return health;
}

}  // namespace srehub::store::embedded
