// The stored form of an event.
#include "model/event_codec.h"

#include "fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace srehub;
  const model::EventKey key{"checkout-api", FromNanos(1'756'217'400'000'000'000), 42};
  const auto event = model::DecodeEvent(key, fuzz::Text(data, size));
  if (!event) {
    FUZZ_CHECK(event.error().code == ErrorCode::kDataLoss);
    return 0;
  }
  const auto again = model::DecodeEvent(key, model::EncodeEvent(*event));
  FUZZ_CHECK(again && *again == *event);
  return 0;
}
