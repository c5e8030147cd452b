#include "classify/log_line_reader.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace srehub::classify {
namespace {

// What a byte is to the reader; bits of one table, so that a word is scanned in one loop.
enum ByteKind : uint8_t { kSeparator = 1, kDigit = 2, kDot = 4 };

constexpr std::array<uint8_t, 256> MakeByteKinds() {
  std::array<uint8_t, 256> kinds{};
  for (char c : std::string_view(" \t\r\n\v\f=,:;()[]{}\"'|<>*@#/\\")) {
    kinds[static_cast<unsigned char>(c)] = kSeparator;
  }
  for (char c = '0'; c <= '9'; ++c) kinds[static_cast<unsigned char>(c)] = kDigit;
  kinds[static_cast<unsigned char>('.')] = kDot;
  return kinds;
}
constexpr std::array<uint8_t, 256> kByteKinds = MakeByteKinds();
uint8_t KindOf(char c) { return kByteKinds[static_cast<unsigned char>(c)]; }
bool IsSeparator(char c) { return (KindOf(c) & kSeparator) != 0; }
bool IsDigit(char c) { return (KindOf(c) & kDigit) != 0; }
constexpr char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// A small fixed set of words. Most words of a line are in none, and fail on first letter and
// length alone.
template <size_t N>
class WordSet {
 public:
  constexpr explicit WordSet(const std::array<std::string_view, N>& words, bool fold_case)
      : words_(words), fold_case_(fold_case) {
    for (std::string_view word : words) lengths_[SlotOf(word[0])] |= 1u << word.size();
  }
  bool Has(std::string_view word) const {
    if (word.empty() || word.size() >= 32) return false;
    if ((lengths_[SlotOf(word[0])] >> word.size() & 1u) == 0) return false;
    return std::any_of(words_.begin(), words_.end(),
                       [&](std::string_view candidate) { return Equal(candidate, word); });
  }

 private:
  // Letters of both cases share a slot.
  static constexpr size_t SlotOf(char c) { return static_cast<unsigned char>(c) & 31u; }
  bool Equal(std::string_view candidate, std::string_view word) const {
    if (candidate.size() != word.size()) return false;
    if (!fold_case_) return candidate == word;
    return std::equal(word.begin(), word.end(), candidate.begin(),
                      [](char a, char b) { return Lower(a) == b; });
  }

  std::array<std::string_view, N> words_;
  bool fold_case_;
  std::array<uint32_t, 32> lengths_{};
};

// The word after one of these is a name.
constexpr WordSet kNameFollows(
    std::to_array<std::string_view>({"addr", "address", "client",   "dest",    "dst",   "file",
                                     "from", "host",    "hostname", "id",      "ip",    "name",
                                     "node", "path",    "peer",     "port",    "rhost", "src",
                                     "to",   "uid",     "user",     "username"}),
    true);
// … unless it is one of these, which belong to the sentence.
constexpr WordSet kNeverNames(
    std::to_array<std::string_view>({"a",    "all",  "already", "an",   "and",   "any", "as",
                                     "at",   "be",   "by",      "can",  "could", "did", "does",
                                     "for",  "from", "had",     "has",  "have",  "in",  "is",
                                     "it",   "name", "no",      "not",  "now",   "of",  "on",
                                     "or",   "than", "that",    "the",  "this",  "to",  "was",
                                     "were", "when", "which",   "will", "with"}),
    true);
// "to" after one of these is followed by a verb: "failed to connect" is not "failed to parse".
constexpr WordSet kTakesVerb(
    std::to_array<std::string_view>({"able",    "about", "attempt", "attempted", "attempting",
                                     "due",     "fail",  "failed",  "failing",   "fails",
                                     "failure", "going", "need",    "needs",     "ready",
                                     "refused", "tried", "try",     "trying",    "unable"}),
    true);
constexpr WordSet kUnits(std::to_array<std::string_view>(
                             {"AM",     "B",       "CEST",    "CET",   "EDT",  "EST", "GB",  "GHz",
                              "GMT",    "GiB",     "KB",      "KiB",   "MB",   "MHz", "MiB", "PDT",
                              "PM",     "PST",     "TB",      "TiB",   "UTC",  "Z",   "am",  "b",
                              "byte",   "bytes",   "d",       "day",   "days", "gb",  "h",   "hour",
                              "hours",  "hr",      "hrs",     "kB",    "kb",   "m",   "mb",  "min",
                              "mins",   "minute",  "minutes", "ms",    "ns",   "pm",  "s",   "sec",
                              "second", "seconds", "secs",    "times", "us"}),
                         false);
constexpr WordSet kCalendar(std::to_array<std::string_view>({"Apr", "Aug", "Dec", "Feb", "Fri",
                                                             "Jan", "Jul", "Jun", "Mar", "May",
                                                             "Mon", "Nov", "Oct", "Sat", "Sep",
                                                             "Sun", "Thu", "Tue", "Wed"}),
                            false);

// NEW, RUNNING, CONTAINER_CLEANUP: a state or a constant, not somebody's name.
bool IsAllCapitals(std::string_view word) {
  return word.size() > 1 && std::all_of(word.begin(), word.end(),
                                        [](char c) { return (c >= 'A' && c <= 'Z') || c == '_'; });
}

}  // namespace

