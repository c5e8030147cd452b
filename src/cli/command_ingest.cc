// `srehub ingest FILE|DIR|- [--format F]`: feeds files, folders or standard input.
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <thread>
#include <utility>

#include "app/config_file.h"
#include "base/json_writer.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/fields.h"
#include "cli/record_chunker.h"
#include "cli/table.h"

namespace srehub::cli {
namespace {

// Half of what a hub takes in one body, so that a chunk and its last record fit.
constexpr size_t kChunkBytes = 4 * 1024 * 1024;
constexpr size_t kReadBytes = 64 * 1024;
// A whole record of a stream waits no longer than this to be sent, however steadily more comes.
constexpr std::chrono::milliseconds kLongestWait{200};
constexpr int kPollMilliseconds = 50;
constexpr int kIdleMilliseconds = 1000;
constexpr int kTries = 6;
constexpr std::chrono::milliseconds kMostPause{16'000};
constexpr size_t kMaxErrors = 100;

struct Totals {
  uint64_t accepted = 0, duplicate = 0, rejected = 0, dropped = 0, ignored = 0;
  uint64_t bytes = 0;
  JsonWriter errors;  // array elements
  size_t error_count = 0;
  std::vector<std::string> notices;
};

class Sender {
 public:
  explicit Sender(Session& session) : session_(session) { totals_.errors.BeginArray(); }

  // Exit code of the first failure, or 0.
  int Path(const std::string& target) {
    if (target == "-") return Stream(STDIN_FILENO, "standard input");
    std::error_code error;
    if (!std::filesystem::is_directory(target, error)) return File(target);
    std::vector<std::string> files;
    for (std::filesystem::recursive_directory_iterator it(target, error), end; !error && it != end;
         it.increment(error))
      if (it->is_regular_file() && !it->path().filename().string().starts_with('.'))
        files.push_back(it->path().string());
    if (error) return session_.Report({ErrorCode::kUnavailable, error.message(), target});
    std::ranges::sort(files);
    for (const std::string& file : files)
      if (const int code = File(file); code != kExitOk) return code;
    return kExitOk;
  }

  std::string Answer() {
    JsonWriter json;
    json.BeginObject().Field("accepted", totals_.accepted).Field("duplicate", totals_.duplicate);
    json.Field("rejected", totals_.rejected).Field("dropped", totals_.dropped);
    json.Field("ignored", totals_.ignored);
    json.FieldRaw("errors", totals_.errors.EndArray().text()).Key("notices").BeginArray();
    for (const std::string& notice : totals_.notices) json.String(notice);
    return json.EndArray().EndObject().Take();
  }
  bool AllRefused() const {
    return totals_.rejected > 0 &&
           totals_.accepted + totals_.duplicate + totals_.dropped + totals_.ignored == 0;
  }

 private:
  int File(const std::string& path) {
    std::error_code error;
    const auto size = std::filesystem::file_size(path, error);
    // A small file goes as it is: one delivery, whatever its form.
    if (!error && size <= kChunkBytes) {
      const auto text = app::ReadWholeFile(path);
      if (!text) return session_.Report(text.error());
      before_ = 0;
      return TrimAscii(*text).empty() ? kExitOk : Send(*text, path);
    }
    std::ifstream in(path, std::ios::binary);
    if (!in) return session_.Report({ErrorCode::kNotFound, std::strerror(errno), path});
    RecordChunker chunker;
    before_ = 0;
    std::string buffer(kReadBytes, '\0');
    while (in.read(buffer.data(), static_cast<std::streamsize>(buffer.size())), in.gcount() > 0) {
      chunker.Feed(std::string_view(buffer.data(), static_cast<size_t>(in.gcount())));
      if (chunker.complete_bytes() < kChunkBytes) continue;
      if (const int code = Send(chunker.Take(), path); code != kExitOk) return code;
      Progress(path, size);
    }
    return SendRest(&chunker, path);
  }

  int Stream(int descriptor, const std::string& name) {
    RecordChunker chunker;
    before_ = 0;
    patient_ = true;
    std::string buffer(kReadBytes, '\0');
    using Steady = std::chrono::steady_clock;
    bool waits = false;  // a whole record does, and is sent by `send_by`
    Steady::time_point send_by{};
    for (;;) {
      pollfd waiting{.fd = descriptor, .events = POLLIN, .revents = 0};
      const int ready = poll(&waiting, 1, waits ? kPollMilliseconds : kIdleMilliseconds);
      if (ready > 0) {
        const ssize_t got = read(descriptor, buffer.data(), buffer.size());
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return SendRest(&chunker, name);
        chunker.Feed(std::string_view(buffer.data(), static_cast<size_t>(got)));
      }
      if (chunker.complete_bytes() == 0) continue;
      if (!std::exchange(waits, true)) send_by = Steady::now() + kLongestWait;
      if (chunker.complete_bytes() < kChunkBytes && Steady::now() < send_by) continue;
      waits = false;
      if (const int code = Send(chunker.Take(), name); code != kExitOk) return code;
    }
  }

  int SendRest(RecordChunker* chunker, const std::string& name) {
    const std::string rest = chunker->Take(true);
    return TrimAscii(rest).empty() ? kExitOk : Send(rest, name);
  }

  int Send(const std::string& body, const std::string& name) {
    if (TrimAscii(body).empty()) return kExitOk;
    const auto hub = session_.client();
    if (!hub) return session_.Report(hub.error());
    Call call;
    call.method = "POST";
    call.path = "/api/v1/ingest/" + PercentEncode(session_.options().format);
    call.headers.emplace_back("content-type", "application/x-ndjson");
    call.body = body;
    // A hub that is busy promised nothing; sending the same bytes again is safe.
    auto pause = std::chrono::milliseconds(500);
    for (int attempt = 1;; ++attempt, pause = std::min(pause * 2, kMostPause)) {
      const auto reply = (*hub)->Send(call);
      if (!reply) {
        session_.Report(reply.error());
        return kExitUnreachable;
      }
      if ((reply->status == 503 || reply->status == 429) && (attempt < kTries || patient_)) {
        std::this_thread::sleep_for(pause);
        continue;
      }
      if (reply->status != 200 && reply->status != 422) {
        session_.err() << Neutralise(name) << ": ";
        session_.Report(*reply);
        return kExitRuntime;  // the file is wrong, not the command line
      }
      totals_.bytes += body.size();
      return Count(reply->body, name);
    }
  }

  int Count(const std::string& json, const std::string& name) {
    JsonReader reader;
    const auto receipt = reader.Parse(json);
    if (!receipt) return session_.Report(receipt.error());
    totals_.accepted += CountOf(*receipt, "accepted");
    totals_.duplicate += CountOf(*receipt, "duplicate");
    totals_.rejected += CountOf(*receipt, "rejected");
    totals_.dropped += CountOf(*receipt, "dropped");
    totals_.ignored += CountOf(*receipt, "ignored");
    for (const JsonElement& error : Rows(*receipt, "errors")) {
      if (totals_.error_count++ >= kMaxErrors) break;
      totals_.errors.BeginObject().Field("file", name);
      totals_.errors.Field("record", before_ + CountOf(error, "record"));
      totals_.errors.FieldIf("field", Text(error, "field"));
      totals_.errors.Field("reason", Text(error, "reason"));
      totals_.errors.Field("message", Text(error, "message")).EndObject();
    }
    for (const JsonElement& notice : Rows(*receipt, "notices")) {
      std::string_view text;
      if (notice.get(text) == simdjson::SUCCESS &&
          std::ranges::find(totals_.notices, text) == totals_.notices.end())
        totals_.notices.emplace_back(text);
    }
    // Records of a file are numbered through, whatever the cuts.
    before_ += CountOf(*receipt, "accepted") + CountOf(*receipt, "duplicate") +
               CountOf(*receipt, "rejected") + CountOf(*receipt, "dropped") +
               CountOf(*receipt, "ignored");
    return kExitOk;
  }

  void Progress(const std::string& name, uint64_t size) {
    if (!session_.terminal().err_is_tty || size == 0) return;
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began_;
    const uint64_t records = totals_.accepted + totals_.duplicate + totals_.rejected;
    const double rate = static_cast<double>(totals_.bytes) / std::max(took.count(), 0.001);
    const uint64_t left = size > totals_.bytes ? size - totals_.bytes : 0;
    session_.err() << "\r" << Fit(Neutralise(name), 30) << "  " << ShortCount(totals_.bytes)
                   << "B of " << ShortCount(size) << "B  "
                   << ShortCount(static_cast<uint64_t>(static_cast<double>(records) /
                                                       std::max(took.count(), 0.001)))
                   << " records/s  " << static_cast<int64_t>(static_cast<double>(left) / rate)
                   << " s left   " << (left == 0 ? "\n" : "") << std::flush;
  }

  Session& session_;
  Totals totals_;
  bool patient_ = false;  // a stream cannot be sent again: wait for a busy hub however long
  uint64_t before_ = 0;   // records of the file at hand that were sent
  const std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
};

}  // namespace

std::string RenderReceipt(const JsonElement& answer, const Style& style) {
  std::string out = style.Paint(std::to_string(CountOf(answer, "accepted")), Ink::kBold) +
                    " accepted, " + std::to_string(CountOf(answer, "duplicate")) +
                    " known already, " + std::to_string(CountOf(answer, "rejected")) + " refused";
  if (const uint64_t dropped = CountOf(answer, "dropped"); dropped > 0)
    out += ", " + std::to_string(dropped) + " left out by the source's rules";
  if (const uint64_t ignored = CountOf(answer, "ignored"); ignored > 0)
    out += ", " + std::to_string(ignored) + " without an event";
  out += ".\n";
  for (const JsonElement& notice : Rows(answer, "notices")) {
    std::string_view text;
    if (notice.get(text) == simdjson::SUCCESS) out += "note: " + Neutralise(text) + "\n";
  }
  Table table({{.header = "FILE", .min_width = 8},
               {.header = "RECORD", .align = Align::kRight},
               {.header = "REASON"},
               {.header = "FIELD", .min_width = 6},
               {.header = "MESSAGE", .min_width = 24}});
  for (const JsonElement& error : Rows(answer, "errors"))
    table.Row()
        .Cell(Text(error, "file"))
        .Cell(std::to_string(CountOf(error, "record")))
        .Cell(Text(error, "reason"))
        .Cell(Text(error, "field"))
        .Cell(Text(error, "message"));
  return table.empty() ? out : out + table.Render(style);
}

int RunIngest(Session& session) {
  if (session.options().follow) return RunFollow(session);
  Sender sender(session);
  for (const std::string& target : session.options().targets)
    if (const int code = sender.Path(target); code != kExitOk) return code;
  const int code = session.Show(sender.Answer(), "errors", RenderReceipt);
  return sender.AllRefused() ? kExitRuntime : code;
}

}  // namespace srehub::cli
