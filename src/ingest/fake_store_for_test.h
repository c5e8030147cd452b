// A store that keeps keys and rejects in memory and can be told to fail, to wait or to choke on a
// record. For the tests of this folder only: the real stores have a contract suite of their own.
#pragma once

#include <algorithm>
#include <condition_variable>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "store/store.h"

namespace srehub::ingest {

class FakeStore final : public store::Store {
 public:
  Result<store::AppendOutcome> Append(const store::AppendBatch& batch, Instant) override {
    std::unique_lock lock(mutex_);
    ++appends_;
    arrived_.notify_all();
    gate_.wait(lock, [this] { return !held_; });
    if (fail_) return Fail(ErrorCode::kUnavailable, "the disk is full");
    for (const model::Event& event : batch.events)
      if (event.event_type == poison_type_) return Fail(ErrorCode::kInternal, "cannot fold");
    store::AppendOutcome outcome;
    std::set<std::string> changed;
    for (const model::Event& event : batch.events) {
      if (event.service_id == capped_service_) {
        outcome.results.push_back(store::AppendResult::kServiceCap);
        continue;
      }
      const bool fresh = events_.emplace(model::KeyOf(event), event).second;
      outcome.results.push_back(fresh ? store::AppendResult::kNew
                                      : store::AppendResult::kDuplicate);
      if (fresh) changed.insert(event.service_id);
    }
    for (store::RejectRow row : batch.rejects) {
      row.id = std::to_string(1'000'000 + next_reject_++);
      rejects_.push_back(std::move(row));
    }
    keys_.insert(batch.idempotency_keys.begin(), batch.idempotency_keys.end());
    largest_batch_ = std::max(largest_batch_, batch.events.size());
    outcome.changed_services.assign(changed.begin(), changed.end());
    return outcome;
  }

  Result<std::vector<store::RejectRow>> ListRejects(std::string_view after, size_t limit) override {
    const std::lock_guard lock(mutex_);
    std::vector<store::RejectRow> rows;
    for (auto it = rejects_.rbegin(); it != rejects_.rend() && rows.size() < limit; ++it)
      if (after.empty() || it->id < after) rows.push_back(*it);
    return rows;
  }
  Status DeleteRejects(std::span<const std::string> ids) override {
    const std::lock_guard lock(mutex_);
    std::erase_if(rejects_, [&](const auto& row) { return std::ranges::count(ids, row.id) > 0; });
    return {};
  }
  Result<bool> HasIdempotencyKey(std::string_view key, Instant) override {
    const std::lock_guard lock(mutex_);
    return keys_.contains(std::string(key));
  }

  // --- what the tests turn and read ---
  void SetFailing(bool fail) {
    const std::lock_guard lock(mutex_);
    fail_ = fail;
  }
  void SetPoisonType(std::string type) {
    const std::lock_guard l(mutex_);
    poison_type_ = type;
  }
  void SetCappedService(std::string id) {
    const std::lock_guard l(mutex_);
    capped_service_ = id;
  }
  // While held, Append does not return.
  void Hold() {
    const std::lock_guard lock(mutex_);
    held_ = true;
  }
  void Release() {
    {
      const std::lock_guard lock(mutex_);
      held_ = false;
    }
    gate_.notify_all();
  }
  void AwaitAppends(size_t count) {
    std::unique_lock lock(mutex_);
    arrived_.wait(lock, [&] { return appends_ >= count; });
  }
  std::map<model::EventKey, model::Event> events() const {
    const std::lock_guard lock(mutex_);
    return events_;
  }
  std::vector<store::RejectRow> rejects() const {
    const std::lock_guard lock(mutex_);
    return rejects_;
  }
  size_t appends() const {
    const std::lock_guard lock(mutex_);
    return appends_;
  }
  size_t largest_batch() const {
    const std::lock_guard lock(mutex_);
    return largest_batch_;
  }

