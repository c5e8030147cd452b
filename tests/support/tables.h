// The content of all tables as text: what must be equal whatever the order of deliveries. Without
// versions, samples and what only an arrival decides (see docs/data-model.md).
#pragma once

#include <string>

#include "store/store.h"

namespace srehub::tests {

// `from`..`now` bounds the events and hours that are looked at.
std::string DumpTables(store::Store* store, Instant from, Instant now);

}  // namespace srehub::tests
