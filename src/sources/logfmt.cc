#include "sources/logfmt.h"

#include <algorithm>
#include <set>
#include <vector>

#include "base/json_writer.h"
#include "base/text.h"
#include "sources/log_fields.h"
#include "sources/sender_time.h"

namespace srehub::sources {
namespace {

struct Pair {
  std::string key, value;
};

bool IsKeyChar(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '.' || c == '-' || c == '/' || c == '@' || c == '%';
}

// What a backslash and the character behind it stand for.
char Unescaped(char c) {
  switch (c) {
    case 'n': return '\n';
    case 't': return '\t';
    case 'r': return '\r';
    default: return c;
  }
}

class LineReader {
 public:
  explicit LineReader(std::string_view line) : rest_(line) {}

  // False where the line is no logfmt.
  bool Run(std::vector<Pair>* pairs, size_t* valued) {
    for (Skip(); !rest_.empty(); Skip()) {
      if (pairs->size() == kMaxLogfmtPairs) return false;
      Pair pair;
      if (!Key(&pair.key)) return false;
      if (rest_.starts_with('=')) {
        rest_.remove_prefix(1);
        if (!Value(&pair.value)) return false;
        ++*valued;
      } else {
        pair.value = "true";
      }
      if (!rest_.empty() && rest_.front() != ' ' && rest_.front() != '\t') return false;
      pairs->push_back(std::move(pair));
    }
    return true;
  }

 private:
  void Skip() {
    while (!rest_.empty() && (rest_.front() == ' ' || rest_.front() == '\t')) {
      rest_.remove_prefix(1);
    }
  }

  bool Key(std::string* key) {
    size_t end = 0;
    while (end < rest_.size() && IsKeyChar(rest_[end])) ++end;
    *key = rest_.substr(0, end);
    rest_.remove_prefix(end);
    return end > 0;
  }

  bool Value(std::string* value) {
    if (!rest_.starts_with('"')) {
      const size_t end = std::min(rest_.find_first_of(" \t"), rest_.size());
      *value = rest_.substr(0, end);
      rest_.remove_prefix(end);
      return value->find('"') == std::string::npos;
    }
    size_t at = 1;
    for (; at < rest_.size() && rest_[at] != '"'; ++at) {
      const bool escape = rest_[at] == '\\' && at + 1 < rest_.size();
      if (escape) ++at;
      *value += escape ? Unescaped(rest_[at]) : rest_[at];
    }
    if (at >= rest_.size()) return false;
    rest_.remove_prefix(at + 1);
    return true;
  }

  std::string_view rest_;
};

LogRole RoleOf(std::string_view key) {
  for (const LogAlias& alias : LogAliases()) {
    if (EqualsIgnoreCase(alias.path, key)) return alias.role;
  }
  return LogRole::kNone;
}

}  // namespace

std::optional<std::string> LogfmtAsJson(std::string_view line) {
  if (line.find('=') == std::string_view::npos) return std::nullopt;
  std::vector<Pair> pairs;
  size_t valued = 0;
  if (!LineReader(line).Run(&pairs, &valued) || valued < 2) return std::nullopt;
  bool message = false, level = false;
  for (Pair& pair : pairs) {
    switch (RoleOf(pair.key)) {
      case LogRole::kMessage: message = message || !pair.value.empty(); break;
      case LogRole::kError:
      case LogRole::kLevel: level = true; break;
      case LogRole::kTime:
        if (ReadTimeText(pair.value).problem) pair.key.insert(0, "logfmt.");
        break;
      default: break;
    }
  }
  if (!message && !level) return std::nullopt;
  JsonWriter json;
  json.BeginObject();
  std::set<std::string, std::less<>> keys;
  for (Pair& pair : pairs) {
    std::string key = pair.key;
    for (size_t n = 2; !keys.insert(key).second; ++n) key = pair.key + '_' + std::to_string(n);
    json.Field(key, pair.value);
  }
  if (!message) {
    // An empty one of that name gives way.
    for (std::string_view name : {"message", "msg", "text"}) {
      if (keys.contains(name)) continue;
      json.Field(name, line);
      break;
    }
  }
  return json.EndObject().Take();
}

}  // namespace srehub::sources
