#include "collect/state_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

namespace srehub::collect {
namespace {

constexpr size_t kMaxStateBytes = 256 * 1024 * 1024;
constexpr mode_t kOwnerOnly = 0600;

tl::unexpected<Error> Failed(const std::string& what, const std::string& path, int error) {
  return Fail(ErrorCode::kUnavailable, what + " " + path + ": " + std::strerror(error));
}

Status WriteAll(int file, const std::string& path, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = write(file, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return Failed("cannot write", path, errno);
    text.remove_prefix(static_cast<size_t>(written));
  }
  if (fdatasync(file) != 0) return Failed("cannot sync", path, errno);
  return {};
}

Status OpenAndWrite(const std::string& path, int flags, std::string_view text) {
  const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | flags, kOwnerOnly);
  if (file < 0) return Failed("cannot write", path, errno);
  Status written = WriteAll(file, path, text);
  close(file);
  return written;
}

}  // namespace

Status MakeStateFolder(const std::string& folder) {
  std::error_code error;
  const bool existed = std::filesystem::exists(folder, error);
  std::filesystem::create_directories(folder, error);
  if (error)
    return Fail(ErrorCode::kUnavailable,
                "cannot make the folder " + folder + ": " + error.message());
  if (!existed) std::filesystem::permissions(folder, std::filesystem::perms::owner_all, error);
  return {};
}

Status WriteStateFile(const std::string& path, std::string_view text) {
  const std::string fresh = path + ".new";
  SREHUB_CHECK_OK(OpenAndWrite(fresh, O_TRUNC, text));
  if (std::rename(fresh.c_str(), path.c_str()) != 0) return Failed("cannot rename to", path, errno);
  return {};
}

Status AppendStateFile(const std::string& path, std::string_view text) {
  return OpenAndWrite(path, O_APPEND, text);
}

Result<std::optional<std::string>> ReadStateFile(const std::string& path) {
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) {
    if (errno == ENOENT) return std::nullopt;
    return Failed("cannot read", path, errno);
  }
  std::string text;
  std::string buffer(64 * 1024, '\0');
  ssize_t got = 0;
  while ((got = read(file, buffer.data(), buffer.size())) != 0) {
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) break;
    text.append(buffer, 0, static_cast<size_t>(got));
    if (text.size() > kMaxStateBytes) {
      close(file);
      return Fail(ErrorCode::kTooLarge, path + " is too large for what a collector remembers");
    }
  }
  const int error = errno;
  close(file);
  if (got < 0) return Failed("cannot read", path, error);
  return text;
}

}  // namespace srehub::collect
