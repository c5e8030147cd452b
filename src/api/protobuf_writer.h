// The few messages that the hub answers in protobuf. A value.
// https://protobuf.dev/programming-guides/encoding/
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace srehub::api {

class ProtobufWriter {
 public:
  // A field of an integer type; zero is left out, as proto3 does.
  ProtobufWriter& Varint(uint32_t number, uint64_t value) {
    if (value == 0) return *this;
    Raw(static_cast<uint64_t>(number) << 3);
    Raw(value);
    return *this;
  }
  // A text or a message.
  ProtobufWriter& Bytes(uint32_t number, std::string_view bytes) {
    Raw(static_cast<uint64_t>(number) << 3 | 2);
    Raw(bytes.size());
    out_ += bytes;
    return *this;
  }
  const std::string& text() const { return out_; }
  std::string Take() { return std::move(out_); }

 private:
  void Raw(uint64_t value) {
    for (; value >= 0x80; value >>= 7) out_ += static_cast<char>(value | 0x80);
    out_ += static_cast<char>(value);
  }
  std::string out_;
};

}  // namespace srehub::api
