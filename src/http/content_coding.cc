#include "http/content_coding.h"

#include <zlib.h>

#include <charconv>

#include "base/inflate.h"
#include "base/snappy_block.h"
#include "base/text.h"

namespace srehub::http {
namespace {

// How much of a body is inflated before the budget is asked again.
constexpr size_t kInputStep = 16 * 1024;

// "0", "0.0", "0.000": a coding that is refused.
bool IsZeroWeight(std::string_view parameters) {
  for (std::string_view parameter : Split(parameters, ';')) {
    parameter = TrimAscii(parameter);
    if (!StartsWithIgnoreCase(parameter, "q=")) continue;
    double weight = 1;
    const std::string_view text = parameter.substr(2);
    std::from_chars(text.data(), text.data() + text.size(), weight);
    return weight <= 0;
  }
  return false;
}

}  // namespace

Status DecodeBody(Request* request, size_t max_bytes, BudgetShare* share) {
  const std::string_view name = TrimAscii(request->Header("content-encoding"));
  if (name.empty()) return {};
  if (EqualsIgnoreCase(name, "snappy")) {
    SREHUB_TRY(std::string out, InflateSnappyBlock(request->body, max_bytes));
    if (out.size() > request->body.size() && !share->Take(out.size() - request->body.size()))
      return Fail(ErrorCode::kOverloaded, "Too many request bodies are in memory already.");
    request->body = std::move(out);
    return {};
  }
  const std::optional<ContentEncoding> encoding = ParseContentEncoding(name);
  if (!encoding)
    return Fail(ErrorCode::kUnsupported,
                "Content-Encoding '" + std::string(name.substr(0, 64)) +
                    "' is not one of gzip, deflate, zstd, snappy and identity, one at a time.",
                "content-encoding");
  if (*encoding == ContentEncoding::kIdentity) return {};

  Inflater inflater(*encoding, max_bytes);
  std::string out;
  const std::string_view body = request->body;
  for (size_t at = 0; at < body.size(); at += kInputStep) {
    const size_t before = out.size();
    SREHUB_CHECK_OK(inflater.Append(body.substr(at, kInputStep), &out));
    if (!share->Take(out.size() - before))
      return Fail(ErrorCode::kOverloaded, "Too many request bodies are in memory already.");
  }
  SREHUB_CHECK_OK(inflater.Finish());
  request->body = std::move(out);
  return {};
}

bool AcceptsGzip(std::string_view accept_encoding) {
  bool any = false;
  for (std::string_view part : Split(accept_encoding, ',')) {
    const size_t semicolon = part.find(';');
    const std::string_view coding = TrimAscii(part.substr(0, semicolon));
    const bool refused =
        semicolon != std::string_view::npos && IsZeroWeight(part.substr(semicolon + 1));
    if (EqualsIgnoreCase(coding, "gzip") || EqualsIgnoreCase(coding, "x-gzip")) return !refused;
    if (coding == "*") any = !refused;
  }
  return any;
}

std::string Gzip(std::string_view text) {
  z_stream stream{};
  // 15 window bits, 16 for the gzip wrapper. Level 1 costs a third of level 6 and loses little on
  // JSON.
  if (deflateInit2(&stream, 1, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK) return {};
  std::string out(deflateBound(&stream, text.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  const int status = deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  if (status != Z_STREAM_END) out.clear();
  return out;
}

}  // namespace srehub::http
