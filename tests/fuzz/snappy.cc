// A snappy block from outside: inflated within its limit, and read back from what snappy makes of
// it.
#include <snappy.h>

#include "base/snappy_block.h"
#include "fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace srehub;
  constexpr size_t kMaxBytes = 1024 * 1024;
  const std::string_view input = fuzz::Text(data, size);
  const auto inflated = InflateSnappyBlock(input, kMaxBytes);
  if (inflated) FUZZ_CHECK(inflated->size() <= kMaxBytes);
  std::string block;
  snappy::Compress(input.data(), input.size(), &block);
  const auto back = InflateSnappyBlock(block, kMaxBytes);
  FUZZ_CHECK(size > kMaxBytes || (back && *back == input));
  return 0;
}
