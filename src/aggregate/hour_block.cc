#include "aggregate/hour_block.h"

#include <algorithm>

#include "base/varint.h"

namespace srehub::aggregate {

void HourBlock::Bump(int minute_of_hour, model::Severity severity, int64_t delta) {
  const auto minute = static_cast<uint8_t>(minute_of_hour);
  auto it = std::lower_bound(minutes_.begin(), minutes_.end(), minute,
                             [](const auto& entry, uint8_t m) { return entry.first < m; });
  if (it == minutes_.end() || it->first != minute) {
    if (delta <= 0) return;
    it = minutes_.insert(it, {minute, Counts{}});
  }
  uint64_t& counter = it->second[model::SeverityIndex(severity)];
  if (delta >= 0) {
    counter += static_cast<uint64_t>(delta);
  } else {
    counter -= std::min(counter, static_cast<uint64_t>(-delta));
  }
  if (Sum(it->second) == 0) minutes_.erase(it);
}

Counts HourBlock::Total() const {
  Counts total{};
  for (const auto& [minute, counts] : minutes_) Add(&total, counts);
  return total;
}

void AppendCounts(std::string* out, const Counts& counts) {
  uint8_t mask = 0;
  for (size_t i = 0; i < counts.size(); ++i)
    if (counts[i] != 0) mask = static_cast<uint8_t>(mask | (1U << i));
  out->push_back(static_cast<char>(mask));
  for (uint64_t count : counts)
    if (count != 0) AppendVarint(out, count);
}

bool ReadCounts(ByteReader* reader, Counts* counts) {
  uint8_t mask = 0;
  if (!reader->ReadByte(&mask)) return false;
  for (size_t i = 0; i < counts->size(); ++i) {
    (*counts)[i] = 0;
    if ((mask >> i & 1) != 0 && !reader->ReadVarint(&(*counts)[i])) return false;
  }
  return true;
}

void HourBlock::Encode(std::string* out) const {
  AppendVarint(out, minutes_.size());
  for (const auto& [minute, counts] : minutes_) {
    out->push_back(static_cast<char>(minute));
    AppendCounts(out, counts);
  }
}

Result<HourBlock> HourBlock::Decode(std::string_view bytes) {
  ByteReader reader(bytes);
  HourBlock block;
  if (!block.Read(&reader) || !reader.AtEnd())
    return Fail(ErrorCode::kDataLoss, "damaged hour block");
  return block;
}

bool HourBlock::Read(ByteReader* reader) {
  uint64_t size = 0;
  if (!reader->ReadVarint(&size) || size > 60) return false;
  minutes_.clear();
  for (uint64_t i = 0; i < size; ++i) {
    uint8_t minute = 0;
    Counts counts{};
    if (!reader->ReadByte(&minute) || minute >= 60 || !ReadCounts(reader, &counts)) return false;
    if (!minutes_.empty() && minutes_.back().first >= minute) return false;
    minutes_.emplace_back(minute, counts);
  }
  return true;
}

}  // namespace srehub::aggregate
