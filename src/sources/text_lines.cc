#include "sources/text_lines.h"

#include <algorithm>
#include <array>
#include <deque>
#include <map>
#include <optional>
#include <utility>

#include "base/json_reader.h"
#include "base/json_writer.h"
#include "base/text.h"
#include "sources/file_name.h"
#include "sources/line_time.h"
#include "sources/record.h"
#include "sources/stack_joiner.h"
#include "sources/syslog.h"

namespace srehub::sources {
namespace {

using model::RefusalReason;

// The next line without its break; false at the end.
bool TakeLine(std::string_view* rest, std::string_view* line) {
  if (rest->empty()) return false;
  const size_t end = std::min(rest->find('\n'), rest->size());
  *line = rest->substr(0, end);
  rest->remove_prefix(std::min(end + 1, rest->size()));
  if (line->ends_with('\r')) line->remove_suffix(1);
  return true;
}

void RefuseTooLarge(FlatRecords* out, std::string_view raw) {
  out->Refuse(RefusalReason::kTooLarge, {},
              "the line has " + std::to_string(raw.size()) + " bytes; at most " +
                  std::to_string(limits::kMaxRecordBytes) + " are taken",
              raw);
}

// One line as its carrier wrapped it.
struct Line {
  std::string_view raw;     // in the body
  std::string_view stream;  // "stdout", "stderr", or empty
  std::optional<Instant> time;
  std::string text;      // without the wrapper
  bool partial = false;  // its rest is in the next line of the stream
  std::string attrs;     // Docker's, as JSON
};

// 2025-08-26T14:01:12.345678901Z stderr F text
bool ReadCri(std::string_view raw, Line* line) {
  if (raw.size() < 20 || raw[4] != '-' || raw[10] != 'T') return false;
  const size_t space = raw.find(' ');
  if (space == std::string_view::npos) return false;
  std::string_view rest = raw.substr(space + 1);
  static constexpr std::array<std::string_view, 2> kStreams = {"stdout", "stderr"};
  const auto stream = std::ranges::find_if(kStreams, [&](std::string_view name) {
    return rest.starts_with(name) && rest.substr(name.size()).starts_with(' ');
  });
  if (stream == kStreams.end()) return false;
  rest.remove_prefix(stream->size() + 1);
  const size_t end = std::min(rest.find(' '), rest.size());
  const std::string_view tags = rest.substr(0, end);
  const std::string_view tag = tags.substr(0, tags.find(':'));
  if (tag != "P" && tag != "F") return false;
  const auto time = ParseRfc3339(raw.substr(0, space));
  if (!time) return false;
  line->time = *time;
  line->stream = *stream;
  line->partial = tag == "P";
  line->text = rest.substr(std::min(end + 1, rest.size()));
  return true;
}

// {"log":"text\n","stream":"stderr","attrs":{…},"time":"2025-08-26T14:01:12.345678901Z"}
bool ReadDocker(std::string_view raw, JsonReader* reader, Line* line) {
  if (!raw.starts_with("{\"log\":")) return false;
  const auto root = reader->Parse(raw);
  if (!root || !root->is_object()) return false;
  const auto log = FindString(*root, "log"), time = FindString(*root, "time");
  const auto stream = FindString(*root, "stream");
  if (!log || !time || !stream) return false;
  for (const auto field : JsonObject(root->get_object().value_unsafe())) {
    if (field.key != "log" && field.key != "time" && field.key != "stream" &&
        field.key != "attrs") {
      return false;  // not Docker's own: some collector's record
    }
  }
  const auto at = ParseRfc3339(*time);
  if (!at) return false;
  line->time = *at;
  line->stream = *stream == "stderr" ? "stderr" : "stdout";
  line->text = *log;
  line->partial = !line->text.ends_with('\n');
  while (line->text.ends_with('\n') || line->text.ends_with('\r')) line->text.pop_back();
  if (const auto attrs = Find(*root, "attrs")) line->attrs = ToJson(*attrs);
  return true;
}

// A record while its lines come in.
struct Open {
  Line line;            // the first one; its text takes the others
  std::string own_raw;  // the bytes of all its lines, if they are several
  bool partial = false;
  size_t order = 0;  // position of its first line
};

class TextFlattener {
 public:
  explicit TextFlattener(const model::Delivery& delivery)
      : delivery_(delivery),
        service_(delivery.Header("x-srehub-service")),
        file_(FileOf(delivery)) {}

  FlatRecords Run() {
    ReadLines();
    for (auto& [name, stream] : streams_) Join(name, &stream);
    std::ranges::sort(done_, {}, &Open::order);
    for (Open& record : done_) Emit(record);
    return std::move(out_);
  }

 private:
  using Stream = std::vector<Open>;  // its lines, split ones put together

  static FileName FileOf(const model::Delivery& delivery) {
    std::string path;
    if (!PercentDecode(delivery.Header("x-srehub-file"), &path)) return {};
    return ReadFileName(path);
  }

