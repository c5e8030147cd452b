// Little helpers for binary codecs: LEB128 varints, zigzag, length-prefixed strings, and a reader
// that never runs past the end.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace srehub {

inline void AppendVarint(std::string* out, uint64_t value) {
  while (value >= 0x80) {
    out->push_back(static_cast<char>((value & 0x7f) | 0x80));
    value >>= 7;
  }
  out->push_back(static_cast<char>(value));
}

inline void AppendZigzag(std::string* out, int64_t value) {
  AppendVarint(out, (static_cast<uint64_t>(value) << 1) ^ static_cast<uint64_t>(value >> 63));
}

inline void AppendString(std::string* out, std::string_view value) {
  AppendVarint(out, value.size());
  out->append(value);
}

// Every Read returns false, and leaves its argument unspecified, when the bytes do not hold it.
class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : bytes_(bytes) {}

  bool ReadByte(uint8_t* value) {
    if (bytes_.empty()) return false;
    *value = static_cast<uint8_t>(bytes_.front());
    bytes_.remove_prefix(1);
    return true;
  }
  bool ReadVarint(uint64_t* value) {
    uint64_t result = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      uint8_t byte = 0;
      if (!ReadByte(&byte)) return false;
      if (shift == 63 && byte > 1) return false;
      result |= static_cast<uint64_t>(byte & 0x7f) << shift;
      if ((byte & 0x80) == 0) {
        *value = result;
        return true;
      }
    }
    return false;
  }
  bool ReadZigzag(int64_t* value) {
    uint64_t raw = 0;
    if (!ReadVarint(&raw)) return false;
    *value = static_cast<int64_t>(raw >> 1) ^ -static_cast<int64_t>(raw & 1);
    return true;
  }
  // A view into the bytes read from.
  bool ReadView(std::string_view* value) {
    uint64_t size = 0;
    if (!ReadVarint(&size) || size > bytes_.size()) return false;
    *value = bytes_.substr(0, size);
    bytes_.remove_prefix(size);
    return true;
  }
  bool ReadString(std::string* value) {
    std::string_view view;
    if (!ReadView(&view)) return false;
    value->assign(view);
    return true;
  }
  bool AtEnd() const { return bytes_.empty(); }
  size_t remaining() const { return bytes_.size(); }

 private:
  std::string_view bytes_;
};

}  // namespace srehub
