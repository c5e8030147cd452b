// The demo: a hub of its own that is told a story through its own ingest routes, and goes on while
// it runs. Its folder remembers when the story began, so a second start goes on with the same one.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "app/hub.h"
#include "base/result.h"

namespace srehub::app {

struct DemoState {
  Instant start{};
  uint64_t seed = 0;
  int64_t told_minutes = 0;  // after the start
  bool told = false;         // the story itself
};

class Demo {
 public:
  // Reads or begins the story of the hub's folder. `seed` counts only when it begins. Errors:
  // kUnavailable (the file), kDataLoss (not one of ours).
  static Result<Demo> Begin(Hub* hub, uint64_t seed);

  // Tells what was not told yet, up to the hub's now. Errors: the first refusal of a route.
  Status Tell(const std::function<void(const std::string& title)>& progress);

  // One line per answer that is not as the story tells; empty: all five are right.
  std::vector<std::string> CheckAnswers() const;

  const DemoState& state() const { return state_; }

 private:
  Demo(Hub* hub, std::string file, DemoState state)
      : hub_(hub), file_(std::move(file)), state_(state) {}
  Status Remember() const;

  Hub* hub_;
  std::string file_;
  DemoState state_;
};

}  // namespace srehub::app
