#include "cli/input_file.h"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <limits>
#include <string_view>

namespace srehub::cli {
namespace {

constexpr size_t kReadBytes = 64 * 1024;

std::optional<ContentEncoding> EncodingOf(std::string_view first_bytes) {
  if (first_bytes.starts_with("\x1f\x8b")) return ContentEncoding::kGzip;
  if (first_bytes.starts_with("\x28\xb5\x2f\xfd")) return ContentEncoding::kZstd;
  return std::nullopt;
}

}  // namespace

Result<InputFile> InputFile::Open(const std::string& path) {
  InputFile file;
  file.in_.open(path, std::ios::binary);
  if (!file.in_) return Fail(ErrorCode::kNotFound, std::strerror(errno), path);
  std::error_code ignored;
  const auto size = std::filesystem::file_size(path, ignored);
  file.size_ = ignored ? 0 : size;
  return file;
}

Result<bool> InputFile::Read(std::string* out) {
  std::string piece(kReadBytes, '\0');
  in_.read(piece.data(), static_cast<std::streamsize>(piece.size()));
  piece.resize(static_cast<size_t>(in_.gcount()));
  at_ += piece.size();
  if (!began_) {
    began_ = true;
    // The size is no limit here: it is the sender who holds no more than a chunk at a time.
    if (const auto encoding = EncodingOf(piece))
      inflater_.emplace(*encoding, std::numeric_limits<size_t>::max());
  }
  if (!inflater_) {
    out->append(piece);
    return !piece.empty();
  }
  if (piece.empty()) {
    SREHUB_CHECK_OK(inflater_->Finish());
    return false;
  }
  SREHUB_CHECK_OK(inflater_->Append(piece, out));
  return true;
}

}  // namespace srehub::cli
