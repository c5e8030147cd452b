// Snappy's block format, as Loki and Prometheus senders write it (not the framed one of files).
// https://github.com/google/snappy/blob/main/format_description.txt
#pragma once

#include <string>
#include <string_view>

#include "base/limits.h"
#include "base/result.h"

namespace srehub {

// The size is read and checked before anything is inflated. Errors: kTooLarge (over `max_bytes`),
// kMalformed. Pure.
Result<std::string> InflateSnappyBlock(std::string_view input,
                                       size_t max_bytes = limits::kMaxInflatedBytes);

}  // namespace srehub
