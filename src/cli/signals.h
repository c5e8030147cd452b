// SIGINT, SIGTERM and SIGHUP as values. Block them before any thread starts, then wait.
#pragma once

#include <chrono>
#include <optional>

namespace srehub::cli {

enum class Signal : unsigned char { kStop, kReload };

// For this thread and those it starts from now on. SIGPIPE is ignored: a reader that left is an
// error of the write.
void BlockSignals();
// The next signal, or nothing after `timeout`.
std::optional<Signal> AwaitSignal(std::chrono::milliseconds timeout);

}  // namespace srehub::cli
