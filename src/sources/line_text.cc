#include "sources/line_text.h"

#include <algorithm>
#include <array>
#include <optional>

#include "base/json_writer.h"
#include "base/text.h"
#include "sources/line_time.h"
#include "sources/logfmt.h"

namespace srehub::sources {
namespace {

constexpr std::array<std::string_view, 23> kLevels = {
    "TRACE", "DEBUG", "DBG",         "FINE",  "FINER",    "FINEST", "CONFIG",   "VERBOSE",
    "INFO",  "INF",   "INFORMATION", "LOG",   "NOTICE",   "WARN",   "WARNING",  "WRN",
    "ERROR", "ERR",   "SEVERE",      "FATAL", "CRITICAL", "PANIC",  "EMERGENCY"};
// How many words may stand between a time and the level behind it: a thread, a logger, a process.
constexpr size_t kMaxWordsBeforeLevel = 5;
constexpr size_t kMaxContextBytes = 256;
constexpr std::string_view kBlanks = " \t";

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsUpper(char c) { return c >= 'A' && c <= 'Z'; }
bool IsLower(char c) { return c >= 'a' && c <= 'z'; }

// Lower and mixed case only where something else says that it is a level.
std::optional<std::string_view> LevelWord(std::string_view word, bool any_case) {
  if (!any_case && !std::ranges::all_of(word, IsUpper)) return std::nullopt;
  // "nginx" and Apache: "core:error".
  if (const size_t colon = word.rfind(':'); any_case && colon != std::string_view::npos) {
    word.remove_prefix(colon + 1);
  }
  for (std::string_view level : kLevels) {
    if (EqualsIgnoreCase(word, level)) return word;
  }
  return std::nullopt;
}

std::string_view SkipBlanks(std::string_view text) {
  return text.substr(std::min(text.find_first_not_of(kBlanks), text.size()));
}

// Separators between the head and the message.
std::string_view SkipSeparators(std::string_view text) {
  for (;;) {
    text = SkipBlanks(text);
    if (text.starts_with(": ") || text.starts_with("- ") || text.starts_with("| ")) {
      text.remove_prefix(2);
    } else if (text == ":" || text == "-" || text == "|") {
      return {};
    } else {
      return text;
    }
  }
}

struct Level {
  std::string_view word;
  std::string_view rest;
};

// Whether a bare word that is not in upper case may be a level: "error: …", and behind a time what
// stands in a column of its own. "Error: …" at the start of a line is an exception.
bool MayBeLower(std::string_view word, std::string_view behind, bool after_time) {
  if (behind.starts_with(':')) return after_time || std::ranges::all_of(word, IsLower);
  return after_time && (behind.starts_with('\t') || behind.starts_with("  ") ||
                        behind.starts_with(" |") || behind.starts_with(" - "));
}

// The level that `text` begins with: "ERROR", "[error]", "<warn>", "ERROR:", "|INFO|".
std::optional<Level> LevelAtStart(std::string_view text, bool after_time) {
  static constexpr std::string_view kOpen = "[(<|", kClose = "])>|";
  const size_t bracket = text.empty() ? std::string_view::npos : kOpen.find(text.front());
  if (bracket != std::string_view::npos) {
    const size_t close = text.find(kClose[bracket], 1);
    if (close == std::string_view::npos) return std::nullopt;
    const auto word = LevelWord(TrimAscii(text.substr(1, close - 1)), true);
    if (!word) return std::nullopt;
    return Level{*word, text.substr(close + 1)};
  }
  const size_t end = std::min(text.find_first_of(" \t:]|,"), text.size());
  const bool any_case = MayBeLower(text.substr(0, end), text.substr(end), after_time);
  const auto word = LevelWord(text.substr(0, end), any_case);
  if (!word || word->size() != end) return std::nullopt;
  return Level{*word, text.substr(end)};
}

class HeadReader {
 public:
  HeadReader(std::string_view line, Instant received) : rest_(line), received_(received) {}

  bool Run() {
    rest_ = SkipBlanks(rest_);
    const auto before = LevelAtStart(rest_, false);
    if (before) {
      level_ = before->word;
      // Go's own words, by which its crashes are known.
      if (level_ == "panic") return true;
      rest_ = SkipSeparators(before->rest);
      // Python's default: LEVEL:logger:message.
      if (rest_.starts_with(':')) rest_ = TakeLogger(rest_);
    }
    ReadTime();
    if (time_ && level_.empty()) FindLevel();
    if (!time_ && level_.empty()) return false;
    rest_ = SkipSeparators(rest_);
    return !rest_.empty();
  }

  std::string Json(std::string_view following) const {
    JsonWriter json;
    json.BeginObject();
    if (time_) json.Field("timestamp", *time_);
    json.FieldIf("level", level_).FieldIf("logger", logger_).FieldIf("context", context_);
    return json.Field("message", std::string(rest_) + std::string(following)).EndObject().Take();
  }

 private:
  std::string_view TakeLogger(std::string_view text) {
    const size_t end = text.find(':', 1);
    if (end == std::string_view::npos || text.substr(0, end).find(' ') != std::string_view::npos) {
      return text;
    }
    logger_ = text.substr(1, end - 1);
    return text.substr(end + 1);
  }

  // TIME, or TIME in brackets with something behind it: "[2025-08-26T14:01:12Z ERROR app::db]".
  void ReadTime() {
    const bool bracket = rest_.starts_with('[');
    const auto time = TimeAtStart(rest_.substr(bracket ? 1 : 0), received_);
    if (!time) return;
    std::string_view behind = rest_.substr((bracket ? 1 : 0) + time->length);
    if (!behind.empty() &&
        std::string_view(" \t]:|,").find(behind.front()) == std::string_view::npos) {
      return;
    }
    time_ = time->time;
    if (bracket && behind.starts_with(']')) behind.remove_prefix(1);
    else if (bracket) in_bracket_ = true;
    rest_ = SkipSeparators(behind);
    if (in_bracket_) ReadBracketRest();
  }

