#include "model/delivery.h"

#include "model/names.h"

namespace srehub::model {
namespace {
constexpr NameTable<RefusalReason, 14> kNames = {{{RefusalReason::kMalformed, "malformed"},
                                                  {RefusalReason::kDuplicateKey, "duplicate_key"},
                                                  {RefusalReason::kTooDeep, "too_deep"},
                                                  {RefusalReason::kTooLarge, "too_large"},
                                                  {RefusalReason::kUnknownShape, "unknown_shape"},
                                                  {RefusalReason::kWrongShape, "wrong_shape"},
                                                  {RefusalReason::kMissingField, "missing_field"},
                                                  {RefusalReason::kWrongType, "wrong_type"},
                                                  {RefusalReason::kBadValue, "bad_value"},
                                                  {RefusalReason::kBadTime, "bad_time"},
                                                  {RefusalReason::kFutureDated, "future_dated"},
                                                  {RefusalReason::kExpired, "expired"},
                                                  {RefusalReason::kServiceCap, "service_cap"},
                                                  {RefusalReason::kStore, "store"}}};
}  // namespace

std::string_view RefusalReasonName(RefusalReason r) { return NameIn(kNames, r); }
std::optional<RefusalReason> ParseRefusalReason(std::string_view name) {
  return ValueIn(kNames, name);
}

}  // namespace srehub::model
