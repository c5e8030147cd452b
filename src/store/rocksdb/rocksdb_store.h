// The embedded store. One writer at a time (writer_), any number of readers.
#pragma once

#include <array>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "aggregate/fold.h"
#include "store/rocksdb/database.h"
#include "store/rocksdb/incident_item.h"
#include "store/rocksdb/open.h"
#include "store/store.h"

namespace srehub::store::embedded {

// Least recently used decoded items. Not thread-safe: the writer's own.
class ItemCache {
 public:
  explicit ItemCache(size_t capacity) : capacity_(capacity) {}
  IncidentItem* Find(const std::string& key);
  IncidentItem* Insert(const std::string& key, IncidentItem item);
  void Erase(const std::string& key);
  void Shrink();  // to capacity; invalidates pointers

 private:
  struct Entry {
    std::string key;
    IncidentItem item;
  };
  size_t capacity_;
  std::list<Entry> entries_;  // newest first
  std::unordered_map<std::string_view, std::list<Entry>::iterator> by_key_;
};

class RocksdbStore final : public Store {
 public:
  static Result<std::unique_ptr<Store>> Open(const std::string& dir, const OpenOptions& options);

  Result<AppendOutcome> Append(const AppendBatch& batch, Instant now) override;

  Result<EventPage> ReadEvents(const EventQuery& query, Instant now, ReadCost* cost) override;
  Result<std::optional<model::Event>> GetEvent(const model::EventKey& key, Instant now,
                                               ReadCost* cost) override;
  Result<std::vector<model::Event>> ReadDeployStatements(std::string_view service_id, Window window,
                                                         Instant now, ReadCost* cost) override;
  Result<std::vector<model::Event>> ReadAllDeployStatements(Window window, size_t limit,
                                                            Instant now, ReadCost* cost) override;
  Result<std::vector<model::Event>> FindRun(std::string_view run, Instant now,
                                            ReadCost* cost) override;

  Result<std::optional<aggregate::IncidentState>> GetIncident(std::string_view incident_id,
                                                              ReadCost* cost) override;
  Result<std::vector<aggregate::IncidentState>> IncidentsOfService(std::string_view service_id,
                                                                   ReadCost* cost) override;
  Result<aggregate::HourBlock> GetHour(const aggregate::IncidentState& state, Hour hour,
                                       ReadCost* cost) override;
  Result<std::vector<HeatRow>> ReadHeat(aggregate::OpenClass open_class,
                                        const std::optional<HeatRow>& after, size_t limit,
                                        ReadCost* cost) override;
  Result<std::vector<DueRow>> ReadDue(Instant up_to, size_t limit, ReadCost* cost) override;
  Result<std::vector<DayRow>> ReadDay(Day day, ReadCost* cost) override;
  Result<SweepOutcome> SweepDue(Instant now, size_t limit) override;

  Result<std::optional<model::Recommendations>> GetRecommendations(std::string_view service_id,
                                                                   ReadCost* cost) override;
  Status PutRecommendations(const model::Recommendations& item) override;

  Result<std::optional<ServiceRow>> GetService(std::string_view service_id,
                                               ReadCost* cost) override;
  Result<std::vector<ServiceRow>> ListServices(std::string_view after, size_t limit,
                                               ReadCost* cost) override;
  Result<std::vector<std::string>> ServicesOfStem(std::string_view stem, ReadCost* cost) override;

  Result<std::vector<RejectRow>> ListRejects(std::string_view after, size_t limit) override;
  Status DeleteRejects(std::span<const std::string> ids) override;
  Result<bool> HasIdempotencyKey(std::string_view key, Instant now) override;
  Status PutSourceHealth(std::span<const SourceHealthRow> rows) override;
  Result<std::vector<SourceHealthRow>> ListSourceHealth() override;
  Status PutAcknowledgement(const aggregate::Acknowledgement& ack, Instant now) override;
  Status DeleteAcknowledgement(std::string_view incident_id, Instant now) override;
  Result<std::optional<aggregate::Acknowledgement>> GetAcknowledgement(
      std::string_view incident_id) override;
  Status PutSilence(const aggregate::Silence& silence, Instant now) override;
  Status DeleteSilence(std::string_view id, Instant now) override;
  Result<std::vector<aggregate::Silence>> ListSilences(Instant now) override;
  Status PutOutcome(const model::ActionOutcome& outcome) override;
  Result<std::vector<model::ActionOutcome>> ListOutcomes(std::string_view service_id) override;

