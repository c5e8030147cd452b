// The stored value of an event in sre_events: everything but what its key holds (service_id,
// timestamp, event_id). Compact, versioned, endian-free.
//
//   byte     0x80 when details are compressed, else 0; plus the format version in the low bits
//   byte     severity + 8 * source
//   byte     phase
//   varint   which optional parts follow (bits in event_codec.cc)
//   string   eventType, then the parts; instants as zigzag nanoseconds after `timestamp`
//   string   details (zstd, behind their plain length, when compressed)
//
// A string is its length as a varint and its bytes. A change of the layout takes a new version,
// and older ones stay readable.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "model/event.h"

namespace srehub::model {

inline constexpr uint8_t kEventFormatVersion = 1;
// Details above this are compressed when that makes them smaller.
inline constexpr size_t kCompressDetailsAbove = 4096;

std::string EncodeEvent(const Event& event);

// Errors: kDataLoss, when the bytes are damaged or were written by a newer version.
Result<Event> DecodeEvent(const EventKey& key, std::string_view bytes);

}  // namespace srehub::model
