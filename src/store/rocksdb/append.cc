// The write path: newness, fold, derived rows, one synced batch.
#include <algorithm>
#include <map>
#include <set>

#include "aggregate/fold.h"
#include "base/limits.h"
#include "model/event_codec.h"
#include "store/rocksdb/keys.h"
#include "store/rocksdb/meta_codec.h"
#include "store/rocksdb/rocksdb_store.h"

namespace srehub::store::embedded {

namespace {

// Types past the cap of a service share this incident, which is marked approximate.
constexpr std::string_view kOverflowType = "LogOther";

std::string EventValue(const model::Event& event) {
  std::string value;
  AppendOrdered(&value, Nanos(event.ttl) / 1'000'000'000);
  value += model::EncodeEvent(event);
  return value;
}

}  // namespace

IncidentItem* ItemCache::Find(const std::string& key) {
  const auto it = by_key_.find(key);
  if (it == by_key_.end()) return nullptr;
  entries_.splice(entries_.begin(), entries_, it->second);
  return &it->second->item;
}

IncidentItem* ItemCache::Insert(const std::string& key, IncidentItem item) {
  entries_.push_front({key, std::move(item)});
  by_key_[entries_.front().key] = entries_.begin();
  return &entries_.front().item;
}

void ItemCache::Erase(const std::string& key) {
  const auto it = by_key_.find(key);
  if (it == by_key_.end()) return;
  const auto entry = it->second;
  by_key_.erase(it);
  entries_.erase(entry);
}

void ItemCache::Shrink() {
  while (entries_.size() > capacity_) {
    by_key_.erase(entries_.back().key);
    entries_.pop_back();
  }
}

Result<AppendOutcome> RocksdbStore::Append(const AppendBatch& input, Instant now) {
  const std::lock_guard lock(writer_);
  Batch batch;
  AppendOutcome outcome;
  outcome.results.reserve(input.events.size());
  std::unordered_set<std::string> in_batch;
  std::map<std::string, std::vector<const model::Event*>> targets;
  std::set<std::string> changed;
  for (const model::Event& event : input.events) {
    SREHUB_TRY(const AppendResult result, Admit(event, &in_batch));
    outcome.results.push_back(result);
    if (result != AppendResult::kNew) continue;
    PutEvent(&batch, event);
    NoteService(event);
    changed.insert(event.service_id);
    for (const aggregate::Target& target : aggregate::TargetsOf(event)) {
      SREHUB_TRY(std::string key, TargetKey(event, target));
      targets[std::move(key)].push_back(&event);
    }
  }
  std::vector<std::string> touched;
  Status status;
  for (const auto& [key, events] : targets) {
    touched.push_back(key);
    status = FoldInto(&batch, key, events, now);
    if (!status) break;
  }
  for (const std::string& service : changed) PutService(&batch, service);
  if (status) status = AppendMeta(&batch, input, now);
  if (status) status = database_->Write(&batch);
  if (!status) {
    Forget(touched);
    return tl::unexpected<Error>(status.error());
  }
  for (const std::string& service : changed) {
    ServiceEntry& entry = services_[service];
    entry.durable_last_seen = entry.last_seen_of;
    entry.durable = true;
    outcome.changed_services.push_back(service);
  }
  cache_.Shrink();
  return outcome;
}

Result<AppendResult> RocksdbStore::Admit(const model::Event& event,
                                         std::unordered_set<std::string>* in_batch) {
  const auto service = services_.find(event.service_id);
  if (service == services_.end() && services_.size() >= limits::kMaxServices)
    return AppendResult::kServiceCap;
  if (options_.mutants.no_dedup) return AppendResult::kNew;
  std::string key = EventKeyOf(event);
  // Nothing of this service and source is stored at or after this instant: it is new without a
  // look-up. Equal keys come from equal records, so of one source.
  if (service != services_.end() &&
      event.timestamp <= service->second.durable_last_seen[static_cast<size_t>(event.source)]) {
    SREHUB_TRY(const bool known, database_->Has(Table::kEvents, key));
    if (known) return AppendResult::kDuplicate;
  }
  return in_batch->insert(std::move(key)).second ? AppendResult::kNew : AppendResult::kDuplicate;
}

void RocksdbStore::PutEvent(Batch* batch, const model::Event& event) {
  database_->Put(batch, Table::kEvents, EventKeyOf(event), EventValue(event));
  if (!event.deploy) return;
  database_->Put(batch, Table::kIndex, ServiceDeployKey(event), {});
  database_->Put(batch, Table::kIndex, TimeDeployKey(event), {});
  if (!event.deploy->run.empty())
    database_->Put(batch, Table::kIndex, RunKey(event.deploy->run, event), {});
  database_->Put(batch, Table::kIndex, RunKey(model::DeployId(*event.deploy), event), {});
}

void RocksdbStore::NoteService(const model::Event& event) {
  ServiceEntry& entry = services_[event.service_id];
  entry.last_seen = std::max(entry.last_seen, event.timestamp);
  Instant& of_source = entry.last_seen_of[static_cast<size_t>(event.source)];
  of_source = std::max(of_source, event.timestamp);
}

void RocksdbStore::PutService(Batch* batch, const std::string& service) {
  const ServiceEntry& entry = services_[service];
  ServiceRow row;
  row.last_seen = entry.last_seen;
  row.event_types = static_cast<uint32_t>(entry.types.size());
  database_->Put(batch, Table::kMeta, MetaKey(kServicePrefix, service), EncodeService(row));
  if (!entry.durable)
    database_->Put(batch, Table::kMeta, StemKey(model::ServiceStem(service), service), {});
}

Result<std::string> RocksdbStore::TargetKey(const model::Event& event,
                                            const aggregate::Target& target) {
  ServiceEntry& entry = services_[event.service_id];
  if (!entry.types_known) {
    Walk walk = database_->Prefix(Table::kIncidents, ServicePrefix(event.service_id), nullptr);
    std::string service, type;
    for (; walk.Valid(); walk.Next())
      if (ParseIncidentKey(walk.key(), &service, &type)) entry.types.insert(type);
    SREHUB_CHECK_OK(walk.status());
    entry.types_known = true;
  }
  const std::string type(target.event_type);
  if (entry.types.contains(type)) return IncidentKeyOf(event.service_id, type);
  if (entry.types.size() >= limits::kMaxTypesPerService)
    return IncidentKeyOf(event.service_id, kOverflowType);
  entry.types.insert(type);
  return IncidentKeyOf(event.service_id, type);
}

Result<IncidentItem*> RocksdbStore::LoadItem(const std::string& key) {
  if (IncidentItem* cached = cache_.Find(key)) return cached;
  SREHUB_TRY(const auto bytes, database_->Get(Table::kIncidents, key, nullptr));
  IncidentItem item;
  if (bytes) {
    SREHUB_TRY(item, DecodeItem(*bytes));
  } else {
    ParseIncidentKey(key, &item.state.service_id, &item.state.event_type);
  }
  return cache_.Insert(key, std::move(item));
}

Status RocksdbStore::FoldInto(Batch* batch, const std::string& key,
                              const std::vector<const model::Event*>& events, Instant now) {
  SREHUB_TRY(IncidentItem* const item, LoadItem(key));
  const auto load_hour = [&](Hour hour) -> Result<aggregate::HourBlock> {
    SREHUB_TRY(const auto bytes, database_->Get(Table::kHours, HourKeyOf(key, hour), nullptr));
    if (!bytes) return aggregate::HourBlock{};
    return aggregate::HourBlock::Decode(*bytes);
  };
  aggregate::FoldSettings settings;
  settings.retention = options_.retention;
  settings.mutant_arrival_order = options_.mutants.arrival_order;
  SREHUB_TRY(const aggregate::FoldResult folded,
             aggregate::Fold(&item->state, events, settings, load_hour));
  for (const auto& [hour, block] : folded.hours) {
    const std::string hour_key = HourKeyOf(key, hour);
    if (block.empty()) {
      database_->Delete(batch, Table::kHours, hour_key);
      continue;
    }
    std::string value;
    block.Encode(&value);
    database_->Put(batch, Table::kHours, hour_key, value);
  }
  if (item->state.event_type == kOverflowType &&
      services_[item->state.service_id].types.size() >= limits::kMaxTypesPerService)
    item->state.approximate = true;
  WriteItem(database_.get(), batch, key, item,
            HandlingOf(item->state.service_id, item->state.event_type, now), options_.retention,
            now);
  return {};
}

Status RocksdbStore::AppendMeta(Batch* batch, const AppendBatch& input, Instant now) {
  for (const RejectRow& row : input.rejects) {
    const std::string value = EncodeReject(row);
    database_->Put(batch, Table::kMeta,
                   MetaKey(kRejectPrefix, RejectId(row.received, next_reject_++)), value);
    reject_bytes_ += value.size();
  }
  for (const std::string& key : input.idempotency_keys) {
    database_->Put(batch, Table::kMeta, MetaKey(kIdempotencyPrefix, key), EncodeInstant(now));
    database_->Put(batch, Table::kMeta, IdempotencyTimeKey(now, key), {});
  }
  if (reject_bytes_ <= kMaxRejectLogBytes) return {};
  // Over its bound: the oldest go, down to nine tenths, so that this is rare.
  Walk walk = database_->Prefix(Table::kMeta, kRejectPrefix, nullptr);
  for (; walk.Valid() && reject_bytes_ > kMaxRejectLogBytes / 10 * 9; walk.Next()) {
    reject_bytes_ -= std::min<uint64_t>(reject_bytes_, walk.value().size());
    database_->Delete(batch, Table::kMeta, walk.key());
  }
  return walk.status();
}

void RocksdbStore::Forget(const std::vector<std::string>& keys) {
  for (const std::string& key : keys) cache_.Erase(key);
}

}  // namespace srehub::store::embedded
