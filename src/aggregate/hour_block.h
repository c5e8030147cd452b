// Minute counters of one UTC hour of one incident, per severity. Integer sums, so the order of
// arrival is free.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "model/severity.h"

namespace srehub {
class ByteReader;
}

namespace srehub::aggregate {

using Counts = std::array<uint64_t, model::kSeverityCount>;  // by model::SeverityIndex
inline uint64_t Sum(const Counts& c) { return c[0] + c[1] + c[2] + c[3] + c[4]; }
// Occurrences at or above low.
inline uint64_t ActiveSum(const Counts& c) { return c[1] + c[2] + c[3] + c[4]; }
inline void Add(Counts* into, const Counts& c) {
  for (size_t i = 0; i < c.size(); ++i) (*into)[i] += c[i];
}

void AppendCounts(std::string* out, const Counts& counts);
bool ReadCounts(ByteReader* reader, Counts* counts);  // false: damaged

class HourBlock {
 public:
  HourBlock() = default;
  // Adds `delta` (may be negative; the counter never goes below 0) to minute-of-hour 0..59.
  void Bump(int minute_of_hour, model::Severity severity, int64_t delta);
  // Ascending minute-of-hour; no all-zero entries.
  const std::vector<std::pair<uint8_t, Counts>>& minutes() const { return minutes_; }
  Counts Total() const;
  bool empty() const { return minutes_.empty(); }
  bool operator==(const HourBlock&) const = default;

  void Encode(std::string* out) const;
  static Result<HourBlock> Decode(std::string_view bytes);
  bool Read(ByteReader* reader);  // false: damaged

 private:
  std::vector<std::pair<uint8_t, Counts>> minutes_;
};

}  // namespace srehub::aggregate
