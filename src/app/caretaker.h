// Keeps what is derived up to date: sweeps incidents that change by time alone, refreshes the
// recommendations of services that changed, deletes what expired, remembers the feeds' health.
// Thread-safe.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "app/background.h"
#include "app/dead_man.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/result.h"
#include "ingest/source_health.h"
#include "store/store.h"

namespace srehub::app {

class Caretaker {
 public:
  struct Parts {
    store::Store* store = nullptr;
    const Clock* clock = nullptr;
    ingest::SourceHealth* health = nullptr;
    // Recomputes one service's recommendations.
    std::function<Result<bool>(const std::string& service)> refresh;
    DeadMan* dead_man = nullptr;
    // What stands open there, as a number: while it stays the same, a refresh can wait.
    std::function<Result<uint64_t>(const std::string& service)> standing;
    std::function<void(std::string_view what, const Error& error)> report;
  };
  explicit Caretaker(Parts parts) : parts_(std::move(parts)) {}
  ~Caretaker() { Stop(); }

  // These services' state may have changed. Does not block.
  void Changed(const std::vector<std::string>& services);

  // Playbooks changed: every service's recommendations may be stale. Does not block.
  void RefreshAll();

  // Starts the jobs.
  void Start();
  // What the jobs would do within the next seconds, now.
  void Settle();
  // Ends the jobs, refreshes what is still marked (at most for a second: the next start's round
  // finds the rest) and writes the feeds' health. Idempotent.
  void Stop();

 private:
  void Sweep();
  using Steady = std::chrono::steady_clock;
  // `settling`: nothing waits for its time.
  void RefreshMarked(std::optional<Steady::time_point> deadline, bool settling);
  // False: it went wrong, and was reported.
  bool RefreshIfDue(const std::string& service, bool settling);
  // A step of the round over every service: after a crash any of them may be stale.
  void RefreshEveryService();
  void Expire();
  void PersistHealth();
  void LookForSilence();

  Parts parts_;
  std::mutex mutex_;
  std::set<std::string> marked_;
  std::mutex refreshing_;  // one refresh of what is marked at a time; guards refreshed_
  // As of each service's last refresh.
  struct Refreshed {
    uint64_t standing = 0;
    Steady::time_point at{};
    bool waits = false;  // changed since then, in counts only
  };
  std::map<std::string, Refreshed> refreshed_;
  std::optional<std::string> round_ = "";  // refreshed up to this service; none: all done
  std::atomic<bool> stopping_{false};
  Background background_;
};

}  // namespace srehub::app
