#include "collect/backoff.h"

#include <algorithm>

namespace srehub::collect {

Duration Backoff::Next() {
  constexpr int kMostDoublings = 16;
  const Duration whole =
      std::min(most_, base_ * (int64_t{1} << std::min(failures_, kMostDoublings)));
  ++failures_;
  std::uniform_int_distribution<int64_t> part(whole.count() / 2, whole.count());
  return Duration(part(random_));
}

}  // namespace srehub::collect
