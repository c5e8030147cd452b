#include "base/text.h"
#include "sources/loki.h"

namespace srehub::sources {
namespace {

bool IsNameChar(char c, bool first) {
  if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_') return true;
  return !first && ((c >= '0' && c <= '9') || c == '.' || c == ':' || c == '-');
}

void AppendUtf8(uint32_t code, std::string* out) {
  if (code < 0x80) {
    *out += static_cast<char>(code);
  } else if (code < 0x800) {
    *out += static_cast<char>(0xC0 | (code >> 6));
    *out += static_cast<char>(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    *out += static_cast<char>(0xE0 | (code >> 12));
    *out += static_cast<char>(0x80 | ((code >> 6) & 0x3F));
    *out += static_cast<char>(0x80 | (code & 0x3F));
  } else {
    *out += static_cast<char>(0xF0 | (code >> 18));
    *out += static_cast<char>(0x80 | ((code >> 12) & 0x3F));
    *out += static_cast<char>(0x80 | ((code >> 6) & 0x3F));
    *out += static_cast<char>(0x80 | (code & 0x3F));
  }
}

class LabelReader {
 public:
  explicit LabelReader(std::string_view text) : rest_(TrimAscii(text)) {}

  std::optional<LokiLabels> Run() {
    LokiLabels out;
    if (!Eat('{')) return std::nullopt;
    Skip();
    while (!Eat('}')) {
      std::string name, value;
      if (out.size() == kMaxLokiLabels || !Name(&name)) return std::nullopt;
      Skip();
      if (!Eat('=')) return std::nullopt;
      Skip();
      if (!Value(&value) || !out.emplace(std::move(name), std::move(value)).second) {
        return std::nullopt;
      }
      Skip();
      if (Eat(',')) Skip();
      else if (!rest_.starts_with('}')) return std::nullopt;
    }
    if (!rest_.empty()) return std::nullopt;
    return out;
  }

 private:
  bool Eat(char c) {
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }
  void Skip() {
    while (Eat(' ') || Eat('\t') || Eat('\n')) {
    }
  }

  // Prometheus 3 quotes names that are no identifiers.
  bool Name(std::string* name) {
    if (rest_.starts_with('"')) return Value(name);
    size_t end = 0;
    while (end < rest_.size() && IsNameChar(rest_[end], end == 0)) ++end;
    *name = rest_.substr(0, end);
    rest_.remove_prefix(end);
    return end > 0;
  }

  bool Value(std::string* value) {
    if (Eat('`')) {
      const size_t end = rest_.find('`');
      if (end == std::string_view::npos) return false;
      *value = rest_.substr(0, end);
      rest_.remove_prefix(end + 1);
      return true;
    }
    if (!Eat('"')) return false;
    while (!rest_.empty() && rest_.front() != '"') {
      if (rest_.front() != '\\') {
        *value += rest_.front();
        rest_.remove_prefix(1);
      } else if (!Escape(value)) {
        return false;
      }
    }
    return Eat('"');
  }

  // Go's escapes: \n, \", \\, \x41, \101, \u00e9, \U0001f600.
  bool Escape(std::string* value) {
    rest_.remove_prefix(1);
    if (rest_.empty()) return false;
    const char c = rest_.front();
    static constexpr std::string_view kNames = "abfnrtv\\\"'", kChars = "\a\b\f\n\r\t\v\\\"'";
    if (const size_t at = kNames.find(c); at != std::string_view::npos) {
      *value += kChars[at];
      rest_.remove_prefix(1);
      return true;
    }
    uint32_t code = 0;
    if (c >= '0' && c <= '7') {
      if (!Digits(3, 8, &code) || code > 0xFF) return false;
      *value += static_cast<char>(code);
      return true;
    }
    rest_.remove_prefix(1);
    if (c == 'x') {
      if (!Digits(2, 16, &code)) return false;
      *value += static_cast<char>(code);
      return true;
    }
    if ((c != 'u' && c != 'U') || !Digits(c == 'u' ? 4 : 8, 16, &code)) return false;
    if (code > 0x10FFFF || (code >= 0xD800 && code < 0xE000)) return false;
    AppendUtf8(code, value);
    return true;
  }

  bool Digits(size_t count, uint32_t base, uint32_t* value) {
    if (rest_.size() < count) return false;
    for (size_t i = 0; i < count; ++i) {
      const char c = rest_[i];
      const uint32_t digit = c >= '0' && c <= '9'   ? static_cast<uint32_t>(c - '0')
                             : c >= 'a' && c <= 'f' ? static_cast<uint32_t>(c - 'a' + 10)
                             : c >= 'A' && c <= 'F' ? static_cast<uint32_t>(c - 'A' + 10)
                                                    : base;
      if (digit >= base) return false;
      *value = *value * base + digit;
    }
    rest_.remove_prefix(count);
    return true;
  }

  std::string_view rest_;
};

}  // namespace

std::optional<LokiLabels> ParseLokiLabels(std::string_view text) { return LabelReader(text).Run(); }

}  // namespace srehub::sources
