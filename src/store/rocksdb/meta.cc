// sre_meta and service_recommendations.
#include <algorithm>

#include "base/text.h"
#include "base/varint.h"
#include "model/recommendation_json.h"
#include "store/rocksdb/keys.h"
#include "store/rocksdb/meta_codec.h"
#include "store/rocksdb/rocksdb_store.h"

namespace srehub::store::embedded {

Result<std::optional<model::Recommendations>> RocksdbStore::GetRecommendations(
    std::string_view service_id, ReadCost* cost) {
  SREHUB_TRY(const auto bytes, database_->Get(Table::kRecommendations, service_id, cost));
  if (!bytes) return std::nullopt;
  SREHUB_TRY(model::Recommendations item, model::DecodeRecommendations(*bytes));
  return std::optional(std::move(item));
}

Status RocksdbStore::PutRecommendations(const model::Recommendations& item) {
  const std::lock_guard lock(writer_);
  SREHUB_TRY(const auto stored, GetRecommendations(item.service_id, nullptr));
  const uint64_t version = stored ? stored->version : 0;
  if (item.version != version + 1)
    return Fail(ErrorCode::kConflict, "recommendations of " + item.service_id + " have version " +
                                          std::to_string(version) + ", not " +
                                          std::to_string(item.version - 1));
  Batch batch;
  database_->Put(&batch, Table::kRecommendations, item.service_id,
                 model::RecommendationsToJson(item));
  return database_->Write(&batch);
}

Result<std::optional<ServiceRow>> RocksdbStore::GetService(std::string_view service_id,
                                                           ReadCost* cost) {
  SREHUB_TRY(const auto bytes,
             database_->Get(Table::kMeta, MetaKey(kServicePrefix, service_id), cost));
  if (!bytes) return std::nullopt;
  SREHUB_TRY(ServiceRow row, DecodeService(service_id, *bytes));
  return std::optional(std::move(row));
}

Result<std::vector<ServiceRow>> RocksdbStore::ListServices(std::string_view after, size_t limit,
                                                           ReadCost* cost) {
  std::string from = MetaKey(kServicePrefix, after);
  if (!after.empty()) from.push_back('\0');
  std::vector<ServiceRow> rows;
  Walk walk = database_->Range(Table::kMeta, from, PrefixEnd(kServicePrefix), cost);
  for (; walk.Valid() && rows.size() < limit; walk.Next()) {
    SREHUB_TRY(ServiceRow row,
               DecodeService(walk.key().substr(kServicePrefix.size()), walk.value()));
    rows.push_back(std::move(row));
  }
  SREHUB_CHECK_OK(walk.status());
  return rows;
}

Result<std::vector<std::string>> RocksdbStore::ServicesOfStem(std::string_view stem,
                                                              ReadCost* cost) {
  const std::string prefix = StemKey(stem, {});
  std::vector<std::string> services;
  Walk walk = database_->Prefix(Table::kMeta, prefix, cost);
  for (; walk.Valid(); walk.Next()) services.emplace_back(walk.key().substr(prefix.size()));
  SREHUB_CHECK_OK(walk.status());
  return services;
}

Result<std::vector<RejectRow>> RocksdbStore::ListRejects(std::string_view after, size_t limit) {
  if (!after.empty() && !IsRejectId(after))
    return Fail(ErrorCode::kInvalidArgument,
                "'" + std::string(TruncateUtf8(after, 64)) + "' is not a cursor of the reject log");
  const std::string to = after.empty() ? PrefixEnd(kRejectPrefix) : MetaKey(kRejectPrefix, after);
  std::vector<RejectRow> rows;
  Walk walk = database_->Range(Table::kMeta, kRejectPrefix, to, nullptr, /*reverse=*/true);
  for (; walk.Valid() && rows.size() < limit; walk.Next()) {
    SREHUB_TRY(RejectRow row, DecodeReject(walk.key().substr(kRejectPrefix.size()), walk.value()));
    rows.push_back(std::move(row));
  }
  SREHUB_CHECK_OK(walk.status());
  return rows;
}

Status RocksdbStore::DeleteRejects(std::span<const std::string> ids) {
  const std::lock_guard lock(writer_);
  Batch batch;
  for (const std::string& id : ids)
    database_->Delete(&batch, Table::kMeta, MetaKey(kRejectPrefix, id));
  return database_->Write(&batch);
}

Result<bool> RocksdbStore::HasIdempotencyKey(std::string_view key, Instant now) {
  SREHUB_TRY(const auto bytes,
             database_->Get(Table::kMeta, MetaKey(kIdempotencyPrefix, key), nullptr));
  if (!bytes) return false;
  SREHUB_TRY(const Instant stored, DecodeInstant(*bytes));
  return stored >= now - kIdempotencyWindow;
}

Status RocksdbStore::PutSourceHealth(std::span<const SourceHealthRow> rows) {
  const std::lock_guard lock(writer_);
  Batch batch;
  for (const SourceHealthRow& row : rows) {
    const std::string name = std::string(model::SourceName(row.source)) + "/" + row.format +
                             (row.feed.empty() ? "" : "/" + row.feed);
    database_->Put(&batch, Table::kMeta, MetaKey(kHealthPrefix, name), EncodeHealth(row));
  }
  return database_->Write(&batch);
}

Result<std::vector<SourceHealthRow>> RocksdbStore::ListSourceHealth() {
  std::vector<SourceHealthRow> rows;
  Walk walk = database_->Prefix(Table::kMeta, kHealthPrefix, nullptr);
  for (; walk.Valid(); walk.Next()) {
    SREHUB_TRY(SourceHealthRow row, DecodeHealth(walk.value()));
    rows.push_back(std::move(row));
  }
  SREHUB_CHECK_OK(walk.status());
  return rows;
}

Status RocksdbStore::PutOutcome(const model::ActionOutcome& outcome) {
  const std::lock_guard lock(writer_);
  std::string key = MetaKey(kOutcomePrefix, outcome.service_id);
  key.push_back('\0');
  AppendOrdered(&key, Nanos(outcome.at));
  key += outcome.action_id;
  Batch batch;
  database_->Put(&batch, Table::kMeta, key, EncodeOutcome(outcome));
  return database_->Write(&batch);
}

Result<std::vector<model::ActionOutcome>> RocksdbStore::ListOutcomes(std::string_view service_id) {
  std::string prefix = MetaKey(kOutcomePrefix, service_id);
  prefix.push_back('\0');
  std::vector<model::ActionOutcome> outcomes;
  Walk walk = database_->Prefix(Table::kMeta, prefix, nullptr);
  for (; walk.Valid(); walk.Next()) {
    SREHUB_TRY(model::ActionOutcome outcome, DecodeOutcome(walk.value()));
    outcomes.push_back(std::move(outcome));
  }
  SREHUB_CHECK_OK(walk.status());
  return outcomes;
}

}  // namespace srehub::store::embedded
