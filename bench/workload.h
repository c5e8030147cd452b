// A day of a fleet, seeded: what its tools would have sent, written one file per format in the
// order of delivery.
//
// Records arrive within two seconds of what they tell, one in a hundred up to half an hour late,
// and one in fifty is sent again later. Services follow a Zipf law; alarms and alerts open and
// end; a few deploys fail and their services feel it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace srehub::bench {

enum class Feed : uint8_t { kLogs, kKubernetes, kPrometheus, kCloudwatch, kCicd };
inline constexpr size_t kFeeds = 5;
std::string_view FeedName(Feed feed);  // also the file's name, before ".ndjson"

struct WorkloadOptions {
  uint64_t events = 1'000'000;  // distinct records; those sent again come on top
  uint64_t seed = 1;
  std::string directory;  // must exist
};

struct WorkloadCounts {
  std::array<uint64_t, kFeeds> records{};  // lines of each file
  std::array<uint64_t, kFeeds> bytes{};    // with the line ends
  uint64_t distinct = 0, late = 0, sent_again = 0;
  size_t shortest = SIZE_MAX, longest = 0;
};

// A record is sent again only this many records of its feed later, so that batches up to this
// size never hold it twice: two equal log lines in one delivery are two events.
inline constexpr size_t kMaxBatch = 1000;

// Writes the files and manifest.json. False: an error, told on stderr.
bool WriteWorkload(const WorkloadOptions& options, WorkloadCounts* counts);

}  // namespace srehub::bench
