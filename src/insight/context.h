// What every question needs. The pointers outlive the call; all of it is thread-safe.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/limits.h"
#include "playbook/library.h"
#include "store/store.h"

namespace srehub::insight {

// A feed that ought to speak, as configured.
struct ExpectedSource {
  model::Source source = model::Source::kLogs;
  std::string format;  // empty: any format of the source
  std::string feed{};  // name of a configured source with a path of its own; empty: any
  Duration silent_after{};
};

// A service that shares traces with another one: learnt, not told.
struct LearntLink {
  std::string service_id;
  uint64_t traces = 0;  // shared, since the process started
};

struct Context {
  store::Store* store = nullptr;
  const Clock* clock = nullptr;
  const playbook::Library* playbooks = nullptr;
  std::string default_zone = "UTC";  // IANA name; what "today" means unless asked otherwise
  Duration retention = limits::kDefaultRetention;
  std::function<std::vector<store::SourceHealthRow>()> source_health;
  std::vector<ExpectedSource> expected_sources;
  // What each service calls, as configured. Shown beside what was learnt; neither changes an
  // answer.
  std::map<std::string, std::vector<std::string>, std::less<>> depends_on;
  std::function<std::vector<LearntLink>(const std::string& service)> learnt_links;
};

}  // namespace srehub::insight