  // --- nothing that ingestion asks for ---
  Result<store::EventPage> ReadEvents(const store::EventQuery&, Instant,
                                      store::ReadCost*) override {
    return store::EventPage{};
  }
  Result<std::optional<model::Event>> GetEvent(const model::EventKey&, Instant,
                                               store::ReadCost*) override {
    return std::nullopt;
  }
  Result<std::vector<model::Event>> ReadDeployStatements(std::string_view, Window, Instant,
                                                         store::ReadCost*) override {
    return {};
  }
  Result<std::vector<model::Event>> ReadAllDeployStatements(Window, size_t, Instant,
                                                            store::ReadCost*) override {
    return {};
  }
  Result<std::vector<model::Event>> FindRun(std::string_view, Instant, store::ReadCost*) override {
    return {};
  }
  Result<std::optional<aggregate::IncidentState>> GetIncident(std::string_view,
                                                              store::ReadCost*) override {
    return std::nullopt;
  }
  Result<std::vector<aggregate::IncidentState>> IncidentsOfService(std::string_view,
                                                                   store::ReadCost*) override {
    return {};
  }
  Result<aggregate::HourBlock> GetHour(const aggregate::IncidentState&, Hour,
                                       store::ReadCost*) override {
    return aggregate::HourBlock{};
  }
  Result<std::vector<store::HeatRow>> ReadHeat(aggregate::OpenClass,
                                               const std::optional<store::HeatRow>&, size_t,
                                               store::ReadCost*) override {
    return {};
  }
  Result<std::vector<store::DueRow>> ReadDue(Instant, size_t, store::ReadCost*) override {
    return {};
  }
  Result<std::vector<store::DayRow>> ReadDay(Day, store::ReadCost*) override { return {}; }
  Result<store::SweepOutcome> SweepDue(Instant, size_t) override { return store::SweepOutcome{}; }
  Result<std::optional<model::Recommendations>> GetRecommendations(std::string_view,
                                                                   store::ReadCost*) override {
    return std::nullopt;
  }
  Status PutRecommendations(const model::Recommendations&) override { return {}; }
  Result<std::optional<store::ServiceRow>> GetService(std::string_view, store::ReadCost*) override {
    return std::nullopt;
  }
  Result<std::vector<store::ServiceRow>> ListServices(std::string_view, size_t,
                                                      store::ReadCost*) override {
    return {};
  }
  Result<std::vector<std::string>> ServicesOfStem(std::string_view, store::ReadCost*) override {
    return {};
  }
  Status PutSourceHealth(std::span<const store::SourceHealthRow>) override { return {}; }
  Result<std::vector<store::SourceHealthRow>> ListSourceHealth() override { return {}; }
  Status PutAcknowledgement(const aggregate::Acknowledgement&, Instant) override { return {}; }
  Status DeleteAcknowledgement(std::string_view, Instant) override { return {}; }
  Result<std::optional<aggregate::Acknowledgement>> GetAcknowledgement(std::string_view) override {
    return std::nullopt;
  }
  Status PutSilence(const aggregate::Silence&, Instant) override { return {}; }
  Status DeleteSilence(std::string_view, Instant) override { return {}; }
  Result<std::vector<aggregate::Silence>> ListSilences(Instant) override { return {}; }
  Status PutOutcome(const model::ActionOutcome&) override { return {}; }
  Result<std::vector<model::ActionOutcome>> ListOutcomes(std::string_view) override { return {}; }
  Result<store::VerifyReport> Verify(Instant) override { return store::VerifyReport{}; }
  Result<size_t> DeleteExpired(Instant, size_t) override { return 0; }
  store::Health GetHealth() override { return {}; }

 private:
  mutable std::mutex mutex_;
  std::condition_variable gate_, arrived_;
  std::map<model::EventKey, model::Event> events_;
  std::vector<store::RejectRow> rejects_;
  std::set<std::string> keys_;
  std::string poison_type_ = "-", capped_service_ = "-";
  size_t appends_ = 0, largest_batch_ = 0, next_reject_ = 0;
  bool held_ = false, fail_ = false;
};

}  // namespace srehub::ingest
