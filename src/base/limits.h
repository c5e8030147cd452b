// Every named limit that more than one module must agree on. A limit that only one file knows
// lives in that file.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/time.h"

namespace srehub::limits {

// Event time.
inline constexpr Duration kMaxAhead = 10min;  // further ahead is refused as future_dated
inline constexpr Duration kDefaultRetention = 14 * kDay;
inline constexpr Duration kMaxRetention = 400 * kDay;
inline constexpr Duration kExpireAfter = 24h;  // a signal whose sender gives no expiry
inline constexpr Duration kHoldDown = 10min;   // starts of minutes of one episode
inline constexpr Duration kRefreshSlot = 5min;

// One record.
inline constexpr size_t kMaxServiceIdBytes = 255;
inline constexpr size_t kMaxEventTypeBytes = 128;
inline constexpr size_t kMaxDetailsBytes = 64 * 1024;
inline constexpr size_t kMaxRecordBytes = 1024 * 1024;
inline constexpr size_t kMaxJsonDepth = 64;
inline constexpr int64_t kMaxSeriesCount = 2'147'483'647;  // int32 in Kubernetes

// One delivery.
inline constexpr size_t kMaxBodyBytes = 8 * 1024 * 1024;       // as received
inline constexpr size_t kMaxInflatedBytes = 64 * 1024 * 1024;  // after decompression
inline constexpr size_t kMaxRecordsPerDelivery = 100'000;
inline constexpr size_t kMaxReportedErrors = 100;  // per-record errors in one answer

// State.
inline constexpr size_t kMaxServices = 100'000;
inline constexpr size_t kMaxTypesPerService = 1'000;
inline constexpr size_t kMaxSignalsPerIncident = 1'024;
inline constexpr size_t kMaxSeriesPerIncident = 4'096;
inline constexpr size_t kMaxObjectsPerIncident = 64;

// Answers.
inline constexpr size_t kDefaultPage = 100;
inline constexpr size_t kMaxPage = 1'000;

}  // namespace srehub::limits
