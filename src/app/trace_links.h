// Which services seem to belong together: those whose events carry the same trace id. Learnt while
// the hub runs, bounded, and shown as learnt; nothing else uses it. Thread-safe.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "insight/context.h"
#include "model/event.h"

namespace srehub::app {

class TraceLinks {
 public:
  static constexpr size_t kMaxTraces = 65'536;  // remembered at once; then the oldest half goes
  static constexpr size_t kMaxPairs = 4'096;    // past it, new pairs are not learnt
  static constexpr size_t kMaxShown = 20;

  // Called by the committer: cheap, does not block on I/O.
  void Saw(std::span<const model::Event> events);
  // Most shared traces first.
  std::vector<insight::LearntLink> Of(const std::string& service) const;

 private:
  mutable std::mutex mutex_;
  std::unordered_map<uint64_t, std::string> first_;  // hash of a trace -> its first service
  std::unordered_map<uint64_t, std::string> older_;  // the half before it
  std::map<std::pair<std::string, std::string>, uint64_t> pairs_;  // in order -> shared traces
};

}  // namespace srehub::app
