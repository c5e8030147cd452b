#include "base/inflate.h"

#include <zlib.h>
#include <zstd.h>
#include <zstd_errors.h>

#include <algorithm>
#include <array>
#include <limits>
#include <vector>

#include "base/text.h"

namespace srehub {
namespace {

constexpr size_t kPieceBytes = 64 * 1024;
// windowBits of inflateInit2.
constexpr int kZlibWindow = 15;
constexpr int kRawWindow = -15;
constexpr int kGzipWindow = 15 + 16;

constexpr std::array<std::string_view, 4> kNames = {"identity", "gzip", "deflate", "zstd"};

tl::unexpected<Error> Broken(ContentEncoding encoding, std::string_view why) {
  return Fail(
      ErrorCode::kMalformed,
      "the body is not " + std::string(ContentEncodingName(encoding)) + ": " + std::string(why));
}

// RFC 1950: method 8 in the low bits and a header that is a multiple of 31. A raw deflate stream
// that begins so would have to start with a stored block of reserved form.
bool HasZlibHeader(std::string_view first_two) {
  const auto cmf = static_cast<unsigned char>(first_two[0]);
  const auto flags = static_cast<unsigned char>(first_two[1]);
  return (cmf & 0x0F) == 8 && (cmf * 256 + flags) % 31 == 0;
}

}  // namespace

std::string_view ContentEncodingName(ContentEncoding encoding) {
  return kNames[static_cast<size_t>(encoding)];
}

std::optional<ContentEncoding> ParseContentEncoding(std::string_view name) {
  if (EqualsIgnoreCase(name, "x-gzip")) return ContentEncoding::kGzip;
  for (size_t i = 0; i < kNames.size(); ++i) {
    if (EqualsIgnoreCase(name, kNames[i])) return static_cast<ContentEncoding>(i);
  }
  return std::nullopt;
}

struct Inflater::State {
  ContentEncoding encoding;
  size_t max_bytes;
  size_t bytes_in = 0;
  size_t bytes_out = 0;
  bool at_frame_end = false;  // between members or frames, at least one is done
  z_stream zlib{};
  bool zlib_ready = false;
  std::string head;  // deflate: the first byte, until the second says which form it is
  ZSTD_DCtx* zstd = nullptr;
  std::vector<char> piece = std::vector<char>(kPieceBytes);

  State(ContentEncoding e, size_t max) : encoding(e), max_bytes(max) {}
  ~State() {
    if (zlib_ready) inflateEnd(&zlib);
    ZSTD_freeDCtx(zstd);
  }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  Status Take(size_t count, std::string* out) {
    bytes_out += count;
    if (bytes_out > max_bytes) {
      return Fail(ErrorCode::kTooLarge,
                  "the body is larger than " + std::to_string(max_bytes) + " bytes once inflated");
    }
    if (bytes_out > kInflationRatioFrom && bytes_out / kMaxInflationRatio > bytes_in) {
      return Fail(ErrorCode::kTooLarge, "the body inflates to more than " +
                                            std::to_string(kMaxInflationRatio) + " times its size");
    }
    out->append(piece.data(), count);
    return {};
  }

  Status StartZlib(int window_bits) {
    if (inflateInit2(&zlib, window_bits) != Z_OK) {
      return Fail(ErrorCode::kOverloaded, "no memory to inflate the body");
    }
    zlib_ready = true;
    return {};
  }

  Status AppendZlib(std::string_view input, std::string* out);
  Status AppendDeflate(std::string_view input, std::string* out);
  Status AppendZstd(std::string_view input, std::string* out);
};

Status Inflater::State::AppendZlib(std::string_view input, std::string* out) {
  // zlib takes 32-bit lengths and does not write to its input.
  zlib.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(input.data()));
  zlib.avail_in = static_cast<uInt>(input.size());
  bool full = false;  // the last piece was filled: more output may be waiting
  while (zlib.avail_in > 0 || full) {
    if (at_frame_end) {
      // RFC 1952 2.2: members may follow one another. Nothing may follow the others' end.
      if (encoding != ContentEncoding::kGzip) return Broken(encoding, "bytes after its end");
      inflateReset(&zlib);
      at_frame_end = false;
    }
    zlib.next_out = reinterpret_cast<Bytef*>(piece.data());
    zlib.avail_out = static_cast<uInt>(piece.size());
    const int code = inflate(&zlib, Z_NO_FLUSH);
    if (code == Z_MEM_ERROR) return Fail(ErrorCode::kOverloaded, "no memory to inflate the body");
    if (code != Z_OK && code != Z_STREAM_END && code != Z_BUF_ERROR) {
      return Broken(encoding, zlib.msg != nullptr ? zlib.msg : "damaged data");
    }
    SREHUB_CHECK_OK(Take(piece.size() - zlib.avail_out, out));
    at_frame_end = code == Z_STREAM_END;
    full = zlib.avail_out == 0 && !at_frame_end;
  }
  return {};
}

