// The contract suite: what every store must do, run against each implementation by
// INSTANTIATE_TEST_SUITE_P in <backend>_contract_test.cc.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>

#include "base/clock.h"
#include "store/store.h"

namespace srehub::tests {

struct Backend {
  std::string name;
  // Opens (again) the store that lives at `place`, a folder of this test's own.
  std::function<Result<std::unique_ptr<store::Store>>(const std::string& place, const Clock* clock)>
      open;
};

class StoreContract : public testing::TestWithParam<Backend> {
 protected:
  void SetUp() override;
  void TearDown() override;
  void Reopen();

  // Appends as one batch at the clock's now; the outcome of each event.
  std::vector<store::AppendResult> Append(std::vector<model::Event> events);
  aggregate::IncidentState Incident(const std::string& id);
  std::vector<std::string> ByHeat(aggregate::OpenClass open_class);

  std::string place_;
  ManualClock clock_{*ParseRfc3339("2025-08-26T14:10:00Z")};
  std::unique_ptr<store::Store> store_;
};

// A point event of checkout-api; tests change what they are about.
model::Event PointEvent(Instant t, uint64_t id);

}  // namespace srehub::tests
