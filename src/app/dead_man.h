// The dead man's switch: what ought to speak and has stopped becomes an incident of the hub's own
// service, `srehub`, and is resolved when it speaks again.
//   WatchdogSilent  an alert that always fires (Prometheus' Watchdog) is no longer re-sent, so the
//                   whole way from Prometheus to here may be broken
//   SourceSilent    a feed is silent for longer than configured, or than was ever usual for it
// Both are ordinary alerts given to the pipeline. Their identity is what fell silent and when it
// was last heard of, so ticks, restarts and their order change nothing. Thread-safe.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "insight/lists.h"
#include "model/event.h"
#include "model/observation.h"
#include "store/store.h"

namespace srehub::app {

class DeadMan {
 public:
  struct Settings {
    std::vector<std::string> watchdogs = {"Watchdog"};  // event types
    Duration watchdog_silent_after = std::chrono::minutes(15);
  };
  struct Parts {
    store::Store* store = nullptr;
    const Clock* clock = nullptr;
    Instant started{};
    std::function<Settings()> settings;
    std::function<Result<insight::SourcesAnswer>()> sources;
    // Gives the pipeline a body of alerts in Prometheus' form.
    std::function<Status(const std::string& body)> deliver;
  };
  explicit DeadMan(Parts parts) : parts_(std::move(parts)) {}

  // Remembers where watchdogs bark; called by the committer, does not block.
  void Saw(std::span<const model::Event> events);
  // The same for what an earlier process stored of one service.
  Status LookUp(const std::string& service);
  // Says what is silent, and what speaks again. Errors: the store's, the pipeline's.
  Status Tick();

 private:
  struct Silence {
    std::string event_type, subject, severity, summary;
    model::Labels more;  // labels beside alertname, service and severity
    Instant last_heard{};
    Instant since{};  // when the silence began: after it was last heard
    bool silent = false;
  };
  Status Watchdogs(const Settings& settings, Instant now, std::vector<Silence>* out) const;
  Status Sources(Instant now, std::vector<Silence>* out) const;
  // The alerts that this one needs now, as JSON objects.
  Status Say(const Silence& silence, Instant now, std::vector<std::string>* alerts);

  const Parts parts_;
  std::mutex mutex_;                                       // the members below
  std::set<std::pair<std::string, std::string>> barking_;  // (service, event type)
  std::map<std::string, Instant> said_;  // when a firing one was last re-sent, by its labels
};

inline constexpr std::string_view kOwnService = "srehub";
inline constexpr std::string_view kWatchdogSilent = "WatchdogSilent";
inline constexpr std::string_view kSourceSilent = "SourceSilent";

}  // namespace srehub::app