  Result<VerifyReport> Verify(Instant now) override;
  Result<size_t> DeleteExpired(Instant now, size_t limit) override;
  Health GetHealth() override { return database_->GetHealth(); }

 private:
  RocksdbStore(std::unique_ptr<Database> database, const OpenOptions& options)
      : database_(std::move(database)), options_(options), cache_(options.cached_incidents) {}
  Status Load();  // services, acknowledgements, silences into memory

  static constexpr size_t kSourceCount = static_cast<size_t>(model::Source::kPrometheus) + 1;
  // What the writer knows of each service without reading.
  struct ServiceEntry {
    Instant last_seen{};
    std::array<Instant, kSourceCount> last_seen_of{};  // by source
    std::unordered_set<std::string> types;             // with an incident item
    bool types_known = false;
    // As of the last commit, by source: no stored event of the source lies after it.
    std::array<Instant, kSourceCount> durable_last_seen{};
    bool durable = false;  // has a row
  };

  // --- append.cc ---
  Result<AppendResult> Admit(const model::Event& event, std::unordered_set<std::string>* in_batch);
  void PutEvent(Batch* batch, const model::Event& event);
  void NoteService(const model::Event& event);
  void PutService(Batch* batch, const std::string& service);
  Result<std::string> TargetKey(const model::Event& event, const aggregate::Target& target);
  Result<IncidentItem*> LoadItem(const std::string& key);
  Status FoldInto(Batch* batch, const std::string& key,
                  const std::vector<const model::Event*>& events, Instant now);
  Status AppendMeta(Batch* batch, const AppendBatch& input, Instant now);
  void Forget(const std::vector<std::string>& keys);  // after a failed write

  // --- sweep.cc ---
  aggregate::Handling HandlingOf(std::string_view service, std::string_view type, Instant now);
  Result<SweepOutcome> RederiveDue(Instant now, size_t limit);
  Status Rederive(Batch* batch, const std::string& key, Instant now);
  Status DeleteExpiredMeta(Batch* batch, Instant now, size_t limit, size_t* deleted);
  // Re-derives every incident that `silence` matches; takes and releases writer_ as it goes.
  Status RederiveMatching(const aggregate::Silence& silence, Instant now);

  // --- reads.cc ---
  Result<std::vector<model::Event>> EventsOfKeys(const std::vector<model::EventKey>& keys,
                                                 Instant now, ReadCost* cost);

  // --- verify.cc ---
  Status VerifyService(const std::string& service, Instant from, VerifyReport* report);
  Status CompareIncident(const std::string& key, const IncidentItem* stored,
                         const aggregate::IncidentState& recounted,
                         std::map<Hour, aggregate::HourBlock>& blocks, Instant from,
                         VerifyReport* report);

  std::unique_ptr<Database> database_;
  OpenOptions options_;

  std::mutex writer_;  // guards everything below but the handling
  ItemCache cache_;
  std::map<std::string, ServiceEntry, std::less<>> services_;
  uint64_t next_reject_ = 0;
  uint64_t reject_bytes_ = 0;

  std::shared_mutex handling_mutex_;  // taken after writer_
  std::map<std::string, aggregate::Acknowledgement, std::less<>> acknowledgements_;
  std::map<std::string, aggregate::Silence, std::less<>> silences_;
  std::unordered_set<std::string> ending_silences_;  // still hiding, no longer derived
};

}  // namespace srehub::store::embedded
