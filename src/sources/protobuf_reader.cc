#include "sources/protobuf_reader.h"

namespace srehub::sources {
namespace {

constexpr size_t kMaxVarintBytes = 10;
constexpr uint64_t kMaxFieldNumber = (1U << 29) - 1;

}  // namespace

bool ProtobufReader::Broken(std::string what) {
  status_ = Fail(ErrorCode::kMalformed, "no protobuf message: " + std::move(what),
                 "byte " + std::to_string(begin_ + at_));
  at_ = message_.size();
  return false;
}

bool ProtobufReader::Varint(uint64_t* value) {
  *value = 0;
  for (size_t i = 0; i < kMaxVarintBytes; ++i) {
    if (at_ >= message_.size()) return Broken("it breaks off inside a number");
    const auto byte = static_cast<uint8_t>(message_[at_++]);
    // The tenth byte has room for one bit.
    if (i + 1 == kMaxVarintBytes && byte > 1) break;
    *value |= static_cast<uint64_t>(byte & 0x7F) << (7 * i);
    if (byte < 0x80) return true;
  }
  return Broken("a number has more than 64 bits");
}

bool ProtobufReader::Fixed(size_t bytes, uint64_t* value) {
  if (message_.size() - at_ < bytes) return Broken("it breaks off inside a number");
  *value = 0;
  for (size_t i = 0; i < bytes; ++i) {
    *value |= static_cast<uint64_t>(static_cast<uint8_t>(message_[at_ + i])) << (8 * i);
  }
  at_ += bytes;
  return true;
}

bool ProtobufReader::Next(ProtobufField* field) {
  if (!status_ || at_ >= message_.size()) return false;
  uint64_t tag = 0;
  if (!Varint(&tag)) return false;
  const uint64_t number = tag >> 3;
  if (number == 0 || number > kMaxFieldNumber) return Broken("a field has an impossible number");
  field->number = static_cast<uint32_t>(number);
  field->bytes = {};
  field->value = 0;
  switch (tag & 7) {
    case 0: field->type = WireType::kVarint; return Varint(&field->value);
    case 1: field->type = WireType::kFixed64; return Fixed(8, &field->value);
    case 5: field->type = WireType::kFixed32; return Fixed(4, &field->value);
    case 2: break;
    default: return Broken("field " + std::to_string(number) + " has an unknown wire type");
  }
  uint64_t length = 0;
  if (!Varint(&length)) return false;
  if (length > message_.size() - at_) {
    return Broken("field " + std::to_string(number) + " is longer than what is left");
  }
  field->type = WireType::kBytes;
  field->bytes = message_.substr(at_, length);
  at_ += length;
  return true;
}

Status ProtobufReader::Expect(const ProtobufField& field, WireType type,
                              std::string_view name) const {
  if (field.type == type) return {};
  return Fail(ErrorCode::kMalformed,
              "no protobuf message of this kind: the field " + std::string(name) + " (" +
                  std::to_string(field.number) + ") has another wire type",
              "byte " + std::to_string(begin_ + at_));
}

}  // namespace srehub::sources
