#include "classify/log_template.h"

#include <algorithm>
#include <array>

#include "base/hash.h"
#include "base/text.h"
#include "classify/names.h"

namespace srehub::classify {
namespace {

constexpr std::string_view kSeparators = " \t\r\n\v\f=,:;()[]{}\"'|<>*@#/\\";
constexpr size_t kNameWords = 4;       // constant words in an event type
constexpr size_t kNameWordBytes = 20;  // of each

constexpr std::array<bool, 256> MakeSeparatorTable() {
  std::array<bool, 256> table{};
  for (char c : kSeparators) table[static_cast<unsigned char>(c)] = true;
  return table;
}
constexpr std::array<bool, 256> kIsSeparator = MakeSeparatorTable();
bool IsSeparator(char c) { return kIsSeparator[static_cast<unsigned char>(c)]; }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsBlank(char c) { return c == ' ' || c == '\t'; }

template <size_t N>
bool OneOf(std::string_view word, const std::array<std::string_view, N>& sorted) {
  return std::binary_search(sorted.begin(), sorted.end(), word);
}

// The word after one of these is a name.
constexpr std::array<std::string_view, 22> kNameFollows = {
    "addr",     "address", "client", "dest", "dst",  "file",    "from", "host",
    "hostname", "id",      "ip",     "name", "node", "path",    "peer", "port",
    "rhost",    "src",     "to",     "uid",  "user", "username"};
// … unless it is one of these: they belong to the sentence.
constexpr std::array<std::string_view, 17> kNeverNames = {
    "a",  "all", "an",  "and", "any",  "be",  "for",  "in",     "is",
    "it", "not", "now", "of",  "that", "the", "this", "unknown"};
// "to" after one of these is followed by a verb: "failed to connect" is not "failed to parse".
constexpr std::array<std::string_view, 20> kInfinitiveFollows = {
    "able",   "about",   "attempt", "attempted", "attempting", "due",   "fail",
    "failed", "failing", "fails",   "failure",   "going",      "need",  "needs",
    "ready",  "refused", "tried",   "try",       "trying",     "unable"};
constexpr std::array<std::string_view, 40> kUnits = {
    "B",       "GB", "GHz",  "GiB",   "KB",  "KiB",    "MB",      "MHz",  "MiB",   "TB",
    "TiB",     "b",  "byte", "bytes", "d",   "day",    "days",    "gb",   "h",     "hour",
    "hours",   "hr", "hrs",  "kB",    "kb",  "m",      "mb",      "min",  "mins",  "minute",
    "minutes", "ms", "ns",   "s",     "sec", "second", "seconds", "secs", "times", "us"};
constexpr std::array<std::string_view, 19> kCalendar = {
    "Apr", "Aug", "Dec", "Feb", "Fri", "Jan", "Jul", "Jun", "Mar", "May",
    "Mon", "Nov", "Oct", "Sat", "Sep", "Sun", "Thu", "Tue", "Wed"};
constexpr std::array<std::string_view, 13> kZones = {
    "AM", "CEST", "CET", "EDT", "EST", "GMT", "PDT", "PM", "PST", "UTC", "Z", "am", "pm"};

template <size_t N>
constexpr bool IsSorted(const std::array<std::string_view, N>& words) {
  return std::is_sorted(words.begin(), words.end());
}
static_assert(IsSorted(kNameFollows) && IsSorted(kNeverNames) && IsSorted(kInfinitiveFollows) &&
              IsSorted(kUnits) && IsSorted(kCalendar) && IsSorted(kZones));

enum class Part : uint8_t { kNone, kWord, kVariable };

// Reads the parts of one line in order. Variables are told from constants by their own form and by
// the word before them.
class LineReader {
 public:
  explicit LineReader(std::string_view line) : line_(line) {}

  // kNone at the end; else text() is the part.
  Part Next() {
    while (position_ < line_.size()) {
      start_ = position_;
      const char c = line_[position_];
      if (c == '/' || c == '\\') {
        if (const size_t end = PathEnd(position_)) return Variable(end);
        ++position_;
        continue;
      }
      if (IsSeparator(c) || c == '.') {
        ++position_;
        continue;
      }
      return Word();
    }
    return Part::kNone;
  }
  std::string_view text() const { return line_.substr(start_, end_ - start_); }

 private:
  Part Variable(size_t end) {
    end_ = position_ = end;
    previous_ = {};
    after_variable_ = true;
    return Part::kVariable;
  }

