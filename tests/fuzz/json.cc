// The JSON reader: what it takes it can write, and reads the same again.
#include "base/json_reader.h"

#include "base/base64.h"
#include "base/text.h"
#include "fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace srehub;
  const std::string text(fuzz::Text(data, size));
  JsonReader reader;
  if (const auto parsed = reader.Parse(text)) {
    FUZZ_CHECK(IsValidUtf8(text));
    const std::string written = ToJson(*parsed);
    JsonReader second;
    const auto again = second.Parse(written);
    FUZZ_CHECK(again && ToJson(*again) == written);
  }
  for (const Base64Alphabet alphabet : {Base64Alphabet::kStandard, Base64Alphabet::kUrl}) {
    if (const auto bytes = Base64Decode(text, alphabet)) {
      const auto again = Base64Decode(Base64Encode(*bytes, alphabet), alphabet);
      FUZZ_CHECK(again && *again == *bytes);
    }
  }
  return 0;
}