  void ReadBracketRest() {
    const size_t close = rest_.find(']');
    if (close == std::string_view::npos) return;
    std::string_view inside = TrimAscii(rest_.substr(0, close));
    if (const auto level = LevelAtStart(inside, true)) {
      level_ = level->word;
      inside = TrimAscii(level->rest);
    }
    logger_ = inside;
    rest_ = rest_.substr(close + 1);
  }

  void FindLevel() {
    std::string_view at = rest_;
    for (size_t words = 0; words <= kMaxWordsBeforeLevel && !at.empty(); ++words) {
      // Lower case right behind the time is a level; further on it is a word of the message.
      if (const auto level = LevelAtStart(at, words == 0)) {
        level_ = level->word;
        const std::string_view between = rest_.substr(0, rest_.size() - at.size());
        if (between.size() > kMaxContextBytes) return;
        context_ = TrimSeparators(between);
        rest_ = level->rest;
        return;
      }
      const char open = at.front();
      const size_t close = open == '[' ? at.find(']') : open == '(' ? at.find(')') : 0;
      if (close == std::string_view::npos) return;
      const size_t end = std::min(at.find_first_of(kBlanks, close), at.size());
      at = SkipBlanks(at.substr(end));
      if (static_cast<size_t>(at.data() - rest_.data()) > kMaxContextBytes) return;
    }
    level_ = {};
  }

  static std::string_view TrimSeparators(std::string_view text) {
    static constexpr std::string_view kSeparators = " \t-|:,";
    const size_t begin = text.find_first_not_of(kSeparators);
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(kSeparators) - begin + 1);
  }

  std::string_view rest_;
  Instant received_;
  std::optional<Instant> time_;
  std::string_view level_, logger_, context_;
  bool in_bracket_ = false;
};

// E0826 14:01:12.345678    1234 main.go:7] message
std::optional<std::string> Klog(std::string_view line, std::string_view following,
                                Instant received) {
  static constexpr std::string_view kLetters = "IWEF";
  static constexpr std::array<std::string_view, 4> kWords = {"info", "warning", "error", "fatal"};
  if (line.size() < 22 || line[5] != ' ') return std::nullopt;
  const size_t letter = kLetters.find(line.front());
  if (letter == std::string_view::npos) return std::nullopt;
  for (size_t i = 1; i < 5; ++i)
    if (!IsDigit(line[i])) return std::nullopt;
  // Its time of day is read as that of any day.
  const std::string stamp = "1970-01-01 " + std::string(line.substr(6, 15));
  const auto clock = TimeAtStart(stamp, received);
  const size_t close = line.find("] ");
  if (!clock || clock->length != stamp.size() || close == std::string_view::npos) {
    return std::nullopt;
  }
  const auto number = [&](size_t at) {
    return static_cast<unsigned>((line[at] - '0') * 10 + (line[at + 1] - '0'));
  };
  const auto time = NearestYear(number(1), number(3), clock->time.time_since_epoch(), received);
  if (!time) return std::nullopt;
  JsonWriter json;
  json.BeginObject().Field("timestamp", *time).Field("level", kWords[letter]);
  json.FieldIf("context", TrimAscii(line.substr(21, close - 21)));
  json.Field("message", std::string(line.substr(close + 2)) + std::string(following));
  return json.EndObject().Take();
}

// host ident user [time] "request" status bytes …
std::optional<std::string> AccessLine(std::string_view line, std::string_view following,
                                      Instant received) {
  const size_t open = line.find(" [");
  if (open == std::string_view::npos || open > kMaxContextBytes) return std::nullopt;
  const std::string_view who = line.substr(0, open);
  if (std::ranges::count(who, ' ') != 2) return std::nullopt;
  const auto time = TimeAtStart(line.substr(open + 2), received);
  if (!time) return std::nullopt;
  const std::string_view behind = line.substr(open + 2 + time->length);
  if (!behind.starts_with("] \"")) return std::nullopt;
  const size_t quote = behind.find("\" ", 3);
  if (quote == std::string_view::npos || quote + 5 > behind.size()) return std::nullopt;
  const std::string_view status = behind.substr(quote + 2, 3);
  if (!std::ranges::all_of(status, IsDigit)) return std::nullopt;
  JsonWriter json;
  json.BeginObject().Field("timestamp", time->time).Field("status", status);
  json.Field("client", who);
  json.Field("message", std::string(behind.substr(2)) + std::string(following));
  return json.EndObject().Take();
}

}  // namespace

LineText ReadLineText(std::string_view text, Instant received) {
  const size_t end = std::min(text.find('\n'), text.size());
  std::string_view line = text.substr(0, end);
  if (line.ends_with('\r')) line.remove_suffix(1);
  const std::string_view following = text.substr(end);
  if (TrimAscii(following).empty()) {
    if (auto fields = LogfmtAsJson(line)) return {LineShape::kFields, *std::move(fields)};
  }
  if (auto klog = Klog(line, following, received)) return {LineShape::kHead, *std::move(klog)};
  if (auto access = AccessLine(line, following, received)) {
    return {LineShape::kHead, *std::move(access)};
  }
  HeadReader head(line, received);
  if (head.Run()) return {LineShape::kHead, head.Json(following)};
  return {};
}

bool BeginsRecord(std::string_view line, Instant received) {
  if (line.empty() || line.front() == ' ' || line.front() == '\t') return false;
  return ReadLineText(line, received).shape != LineShape::kPlain;
}

}  // namespace srehub::sources
