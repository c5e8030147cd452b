#include "cli/progress.h"

#include <fmt/format.h>

#include <algorithm>

#include "cli/terminal_text.h"

namespace srehub::cli {
namespace {

constexpr size_t kBarColumns = 20;
constexpr size_t kUsualWidth = 80;
constexpr auto kInterval = std::chrono::milliseconds(100);
constexpr double kLeastSeconds = 0.001;

std::string TimeLeft(double seconds) {
  const auto whole = static_cast<uint64_t>(seconds + 0.5);
  if (whole < 60) return fmt::format("{} s left", whole);
  if (whole < 3600) return fmt::format("{} min {} s left", whole / 60, whole % 60);
  return fmt::format("{} h {} min left", whole / 3600, whole % 3600 / 60);
}

}  // namespace

std::string ProgressLine(const ProgressState& state, size_t width) {
  const double seconds = std::max(state.seconds, kLeastSeconds);
  const double rate = static_cast<double>(state.done) / seconds;
  std::string line;
  if (state.total > 0) {
    const double part =
        std::min(1.0, static_cast<double>(state.done) / static_cast<double>(state.total));
    const auto full = static_cast<size_t>(part * kBarColumns);
    line = fmt::format("[{}{}] {:3}%  {}B of {}B", std::string(full, '#'),
                       std::string(kBarColumns - full, '-'), static_cast<int>(part * 100),
                       ShortCount(state.done), ShortCount(state.total));
  } else {
    line = fmt::format("{}B", ShortCount(state.done));
  }
  line +=
      fmt::format("  {}B/s  {} records/s", ShortCount(static_cast<uint64_t>(rate)),
                  ShortCount(static_cast<uint64_t>(static_cast<double>(state.records) / seconds)));
  if (state.total > state.done && rate > 0)
    line += "  " + TimeLeft(static_cast<double>(state.total - state.done) / rate);
  line += "  " + Neutralise(state.name);
  if (width == 0) width = kUsualWidth;
  return line.size() <= width ? line : Fit(line, width);
}

Progress::Progress(std::ostream* err, bool is_tty, size_t width)
    : err_(err), is_tty_(is_tty), width_(width), began_(std::chrono::steady_clock::now()) {}

void Progress::Show(std::string_view name, uint64_t done, uint64_t total, uint64_t records) {
  if (!is_tty_) return;
  const auto now = std::chrono::steady_clock::now();
  if (drawn_ > 0 && now - last_ < kInterval) return;
  last_ = now;
  const std::chrono::duration<double> took = now - began_;
  // One column less than there are: a full line would wrap.
  const std::string line =
      ProgressLine({name, done, total, records, took.count()}, width_ > 1 ? width_ - 1 : width_);
  const size_t gap = drawn_ > line.size() ? drawn_ - line.size() : 0;
  *err_ << '\r' << line << std::string(gap, ' ') << std::flush;
  drawn_ = line.size();
}

void Progress::Clear() {
  if (drawn_ == 0) return;
  *err_ << '\r' << std::string(drawn_, ' ') << '\r' << std::flush;
  drawn_ = 0;
}

}  // namespace srehub::cli