  Part Word() {
    size_t end = position_;
    bool digit = false;
    size_t dots = 0;
    while (end < line_.size() && !IsSeparator(line_[end])) {
      digit |= IsDigit(line_[end]);
      dots += line_[end] == '.' ? 1 : 0;
      ++end;
    }
    if (line_.substr(end).starts_with("://")) return Variable(UrlEnd(end));
    if (end < line_.size() && line_[end] == '/') {
      if (const size_t path_end = PathEnd(end)) return Variable(path_end);
    }
    size_t trimmed = end;  // a full stop or "..." ends a sentence, not a name
    while (trimmed > position_ && line_[trimmed - 1] == '.') --trimmed;
    dots -= end - trimmed;
    const std::string_view word = line_.substr(position_, trimmed - position_);
    if (digit || dots >= 2 || IsName(word) || IsClockOrUnit(word, end)) return Variable(end);
    before_previous_ = previous_;
    previous_ = word;
    after_variable_ = false;
    end_ = trimmed;
    position_ = end;
    return Part::kWord;
  }

  bool IsName(std::string_view word) const {
    if (previous_.empty() || previous_.size() > kLongestMarker) return false;
    std::array<char, kLongestMarker> lower{};
    if (!OneOf(Lower(previous_, &lower), kNameFollows)) return false;
    if (OneOf(word, kNeverNames)) return false;
    if (!EqualsIgnoreCase(previous_, "to") || before_previous_.size() > kLongestMarker) return true;
    return !OneOf(Lower(before_previous_, &lower), kInfinitiveFollows);
  }

  bool IsClockOrUnit(std::string_view word, size_t end) const {
    if (after_variable_ && (OneOf(word, kUnits) || OneOf(word, kZones))) return true;
    if (!OneOf(word, kCalendar)) return false;
    while (end < line_.size() && IsBlank(line_[end])) ++end;
    return after_variable_ || (end < line_.size() && IsDigit(line_[end]));
  }

  // "/a/b…" from its first slash: the end when it has two parts or more, else 0.
  size_t PathEnd(size_t at) const {
    const char slash = line_[at];
    size_t parts = 0;
    while (at < line_.size() && line_[at] == slash) {
      size_t end = at + 1;
      while (end < line_.size() && !IsSeparator(line_[end])) ++end;
      if (end == at + 1) break;
      ++parts;
      at = end;
    }
    if (parts < 2) return 0;
    return at < line_.size() && line_[at] == slash ? at + 1 : at;
  }

  size_t UrlEnd(size_t at) const {
    const size_t end = line_.find_first_of(" \t\"'<>()[]{}|,;", at);
    return end == std::string_view::npos ? line_.size() : end;
  }

  static constexpr size_t kLongestMarker = 10;
  static std::string_view Lower(std::string_view word, std::array<char, kLongestMarker>* buffer) {
    for (size_t i = 0; i < word.size(); ++i) {
      const char c = word[i];
      (*buffer)[i] = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    }
    return {buffer->data(), word.size()};
  }

  std::string_view line_;
  size_t position_ = 0, start_ = 0, end_ = 0;
  std::string_view previous_, before_previous_;  // constant words right before; empty: a variable
  bool after_variable_ = false;
};

std::string_view FirstLine(std::string_view message) {
  message = TrimAscii(message);
  return TruncateUtf8(message.substr(0, message.find_first_of("\r\n")), kMaxTemplateBytes);
}

bool HasLetter(std::string_view word) {
  return std::any_of(word.begin(), word.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           static_cast<unsigned char>(c) >= 0x80;
  });
}

}  // namespace

LogTemplate MineTemplate(std::string_view message, std::string_view level,
                         std::string_view logger) {
  static constexpr char kEnd = '\x1f';  // cannot be part of a word that is compared
  std::string key = ToLowerAscii(level);
  key += kEnd;
  key += logger;
  key += kEnd;
  LogTemplate result;
  result.event_type = "Log";
  size_t named = 0;
  LineReader reader(FirstLine(message));
  for (Part part = reader.Next(); part != Part::kNone; part = reader.Next()) {
    if (part != Part::kWord) continue;
    const std::string_view word = reader.text();
    key.append(word) += ' ';
    if (named == kNameWords || !HasLetter(word)) continue;
    result.event_type += CamelCase(TruncateUtf8(word, kNameWordBytes));
    ++named;
  }
  result.id = Hash64(key);
  result.event_type += Hex64(result.id).substr(0, 6);
  return result;
}

std::string MaskLine(std::string_view message) {
  std::string out;
  Part before = Part::kNone;
  LineReader reader(FirstLine(message));
  for (Part part = reader.Next(); part != Part::kNone; part = reader.Next()) {
    if (part != Part::kVariable || before != Part::kVariable) {
      if (!out.empty()) out += ' ';
      out += part == Part::kVariable ? std::string_view("<*>") : reader.text();
    }
    before = part;
  }
  return out;
}

}  // namespace srehub::classify
