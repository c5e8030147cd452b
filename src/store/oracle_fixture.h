// Short ways to write events, for the oracle's own tests. Minutes count from the founding day's
// 14:00Z, so that a test reads like the story it tells.
#pragma once

#include <cstdint>
#include <string>

#include "base/time.h"
#include "model/event.h"

namespace srehub::store::oracle {

inline constexpr int64_t kBaseNanos = 1'756'216'800'000'000'000;  // 2025-08-26T14:00:00Z

inline Instant Min(double minutes) {
  return FromNanos(kBaseNanos + static_cast<int64_t>(minutes * 60e9));
}
inline Minute MinuteNo(int64_t minutes) { return MinuteOf(FromNanos(kBaseNanos)) + minutes; }

inline model::Event Point(double minute, model::Severity severity = model::Severity::kHigh) {
  model::Event e;
  e.service_id = "svc";
  e.event_type = "T";
  e.timestamp = Min(minute);
  e.severity = severity;
  // Distinct by default; a test that wants a duplicate copies the event.
  static uint64_t next_id = 1;
  e.event_id = next_id++;
  e.ttl = e.timestamp + 14 * kDay;
  return e;
}

inline model::Event Seen(double minute, int64_t count, double start,
                         model::Severity severity = model::Severity::kHigh) {
  model::Event e = Point(minute, severity);
  e.series = "uid";
  e.series_count = count;
  e.series_start = Min(start);
  return e;
}

// A transition of an alarm.
inline model::Event Alarm(double minute, model::Phase phase,
                          model::Severity severity = model::Severity::kHigh) {
  model::Event e = Point(minute, severity);
  e.phase = phase;
  e.signal = "alarm";
  return e;
}

// A statement about the life of an alert that began at `start`.
inline model::Event Alert(double minute, model::Phase phase, double start,
                          model::Severity severity = model::Severity::kHigh) {
  model::Event e = Alarm(minute, phase, severity);
  e.starts_at = Min(start);
  return e;
}

inline model::Event Failed(double minute, std::string run, std::string sha = "",
                           std::string environment = "") {
  model::Event e = Point(minute);
  e.event_type = "DeployFailed";
  e.deploy.emplace();
  e.deploy->system = "flat";
  e.deploy->run = std::move(run);
  e.deploy->sha = std::move(sha);
  e.deploy->environment = std::move(environment);
  e.deploy->status = model::DeployStatus::kFailure;
  return e;
}

// A success: closes the failures of its environment.
inline model::Event Succeeded(double minute, std::string run, std::string sha = "",
                              std::string environment = "") {
  model::Event e = Failed(minute, std::move(run), std::move(sha), std::move(environment));
  e.event_type = "DeploySucceeded";
  e.severity = model::Severity::kInfo;
  e.closes = "DeployFailed";
  e.deploy->status = model::DeployStatus::kSuccess;
  return e;
}

}  // namespace srehub::store::oracle
