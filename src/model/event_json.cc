#include "model/event_json.h"

#include <limits>

#include "base/hash.h"
#include "base/limits.h"
#include "model/json_fields.h"

namespace srehub::model {
namespace {

constexpr int64_t kNanosPerSecond = 1'000'000'000;

void WriteTime(JsonWriter* out, std::string_view key, const std::optional<Instant>& time) {
  if (time) out->Field(key, *time);
}

void WriteDeploy(JsonWriter* out, const DeployStatement& s) {
  out->Key("deploy").BeginObject();
  out->Field("kind", PipelineKindName(s.kind)).Field("status", DeployStatusName(s.status));
  out->Field("system", s.system).FieldIf("repository", s.repository).FieldIf("run", s.run);
  out->Field("attempt", s.attempt).FieldIf("sha", s.sha).FieldIf("environment", s.environment);
  out->FieldIf("workflow", s.workflow).FieldIf("version", s.version);
  out->FieldIf("actor", s.actor).FieldIf("url", s.url);
  WriteTime(out, "startedAt", s.started_at);
  WriteTime(out, "finishedAt", s.finished_at);
  out->EndObject();
}

void Write(JsonWriter* out, const Event& e, bool include_details) {
  out->BeginObject();
  out->Field("serviceId", e.service_id).Field("timestamp", e.timestamp);
  out->Field("eventId", Hex64(e.event_id)).Field("eventType", e.event_type);
  out->Field("severity", SeverityName(e.severity)).Field("source", SourceName(e.source));
  out->Field("phase", PhaseName(e.phase));
  out->FieldIf("signal", e.signal).FieldIf("series", e.series);
  if (e.series_count != 0) out->Field("seriesCount", e.series_count);
  WriteTime(out, "seriesStart", e.series_start);
  WriteTime(out, "startsAt", e.starts_at);
  WriteTime(out, "expiresAt", e.expires_at);
  if (e.deploy) {
    out->Field("deployId", DeployId(*e.deploy, e.timestamp));
    WriteDeploy(out, *e.deploy);
  }
  out->FieldIf("closes", e.closes);
  if (e.untimed) out->Field("untimed", true);
  out->Field("incidentId", IncidentId(e.service_id, e.event_type));
  if (include_details) out->FieldRaw("details", e.details);
  if (e.ttl != Instant{}) out->Field("ttl", FloorDiv(Nanos(e.ttl), kNanosPerSecond));
  out->EndObject();
}

DeployStatement ReadDeploy(JsonFields* in) {
  DeployStatement s;
  s.kind = in->Choice("kind", ParsePipelineKind, s.kind);
  s.status = in->Choice("status", ParseDeployStatus, s.status);
  s.system = in->String("system", Need::kRequired);
  s.repository = in->String("repository");
  s.run = in->String("run");
  s.attempt = static_cast<int32_t>(
      in->Int("attempt", Need::kRequired, 0, std::numeric_limits<int32_t>::max()));
  s.sha = in->String("sha");
  s.environment = in->String("environment");
  s.workflow = in->String("workflow");
  s.version = in->String("version");
  s.actor = in->String("actor");
  s.url = in->String("url");
  s.started_at = in->Time("startedAt");
  s.finished_at = in->Time("finishedAt");
  return s;
}

}  // namespace

void WriteEvent(JsonWriter* out, const Event& event) { Write(out, event, true); }

std::string EventToJson(const Event& event, bool include_details) {
  JsonWriter out;
  Write(&out, event, include_details);
  return out.Take();
}

Result<Event> EventFromJson(JsonElement element) {
  JsonFields in(element, "");
  Event e;
  e.service_id = in.String("serviceId", Need::kRequired);
  e.timestamp = in.Time("timestamp", Need::kRequired).value_or(Instant{});
  const std::string id = in.String("eventId", Need::kRequired);
  if (!ParseHex64(id, &e.event_id)) in.Refuse("eventId", "16 lower-case hex digits are expected");
  e.event_type = in.String("eventType", Need::kRequired);
  e.severity = in.Choice("severity", ParseSeverity, e.severity);
  e.source = in.Choice("source", ParseSource, e.source);
  e.phase = in.Choice("phase", ParsePhase, e.phase);
  e.signal = in.String("signal");
  e.series = in.String("series");
  e.series_count = in.Int("seriesCount", Need::kOptional, 0, limits::kMaxSeriesCount);
  e.series_start = in.Time("seriesStart");
  e.starts_at = in.Time("startsAt");
  e.expires_at = in.Time("expiresAt");
  if (const auto deploy = in.Object("deploy")) {
    JsonFields nested(*deploy, in.Pointer("deploy"));
    e.deploy = ReadDeploy(&nested);
    in.Absorb(nested.status());
  }
  e.closes = in.String("closes");
  e.untimed = in.Bool("untimed");
  if (const auto details = in.Object("details")) e.details = ToJson(*details);
  constexpr int64_t kLastSecond = std::numeric_limits<int64_t>::max() / kNanosPerSecond - 1;
  const int64_t ttl = in.Int("ttl", Need::kOptional, 0, kLastSecond);
  if (ttl > 0) e.ttl = FromNanos(ttl * kNanosPerSecond + Nanos(e.timestamp) % kNanosPerSecond);
  SREHUB_CHECK_OK(in.status());
  return e;
}

}  // namespace srehub::model
