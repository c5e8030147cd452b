// The five wire shapes, as their senders write them: one line of JSON each.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "catalogue.h"
#include "random.h"

namespace srehub::bench {

using Nanos = int64_t;  // UTC since 1970
inline constexpr Nanos kSecond = 1'000'000'000;
inline constexpr Nanos kMinute = 60 * kSecond;
inline constexpr Nanos kHour = 60 * kMinute;

std::string IsoSeconds(Nanos t);             // 2025-08-26T14:01:23Z
std::string IsoMillis(Nanos t);              // 2025-08-26T14:01:23.456Z
std::string HexId(Random* random, int len);  // the first digit is decimal
std::string Uuid(Random* random);
std::string PodName(std::string_view service, Random* random);

std::string LogRecord(const LogLine& line, std::string_view service, Nanos at, Random* random);

struct ClusterEvent {
  const ClusterReason* reason = nullptr;
  std::string uid, pod, node;
  Nanos first = 0, last = 0;
  int64_t count = 1;
};
std::string ClusterRecord(const ClusterEvent& event);

struct AlarmChange {
  const AlarmKind* kind = nullptr;
  std::string_view service, region;
  bool critical = false;
  std::string_view state, old_state;
  Nanos at = 0;
};
std::string AlarmRecord(const AlarmChange& change, Random* random);

struct Alert {
  const AlertKind* kind = nullptr;
  std::string_view service;
  int instance = 0;
  Nanos starts_at = 0, ends_at = 0;
};
std::string AlertRecord(const Alert& alert);

struct PipelineRun {
  std::string_view verb;  // Deploy, Build, Test
  std::string_view service, environment;
  int64_t run_id = 0;
  std::string sha, actor;
  Nanos started_at = 0;
};
// Running when `finished_at` is none.
std::string RunRecord(const PipelineRun& run, std::string_view status,
                      std::optional<Nanos> finished_at);

}  // namespace srehub::bench
