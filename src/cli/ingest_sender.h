// Sends files, folders and streams to a hub in deliveries of a bounded size. Not thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/json_writer.h"
#include "cli/progress.h"
#include "cli/record_chunker.h"
#include "cli/session.h"
#include "cli/text_chunker.h"

namespace srehub::cli {

class IngestSender {
 public:
  explicit IngestSender(Session& session);

  // A file, a folder with everything below it (in the order of its names, without what begins with
  // a dot), or "-". Exit code of the first failure, or 0.
  int Path(const std::string& target);
  // How many bytes all targets have, for the progress; what cannot be told counts nothing.
  void Expect(const std::vector<std::string>& targets);

  // The receipts, summed up: {accepted, duplicate, rejected, ignored, errors, notices}.
  std::string Answer();
  bool AllRefused() const;

 private:
  // What is known of the feed at hand.
  struct Feed {
    std::string name;    // of the file, for people
    std::string format;  // of the route; empty until the first bytes tell
    bool text = false;   // lines rather than JSON
    RecordChunker records;
    TextChunker lines;
    explicit Feed(std::string feed_name, Instant now) : name(std::move(feed_name)), lines(now) {}
  };

  int File(const std::string& path);
  int Stream(int descriptor);
  // Looks at the first bytes, if that was not done; false when they are too few to tell.
  bool Detect(Feed* feed, std::string_view first_bytes, bool all) const;
  enum class Pace : unsigned char { kMore, kDue, kLast };
  // Sends what is whole once there is enough of it or it is due, everything when it is the last.
  int Advance(Feed* feed, std::string_view bytes, Pace pace);
  int Send(const Feed& feed, const std::string& body);
  int Count(const std::string& json, const std::string& name);
  void Notice(std::string text);

  Session& session_;
  Progress progress_;
  uint64_t accepted_ = 0, duplicate_ = 0, rejected_ = 0, dropped_ = 0, ignored_ = 0;
  bool patient_ = false;  // a stream cannot be sent again: wait for a busy hub however long
  uint64_t before_ = 0;   // records of the feed at hand that were sent
  uint64_t bytes_before_ = 0, bytes_total_ = 0;  // on disk, of all files
  JsonWriter errors_;                            // array elements
  size_t error_count_ = 0;
  std::vector<std::string> notices_;
};

}  // namespace srehub::cli
