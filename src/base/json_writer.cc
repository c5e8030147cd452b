#include "base/json_writer.h"

#include <array>
#include <charconv>
#include <cmath>

#include "base/text.h"

namespace srehub {

void AppendJsonString(std::string* out, std::string_view text) {
  static constexpr char kHex[] = "0123456789abcdef";
  *out += '"';
  size_t i = 0;
  while (i < text.size()) {
    const unsigned char c = static_cast<unsigned char>(text[i]);
    if (c >= 0x20 && c < 0x80 && c != '"' && c != '\\' && c != 0x7f) {
      size_t end = i + 1;
      while (end < text.size()) {
        const unsigned char d = static_cast<unsigned char>(text[end]);
        if (d < 0x20 || d >= 0x7f || d == '"' || d == '\\') break;
        ++end;
      }
      out->append(text.substr(i, end - i));
      i = end;
      continue;
    }
    if (c >= 0x80) {
      const size_t length = Utf8SequenceLength(text.substr(i));
      if (length == 0) {
        *out += "\xEF\xBF\xBD";
        ++i;
      } else {
        out->append(text.substr(i, length));
        i += length;
      }
      continue;
    }
    switch (c) {
      case '"': *out += "\\\""; break;
      case '\\': *out += "\\\\"; break;
      case '\n': *out += "\\n"; break;
      case '\r': *out += "\\r"; break;
      case '\t': *out += "\\t"; break;
      default:
        *out += "\\u00";
        *out += kHex[c >> 4];
        *out += kHex[c & 15];
    }
    ++i;
  }
  *out += '"';
}

JsonWriter& JsonWriter::Key(std::string_view key) {
  Separate();
  AppendJsonString(&out_, key);
  out_ += ':';
  fresh_ = true;
  return *this;
}

namespace {
template <typename T, typename... Format>
void AppendNumber(std::string* out, T value, Format... format) {
  std::array<char, 32> buffer;
  const auto [end, error] =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, format...);
  out->append(buffer.data(), end);
  static_cast<void>(error);
}
}  // namespace

JsonWriter& JsonWriter::Int(int64_t value) {
  Separate();
  AppendNumber(&out_, value);
  return *this;
}

JsonWriter& JsonWriter::Uint(uint64_t value) {
  Separate();
  AppendNumber(&out_, value);
  return *this;
}

JsonWriter& JsonWriter::Double(double value) {
  if (!std::isfinite(value)) return Null();
  Separate();
  // Whole numbers beyond 2^53 take an exponent: in digits they could pass for an integer that no
  // reader can hold. A negative zero would come back as the integer 0.
  static constexpr double kExactIntegers = 0x1p53;
  if (value == 0) {
    out_ += '0';
  } else if (std::abs(value) >= kExactIntegers) {
    AppendNumber(&out_, value, std::chars_format::scientific);
  } else {
    AppendNumber(&out_, value);
  }
  return *this;
}

}  // namespace srehub
