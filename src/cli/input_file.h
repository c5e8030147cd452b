// A file to be sent, read piece by piece; gzip and zstd are recognised by their first bytes and
// inflated on the way, so a compressed file costs no more memory than another. Not thread-safe.
#pragma once

#include <cstdint>
#include <fstream>
#include <optional>
#include <string>

#include "base/inflate.h"
#include "base/result.h"

namespace srehub::cli {

class InputFile {
 public:
  // Errors: kNotFound.
  static Result<InputFile> Open(const std::string& path);

  // Appends the next bytes to `out`; false at the end. Errors: kMalformed (damaged, or broken off),
  // kTooLarge (a bomb: see kMaxInflationRatio).
  Result<bool> Read(std::string* out);

  uint64_t size() const { return size_; }      // on disk
  uint64_t bytes_read() const { return at_; }  // of those

 private:
  InputFile() = default;

  std::ifstream in_;
  std::optional<Inflater> inflater_;
  bool began_ = false;
  uint64_t size_ = 0, at_ = 0;
};

}  // namespace srehub::cli