LinePart LogLineReader::Next() {
  while (position_ < line_.size()) {
    start_ = position_;
    const char c = line_[position_];
    if (c == '/' || c == '\\') {
      if (const size_t end = PathEnd(position_)) return Variable(end);
    }
    if ((KindOf(c) & (kSeparator | kDot)) == 0) return Word();
    ++position_;
  }
  return LinePart::kNone;
}

LinePart LogLineReader::Variable(size_t end) {
  end_ = position_ = end;
  previous_ = {};
  name_follows_ = infinitive_follows_ = previous_takes_verb_ = false;
  after_variable_ = true;
  return LinePart::kVariable;
}

LinePart LogLineReader::Word() {
  size_t end = position_;
  uint8_t kinds = 0;
  size_t dots = 0;
  for (; end < line_.size(); ++end) {
    const uint8_t kind = KindOf(line_[end]);
    if ((kind & kSeparator) != 0) break;
    if ((kind & kDot) != 0) {
      // Two dots in a row fill a line up, they do not join names.
      if (end + 1 < line_.size() && line_[end + 1] == '.') break;
      ++dots;
    }
    kinds |= kind;
  }
  const char next = end < line_.size() ? line_[end] : ' ';
  if (next == ':' && line_.substr(end).starts_with("://")) return Variable(UrlEnd(end));
  if (next == '/') {
    if (const size_t path_end = PathEnd(end)) return Variable(path_end);
  }
  size_t trimmed = end;  // a full stop ends a sentence, not a name
  if (line_[trimmed - 1] == '.') {
    --trimmed;
    --dots;
  }
  const std::string_view word = line_.substr(position_, trimmed - position_);
  if ((kinds & kDigit) != 0 || dots >= 2 || (dots == 1 && next == ':' && IsPort(end + 1)) ||
      (name_follows_ && IsName(word)) || (after_variable_ && IsUnit(word)) ||
      IsCalendar(word, end)) {
    return Variable(end);
  }
  infinitive_follows_ = previous_takes_verb_;
  previous_takes_verb_ = kTakesVerb.Has(word);
  previous_ = word;
  // "rhost= user=x": the host is empty, and `user` is no name.
  const bool empty_value = next == '=' && end + 1 < line_.size() && line_[end + 1] == ' ';
  name_follows_ = !empty_value && kNameFollows.Has(word);
  after_variable_ = false;
  end_ = trimmed;
  position_ = end;
  return LinePart::kWord;
}

bool LogLineReader::IsName(std::string_view word) const {
  if (kNeverNames.Has(word)) return false;
  const bool to = EqualsIgnoreCase(previous_, "to");
  if (to && infinitive_follows_) return false;
  return !((to || EqualsIgnoreCase(previous_, "from")) && IsAllCapitals(word));
}

bool LogLineReader::IsUnit(std::string_view word) const { return kUnits.Has(word); }

bool LogLineReader::IsCalendar(std::string_view word, size_t end) const {
  if (word.size() != 3 || !kCalendar.Has(word)) return false;
  while (end < line_.size() && (line_[end] == ' ' || line_[end] == '\t')) ++end;
  return after_variable_ || (end < line_.size() && IsDigit(line_[end]));
}

// "/a/b…" from its first slash: the end when it has two parts or more, else 0.
size_t LogLineReader::PathEnd(size_t at) const {
  const char slash = line_[at];
  size_t parts = 0;
  while (at < line_.size() && line_[at] == slash) {
    size_t begin = at;
    while (begin < line_.size() && line_[begin] == slash) ++begin;  // "a//b" is "a/b"
    size_t end = begin;
    while (end < line_.size() && !IsSeparator(line_[end])) ++end;
    if (end == begin) break;
    ++parts;
    at = end;
  }
  if (parts < 2) return 0;
  return at < line_.size() && line_[at] == slash ? at + 1 : at;
}

size_t LogLineReader::UrlEnd(size_t at) const {
  const size_t end = line_.find_first_of(" \t\"'<>()[]{}|,;", at);
  return end == std::string_view::npos ? line_.size() : end;
}

bool LogLineReader::IsPort(size_t at) const { return at < line_.size() && IsDigit(line_[at]); }

}  // namespace srehub::classify
