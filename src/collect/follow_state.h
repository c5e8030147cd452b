// How far each followed file was taken in, as it is remembered across restarts.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace srehub::collect {

// A batch that was begun: if the hub took it just before a crash, the same bytes under the same
// key are no second one.
struct PendingBatch {
  uint64_t end = 0;   // behind its last byte
  std::string key;    // Idempotency-Key
  uint64_t hash = 0;  // of its bytes
};

// A file is known by its inode and by what stands in it: the hash of its beginning, and of what
// stands before `offset`. So it is found again under another name, as a copy, and not mistaken for
// another one that got its inode.
struct FileMark {
  std::string path;  // where it was seen last; for messages, and for the names of its rotations
  uint64_t device = 0, inode = 0;
  uint64_t offset = 0;  // all before it was taken in
  uint64_t head_bytes = 0, head_hash = 0;
  uint64_t tail_hash = 0;  // of the min(offset, kMarkBytes) bytes before `offset`
  std::optional<PendingBatch> pending;
};
inline constexpr uint64_t kMarkBytes = 1024;

struct FollowState {
  Instant since{};  // when following began: what was written before is not what a file became
  std::vector<FileMark> files;
};

std::string FollowStateToJson(const FollowState& state);
// Errors: kMalformed.
Result<FollowState> ParseFollowState(std::string_view json);

}  // namespace srehub::collect
