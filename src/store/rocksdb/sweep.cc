// What changes without an event: due incidents, acknowledgements, silences, expiry.
#include <set>

#include "store/rocksdb/keys.h"
#include "store/rocksdb/meta_codec.h"
#include "store/rocksdb/rocksdb_store.h"

namespace srehub::store::embedded {

namespace {

// The writer is free for ingest again after so many re-derived incidents.
constexpr size_t kRederiveChunk = 500;
constexpr Duration kDayRowsKept = 400 * kDay;

}  // namespace

aggregate::Handling RocksdbStore::HandlingOf(std::string_view service, std::string_view type,
                                             Instant now) {
  const std::shared_lock lock(handling_mutex_);
  std::optional<aggregate::Acknowledgement> ack;
  if (!acknowledgements_.empty()) {
    const auto it = acknowledgements_.find(model::IncidentId(service, type));
    if (it != acknowledgements_.end()) ack = it->second;
  }
  std::vector<aggregate::Silence> silences;
  for (const auto& [id, silence] : silences_)
    if (!ending_silences_.contains(id)) silences.push_back(silence);
  return aggregate::HandlingOf(service, type, ack, silences, now);
}

Status RocksdbStore::Rederive(Batch* batch, const std::string& key, Instant now) {
  SREHUB_TRY(IncidentItem* const item, LoadItem(key));
  if (item->state.empty()) return {};
  WriteItem(database_.get(), batch, key, item,
            HandlingOf(item->state.service_id, item->state.event_type, now), options_.retention,
            now);
  return {};
}

Result<SweepOutcome> RocksdbStore::SweepDue(Instant now, size_t limit) {
  SREHUB_TRY(SweepOutcome outcome, RederiveDue(now, limit));
  if (outcome.swept < limit) SREHUB_CHECK_OK(database_->CompactWornIndex());
  return outcome;
}

Result<SweepOutcome> RocksdbStore::RederiveDue(Instant now, size_t limit) {
  const std::lock_guard lock(writer_);
  std::set<std::string> due;
  for (const DueKind kind : {DueKind::kRank, DueKind::kAdvice}) {
    Walk walk =
        database_->Range(Table::kIndex, DuePrefix(kind), DueKey(kind, now + 1ns, {}), nullptr);
    for (; walk.Valid() && due.size() < limit; walk.Next()) {
      Instant at{};
      std::string_view key;
      if (ParseDueKey(walk.key(), &at, &key)) due.emplace(key);
    }
    SREHUB_CHECK_OK(walk.status());
  }
  SweepOutcome outcome;
  if (due.empty()) return outcome;
  Batch batch;
  std::set<std::string> services;
  for (const std::string& key : due) {
    SREHUB_CHECK_OK(Rederive(&batch, key, now));
    services.insert(key.substr(0, key.find('\0')));
  }
  if (const Status written = database_->Write(&batch); !written) {
    Forget({due.begin(), due.end()});
    return tl::unexpected<Error>(written.error());
  }
  cache_.Shrink();
  outcome.swept = due.size();
  outcome.changed_services.assign(services.begin(), services.end());
  return outcome;
}

Status RocksdbStore::RederiveMatching(const aggregate::Silence& silence, Instant now) {
  std::string from = silence.service_id.empty() ? "" : ServicePrefix(silence.service_id);
  std::string to = silence.service_id.empty() ? "" : PrefixEnd(from);
  if (!silence.incident_id.empty()) {
    SREHUB_TRY(const auto parts, model::ParseIncidentId(silence.incident_id));
    from = IncidentKeyOf(parts.first, parts.second);
    to = from + '\0';
  }
  while (true) {
    const std::lock_guard lock(writer_);
    std::vector<std::string> keys;
    Walk walk = database_->Range(Table::kIncidents, from, to, nullptr);
    std::string service, type;
    size_t looked_at = 0;
    for (; walk.Valid() && looked_at < kRederiveChunk; walk.Next(), ++looked_at) {
      from = std::string(walk.key()) + '\0';
      if (ParseIncidentKey(walk.key(), &service, &type) && silence.Matches(service, type))
        keys.emplace_back(walk.key());
    }
    SREHUB_CHECK_OK(walk.status());
    Batch batch;
    for (const std::string& key : keys) SREHUB_CHECK_OK(Rederive(&batch, key, now));
    if (const Status written = database_->Write(&batch); !written) {
      Forget(keys);
      return written;
    }
    cache_.Shrink();
    if (looked_at < kRederiveChunk) return {};
  }
}

Status RocksdbStore::PutAcknowledgement(const aggregate::Acknowledgement& ack, Instant now) {
  SREHUB_TRY(const auto parts, model::ParseIncidentId(ack.incident_id));
  const std::lock_guard lock(writer_);
  {
    const std::unique_lock handling(handling_mutex_);
    acknowledgements_[ack.incident_id] = ack;
  }
  Batch batch;
  database_->Put(&batch, Table::kMeta, MetaKey(kAcknowledgementPrefix, ack.incident_id),
                 EncodeAcknowledgement(ack));
  SREHUB_CHECK_OK(Rederive(&batch, IncidentKeyOf(parts.first, parts.second), now));
  return database_->Write(&batch);
}

Status RocksdbStore::DeleteAcknowledgement(std::string_view incident_id, Instant now) {
  SREHUB_TRY(const auto parts, model::ParseIncidentId(incident_id));
  const std::lock_guard lock(writer_);
  {
    const std::unique_lock handling(handling_mutex_);
    const auto it = acknowledgements_.find(incident_id);
    if (it == acknowledgements_.end())
      return Fail(ErrorCode::kNotFound, std::string(incident_id) + " is not acknowledged");
    acknowledgements_.erase(it);
  }
  Batch batch;
  database_->Delete(&batch, Table::kMeta, MetaKey(kAcknowledgementPrefix, incident_id));
  SREHUB_CHECK_OK(Rederive(&batch, IncidentKeyOf(parts.first, parts.second), now));
  return database_->Write(&batch);
}

Result<std::optional<aggregate::Acknowledgement>> RocksdbStore::GetAcknowledgement(
    std::string_view incident_id) {
  const std::shared_lock lock(handling_mutex_);
  const auto it = acknowledgements_.find(incident_id);
  if (it == acknowledgements_.end()) return std::nullopt;
  return it->second;
}

Status RocksdbStore::PutSilence(const aggregate::Silence& silence, Instant now) {
  {
    const std::lock_guard lock(writer_);
    Batch batch;
    database_->Put(&batch, Table::kMeta, MetaKey(kSilencePrefix, silence.id),
                   EncodeSilence(silence));
    SREHUB_CHECK_OK(database_->Write(&batch));
    const std::unique_lock handling(handling_mutex_);
    silences_[silence.id] = silence;
  }
  return RederiveMatching(silence, now);
}

// The silence goes on hiding its incidents until all of them are back in the index, so that a
// reader never sees half of them.
Status RocksdbStore::DeleteSilence(std::string_view id, Instant now) {
  aggregate::Silence ended;
  {
    const std::unique_lock handling(handling_mutex_);
    const auto it = silences_.find(id);
    if (it == silences_.end()) return Fail(ErrorCode::kNotFound, "no silence " + std::string(id));
    ended = it->second;
    ending_silences_.insert(it->first);
  }
  SREHUB_CHECK_OK(RederiveMatching(ended, now));
  const std::lock_guard lock(writer_);
  Batch batch;
  database_->Delete(&batch, Table::kMeta, MetaKey(kSilencePrefix, id));
  SREHUB_CHECK_OK(database_->Write(&batch));
  const std::unique_lock handling(handling_mutex_);
  silences_.erase(silences_.find(id));
  ending_silences_.erase(std::string(id));
  return {};
}

Result<std::vector<aggregate::Silence>> RocksdbStore::ListSilences(Instant now) {
  const std::shared_lock lock(handling_mutex_);
  std::vector<aggregate::Silence> silences;
  for (const auto& [id, silence] : silences_)
    if (now < silence.ends_at) silences.push_back(silence);
  return silences;
}

Status RocksdbStore::DeleteExpiredMeta(Batch* batch, Instant now, size_t limit, size_t* deleted) {
  Walk rejects =
      database_->Range(Table::kMeta, kRejectPrefix,
                       MetaKey(kRejectPrefix, RejectId(now - kRejectRetention, 0)), nullptr);
  for (; rejects.Valid() && *deleted < limit; rejects.Next(), ++*deleted)
    database_->Delete(batch, Table::kMeta, rejects.key());
  SREHUB_CHECK_OK(rejects.status());
  Walk keys = database_->Range(Table::kMeta, kIdempotencyTimePrefix,
                               IdempotencyTimeKey(now - kIdempotencyWindow, {}), nullptr);
  for (; keys.Valid() && *deleted < limit; keys.Next(), ++*deleted) {
    const std::string name(keys.key().substr(IdempotencyTimeKey(now, {}).size()));
    database_->Delete(batch, Table::kMeta, keys.key());
    // A key that was used again since is remembered under its newer time.
    SREHUB_TRY(const auto bytes,
               database_->Get(Table::kMeta, MetaKey(kIdempotencyPrefix, name), nullptr));
    if (!bytes) continue;
    SREHUB_TRY(const Instant stored, DecodeInstant(*bytes));
    if (stored < now - kIdempotencyWindow)
      database_->Delete(batch, Table::kMeta, MetaKey(kIdempotencyPrefix, name));
  }
  SREHUB_CHECK_OK(keys.status());
  for (auto it = services_.begin(); it != services_.end() && *deleted < limit;) {
    if (it->second.last_seen >= now - IncidentLifetime(options_.retention)) {
      ++it;
      continue;
    }
    database_->Delete(batch, Table::kMeta, MetaKey(kServicePrefix, it->first));
    database_->Delete(batch, Table::kMeta, StemKey(model::ServiceStem(it->first), it->first));
    database_->Delete(batch, Table::kRecommendations, it->first);
    it = services_.erase(it);
    ++*deleted;
  }
  const std::unique_lock handling(handling_mutex_);
  std::erase_if(silences_, [&](const auto& entry) {
    if (entry.second.ends_at >= now - kDay) return false;
    database_->Delete(batch, Table::kMeta, MetaKey(kSilencePrefix, entry.first));
    return true;
  });
  return {};
}

Result<size_t> RocksdbStore::DeleteExpired(Instant now, size_t limit) {
  const std::lock_guard lock(writer_);
  Batch batch;
  size_t deleted = 0;
  Walk expired = database_->Range(Table::kIndex, ExpiryKey(INT64_MIN, {}),
                                  ExpiryKey(DayOf(now) + 1, {}), nullptr);
  for (; expired.Valid() && deleted < limit; expired.Next(), ++deleted) {
    const std::string key(expired.key().substr(ExpiryKey(0, {}).size()));
    SREHUB_TRY(const IncidentItem* const item, LoadItem(key));
    DeleteItem(database_.get(), &batch, key, *item);
    cache_.Erase(key);
    std::string service, type;
    ParseIncidentKey(key, &service, &type);
    if (const auto it = services_.find(service); it != services_.end())
      it->second.types.erase(type);
  }
  SREHUB_CHECK_OK(expired.status());
  database_->DeleteRange(&batch, Table::kIndex, DayPrefix(INT64_MIN),
                         DayPrefix(DayOf(now - kDayRowsKept)));
  SREHUB_CHECK_OK(DeleteExpiredMeta(&batch, now, limit, &deleted));
  SREHUB_CHECK_OK(database_->Write(&batch));
  return deleted;
}

}  // namespace srehub::store::embedded
