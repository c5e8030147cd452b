// Which field of a log record means what. Every logger has its own names; this is the one table of
// them. A name with dots matches the flat key ("log.level") and the nested one
// ({"log": {"level": …}}) alike; case does not matter.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/json_reader.h"
#include "base/json_writer.h"
#include "sources/record.h"

namespace srehub::sources {

enum class LogRole : uint8_t {
  kNone,
  kTime,
  kLevel,
  kMessage,
  kService,
  kTrace,
  kExceptionType,
  kError,  // the text of an error, or its stack trace
  kStatus,
  kEnvironment,
  kVersion,
  kHost,
  kPod,
  kContainer,
  kNamespace,
  kLogger,
  kPodLabels,
};
inline constexpr size_t kLogRoleCount = static_cast<size_t>(LogRole::kPodLabels) + 1;

// The scale that a field's name alone gives to a number in it.
enum class LevelHint : uint8_t { kNone, kPython, kSyslog, kOpenTelemetry };

struct LogAlias {
  std::string_view path;
  LogRole role = LogRole::kNone;
  LevelHint hint = LevelHint::kNone;
};
// All aliases; those of one role in the order in which they are tried.
std::span<const LogAlias> LogAliases();
// "message, msg, log, …": for messages.
std::string AliasNames(LogRole role);

// A log record laid out flat, in the order of its fields, with the meaning of each. Reusable: one
// per thread. Elements are valid as long as their readers.
class LogFields {
 public:
  struct Node {
    std::string_view key;
    JsonElement value;
    const LogAlias* alias = nullptr;
    uint32_t rank = 0;    // within the role; lower is tried first
    uint32_t end = 0;     // behind the last node of the subtree
    bool opened = false;  // its members are the nodes that follow
    bool used = false;
  };

  // Opens `root`. A line that a collector carries whole (`log`, `line`, `body`, `message`) is
  // opened too, read by `inner`: a JSON object or logfmt with a message or an error goes before
  // what is around it; the time and level in front of a plain line go behind.
  void Collect(const JsonElement& root, JsonReader* inner, Instant received);

  // Candidates for a role, best first: indices into node().
  std::span<const uint32_t> Candidates(LogRole role) const;
  Node& node(uint32_t index) { return nodes_[index]; }

  // Whether `pid` or `v` stands at the top of the record, or of the opened line.
  bool has_pid() const { return has_pid_; }

  // Every node that was not used, into an object that is being written.
  void WriteUnused(JsonWriter* out) const;

 private:
  void CollectObject(const JsonElement& object, std::string_view path, size_t depth);
  bool OpenLine(uint32_t at, JsonReader* inner, Instant received);
  bool OpenInner(uint32_t at, std::string_view json, bool goes_before, JsonReader* inner);
  bool HasLevel() const;
  bool AllUsed(uint32_t index) const;
  void WriteRange(uint32_t begin, uint32_t end, JsonWriter* out) const;
  void Rank();

  std::vector<Node> nodes_;
  std::array<std::vector<uint32_t>, kLogRoleCount> by_role_;
  bool has_pid_ = false;
};

}  // namespace srehub::sources
