// What became of one delivery, by record.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "model/delivery.h"

namespace srehub::ingest {

struct Receipt {
  uint64_t accepted = 0;   // at least one new event
  uint64_t duplicate = 0;  // every event known already, or a record that says nothing new
  uint64_t rejected = 0;
  uint64_t dropped = 0;  // left out on purpose, by the source's own rules
  uint64_t ignored = 0;  // understood and empty by nature: BOOKMARK, DELETED, a confirmation
  std::vector<model::Refusal> errors;  // the first limits::kMaxReportedErrors
  std::vector<std::string> notices;
};

}  // namespace srehub::ingest
