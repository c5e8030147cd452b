// The timeline's cursor: only what the hub wrote is taken.
#include "fuzz.h"
#include "insight/timeline_cursor.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace srehub;
  const std::string_view text = fuzz::Text(data, size);
  const auto cursor = insight::DecodeCursor(text);
  if (!cursor) {
    FUZZ_CHECK(cursor.error().code == ErrorCode::kInvalidArgument);
    return 0;
  }
  const auto again = insight::DecodeCursor(insight::EncodeCursor(*cursor));
  FUZZ_CHECK(again && *again == *cursor);
  return 0;
}
