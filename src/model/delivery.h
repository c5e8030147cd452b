// Bytes as they came in, and why a record of them was refused.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/time.h"
#include "model/observation.h"

namespace srehub::model {

struct Delivery {
  Format format = Format::kAuto;
  std::string feed{};     // name of the configured source it came for; empty: none of its own
  std::string_view body;  // inflated; must outlive the decode
  Instant received{};
  // Lower-case names; only those a format may need (x-github-event, x-github-delivery,
  // x-amz-sns-message-type, idempotency-key, content-type).
  std::vector<std::pair<std::string, std::string>> headers;
  std::string_view Header(std::string_view lower_case_name) const {
    for (const auto& [name, value] : headers)
      if (name == lower_case_name) return value;
    return {};
  }
};

// Reasons are metric labels and reject-log keys: add, never rename.
enum class RefusalReason : uint8_t {
  kMalformed = 1,  // not JSON, broken UTF-8, unbalanced
  kDuplicateKey,
  kTooDeep,
  kTooLarge,
  kUnknownShape,  // JSON, but no format's
  kWrongShape,  // not what this route takes (an audit.k8s.io list, a text where an object must be)
  kMissingField,
  kWrongType,
  kBadValue,  // a known field with a value outside its set or range
  kBadTime,
  kFutureDated,
  kExpired,     // older than retention
  kServiceCap,  // a new service past the cap
  kStore,       // the store refused this one record
};
std::string_view RefusalReasonName(RefusalReason r);  // malformed, duplicate_key, …
std::optional<RefusalReason> ParseRefusalReason(std::string_view name);

struct Refusal {
  RefusalReason reason = RefusalReason::kMalformed;
  size_t record = 0;    // 0-based position in the delivery
  std::string field;    // JSON pointer inside the record, or empty
  std::string message;  // names the record's trouble and the rule, for a person
};

}  // namespace srehub::model
