// `srehub ingest -f`: follows files as they grow and are rotated, by renaming or by copying and
// truncating. Every whole line is handed to the hub once: a batch's bounds and its Idempotency-Key
// are written down before it is sent, so that after a crash exactly the same batch comes again, and
// the hub knows it.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "collect/sink.h"

namespace srehub::collect {

struct FollowOptions {
  std::vector<std::string> targets;  // files, or folders with all files below them
  std::string state;                 // path of the state file
  model::Format format = model::Format::kAuto;
  Duration look = std::chrono::milliseconds(250);  // how often for what is new
  // A file that left its folder may still be written to by who has it open.
  Duration gone_grace = std::chrono::seconds(5);
  uint64_t seed = 0;  // of keys and waits; different in each process
};

struct FollowStats {
  uint64_t accepted = 0, duplicate = 0, rejected = 0, ignored = 0;
  uint64_t batches = 0, bytes = 0;
  uint64_t skipped_bytes = 0;  // lines above FollowedFile::kMaxLine
};

class Follower {
 public:
  // `report` hears of trouble. The sink outlives the follower.
  Follower(FollowOptions options, Sink* sink, std::function<void(const std::string&)> report);
  ~Follower();

  // Until `stop`. Errors: the sink's lasting ones that are about the sender (a wrong token, an
  // unknown format), and the state file's.
  Status Run(const std::stop_token& stop);
  // One look: everything that is whole by now is sent. What Run repeats; Load first.
  Status Load();
  Status Round(const std::stop_token& stop);
  const FollowStats& stats() const;

  static constexpr size_t kMaxFiles = 1'000;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// A compressed rotation: what it holds was read when it was plain.
bool IsCompressedName(std::string_view name);
// "app.log.1", "app.log-20250826" and "app-1.log" may be copies of "app.log"; never the other way.
bool MayBeRotationOf(std::string_view name, std::string_view original);

}  // namespace srehub::collect
