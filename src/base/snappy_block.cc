#include "base/snappy_block.h"

#include <snappy.h>

namespace srehub {
namespace {

// The densest element is a copy of 64 bytes written in two; what claims more is not honest.
constexpr size_t kMaxRatio = 64;

}  // namespace

Result<std::string> InflateSnappyBlock(std::string_view input, size_t max_bytes) {
  size_t size = 0;
  if (!snappy::GetUncompressedLength(input.data(), input.size(), &size)) {
    return Fail(ErrorCode::kMalformed, "the body is no snappy block: it does not begin with a size",
                "byte 0");
  }
  if (size > max_bytes) {
    return Fail(ErrorCode::kTooLarge, "the snappy block inflates to " + std::to_string(size) +
                                          " bytes; at most " + std::to_string(max_bytes) +
                                          " are taken");
  }
  std::string out;
  const bool possible = size / kMaxRatio <= input.size();
  if (possible) {
    out.resize(size);
    if (snappy::RawUncompress(input.data(), input.size(), out.data())) return out;
  }
  return Fail(ErrorCode::kMalformed, "the body is no snappy block, or a damaged one", "byte 0");
}

}  // namespace srehub
