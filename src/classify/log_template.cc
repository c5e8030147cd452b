#include "classify/log_template.h"

#include "base/hash.h"
#include "base/text.h"
#include "classify/log_line_reader.h"
#include "classify/names.h"

namespace srehub::classify {
namespace {

constexpr size_t kNameWords = 4;       // constant words in an event type
constexpr size_t kNameWordBytes = 20;  // of each
constexpr size_t kNameDigits = 6;      // of the id

// A part that is cut in the middle could lose what makes it a variable, so the cut is at a blank.
std::string_view FirstLine(std::string_view message) {
  const std::string_view line = FirstLineOf(message);
  if (line.size() <= kMaxTemplateBytes) return line;
  const std::string_view cut = TruncateUtf8(line, kMaxTemplateBytes);
  const size_t blank = cut.rfind(' ');
  return blank == std::string_view::npos ? cut : cut.substr(0, blank);
}

// The word in CamelCase; false when it holds nothing to read.
bool AppendName(std::string_view word, std::string* out) {
  bool start = true, letter = false;
  for (char c : TruncateUtf8(word, kNameWordBytes)) {
    if (!IsWordByte(c)) {
      start = true;
      continue;
    }
    letter = true;  // a constant word holds no digit
    *out += start && c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    start = false;
  }
  return letter;
}

}  // namespace

LogTemplate MineTemplate(std::string_view message, std::string_view level,
                         std::string_view logger) {
  static constexpr char kEnd = '\x1f';  // cannot be part of a word that is compared
  const std::string_view line = FirstLine(message);
  std::string key;
  key.reserve(level.size() + logger.size() + line.size() + 8);
  key.append(ToLowerAscii(level)).append(1, kEnd).append(logger).append(1, kEnd);
  LogTemplate result;
  result.event_type.reserve(3 + kNameWords * kNameWordBytes + kNameDigits);
  result.event_type = "Log";
  size_t named = 0;
  std::string_view previous;
  LogLineReader reader(line);
  for (LinePart part = reader.Next(); part != LinePart::kNone; part = reader.Next()) {
    if (part != LinePart::kWord) continue;
    const std::string_view word = reader.text();
    // A list of like things is one, however long: "node-1 ok node-2 ok".
    if (word == previous) continue;
    previous = word;
    key.append(word) += ' ';
    if (named < kNameWords && AppendName(word, &result.event_type)) ++named;
  }
  result.id = Hash64(key);
  result.event_type.append(Hex64(result.id), 0, kNameDigits);
  return result;
}

std::string MaskLine(std::string_view message) {
  std::string out;
  LinePart before = LinePart::kNone;
  LogLineReader reader(FirstLine(message));
  for (LinePart part = reader.Next(); part != LinePart::kNone; part = reader.Next()) {
    if (part != LinePart::kVariable || before != LinePart::kVariable) {
      if (!out.empty()) out += ' ';
      out += part == LinePart::kVariable ? std::string_view("<*>") : reader.text();
    }
    before = part;
  }
  return out;
}

}  // namespace srehub::classify
