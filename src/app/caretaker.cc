#include "app/caretaker.h"

#include <utility>

namespace srehub::app {
namespace {

constexpr Duration kSweepInterval = std::chrono::seconds(1);
// Changes of the same service within it share one refresh.
constexpr Duration kRefreshInterval = std::chrono::seconds(1);
// What is open already and only grows is written anew this often.
constexpr auto kRestatement = std::chrono::seconds(30);
constexpr auto kLastRefresh = std::chrono::seconds(1);
constexpr Duration kExpiryInterval = std::chrono::minutes(1);
constexpr Duration kHealthInterval = std::chrono::seconds(10);
constexpr Duration kSilenceInterval = std::chrono::seconds(10);
constexpr Duration kRoundInterval = std::chrono::milliseconds(500);
constexpr size_t kSweepLimit = 500;
constexpr size_t kSweepsAtOnce = 20;  // then the next second goes on
constexpr size_t kRoundLimit = 50;    // services of the start-up round a step
constexpr size_t kExpiryLimit = 5'000;
constexpr size_t kExpiriesAtOnce = 20;

}  // namespace

void Caretaker::Changed(const std::vector<std::string>& services) {
  const std::lock_guard lock(mutex_);
  marked_.insert(services.begin(), services.end());
}

void Caretaker::Settle() {
  LookForSilence();
  Sweep();
  RefreshMarked(std::nullopt, true);
}

void Caretaker::Start() {
  background_.Add(kSweepInterval, [this] { Sweep(); });
  background_.Add(kRefreshInterval, [this] { RefreshMarked(std::nullopt, false); });
  background_.Add(kRoundInterval, [this] { RefreshEveryService(); });
  background_.Add(kExpiryInterval, [this] { Expire(); });
  background_.Add(kSilenceInterval, [this] { LookForSilence(); });
  background_.Add(kHealthInterval, [this] { PersistHealth(); });
}

void Caretaker::Stop() {
  if (stopping_.exchange(true)) return;
  background_.Stop();
  RefreshMarked(Steady::now() + kLastRefresh, true);
  PersistHealth();
}

void Caretaker::Sweep() {
  for (size_t i = 0; i < kSweepsAtOnce && !stopping_; ++i) {
    const auto swept = parts_.store->SweepDue(parts_.clock->Now(), kSweepLimit);
    if (!swept) return parts_.report("sweeping incidents", swept.error());
    Changed(swept->changed_services);
    if (swept->swept < kSweepLimit) return;
  }
}

void Caretaker::RefreshMarked(std::optional<Steady::time_point> deadline, bool settling) {
  const std::lock_guard one_at_a_time(refreshing_);
  std::set<std::string> services;
  {
    const std::lock_guard lock(mutex_);
    services.swap(marked_);
  }
  const Steady::time_point now = Steady::now();
  for (const auto& [service, last] : refreshed_)
    if (last.waits && (settling || now - last.at >= kRestatement)) services.insert(service);
  for (auto it = services.begin(); it != services.end(); ++it) {
    const bool out_of_time = deadline ? Steady::now() >= *deadline : stopping_.load();
    if (out_of_time) return Changed({it, services.end()});
    // It stays marked when that went wrong; the next interval tries again.
    if (!RefreshIfDue(*it, settling)) Changed({*it});
  }
}

bool Caretaker::RefreshIfDue(const std::string& service, bool settling) {
  const auto standing = parts_.standing(service);
  if (!standing) {
    parts_.report("reading what stands open", standing.error());
    return false;
  }
  Refreshed& last = refreshed_[service];
  const bool same = last.at != Steady::time_point{} && *standing == last.standing;
  if (same && !settling && Steady::now() - last.at < kRestatement) {
    last.waits = true;
    return true;
  }
  const auto refreshed = parts_.refresh(service);
  if (!refreshed) {
    parts_.report("refreshing recommendations", refreshed.error());
    return false;
  }
  last = {*standing, Steady::now(), false};
  return true;
}

void Caretaker::RefreshAll() {
  const std::lock_guard lock(mutex_);
  round_ = "";
}

void Caretaker::RefreshEveryService() {
  std::string after;
  {
    const std::lock_guard lock(mutex_);
    if (!round_) return;
    after = *round_;
  }
  store::ReadCost cost;
  const auto services = parts_.store->ListServices(after, kRoundLimit, &cost);
  if (!services) return parts_.report("listing services", services.error());
  std::string reached = after;
  for (const store::ServiceRow& row : *services) {
    if (stopping_) return;
    if (const auto refreshed = parts_.refresh(row.service_id); !refreshed)
      return parts_.report("refreshing recommendations", refreshed.error());
    if (const Status looked = parts_.dead_man->LookUp(row.service_id); !looked)
      return parts_.report("looking for watchdogs", looked.error());
    reached = row.service_id;
  }
  const std::lock_guard lock(mutex_);
  if (round_ != after) return;  // a reload began a new round
  round_ = services->size() < kRoundLimit ? std::nullopt : std::optional(reached);
}

void Caretaker::Expire() {
  for (size_t i = 0; i < kExpiriesAtOnce && !stopping_; ++i) {
    const auto deleted = parts_.store->DeleteExpired(parts_.clock->Now(), kExpiryLimit);
    if (!deleted) return parts_.report("deleting what expired", deleted.error());
    if (*deleted < kExpiryLimit) return;
  }
}

void Caretaker::LookForSilence() {
  if (stopping_) return;
  if (const Status status = parts_.dead_man->Tick(); !status)
    parts_.report("telling of silent sources", status.error());
}

void Caretaker::PersistHealth() {
  const std::vector<store::SourceHealthRow> rows = parts_.health->Snapshot();
  if (rows.empty()) return;
  if (const Status status = parts_.store->PutSourceHealth(rows); !status)
    parts_.report("writing the feeds' health", status.error());
}

}  // namespace srehub::app
