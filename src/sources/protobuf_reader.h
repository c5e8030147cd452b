// Reads protobuf's wire format, field by field, from bytes that nobody vouches for.
// https://protobuf.dev/programming-guides/encoding/
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace srehub::sources {

enum class WireType : uint8_t { kVarint = 0, kFixed64 = 1, kBytes = 2, kFixed32 = 5 };

struct ProtobufField {
  uint32_t number = 0;  // 1 … 2^29 - 1
  WireType type = WireType::kVarint;
  uint64_t value = 0;      // of the numeric types
  std::string_view bytes;  // of kBytes: text, a message, or packed numbers
};

// One message. Messages inside it are read by readers of their own, so nesting costs no more than
// the caller spends on it. A value.
class ProtobufReader {
 public:
  // `begin` is where the message stands in the whole body, for error messages.
  explicit ProtobufReader(std::string_view message, size_t begin = 0)
      : message_(message), begin_(begin) {}

  // False at the end of the message, and where it is broken: ask status() then. Groups, which
  // proto3 does not have, are broken.
  bool Next(ProtobufField* field);
  const Status& status() const { return status_; }
  // Where the bytes of `field`, read from this message, stand in the whole body.
  size_t OffsetOf(const ProtobufField& field) const {
    return begin_ + static_cast<size_t>(field.bytes.data() - message_.data());
  }
  // kMalformed unless the field has the type that its number calls for.
  Status Expect(const ProtobufField& field, WireType type, std::string_view name) const;

 private:
  bool Varint(uint64_t* value);
  bool Fixed(size_t bytes, uint64_t* value);
  bool Broken(std::string what);

  std::string_view message_;
  size_t begin_ = 0;
  size_t at_ = 0;
  Status status_;
};

}  // namespace srehub::sources
