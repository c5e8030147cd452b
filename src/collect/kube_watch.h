// `srehub watch kubernetes`: the events of a cluster, with the owners of their objects written in,
// and the out-of-memory kills of its pods, as deliveries to a hub. How far the hub has heard is
// remembered in a file once the hub has said so; after a crash the rest comes again, and what comes
// twice is one event by its identity.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "collect/kube_config.h"
#include "collect/sink.h"

namespace srehub::collect {

struct KubeWatchOptions {
  KubeAccess access;
  std::vector<std::string> namespaces;  // empty: all
  std::string cluster;                  // name of the cluster in every record; may be empty
  std::string state;                    // path of the state file; empty: none is kept
  uint64_t seed = 0;                    // of the waits' jitter
};

// Thread-safe.
struct KubeWatchStats {
  std::atomic<uint64_t> records{0};     // handed to the hub
  std::atomic<uint64_t> refused{0};     // of those, by the hub
  std::atomic<uint64_t> unreadable{0};  // what the API server sent and nobody can read
  std::atomic<uint64_t> lists{0}, reconnects{0};
  std::atomic<uint64_t> waits{0};        // the hub was busy or away
  std::atomic<int64_t> last_contact{0};  // nanoseconds since 1970
};

class KubeWatcher {
 public:
  // `report` hears of trouble and its end; called from Run. The pointers outlive the watcher.
  KubeWatcher(KubeWatchOptions options, Sink* sink, const Clock* clock, KubeWatchStats* stats,
              std::function<void(const std::string& what)> report);
  ~KubeWatcher();

  // Until `stop`. Errors: what the sink refuses for good (a wrong token), and the state file's.
  Status Run(const std::stop_token& stop);

  static constexpr size_t kMaxNamespaces = 100;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace srehub::collect
