// What the generated fleet consists of: its services and what they say.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace srehub::bench {

inline constexpr size_t kServices = 200;

// Two hundred names, the most talkative first; no two have the same stem.
const std::vector<std::string>& ServiceNames();

// '%d' becomes a number, '%x' a hexadecimal id.
struct LogLine {
  std::string_view level;
  std::string_view logger;
  std::string_view text;
  int http_status = 0;
};
const std::vector<LogLine>& InfoLines();
const std::vector<LogLine>& WarningLines();
const std::vector<LogLine>& ErrorLines();
const std::vector<LogLine>& FatalLines();
// What a bad deploy brings along.
const std::vector<LogLine>& RegressionLines();

struct AlarmKind {
  std::string_view name;  // alarm name is "<name>-<service>"
  std::string_view metric, namespace_, statistic;
  double threshold;
};
const std::vector<AlarmKind>& AlarmKinds();

struct AlertKind {
  std::string_view name, severity, summary;
};
const std::vector<AlertKind>& AlertKinds();

struct ClusterReason {
  std::string_view reason, type, message, component;
};
// Said once per object; '%s' becomes the pod's name.
const std::vector<ClusterReason>& LifecycleReasons();
// Said again and again with a rising count.
const std::vector<ClusterReason>& RepeatedReasons();

}  // namespace srehub::bench
