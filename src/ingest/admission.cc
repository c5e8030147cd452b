#include "ingest/admission.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "base/limits.h"

namespace srehub::ingest {
namespace {

using model::Refusal;
using model::RefusalReason;

Refusal Refuse(RefusalReason reason, std::string_view field, std::string message) {
  return Refusal{
      .reason = reason, .record = 0, .field = std::string(field), .message = std::move(message)};
}

bool IsSlug(std::string_view text) {
  return std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
  });
}

std::optional<Refusal> CheckNames(const model::Event& event) {
  if (event.service_id.empty())
    return Refuse(RefusalReason::kMissingField, "/serviceId", "the event names no service");
  if (event.service_id.size() > limits::kMaxServiceIdBytes)
    return Refuse(RefusalReason::kTooLarge, "/serviceId",
                  "serviceId has " + std::to_string(event.service_id.size()) +
                      " bytes; the limit is " + std::to_string(limits::kMaxServiceIdBytes));
  if (!IsSlug(event.service_id))
    return Refuse(RefusalReason::kBadValue, "/serviceId",
                  "serviceId may hold a-z, 0-9, '.', '_' and '-' only");
  if (event.event_type.empty())
    return Refuse(RefusalReason::kMissingField, "/eventType", "the event has no type");
  if (event.event_type.size() > limits::kMaxEventTypeBytes)
    return Refuse(RefusalReason::kTooLarge, "/eventType",
                  "eventType has " + std::to_string(event.event_type.size()) +
                      " bytes; the limit is " + std::to_string(limits::kMaxEventTypeBytes));
  if (event.closes.size() > limits::kMaxEventTypeBytes)
    return Refuse(RefusalReason::kTooLarge, "/closes",
                  "closes has " + std::to_string(event.closes.size()) + " bytes; the limit is " +
                      std::to_string(limits::kMaxEventTypeBytes));
  return std::nullopt;
}

std::optional<Refusal> CheckSizes(const model::Event& event) {
  for (const auto& [field, text] :
       {std::pair{"/signal", &event.signal}, std::pair{"/series", &event.series}}) {
    if (text->size() > kMaxIdentityBytes)
      return Refuse(RefusalReason::kTooLarge, field,
                    std::string(field + 1) + " has " + std::to_string(text->size()) +
                        " bytes; the limit is " + std::to_string(kMaxIdentityBytes));
  }
  if (!event.series.empty() &&
      (event.series_count < 1 || event.series_count > limits::kMaxSeriesCount))
    return Refuse(RefusalReason::kBadValue, "/seriesCount",
                  "seriesCount " + std::to_string(event.series_count) + " is outside 1.." +
                      std::to_string(limits::kMaxSeriesCount));
  // The classifier cuts details to the limit and says so; what is longer here did not come
  // through it whole.
  if (event.details.size() > limits::kMaxDetailsBytes)
    return Refuse(RefusalReason::kTooLarge, "/details",
                  "details have " + std::to_string(event.details.size()) + " bytes; the limit is " +
                      std::to_string(limits::kMaxDetailsBytes));
  return std::nullopt;
}

}  // namespace

Duration AheadOf(const model::Event& event, Instant now) {
  Instant claimed = event.timestamp;
  if (event.starts_at) claimed = std::max(claimed, *event.starts_at);
  return std::max(claimed - now, Duration::zero());
}

std::optional<Refusal> Admit(const model::Event& event, Instant now) {
  if (auto refusal = CheckNames(event)) return refusal;
  if (auto refusal = CheckSizes(event)) return refusal;
  if (const Duration ahead = AheadOf(event, now); ahead > limits::kMaxAhead)
    return Refuse(RefusalReason::kFutureDated, "/timestamp",
                  FormatTime(now + ahead) + " is " + FormatDuration(ahead) + " ahead of now (" +
                      FormatTime(now) + "); at most " + FormatDuration(limits::kMaxAhead) +
                      " is taken. Is the sender's clock right?");
  const Duration retention = event.ttl - event.timestamp;
  if (StartOfHour(HourOf(event.timestamp)) < now - retention)
    return Refuse(RefusalReason::kExpired, "/timestamp",
                  FormatTime(event.timestamp) + " is " + FormatDuration(now - event.timestamp) +
                      " old; its hour is no longer inside the retention of " +
                      FormatDurationShort(retention));
  return std::nullopt;
}

}  // namespace srehub::ingest