  void ReadLines() {
    std::string_view rest = delivery_.body, raw;
    while (TakeLine(&rest, &raw)) {
      if (++lines_ > kMaxLines) return out_.MarkTooMany();
      Open open;
      open.order = lines_;
      Line& line = open.line;
      line.raw = raw;
      if (!ReadCri(raw, &line) && !ReadDocker(raw, &reader_, &line)) line.text = raw;
      open.partial = line.partial;
      Stream& stream = streams_[line.stream];
      if (!stream.empty() && stream.back().partial &&
          stream.back().line.text.size() + line.text.size() <= limits::kMaxRecordBytes) {
        Append(&stream.back(), line, "");
        stream.back().partial = line.partial;
      } else {
        stream.push_back(std::move(open));
      }
    }
  }

  static void Append(Open* to, const Line& line, std::string_view between) {
    if (to->own_raw.empty()) to->own_raw = to->line.raw;
    to->own_raw.append("\n").append(line.raw);
    to->line.text.append(between).append(line.text);
  }

  void Join(std::string_view name, Stream* stream) {
    StackJoiner joiner(delivery_.received);
    std::optional<Open> open;
    for (size_t i = 0; i < stream->size(); ++i) {
      Open& line = (*stream)[i];
      const std::string_view next =
          i + 1 < stream->size() ? std::string_view((*stream)[i + 1].line.text) : "";
      if (joiner.Continues(line.line.text, next) && open) {
        if (open->own_raw.empty()) open->own_raw = open->line.raw;
        open->own_raw.append("\n").append(line.own_raw.empty() ? line.line.raw : line.own_raw);
        open->line.text.append("\n").append(line.line.text);
        continue;
      }
      if (open) done_.push_back(*std::move(open));
      open = std::move(line);
      open->line.stream = name;
    }
    if (open) done_.push_back(*std::move(open));
  }

  void Emit(Open& record) {
    std::string& text = record.line.text;
    while (!text.empty() && (text.back() == '\n' || text.back() == '\r' || text.back() == ' ')) {
      text.pop_back();
    }
    if (TrimAscii(text).empty()) return;
    const std::string_view raw = record.line.raw;
    if (text.size() > limits::kMaxRecordBytes) return RefuseTooLarge(&out_, raw);
    JsonWriter json;
    json.BeginObject();
    if (record.line.time) json.Field("timestamp", *record.line.time);
    json.FieldIf("stream", record.line.stream);
    if (!record.line.attrs.empty()) json.FieldRaw("attrs", record.line.attrs);
    json.FieldIf("service", service_.empty() ? file_.service : service_);
    if (!file_.pod.empty()) {
      json.Field("pod", file_.pod).Field("namespace", file_.namespace_);
      json.Field("container", file_.container);
    }
    json.Field("line", text).EndObject();
    const bool several = !record.own_raw.empty();
    out_.Add(json.Take(), several ? std::string_view() : raw, std::move(record.own_raw));
  }

  // A record may have many lines, so there may be more of them.
  static constexpr size_t kMaxLines = 4 * limits::kMaxRecordsPerDelivery;

  const model::Delivery& delivery_;
  const std::string_view service_;
  const FileName file_;
  JsonReader reader_;
  std::map<std::string_view, Stream> streams_;
  std::vector<Open> done_;
  size_t lines_ = 0;
  FlatRecords out_;
};

}  // namespace

FlatRecords FlattenSyslog(const model::Delivery& delivery) {
  FlatRecords out;
  std::string_view rest = delivery.body, line;
  while (!out.full() && TakeLine(&rest, &line)) {
    if (TrimAscii(line).empty()) continue;
    if (line.size() > limits::kMaxRecordBytes) {
      RefuseTooLarge(&out, line);
      continue;
    }
    auto json = SyslogAsJson(line, delivery.received);
    if (json) {
      out.Add(*std::move(json), line);
    } else {
      const bool time = json.error().code == ErrorCode::kInvalidArgument;
      out.Refuse(time ? RefusalReason::kBadTime : RefusalReason::kMalformed, {},
                 std::move(json.error().message), line);
    }
  }
  return out;
}

FlatRecords FlattenText(const model::Delivery& delivery) { return TextFlattener(delivery).Run(); }

std::optional<model::Format> FormatOfText(std::string_view body) {
  using model::Format;
  const size_t begin = body.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos) return std::nullopt;
  std::string_view rest = body.substr(begin), line;
  TakeLine(&rest, &line);
  if (line.front() == '{') {
    JsonReader reader;
    Line docker;
    if (ReadDocker(line, &reader, &docker)) return Format::kText;
    return std::nullopt;
  }
  if (line.front() == '<') {
    const size_t digits = line.find_first_not_of("0123456789", 1);
    const bool priority =
        digits > 1 && digits <= 4 && digits != std::string_view::npos && line[digits] == '>';
    return priority ? Format::kSyslog : Format::kText;
  }
  if (line.starts_with("payload=")) return std::nullopt;  // GitHub's form
  if (line.front() != '[') return Format::kText;
  // "[2025-08-26 14:01:12] …" is text; "[{", "[" and "[]" begin arrays.
  const size_t inside = line.find_first_not_of(" \t", 1);
  const bool array = inside == std::string_view::npos ||
                     std::string_view("{[]\"").find(line[inside]) != std::string_view::npos;
  if (array) return std::nullopt;
  return Format::kText;
}

}  // namespace srehub::sources
