#include "sources/pipeline_status.h"

#include <string>
#include <unordered_map>

#include "base/text.h"

namespace srehub::sources {

using model::DeployStatus;

model::DeployStatus StatusOf(std::string_view word) {
  static const std::unordered_map<std::string_view, DeployStatus> kWords = {
      {"success", DeployStatus::kSuccess},
      {"succeeded", DeployStatus::kSuccess},
      {"successful", DeployStatus::kSuccess},
      {"completed", DeployStatus::kSuccess},
      {"deployed", DeployStatus::kSuccess},
      {"passed", DeployStatus::kSuccess},
      {"failure", DeployStatus::kFailure},
      {"failed", DeployStatus::kFailure},
      {"error", DeployStatus::kFailure},
      {"timed_out", DeployStatus::kFailure},
      {"startup_failure", DeployStatus::kFailure},
      {"unauthorized", DeployStatus::kFailure},
      {"unstable", DeployStatus::kFailure},
      {"cancelled", DeployStatus::kCancelled},
      {"canceled", DeployStatus::kCancelled},
      {"aborted", DeployStatus::kCancelled},
      {"stop", DeployStatus::kCancelled},
      {"stopped", DeployStatus::kCancelled},
      {"superseded", DeployStatus::kCancelled},
      {"stale", DeployStatus::kCancelled},
      {"skipped", DeployStatus::kCancelled},
      {"neutral", DeployStatus::kCancelled},
      {"queued", DeployStatus::kRunning},
      {"requested", DeployStatus::kRunning},
      {"waiting", DeployStatus::kRunning},
      {"pending", DeployStatus::kRunning},
      {"in_progress", DeployStatus::kRunning},
      {"running", DeployStatus::kRunning},
      {"started", DeployStatus::kRunning},
      {"preparing", DeployStatus::kRunning},
      {"created", DeployStatus::kRunning},
      {"manual", DeployStatus::kRunning},
      {"scheduled", DeployStatus::kRunning},
      {"waiting_for_resource", DeployStatus::kRunning},
      {"start", DeployStatus::kRunning},
      {"resumed", DeployStatus::kRunning},
      {"ready", DeployStatus::kRunning},
      {"blocked", DeployStatus::kRunning},
      {"canceling", DeployStatus::kRunning},
      {"stopping", DeployStatus::kRunning},
      {"on_hold", DeployStatus::kRunning},
      {"pass", DeployStatus::kSuccess},
      {"fail", DeployStatus::kFailure},
      {"failing", DeployStatus::kFailure},
      {"fault", DeployStatus::kFailure},
      {"timedout", DeployStatus::kFailure},
      {"client_error", DeployStatus::kFailure},
      {"infrastructure_fail", DeployStatus::kFailure},
      {"cancel", DeployStatus::kCancelled},
      {"not_built", DeployStatus::kCancelled},
      {"not_run", DeployStatus::kCancelled},
      {"abandoned", DeployStatus::kCancelled},
  };
  std::string key = ToLowerAscii(TrimAscii(word));
  for (char& c : key) {
    if (c == '-' || c == ' ') c = '_';
  }
  const auto found = kWords.find(key);
  return found == kWords.end() ? DeployStatus::kOther : found->second;
}

bool IsTerminal(DeployStatus status) {
  return status == DeployStatus::kSuccess || status == DeployStatus::kFailure ||
         status == DeployStatus::kCancelled;
}

}  // namespace srehub::sources
