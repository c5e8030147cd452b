#include "model/recommendation_json.h"

#include <limits>

#include "model/json_fields.h"

namespace srehub::model {
namespace {

constexpr int64_t kMaxInt32 = std::numeric_limits<int32_t>::max();

void WriteStrings(JsonWriter* out, std::string_view key, const std::vector<std::string>& texts) {
  out->Key(key).BeginArray();
  for (const std::string& text : texts) out->String(text);
  out->EndArray();
}

void WriteEvidence(JsonWriter* out, const Evidence& e) {
  out->BeginObject().Field("text", e.text).FieldIf("incidentId", e.incident_id);
  if (e.time) out->Field("time", *e.time);
  out->FieldIf("event", e.event).EndObject();
}

void WriteStep(JsonWriter* out, const ActionStep& s) {
  out->BeginObject().Field("text", s.text).FieldIf("command", s.command);
  out->Field("risk", RiskName(s.risk)).FieldIf("expected", s.expected).FieldIf("undo", s.undo);
  out->EndObject();
}

Evidence ReadEvidence(JsonFields* in) {
  Evidence e;
  e.text = in->String("text");
  e.incident_id = in->String("incidentId");
  e.time = in->Time("time");
  e.event = in->String("event");
  return e;
}

ActionStep ReadStep(JsonFields* in) {
  ActionStep s;
  s.text = in->String("text");
  s.command = in->String("command");
  s.risk = in->Choice("risk", ParseRisk, s.risk);
  s.expected = in->String("expected");
  s.undo = in->String("undo");
  return s;
}

// The items of an array of objects, each through `read`.
template <typename T>
std::vector<T> ReadAll(JsonFields* in, std::string_view key, T (*read)(JsonFields*)) {
  std::vector<T> out;
  for (const JsonElement& item : in->Array(key)) {
    JsonFields nested(item, in->Pointer(key) + "/" + std::to_string(out.size()));
    out.push_back(read(&nested));
    in->Absorb(nested.status());
    if (!in->status()) return {};
  }
  return out;
}

Action ReadAction(JsonFields* in) {
  Action a;
  a.id = in->String("id", Need::kRequired);
  a.title = in->String("title");
  a.why = in->String("why");
  a.incident_id = in->String("incidentId");
  a.evidence = ReadAll(in, "evidence", ReadEvidence);
  a.steps = ReadAll(in, "steps", ReadStep);
  a.risk = in->Choice("risk", ParseRisk, a.risk);
  a.undo = in->String("undo");
  a.playbook = in->String("playbook");
  a.playbook_version =
      static_cast<int32_t>(in->Int("playbookVersion", Need::kOptional, 0, kMaxInt32));
  a.link = in->String("link");
  a.rank = in->Number("rank");
  a.helped = static_cast<int32_t>(in->Int("helped", Need::kOptional, 0, kMaxInt32));
  a.tried = static_cast<int32_t>(in->Int("tried", Need::kOptional, 0, kMaxInt32));
  return a;
}

// Reads stored JSON text through `from_json`.
template <typename T>
Result<T> Decode(std::string_view bytes, Result<T> (*from_json)(JsonElement)) {
  JsonReader reader;
  auto value = reader.Parse(bytes).and_then(from_json);
  if (!value) {
    return Fail(ErrorCode::kDataLoss, "a stored item is damaged: " + value.error().message,
                value.error().where);
  }
  return value;
}

}  // namespace

void WriteAction(JsonWriter* out, const Action& a) {
  out->BeginObject().Field("id", a.id).Field("title", a.title).FieldIf("why", a.why);
  out->FieldIf("incidentId", a.incident_id);
  out->Key("evidence").BeginArray();
  for (const Evidence& evidence : a.evidence) WriteEvidence(out, evidence);
  out->EndArray().Key("steps").BeginArray();
  for (const ActionStep& step : a.steps) WriteStep(out, step);
  out->EndArray().Field("risk", RiskName(a.risk)).FieldIf("undo", a.undo);
  out->FieldIf("playbook", a.playbook).Field("playbookVersion", a.playbook_version);
  out->FieldIf("link", a.link).Field("rank", a.rank);
  out->Field("helped", a.helped).Field("tried", a.tried).EndObject();
}

void WriteRecommendations(JsonWriter* out, const Recommendations& item) {
  out->BeginObject().Field("serviceId", item.service_id).Field("version", item.version);
  out->Field("updatedAt", item.updated_at).Field("summary", item.summary);
  WriteStrings(out, "openIncidents", item.open_incidents);
  WriteStrings(out, "recentIncidents", item.recent_incidents);
  out->Key("actions").BeginArray();
  for (const Action& action : item.actions) WriteAction(out, action);
  out->EndArray().Field("truncated", item.truncated).EndObject();
}

std::string RecommendationsToJson(const Recommendations& item) {
  JsonWriter out;
  WriteRecommendations(&out, item);
  return out.Take();
}

std::string ActionOutcomeToJson(const ActionOutcome& outcome) {
  JsonWriter out;
  out.BeginObject().Field("serviceId", outcome.service_id).Field("actionId", outcome.action_id);
  out.FieldIf("incidentId", outcome.incident_id).FieldIf("actor", outcome.actor);
  out.FieldIf("note", outcome.note).Field("at", outcome.at).EndObject();
  return out.Take();
}

Result<Recommendations> RecommendationsFromJson(JsonElement element) {
  JsonFields in(element, "");
  Recommendations item;
  item.service_id = in.String("serviceId", Need::kRequired);
  item.version = static_cast<uint64_t>(
      in.Int("version", Need::kRequired, 0, std::numeric_limits<int64_t>::max()));
  item.updated_at = in.Time("updatedAt", Need::kRequired).value_or(Instant{});
  item.summary = in.String("summary");
  item.open_incidents = in.Strings("openIncidents");
  item.recent_incidents = in.Strings("recentIncidents");
  item.actions = ReadAll(&in, "actions", ReadAction);
  item.truncated = in.Bool("truncated");
  SREHUB_CHECK_OK(in.status());
  return item;
}

Result<ActionOutcome> ActionOutcomeFromJson(JsonElement element) {
  JsonFields in(element, "");
  ActionOutcome outcome;
  outcome.service_id = in.String("serviceId", Need::kRequired);
  outcome.action_id = in.String("actionId", Need::kRequired);
  outcome.incident_id = in.String("incidentId");
  outcome.actor = in.String("actor");
  outcome.note = in.String("note");
  outcome.at = in.Time("at", Need::kRequired).value_or(Instant{});
  SREHUB_CHECK_OK(in.status());
  return outcome;
}

Result<Recommendations> DecodeRecommendations(std::string_view bytes) {
  return Decode(bytes, RecommendationsFromJson);
}

Result<ActionOutcome> DecodeActionOutcome(std::string_view bytes) {
  return Decode(bytes, ActionOutcomeFromJson);
}

}  // namespace srehub::model
