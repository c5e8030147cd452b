#include "collect/followed_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/hash.h"

namespace srehub::collect {

Result<std::unique_ptr<FollowedFile>> FollowedFile::Open(const std::string& path) {
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file < 0)
    return Fail(ErrorCode::kUnavailable, "cannot read " + path + ": " + std::strerror(errno));
  std::unique_ptr<FollowedFile> made(new FollowedFile(file));
  struct stat found{};
  if (fstat(file, &found) != 0 || !S_ISREG(found.st_mode))
    return Fail(ErrorCode::kUnavailable, path + " is not a regular file");
  made->mark.path = path;
  made->mark.device = found.st_dev;
  made->mark.inode = found.st_ino;
  made->mark.head_hash = made->mark.tail_hash = Hash64("");
  return made;
}

FollowedFile::~FollowedFile() { close(file_); }

uint64_t FollowedFile::size() const {
  struct stat found{};
  return fstat(file_, &found) == 0 ? static_cast<uint64_t>(found.st_size) : 0;
}

std::string FollowedFile::Read(uint64_t begin, uint64_t end) const {
  std::string text(end - begin, '\0');
  size_t have = 0;
  while (have < text.size()) {
    const ssize_t got =
        pread(file_, text.data() + have, text.size() - have, static_cast<off_t>(begin + have));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    have += static_cast<size_t>(got);
  }
  text.resize(have);
  return text;
}

bool FollowedFile::Holds(const FileMark& known) const {
  if (size() < (known.pending ? known.pending->end : known.offset)) return false;
  if (known.pending && Hash64(Read(known.offset, known.pending->end)) != known.pending->hash)
    return false;
  if (Hash64(Read(0, known.head_bytes)) != known.head_hash) return false;
  const uint64_t tail = std::min(known.offset, kMarkBytes);
  return Hash64(Read(known.offset - tail, known.offset)) == known.tail_hash;
}

std::string FollowedFile::ReadLines(size_t most, bool last) const {
  const uint64_t end = size();
  if (end <= mark.offset) return {};
  for (size_t want = most;; want = kMaxLine) {
    std::string text = Read(mark.offset, std::min(end, mark.offset + want));
    const bool all = mark.offset + text.size() >= end;
    if (all && last) return text;
    const size_t line_break = text.rfind('\n');
    if (line_break != std::string::npos) {
      text.resize(line_break + 1);
      return text;
    }
    if (all || want >= kMaxLine) return {};
  }
}

void FollowedFile::SkipLine() {
  uint64_t at = mark.offset;
  skipping = true;
  for (;;) {
    const std::string text = Read(at, at + kMaxLine);
    const size_t line_break = text.find('\n');
    if (line_break != std::string::npos) {
      skipping = false;
      return JumpTo(at + line_break + 1);
    }
    if (text.empty()) return JumpTo(at);
    at += text.size();
  }
}

void FollowedFile::JumpTo(uint64_t offset) {
  mark.offset = offset;
  head_ = Read(0, std::min(offset, kMarkBytes));
  tail_ = Read(offset - std::min(offset, kMarkBytes), offset);
  Mark();
}

void FollowedFile::GoOnFrom(const FileMark& known) {
  JumpTo(known.offset);
  mark.pending = known.pending;
}

void FollowedFile::Advance(std::string_view taken) {
  mark.offset += taken.size();
  head_ += taken.substr(0, kMarkBytes - head_.size());
  tail_ += taken.substr(taken.size() - std::min<size_t>(taken.size(), kMarkBytes));
  if (tail_.size() > kMarkBytes) tail_.erase(0, tail_.size() - kMarkBytes);
  Mark();
}

void FollowedFile::Mark() {
  mark.pending.reset();
  mark.head_bytes = head_.size();
  mark.head_hash = Hash64(head_);
  mark.tail_hash = Hash64(tail_);
}

}  // namespace srehub::collect
