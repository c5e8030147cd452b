// Bounded decompression of bodies: gzip (RFC 1952), deflate (RFC 1950 and, as many senders mean
// it, raw RFC 1951) and zstd (RFC 8878). The caps hold while streaming, so a bomb costs no more
// than an honest body.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/limits.h"
#include "base/result.h"

namespace srehub {

enum class ContentEncoding { kIdentity, kGzip, kDeflate, kZstd };
std::string_view ContentEncodingName(ContentEncoding encoding);  // identity, gzip, deflate, zstd
// The word of a Content-Encoding header, any case; x-gzip too.
std::optional<ContentEncoding> ParseContentEncoding(std::string_view name);

// Output bytes per input byte. Repetitive log batches reach 100 to 200; bombs go past 1,000.
inline constexpr size_t kMaxInflationRatio = 256;
// The ratio says nothing about small outputs.
inline constexpr size_t kInflationRatioFrom = 1024 * 1024;
inline constexpr int kMaxZstdWindowLog = 23;  // 8 MiB

// Decompresses one body handed over in pieces. Not thread-safe. After an error it is of no
// further use.
class Inflater {
 public:
  explicit Inflater(ContentEncoding encoding, size_t max_bytes = limits::kMaxInflatedBytes);
  ~Inflater();
  Inflater(Inflater&&) noexcept;
  Inflater& operator=(Inflater&&) noexcept;

  // Appends what `input` yields to `out`, which the caller may take away between calls. Errors:
  // kTooLarge (over max_bytes, the ratio or the window), kMalformed.
  Status Append(std::string_view input, std::string* out);
  // kMalformed when the compressed data breaks off.
  Status Finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// The whole body at once.
Result<std::string> Inflate(ContentEncoding encoding, std::string_view input,
                            size_t max_bytes = limits::kMaxInflatedBytes);

}  // namespace srehub
