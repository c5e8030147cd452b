// The store as the rest of the hub sees it: domain words, no keys. Implemented by
// store/rocksdb (embedded, default) and, to the same contract suite, by store/dynamodb.
//
// Thread safety: every method may be called from any thread. Writers serialise inside the store;
// readers see a consistent snapshot per call. Every returned value is owned by the caller.
// Errors: kUnavailable (disk full, I/O error, closed: retry later), kDataLoss (damaged or newer
// bytes), kInvalidArgument (a cursor or name that is not one of ours).
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "aggregate/handling.h"
#include "aggregate/incident_state.h"
#include "aggregate/view.h"
#include "base/result.h"
#include "base/time.h"
#include "model/event.h"
#include "model/recommendation.h"
#include "store/records.h"

namespace srehub::store {

class Store {
 public:
  virtual ~Store() = default;

  // --- Writing -------------------------------------------------------------------------------
  // Makes the batch durable (synced) before it returns: new events, the folded incidents and all
  // that is derived from them, the rejects, the idempotency keys, in one atomic step. Events whose
  // key is stored already, or occurs earlier in the same batch, are duplicates and change nothing.
  virtual Result<AppendOutcome> Append(const AppendBatch& batch, Instant now) = 0;

  // --- sre_events ----------------------------------------------------------------------------
  // Newest first, ties by (timestamp, eventId) descending; expired events are hidden.
  virtual Result<EventPage> ReadEvents(const EventQuery& query, Instant now, ReadCost* cost) = 0;
  virtual Result<std::optional<model::Event>> GetEvent(const model::EventKey& key, Instant now,
                                                       ReadCost* cost) = 0;
  // Statements about pipeline runs of one service inside `window`, oldest first.
  virtual Result<std::vector<model::Event>> ReadDeployStatements(std::string_view service_id,
                                                                 Window window, Instant now,
                                                                 ReadCost* cost) = 0;
  // The same over all services (the D#<day> index), newest first, at most `limit`.
  virtual Result<std::vector<model::Event>> ReadAllDeployStatements(Window window, size_t limit,
                                                                    Instant now,
                                                                    ReadCost* cost) = 0;
  // Statements of every run whose id at its system, or whose whole deployId, is `run`.
  virtual Result<std::vector<model::Event>> FindRun(std::string_view run, Instant now,
                                                    ReadCost* cost) = 0;

  // --- trending_incidents --------------------------------------------------------------------
  virtual Result<std::optional<aggregate::IncidentState>> GetIncident(std::string_view incident_id,
                                                                      ReadCost* cost) = 0;
  // Every stored incident state of a service, by event type ascending.
  virtual Result<std::vector<aggregate::IncidentState>> IncidentsOfService(
      std::string_view service_id, ReadCost* cost) = 0;
  // One hour's minute counters, wherever they live; empty when nothing was counted.
  virtual Result<aggregate::HourBlock> GetHour(const aggregate::IncidentState& state, Hour hour,
                                               ReadCost* cost) = 0;
  // Rows of one open class by stored heat, highest first; `after` continues behind a row.
  virtual Result<std::vector<HeatRow>> ReadHeat(aggregate::OpenClass open_class,
                                                const std::optional<HeatRow>& after, size_t limit,
                                                ReadCost* cost) = 0;
  // Incidents whose class, presence or advice changes at or before `up_to` without an event and
  // that were not swept since; earliest first.
  virtual Result<std::vector<DueRow>> ReadDue(Instant up_to, size_t limit, ReadCost* cost) = 0;
  // Incidents active or open at high on that UTC day, with the day's episodes as last derived.
  virtual Result<std::vector<DayRow>> ReadDay(Day day, ReadCost* cost) = 0;
  // Re-derives up to `limit` incidents due at or before `now`. Returns the services concerned;
  // fewer than `limit` swept means none is left.
  virtual Result<SweepOutcome> SweepDue(Instant now, size_t limit) = 0;

  // --- service_recommendations ---------------------------------------------------------------
  virtual Result<std::optional<model::Recommendations>> GetRecommendations(
      std::string_view service_id, ReadCost* cost) = 0;
  // kConflict when the stored version is not `item.version - 1` (0: no item yet).
  virtual Status PutRecommendations(const model::Recommendations& item) = 0;

  // --- sre_meta ------------------------------------------------------------------------------
  virtual Result<std::optional<ServiceRow>> GetService(std::string_view service_id,
                                                       ReadCost* cost) = 0;
  // By name, from the first name > `after`.
  virtual Result<std::vector<ServiceRow>> ListServices(std::string_view after, size_t limit,
                                                       ReadCost* cost) = 0;
  // Services whose stem (model::ServiceStem) is `stem`, by name.
  virtual Result<std::vector<std::string>> ServicesOfStem(std::string_view stem,
                                                          ReadCost* cost) = 0;

  // Newest first; `after` is a reject id or empty. Bounded and expiring: see RejectLimits.
  virtual Result<std::vector<RejectRow>> ListRejects(std::string_view after, size_t limit) = 0;
  virtual Status DeleteRejects(std::span<const std::string> ids) = 0;

  // True when the key was stored at or after `now` - 24 h.
  virtual Result<bool> HasIdempotencyKey(std::string_view key, Instant now) = 0;

  virtual Status PutSourceHealth(std::span<const SourceHealthRow> rows) = 0;
  virtual Result<std::vector<SourceHealthRow>> ListSourceHealth() = 0;

  // Acknowledgements, silences, maintenance. A change re-derives what it touches at the next
  // sweep; until then readers apply ListSilences() themselves.
  virtual Status PutAcknowledgement(const aggregate::Acknowledgement& ack, Instant now) = 0;
  virtual Status DeleteAcknowledgement(std::string_view incident_id, Instant now) = 0;
  virtual Result<std::optional<aggregate::Acknowledgement>> GetAcknowledgement(
      std::string_view incident_id) = 0;
  virtual Status PutSilence(const aggregate::Silence& silence, Instant now) = 0;
  virtual Status DeleteSilence(std::string_view id, Instant now) = 0;
  virtual Result<std::vector<aggregate::Silence>> ListSilences(Instant now) = 0;

  virtual Status PutOutcome(const model::ActionOutcome& outcome) = 0;
  virtual Result<std::vector<model::ActionOutcome>> ListOutcomes(std::string_view service_id) = 0;

  // --- Care ----------------------------------------------------------------------------------
  // Recounts the raw events inside retention and compares every stored counter.
  virtual Result<VerifyReport> Verify(Instant now) = 0;
  // Deletes what is past its ttl, at most `limit` items a call; returns how many.
  virtual Result<size_t> DeleteExpired(Instant now, size_t limit) = 0;
  virtual Health GetHealth() = 0;
};

}  // namespace srehub::store
