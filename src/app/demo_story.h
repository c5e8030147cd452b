// What the demo tells, as real payloads of the five sources: a quiet day of six services, then a
// deploy that fails and what follows from it. Pure: the same start, seed and `now` give the same
// bytes, so telling it twice changes nothing.
//
// All times are relative to the story's start (S), the instant at which it was first told:
//   S-24 h .. S-14 min  quiet: access logs, rollouts, a probe that flaps, a queue that was down
//   S-14:00  deploy 4821 of checkout begins
//   S-12:40  checkout-api is OOMKilled, then CrashLoopBackOff
//   S-12:00  payments-api answers 500; S-11:00 its CPU alarm fires and stays
//   S-10:00  auth-service: login timeouts; the alert on them fires and stays
//   S-8:00   deploy 4821 has failed
//   S-6:00   rollback 4822 begins; S-4:30 it has succeeded
//   S-3:30   checkout's alert is resolved; two incidents stay open
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/time.h"

namespace srehub::app {

struct StoryDelivery {
  std::string title;                                         // for the progress line
  std::string path;                                          // the ingest route
  std::vector<std::pair<std::string, std::string>> headers;  // lower-case names
  std::string body;
};

inline constexpr std::string_view kStoryServices[] = {"checkout-api", "checkout-service",
                                                      "payments-api", "auth-service",
                                                      "catalog-api",  "notification-worker"};
inline constexpr std::string_view kStoryRun = "4821";
inline constexpr Duration kStoryBackfill = std::chrono::hours(24);

// Everything up to the start. `now` is when it is sent: senders resend a firing alert with an
// expiry that lies ahead of them.
std::vector<StoryDelivery> TellStory(Instant start, uint64_t seed, Instant now);

// The whole minutes [from, to) after the start: the services go on quietly, the two open alerts
// are resent as of `now`.
std::vector<StoryDelivery> ContinueStory(Instant start, uint64_t seed, int64_t from_minute,
                                         int64_t to_minute, Instant now);

// Incidents of high severity that the story opens at or after `from` and at or before its start.
uint64_t HighIncidentsSince(Instant start, Instant from);

}  // namespace srehub::app
