#include "cli/ingest_sender.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <filesystem>
#include <thread>

#include "base/clock.h"
#include "base/text.h"
#include "cli/fields.h"
#include "cli/input_file.h"
#include "cli/terminal_text.h"
#include "sources/text_lines.h"

namespace srehub::cli {
namespace {

// Half of what a hub takes in one body, so that a chunk and its last record fit.
constexpr size_t kChunkBytes = 4 * 1024 * 1024;
// Of lines, less: a delivery has at most limits::kMaxRecordsPerDelivery records, and lines are
// short.
constexpr size_t kTextChunkBytes = 1024 * 1024;
constexpr size_t kReadBytes = 64 * 1024;
// A whole record of a stream waits no longer than this to be sent, however steadily more comes.
constexpr std::chrono::milliseconds kLongestWait{200};
constexpr int kPollMilliseconds = 50;
constexpr int kIdleMilliseconds = 1000;
constexpr int kTries = 6;
constexpr std::chrono::milliseconds kMostPause{16'000};
constexpr size_t kMaxErrors = 100;

std::vector<std::string> FilesBelow(const std::string& folder, std::error_code* error) {
  std::vector<std::string> files;
  for (std::filesystem::recursive_directory_iterator it(folder, *error), end; !*error && it != end;
       it.increment(*error))
    if (it->is_regular_file() && !it->path().filename().string().starts_with('.'))
      files.push_back(it->path().string());
  std::ranges::sort(files);
  return files;
}

}  // namespace

IngestSender::IngestSender(Session& session)
    : session_(session),
      progress_(&session.err(), session.terminal().err_is_tty, session.terminal().width) {
  errors_.BeginArray();
}

void IngestSender::Expect(const std::vector<std::string>& targets) {
  for (const std::string& target : targets) {
    std::error_code error;
    std::vector<std::string> files = {target};
    if (std::filesystem::is_directory(target, error)) files = FilesBelow(target, &error);
    for (const std::string& file : files) {
      const auto size = std::filesystem::file_size(file, error);
      if (!error) bytes_total_ += size;
    }
  }
}

int IngestSender::Path(const std::string& target) {
  if (target == "-") return Stream(STDIN_FILENO);
  std::error_code error;
  if (!std::filesystem::is_directory(target, error)) return File(target);
  const std::vector<std::string> files = FilesBelow(target, &error);
  if (error) return session_.Report({ErrorCode::kUnavailable, error.message(), target});
  for (const std::string& file : files)
    if (const int code = File(file); code != kExitOk) return code;
  return kExitOk;
}

int IngestSender::File(const std::string& path) {
  auto file = InputFile::Open(path);
  if (!file) return session_.Report(file.error());
  Feed feed(path, SystemClock().Now());
  before_ = 0;
  std::string bytes;
  for (bool more = true; more;) {
    const auto read = file->Read(&bytes);
    if (!read) {
      progress_.Clear();
      return session_.Report({read.error().code, read.error().message, path});
    }
    more = *read;
    if (feed.format.empty() && bytes.find('\0') != std::string::npos) {
      Notice(path + ": left out, it is neither text nor JSON");
      break;
    }
    if (!Detect(&feed, bytes, !more)) continue;
    if (const int code = Advance(&feed, bytes, more ? Pace::kMore : Pace::kLast); code != kExitOk)
      return code;
    bytes.clear();
    progress_.Show(path, bytes_before_ + file->bytes_read(), bytes_total_,
                   accepted_ + duplicate_ + rejected_);
  }
  bytes_before_ += file->size();
  return kExitOk;
}

int IngestSender::Stream(int descriptor) {
  using Steady = std::chrono::steady_clock;
  Feed feed("standard input", SystemClock().Now());
  before_ = 0;
  patient_ = true;
  std::string buffer(kReadBytes, '\0'), bytes;
  uint64_t total = 0;
  bool waits = false;  // a record does, and is sent by `send_by`
  Steady::time_point send_by{};
  for (;;) {
    pollfd waiting{.fd = descriptor, .events = POLLIN, .revents = 0};
    const int ready = poll(&waiting, 1, waits ? kPollMilliseconds : kIdleMilliseconds);
    bool last = false;
    if (ready > 0) {
      const ssize_t got = read(descriptor, buffer.data(), buffer.size());
      if (got < 0 && errno == EINTR) continue;
      last = got <= 0;
      if (!last) bytes.append(buffer.data(), static_cast<size_t>(got));
      total += last ? 0 : static_cast<uint64_t>(got);
    }
    if (!Detect(&feed, bytes, last)) {
      if (last) return kExitOk;
      continue;
    }
    const bool due = waits && Steady::now() >= send_by;
    const Pace pace = last ? Pace::kLast : due ? Pace::kDue : Pace::kMore;
    if (const int code = Advance(&feed, bytes, pace); code != kExitOk) return code;
    if (last) return kExitOk;
    bytes.clear();
    const size_t left = feed.text ? feed.lines.waiting_bytes() : feed.records.complete_bytes();
    if (left > 0 && (due || !waits)) send_by = Steady::now() + kLongestWait;
    waits = left > 0;
    progress_.Show(feed.name, total, 0, accepted_ + duplicate_ + rejected_);
  }
}

bool IngestSender::Detect(Feed* feed, std::string_view first_bytes, bool all) const {
  if (!feed->format.empty()) return true;
  const std::string& asked = session_.options().format;
  const std::string_view start = TrimAscii(first_bytes);
  // A whole line, or all that there is.
  if (start.empty() ||
      (!all && first_bytes.find('\n') == std::string_view::npos && first_bytes.size() < kReadBytes))
    return all && !start.empty();
  feed->format = asked;
  if (asked == "auto") {
    if (const auto found = sources::FormatOfText(first_bytes))
      feed->format = std::string(model::FormatName(*found));
  }
  feed->text = feed->format == "text" || feed->format == "syslog";
  return true;
}

int IngestSender::Advance(Feed* feed, std::string_view bytes, Pace pace) {
  std::string chunk;
  const bool last = pace == Pace::kLast, due = pace == Pace::kDue;
  if (feed->text) {
    feed->lines.Feed(bytes);
    if (last || due || feed->lines.waiting_bytes() >= kTextChunkBytes)
      chunk = feed->lines.Take(last);
  } else {
    feed->records.Feed(bytes);
    if (last || due || feed->records.complete_bytes() >= kChunkBytes)
      chunk = feed->records.Take(last);
  }
  return TrimAscii(chunk).empty() ? kExitOk : Send(*feed, chunk);
}

int IngestSender::Send(const Feed& feed, const std::string& body) {
  const auto hub = session_.client();
  if (!hub) return session_.Report(hub.error());
  Call call;
  call.method = "POST";
  call.path = "/api/v1/ingest/" + PercentEncode(feed.format);
  call.headers.emplace_back("content-type", feed.text ? "text/plain" : "application/x-ndjson");
  if (feed.text) {
    if (!session_.options().service.empty())
      call.headers.emplace_back("x-srehub-service", session_.options().service);
    call.headers.emplace_back("x-srehub-file", PercentEncode(feed.name, "/:@"));
  }
  call.body = body;
  // A hub that is busy promised nothing; sending the same bytes again is safe.
  auto pause = std::chrono::milliseconds(500);
  for (int attempt = 1;; ++attempt, pause = std::min(pause * 2, kMostPause)) {
    const auto reply = (*hub)->Send(call);
    if (!reply) {
      progress_.Clear();
      session_.Report(reply.error());
      return kExitUnreachable;
    }
    if ((reply->status == 503 || reply->status == 429) && (attempt < kTries || patient_)) {
      std::this_thread::sleep_for(pause);
      continue;
    }
    if (reply->status != 200 && reply->status != 422) {
      progress_.Clear();
      session_.err() << Neutralise(feed.name) << ": ";
      session_.Report(*reply);
      return kExitRuntime;  // the file is wrong, not the command line
    }
    return Count(reply->body, feed.name);
  }
}

int IngestSender::Count(const std::string& json, const std::string& name) {
  JsonReader reader;
  const auto receipt = reader.Parse(json);
  if (!receipt) return session_.Report(receipt.error());
  const uint64_t accepted = CountOf(*receipt, "accepted"),
                 duplicate = CountOf(*receipt, "duplicate"),
                 rejected = CountOf(*receipt, "rejected"), dropped = CountOf(*receipt, "dropped"),
                 ignored = CountOf(*receipt, "ignored");
  accepted_ += accepted;
  duplicate_ += duplicate;
  rejected_ += rejected;
  dropped_ += dropped;
  ignored_ += ignored;
  for (const JsonElement& error : Rows(*receipt, "errors")) {
    if (error_count_++ >= kMaxErrors) break;
    errors_.BeginObject().Field("file", name);
    errors_.Field("record", before_ + CountOf(error, "record"));
    errors_.FieldIf("field", Text(error, "field"));
    errors_.Field("reason", Text(error, "reason"));
    errors_.Field("message", Text(error, "message")).EndObject();
  }
  for (const JsonElement& notice : Rows(*receipt, "notices")) {
    std::string_view text;
    if (notice.get(text) == simdjson::SUCCESS) Notice(std::string(text));
  }
  // Records of a file are numbered through, whatever the cuts.
  before_ += accepted + duplicate + rejected + dropped + ignored;
  return kExitOk;
}

void IngestSender::Notice(std::string text) {
  if (std::ranges::find(notices_, text) == notices_.end()) notices_.push_back(std::move(text));
}

std::string IngestSender::Answer() {
  progress_.Clear();
  JsonWriter json;
  json.BeginObject().Field("accepted", accepted_).Field("duplicate", duplicate_);
  json.Field("rejected", rejected_).Field("dropped", dropped_).Field("ignored", ignored_);
  json.FieldRaw("errors", errors_.EndArray().text()).Key("notices").BeginArray();
  for (const std::string& notice : notices_) json.String(notice);
  return json.EndArray().EndObject().Take();
}

bool IngestSender::AllRefused() const {
  return rejected_ > 0 && accepted_ + duplicate_ + dropped_ + ignored_ == 0;
}

}  // namespace srehub::cli
