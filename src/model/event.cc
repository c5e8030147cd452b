#include "model/event.h"

#include <array>

#include "base/hash.h"
#include "base/text.h"
#include "model/names.h"

namespace srehub::model {
namespace {

constexpr NameTable<Source, kSourceCount> kSourceNames = {{{Source::kKubernetes, "kubernetes"},
                                                           {Source::kCloudWatch, "cloudwatch"},
                                                           {Source::kCicd, "cicd"},
                                                           {Source::kLogs, "logs"},
                                                           {Source::kPrometheus, "prometheus"}}};
constexpr NameTable<Phase, 5> kPhaseNames = {{{Phase::kPoint, "point"},
                                              {Phase::kFiring, "firing"},
                                              {Phase::kRefresh, "refresh"},
                                              {Phase::kResolved, "resolved"},
                                              {Phase::kUnknown, "unknown"}}};

constexpr size_t kFixedTimeBytes = 30;
constexpr std::string_view kReserved = "%#@";

// Only what would be taken for the id's own separators.
std::string EncodePart(std::string_view part) {
  std::string out;
  out.reserve(part.size());
  for (char c : part) {
    if (kReserved.find(c) == std::string_view::npos) out += c;
    else out += PercentEncode(std::string_view(&c, 1));
  }
  return out;
}

}  // namespace

std::string_view SourceName(Source s) { return NameIn(kSourceNames, s); }
std::optional<Source> ParseSource(std::string_view name) { return ValueIn(kSourceNames, name); }

std::string_view PhaseName(Phase p) { return NameIn(kPhaseNames, p); }
std::optional<Phase> ParsePhase(std::string_view name) { return ValueIn(kPhaseNames, name); }

std::string SortKey(Instant timestamp, uint64_t event_id) {
  return FormatTimeFixed(timestamp) + "#" + Hex64(event_id);
}

Result<std::pair<Instant, uint64_t>> ParseSortKey(std::string_view text) {
  uint64_t event_id = 0;
  if (text.size() != kFixedTimeBytes + 17 || text[kFixedTimeBytes] != '#' ||
      !ParseHex64(text.substr(kFixedTimeBytes + 1), &event_id)) {
    return Fail(ErrorCode::kInvalidArgument,
                "\"" + std::string(TruncateUtf8(text, 64)) +
                    "\" is not the sort key of an event: a time with nine decimals, # and 16 hex "
                    "digits are expected");
  }
  SREHUB_TRY(const Instant timestamp, ParseRfc3339(text.substr(0, kFixedTimeBytes)));
  // One instant has one key; another way of writing it is none of ours.
  if (FormatTimeFixed(timestamp) != text.substr(0, kFixedTimeBytes)) {
    return Fail(ErrorCode::kInvalidArgument, "the time in a sort key is not in UTC");
  }
  return std::pair(timestamp, event_id);
}

std::string IncidentId(std::string_view service_id, std::string_view event_type) {
  return EncodePart(service_id) + "#" + EncodePart(event_type);
}

Result<std::pair<std::string, std::string>> ParseIncidentId(std::string_view id) {
  const std::vector<std::string_view> parts = Split(id, '#');
  std::pair<std::string, std::string> out;
  if (parts.size() != 2 || id.find('@') != std::string_view::npos ||
      !PercentDecode(parts[0], &out.first) || !PercentDecode(parts[1], &out.second) ||
      out.first.empty() || out.second.empty()) {
    return Fail(ErrorCode::kInvalidArgument,
                "\"" + std::string(TruncateUtf8(id, 256)) +
                    "\" is not an incident id: serviceId#eventType is expected, with %, # and @ "
                    "inside a part percent-encoded");
  }
  return out;
}

std::string ServiceStem(std::string_view service_id) {
  static constexpr std::array<std::string_view, 6> kSuffixes = {"-service", "-svc",     "-api",
                                                                "-app",     "-backend", "-server"};
  for (const std::string_view suffix : kSuffixes) {
    if (service_id.size() > suffix.size() && service_id.ends_with(suffix)) {
      return std::string(service_id.substr(0, service_id.size() - suffix.size()));
    }
  }
  return std::string(service_id);
}

}  // namespace srehub::model
