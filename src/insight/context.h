// What every question needs. The pointers outlive the call; all of it is thread-safe.
#pragma once

#include <functional>
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

struct Context {
  store::Store* store = nullptr;
  const Clock* clock = nullptr;
  const playbook::Library* playbooks = nullptr;
  std::string default_zone = "UTC";  // IANA name; what "today" means unless asked otherwise
  Duration retention = limits::kDefaultRetention;
  std::function<std::vector<store::SourceHealthRow>()> source_health;
  std::vector<ExpectedSource> expected_sources;
};

}  // namespace srehub::insight
