// Who owns the objects that Events are about. A decision about an object is kept as long as its
// Events come, across restarts too: the hub counts an Event's rising count per service, so all
// observations of it must name the same one, whatever became of the object's labels meanwhile.
// Not thread-safe.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/clock.h"
#include "base/result.h"
#include "collect/kube_records.h"

namespace srehub::collect {

class KubeOwners {
 public:
  // Asks the API server for an object ("Pod", "ReplicaSet"); nothing when there is none. An error
  // when it was interrupted: then nothing is decided.
  using Fetch = std::function<Result<std::optional<ObjectFacts>>(const ObjectName&)>;

  // `path`: the journal of decisions; empty: they are not kept across restarts.
  KubeOwners(std::string path, const Clock* clock, Fetch fetch)
      : path_(std::move(path)), clock_(clock), fetch_(std::move(fetch)) {}

  // Reads the journal and writes it anew without what is too old. A line that was broken off by a
  // crash is passed over. Errors: kUnavailable, kTooLarge.
  Status Load();

  // From the watches of pods and replicasets.
  void Saw(const ObjectName& name, ObjectFacts facts);
  void Gone(const ObjectName& name);
  // A list of one kind, in one namespace or (empty) all: what is not seen between the two is gone.
  void BeginList() { ++round_; }
  void EndList(std::string_view kind, std::string_view namespace_);

  // What to write into a record about this object; valid until the next call. The first answer is
  // the answer for good. Errors: those of Fetch.
  Result<const ObjectFacts*> Decide(const ObjectName& name);
  // Makes the decisions since the last call durable: before a record that rests on them is sent.
  // Errors: kUnavailable.
  Status Persist();

  size_t seen() const { return seen_.size(); }
  size_t decided() const { return decisions_.size(); }

  static constexpr size_t kMaxSeen = 200'000;      // further objects are asked for when needed
  static constexpr size_t kMaxDecisions = 50'000;  // the least recently used go first
  static constexpr Duration kRemember = 24h;       // since it was used last
  static constexpr Duration kTombstone = 10min;    // Events of a deleted object come late

 private:
  struct Seen {
    ObjectFacts facts;
    std::optional<Instant> gone;
    uint64_t round = 0;
  };
  struct Decision {
    ObjectFacts facts;
    Instant used{}, written{};
  };

  Result<std::optional<ObjectFacts>> Find(const ObjectName& name);
  Result<ObjectFacts> Resolve(const ObjectName& name);
  void Bury();
  void Forget();
  static std::string KeyOf(const ObjectName& name);
  static std::string LineOf(const std::string& key, const Decision& decision);
  bool TakeLine(std::string_view line, JsonReader* reader);

  const std::string path_;
  const Clock* const clock_;
  const Fetch fetch_;
  std::unordered_map<std::string, Seen> seen_;  // by kind/namespace/name
  Instant buried_{};
  uint64_t round_ = 0;
  std::unordered_map<std::string, Decision> decisions_;  // by uid, else kind/namespace/name
  std::string unwritten_;
  const ObjectFacts nothing_;
};

}  // namespace srehub::collect
