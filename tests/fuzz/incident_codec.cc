// The stored forms of an incident and of one of its hours.
#include "aggregate/incident_state.h"
#include "fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace srehub;
  const std::string_view bytes = fuzz::Text(data, size);
  if (const auto state = aggregate::DecodeState(bytes)) {
    const auto again = aggregate::DecodeState(aggregate::EncodeState(*state));
    FUZZ_CHECK(again && aggregate::SameContent(*again, *state));
  } else {
    FUZZ_CHECK(state.error().code == ErrorCode::kDataLoss);
  }
  if (const auto block = aggregate::HourBlock::Decode(bytes)) {
    std::string encoded;
    block->Encode(&encoded);
    const auto again = aggregate::HourBlock::Decode(encoded);
    FUZZ_CHECK(again && *again == *block);
  } else {
    FUZZ_CHECK(block.error().code == ErrorCode::kDataLoss);
  }
  return 0;
}
