// Keys and values of sre_meta in the embedded store.
#pragma once

#include <string>
#include <string_view>

#include "aggregate/handling.h"
#include "base/result.h"
#include "model/recommendation.h"
#include "store/records.h"

namespace srehub::store::embedded {

inline constexpr std::string_view kServicePrefix = "service/";
inline constexpr std::string_view kStemPrefix = "stem/";
inline constexpr std::string_view kRejectPrefix = "reject/";
inline constexpr std::string_view kIdempotencyPrefix = "idempotency/";
inline constexpr std::string_view kIdempotencyTimePrefix = "idempotency-by-time/";
inline constexpr Duration kIdempotencyWindow = 24h;
inline constexpr std::string_view kHealthPrefix = "health/";
inline constexpr std::string_view kAcknowledgementPrefix = "ack/";
inline constexpr std::string_view kSilencePrefix = "silence/";
inline constexpr std::string_view kOutcomePrefix = "outcome/";

std::string MetaKey(std::string_view prefix, std::string_view name);
std::string StemKey(std::string_view stem, std::string_view service_id);
// Time-ordered and unique: 16 hex digits of the receipt instant, 16 of a sequence number.
std::string RejectId(Instant received, uint64_t sequence);
bool IsRejectId(std::string_view text);

std::string IdempotencyTimeKey(Instant t, std::string_view name);

std::string EncodeService(const ServiceRow& row);
Result<ServiceRow> DecodeService(std::string_view service_id, std::string_view bytes);
std::string EncodeReject(const RejectRow& row);
Result<RejectRow> DecodeReject(std::string_view id, std::string_view bytes);
std::string EncodeHealth(const SourceHealthRow& row);
Result<SourceHealthRow> DecodeHealth(std::string_view bytes);
std::string EncodeAcknowledgement(const aggregate::Acknowledgement& ack);
Result<aggregate::Acknowledgement> DecodeAcknowledgement(std::string_view bytes);
std::string EncodeSilence(const aggregate::Silence& silence);
Result<aggregate::Silence> DecodeSilence(std::string_view bytes);
std::string EncodeOutcome(const model::ActionOutcome& outcome);
Result<model::ActionOutcome> DecodeOutcome(std::string_view bytes);
std::string EncodeInstant(Instant t);
Result<Instant> DecodeInstant(std::string_view bytes);

}  // namespace srehub::store::embedded
