#include "store/rocksdb/rocksdb_store.h"

#include "store/rocksdb/meta_codec.h"

namespace srehub::store {

Result<std::unique_ptr<Store>> Open(const std::string& dir, const OpenOptions& options) {
  return embedded::RocksdbStore::Open(dir, options);
}

}  // namespace srehub::store

namespace srehub::store::embedded {

Result<std::unique_ptr<Store>> RocksdbStore::Open(const std::string& dir,
                                                  const OpenOptions& options) {
  SREHUB_TRY(auto database, Database::Open(dir, options));
  std::unique_ptr<RocksdbStore> store(new RocksdbStore(std::move(database), options));
  SREHUB_CHECK_OK(store->Load());
  return store;
}

Status RocksdbStore::Load() {
  Walk services = database_->Prefix(Table::kMeta, kServicePrefix, nullptr);
  for (; services.Valid(); services.Next()) {
    const std::string name(services.key().substr(kServicePrefix.size()));
    SREHUB_TRY(const ServiceRow row, DecodeService(name, services.value()));
    ServiceEntry& entry = services_[name];
    entry.last_seen = row.last_seen;
    entry.last_seen_of.fill(row.last_seen);
    entry.durable_last_seen = entry.last_seen_of;
    entry.durable = true;
  }
  SREHUB_CHECK_OK(services.status());
  Walk acks = database_->Prefix(Table::kMeta, kAcknowledgementPrefix, nullptr);
  for (; acks.Valid(); acks.Next()) {
    SREHUB_TRY(aggregate::Acknowledgement ack, DecodeAcknowledgement(acks.value()));
    acknowledgements_[ack.incident_id] = std::move(ack);
  }
  SREHUB_CHECK_OK(acks.status());
  Walk silences = database_->Prefix(Table::kMeta, kSilencePrefix, nullptr);
  for (; silences.Valid(); silences.Next()) {
    SREHUB_TRY(aggregate::Silence silence, DecodeSilence(silences.value()));
    silences_[silence.id] = std::move(silence);
  }
  SREHUB_CHECK_OK(silences.status());
  Walk rejects = database_->Prefix(Table::kMeta, kRejectPrefix, nullptr);
  for (; rejects.Valid(); rejects.Next()) {
    ++next_reject_;
    reject_bytes_ += rejects.value().size();
  }
  return rejects.status();
}

}  // namespace srehub::store::embedded
