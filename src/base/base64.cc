#include "base/base64.h"

#include <array>
#include <cstdint>

namespace srehub {
namespace {

constexpr std::string_view kStandardDigits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view kUrlDigits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr uint8_t kNone = 0xFF;

constexpr std::array<uint8_t, 256> Inverse(std::string_view digits) {
  std::array<uint8_t, 256> table{};
  for (uint8_t& entry : table) entry = kNone;
  for (size_t i = 0; i < digits.size(); ++i) {
    table[static_cast<unsigned char>(digits[i])] = static_cast<uint8_t>(i);
  }
  return table;
}
constexpr auto kStandardValues = Inverse(kStandardDigits);
constexpr auto kUrlValues = Inverse(kUrlDigits);

}  // namespace

std::string Base64Encode(std::string_view bytes, Base64Alphabet alphabet) {
  const std::string_view digits = alphabet == Base64Alphabet::kUrl ? kUrlDigits : kStandardDigits;
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  uint32_t bits = 0;
  int held = 0;
  for (char c : bytes) {
    bits = (bits << 8) | static_cast<unsigned char>(c);
    for (held += 8; held >= 6; held -= 6) out += digits[(bits >> (held - 6)) & 63];
  }
  if (held > 0) out += digits[(bits << (6 - held)) & 63];
  if (alphabet == Base64Alphabet::kStandard) out.append((4 - out.size() % 4) % 4, '=');
  return out;
}

Result<std::string> Base64Decode(std::string_view text, Base64Alphabet alphabet) {
  const auto& values = alphabet == Base64Alphabet::kUrl ? kUrlValues : kStandardValues;
  if (text.size() % 4 == 0) {
    for (int i = 0; i < 2 && text.ends_with('='); ++i) text.remove_suffix(1);
  }
  std::string out;
  out.reserve(text.size() * 3 / 4);
  uint32_t bits = 0;
  int held = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const uint8_t value = values[static_cast<unsigned char>(text[i])];
    if (value == kNone) {
      return Fail(ErrorCode::kMalformed, "a character that is not base 64",
                  "byte " + std::to_string(i));
    }
    bits = (bits << 6) | value;
    held += 6;
    if (held < 8) continue;
    held -= 8;
    out += static_cast<char>((bits >> held) & 0xFF);
  }
  if (held >= 6 || (bits & ((1u << held) - 1)) != 0) {
    return Fail(ErrorCode::kMalformed, "base 64 that breaks off",
                "byte " + std::to_string(text.size()));
  }
  return out;
}

}  // namespace srehub
