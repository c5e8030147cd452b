// The progress of a long transfer, as one line that is drawn over on the error stream.
#pragma once

#include <chrono>
#include <cstdint>
#include <ostream>
#include <string>
#include <string_view>

namespace srehub::cli {

struct ProgressState {
  std::string_view name;         // of the file at hand
  uint64_t done = 0, total = 0;  // bytes; total 0: unknown
  uint64_t records = 0;
  double seconds = 0;
};
// "[#####-----]  50%  12M of 24M  6.2M/s  31k records/s  2 s left  NAME": as much of it as fits
// into `width` columns. Pure.
std::string ProgressLine(const ProgressState& state, size_t width);

// Draws at most ten times a second, and nothing unless the stream is a terminal. Not thread-safe.
class Progress {
 public:
  Progress(std::ostream* err, bool is_tty, size_t width);
  ~Progress() { Clear(); }

  void Show(std::string_view name, uint64_t done, uint64_t total, uint64_t records);
  // Takes the line away, for what is to be printed there.
  void Clear();

 private:
  std::ostream* err_;
  bool is_tty_;
  size_t width_;
  size_t drawn_ = 0;  // columns of the line that stands there
  std::chrono::steady_clock::time_point began_, last_;
};

}  // namespace srehub::cli
