// Decompression: the first byte chooses the coding and the size of the pieces. In pieces and
// whole must give the same, and the cap must hold.
#include "base/inflate.h"

#include <algorithm>

#include "fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace srehub;
  std::string_view input = fuzz::Text(data, size);
  const uint8_t choice = fuzz::TakeByte(&input);
  const auto encoding = static_cast<ContentEncoding>(choice % 4);
  const size_t piece = 1 + choice / 4;
  constexpr size_t kMaxBytes = 256 * 1024;

  const auto whole = Inflate(encoding, input, kMaxBytes);
  Inflater inflater(encoding, kMaxBytes);
  std::string out;
  Status status;
  for (size_t at = 0; at < input.size() && status; at += piece)
    status = inflater.Append(input.substr(at, piece), &out);
  if (status) status = inflater.Finish();
  FUZZ_CHECK(out.size() <= kMaxBytes);
  FUZZ_CHECK(status.has_value() == whole.has_value());
  if (whole) FUZZ_CHECK(*whole == out);
  return 0;
}
