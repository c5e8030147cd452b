#include "insight/answer.h"

#include <algorithm>

namespace srehub::insight {

namespace {

double Seconds(Duration d) { return static_cast<double>(d.count()) / 1e9; }

Status CheckSpec(const WindowSpec& spec) {
  if (spec.to && spec.at)
    return Fail(ErrorCode::kInvalidArgument, "\"to\" and \"at\" both name the end: give one");
  if (spec.since && spec.from)
    return Fail(ErrorCode::kInvalidArgument,
                "\"since\" and \"from\" both name the start: give one");
  if (spec.since && *spec.since <= Duration(0))
    return Fail(ErrorCode::kInvalidArgument, "\"since\" must be longer than nothing");
  return {};
}

}  // namespace

Result<Window> ResolveWindow(const WindowSpec& spec, Duration default_since, Instant now) {
  SREHUB_CHECK_OK(CheckSpec(spec));
  const Instant latest = now + limits::kMaxAhead;
  for (const auto& end : {spec.to, spec.at})
    if (end && *end > latest)
      return Fail(ErrorCode::kInvalidArgument,
                  "the end " + FormatTime(*end) + " lies in the future; it is " + FormatTime(now));
  Window window;
  window.up_to = spec.to.value_or(spec.at.value_or(now));
  if (spec.from) {
    if (*spec.from >= window.up_to)
      return Fail(ErrorCode::kInvalidArgument, "the window is empty: from " +
                                                   FormatTime(*spec.from) + " to " +
                                                   FormatTime(window.up_to));
    window.after = *spec.from;
  } else {
    const Duration since = std::min(spec.since.value_or(default_since), limits::kMaxRetention);
    window.after = window.up_to - since;
  }
  window.after = std::max({window.after, window.up_to - limits::kMaxRetention, Instant{}});
  return window;
}

namespace {
// A clock this far ahead is no jitter.
constexpr Duration kWorthTelling = std::chrono::seconds(5);
}  // namespace

std::string SourceSentence(const store::SourceHealthRow& row, Instant now) {
  const std::string kind = std::string(model::SourceName(row.source)) +
                           (row.format.empty() ? "" : " (" + row.format + ")");
  const std::string name = row.feed.empty() ? kind : row.feed + ": " + kind;
  if (row.last_received == Instant{}) return name + ": nothing was received yet";
  std::string text = name + ": last received " +
                     FormatDuration(std::max(now - row.last_received, Duration(0))) + " ago";
  if (row.lateness > Duration(1min))
    text += ", events run " + FormatDuration(row.lateness) + " late";
  for (const auto& [reason, count] : row.refusals) {
    if (reason == "future_dated")
      text += "; its clock is " + FormatDuration(row.max_ahead) +
              " ahead: " + std::to_string(count) + " refused";
  }
  if (row.least_lateness_1h && *row.least_lateness_1h < -Duration(kWorthTelling))
    text += "; its clock is " + FormatDuration(-*row.least_lateness_1h) + " ahead of the hub's";
  if (row.rejected > 0) text += "; " + std::to_string(row.rejected) + " refused in all";
  return text;
}

void WriteSource(JsonWriter* json, const store::SourceHealthRow& row, Instant now) {
  json->Field("source", model::SourceName(row.source)).FieldIf("format", row.format);
  json->FieldIf("feed", row.feed);
  if (row.last_received != Instant{}) json->Field("lastReceived", row.last_received);
  if (row.last_event != Instant{}) json->Field("lastEvent", row.last_event);
  json->Field("latenessSeconds", Seconds(row.lateness));
  json->Field("maxLateness1hSeconds", Seconds(row.max_lateness_1h));
  json->Field("accepted", row.accepted).Field("duplicate", row.duplicate);
  json->Field("rejected", row.rejected);
  if (!row.refusals.empty()) {
    json->Key("refusals").BeginObject();
    for (const auto& [reason, count] : row.refusals) json->Field(reason, count);
    json->EndObject();
  }
  uint64_t dropped = 0;
  for (const auto& [reason, count] : row.dropped) dropped += count;
  json->Field("dropped", dropped);
  if (!row.dropped.empty()) {
    json->Key("drops").BeginObject();
    for (const auto& [reason, count] : row.dropped) json->Field(reason, count);
    json->EndObject();
  }
  json->Field("acceptedLastHour", row.accepted_1h).Field("unresolved", row.unresolved);
  if (row.least_lateness_1h) json->Field("clockSkewSeconds", -Seconds(*row.least_lateness_1h));
  if (row.max_ahead > Duration(0)) json->Field("maxAheadSeconds", Seconds(row.max_ahead));
  json->Field("line", SourceSentence(row, now));
}

namespace {

void WriteSources(JsonWriter* json, const AnswerHead& head) {
  json->Key("sources").BeginArray();
  for (const store::SourceHealthRow& row : head.sources) {
    json->BeginObject();
    WriteSource(json, row, head.generated_at);
    json->EndObject();
  }
  json->EndArray();
}

}  // namespace

void WriteHead(JsonWriter* json, const AnswerHead& head, bool with_sources) {
  json->Field("generatedAt", head.generated_at);
  json->Key("window").BeginObject();
  json->Field("from", head.window.after).Field("to", head.window.up_to).EndObject();
  json->Field("zone", head.zone);
  if (with_sources) WriteSources(json, head);
  json->Key("read").BeginObject();
  json->Field("items", head.cost.items).Field("bytes", head.cost.bytes);
  if (head.cost.read_units > 0) json->Field("readUnits", head.cost.read_units);
  json->EndObject();
  json->Field("truncated", head.truncated).FieldIf("cursor", head.cursor);
  json->Key("notes").BeginArray();
  for (const std::string& note : head.notes) json->String(note);
  json->EndArray();
}

}  // namespace srehub::insight