Status Inflater::State::AppendDeflate(std::string_view input, std::string* out) {
  if (zlib_ready) return AppendZlib(input, out);
  const size_t wanted = std::min(2 - head.size(), input.size());
  head.append(input.substr(0, wanted));
  input.remove_prefix(wanted);
  if (head.size() < 2) return {};
  SREHUB_CHECK_OK(StartZlib(HasZlibHeader(head) ? kZlibWindow : kRawWindow));
  SREHUB_CHECK_OK(AppendZlib(head, out));
  return input.empty() ? Status{} : AppendZlib(input, out);
}

Status Inflater::State::AppendZstd(std::string_view input, std::string* out) {
  ZSTD_inBuffer in{input.data(), input.size(), 0};
  bool full = false;
  while (in.pos < in.size || full) {
    ZSTD_outBuffer to{piece.data(), piece.size(), 0};
    const size_t code = ZSTD_decompressStream(zstd, &to, &in);
    if (ZSTD_isError(code)) {
      switch (ZSTD_getErrorCode(code)) {
        case ZSTD_error_frameParameter_windowTooLarge:
          return Fail(ErrorCode::kTooLarge, "the zstd window of the body is larger than 8 MiB");
        case ZSTD_error_memory_allocation:
          return Fail(ErrorCode::kOverloaded, "no memory to inflate the body");
        default: return Broken(encoding, ZSTD_getErrorName(code));
      }
    }
    SREHUB_CHECK_OK(Take(to.pos, out));
    at_frame_end = code == 0;
    full = to.pos == to.size && !at_frame_end;
  }
  return {};
}

Inflater::Inflater(ContentEncoding encoding, size_t max_bytes)
    : state_(std::make_unique<State>(encoding, max_bytes)) {}
Inflater::~Inflater() = default;
Inflater::Inflater(Inflater&&) noexcept = default;
Inflater& Inflater::operator=(Inflater&&) noexcept = default;

Status Inflater::Append(std::string_view input, std::string* out) {
  if (input.empty()) return {};
  if (input.size() > std::numeric_limits<uInt>::max()) {
    return Fail(ErrorCode::kTooLarge, "the body is larger than 4 GiB");
  }
  State& s = *state_;
  s.bytes_in += input.size();
  switch (s.encoding) {
    case ContentEncoding::kIdentity:
      if (input.size() > s.max_bytes - std::min(s.max_bytes, s.bytes_out)) {
        return s.Take(input.size(), out);  // too large: nothing is appended
      }
      s.bytes_out += input.size();
      out->append(input);
      return {};
    case ContentEncoding::kGzip:
      if (!s.zlib_ready) SREHUB_CHECK_OK(s.StartZlib(kGzipWindow));
      return s.AppendZlib(input, out);
    case ContentEncoding::kDeflate: return s.AppendDeflate(input, out);
    case ContentEncoding::kZstd:
      if (s.zstd == nullptr) {
        s.zstd = ZSTD_createDCtx();
        if (s.zstd == nullptr) {
          return Fail(ErrorCode::kOverloaded, "no memory to inflate the body");
        }
        ZSTD_DCtx_setParameter(s.zstd, ZSTD_d_windowLogMax, kMaxZstdWindowLog);
      }
      return s.AppendZstd(input, out);
  }
  return Fail(ErrorCode::kInternal, "an encoding that is none of ours");
}

Status Inflater::Finish() {
  const State& s = *state_;
  if (s.encoding == ContentEncoding::kIdentity || s.at_frame_end) return {};
  return Broken(s.encoding, s.bytes_in == 0 ? "it is empty" : "it breaks off");
}

Result<std::string> Inflate(ContentEncoding encoding, std::string_view input, size_t max_bytes) {
  Inflater inflater(encoding, max_bytes);
  std::string out;
  SREHUB_CHECK_OK(inflater.Append(input, &out));
  SREHUB_CHECK_OK(inflater.Finish());
  return out;
}

}  // namespace srehub
