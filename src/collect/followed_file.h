// One open file that is read as it grows. Not thread-safe.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "collect/follow_state.h"

namespace srehub::collect {

class FollowedFile {
 public:
  // Errors: kUnavailable (not there, no right to read, no regular file).
  static Result<std::unique_ptr<FollowedFile>> Open(const std::string& path);
  ~FollowedFile();
  FollowedFile(const FollowedFile&) = delete;
  FollowedFile& operator=(const FollowedFile&) = delete;

  FileMark mark;
  bool found = true;  // at the last look into its folder

  uint64_t size() const;
  // Whether all that was taken in still stands there: false for a file that was truncated, also
  // when it has grown past its former size since, and for another one under a known inode.
  bool Holds(const FileMark& known) const;
  // Whole lines from the offset on, about `most` bytes; one longer line as a whole up to kMaxLine.
  // With `last` also the rest without a line break. Empty: there is none yet.
  std::string ReadLines(size_t most, bool last) const;
  std::string Read(uint64_t begin, uint64_t end) const;
  // Everything before `offset` was passed over.
  void JumpTo(uint64_t offset);
  // These bytes, from the offset on, were taken in. What the file holds by now does not matter: it
  // may have been truncated since they were read.
  void Advance(std::string_view taken);
  // Goes on where a mark of the same content stands.
  void GoOnFrom(const FileMark& known);
  // Behind the next line break; the end when there is none yet, and then `skipping` stays set.
  void SkipLine();
  bool skipping = false;  // in the middle of a line above kMaxLine

  static constexpr size_t kMaxLine = 4 * 1024 * 1024;

 private:
  explicit FollowedFile(int file) : file_(file) {}
  void Mark();
  const int file_;
  std::string head_, tail_;  // what the mark's hashes are of
};

}  // namespace srehub::collect
