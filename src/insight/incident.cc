// One incident in full, and what it lacks for the list of ten.
#include <algorithm>

#include "insight/counts.h"
#include "insight/event_fields.h"
#include "insight/names.h"
#include "insight/ranking.h"
#include "insight/session.h"
#include "insight/trending.h"

namespace srehub::insight {

namespace {

constexpr size_t kListed = 10;
constexpr size_t kMaxEpisodes = 50;
constexpr size_t kMaxSamples = 5;
constexpr Duration kSampleSpan = std::chrono::hours(1);  // up to the newest event
constexpr size_t kQuarters = 96;
constexpr Minute kQuarter = 15;

Result<IncidentAnswer> NoSuchIncident(Session* session, const std::string& service,
                                      const std::string& type) {
  SREHUB_TRY(const Family family, FindFamily(session, service, true));
  SREHUB_TRY(const std::vector<aggregate::IncidentState> states, session->IncidentsOf(service));
  std::vector<std::string> types;
  for (const aggregate::IncidentState& state : states) types.push_back(state.event_type);
  const std::vector<std::string> nearest = NearestNames(type, types, 3);
  std::string message = service + " has no incident of type \"" + type + "\"";
  if (!nearest.empty()) message += "; did you mean " + JoinNames(nearest) + "?";
  return Fail(ErrorCode::kNotFound, std::move(message));
}

std::string ReasonNotListed(const Candidate& candidate, const WhyNot& why) {
  const aggregate::View& view = candidate.view;
  if (!view.listed) return "it carried nothing but info so far: that is no incident";
  if (view.maintenance) return "a maintenance keeps it out of the list";
  if (view.silenced) return "a silence keeps it out of the list";
  if (view.life_state == aggregate::LifeState::kResolved) return "it is resolved";
  if (!why.score_to_beat) return "it is not in the list";
  std::string reason = "its score " + std::to_string(candidate.score.total()) + " is below " +
                       std::to_string(*why.score_to_beat) + ", the score of the tenth";
  if (view.life_state == aggregate::LifeState::kQuiet)
    reason += "; it has been quiet and decays by half every 15 minutes";
  return reason;
}

Result<WhyNot> Explain(Session* session, const Candidate& candidate) {
  TrendingQuery query;
  query.limit = kListed;
  SREHUB_TRY(const Ranking ranking,
             session->past() ? RankAll(session, query) : RankFromIndex(session, query));
  WhyNot why;
  for (size_t i = 0; i < ranking.top.size(); ++i) {
    if (ranking.top[i].incident_id != candidate.incident_id) continue;
    why.listed = true;
    why.rank = i + 1;
    why.reason = "it is number " + std::to_string(why.rank) + " of the list";
    return why;
  }
  if (ranking.top.size() == kListed) why.score_to_beat = ranking.top.back().score.total();
  why.reason = ReasonNotListed(candidate, why);
  return why;
}

Status TakeSamples(Session* session, const aggregate::IncidentState& state,
                   IncidentAnswer* answer) {
  store::EventQuery read;
  read.service_id = state.service_id;
  read.window = {state.last_evidence - kSampleSpan, state.last_evidence};
  read.limit = kMaxSamples;
  read.filter = [&](const model::Event& e) { return e.event_type == state.event_type; };
  SREHUB_TRY(const store::EventPage page,
             session->store().ReadEvents(read, session->clock_now(), session->cost()));
  for (const model::Event& e : page.events) {
    EventFields fields = FieldsOf(e);
    answer->samples.push_back({e.timestamp, model::SortKey(e.timestamp, e.event_id).substr(31),
                               std::move(fields.title), std::move(fields.trace_id), e.details});
  }
  return {};
}

Status TakeDay(Session* session, const aggregate::IncidentState& state, IncidentAnswer* answer) {
  const Minute now = MinuteOf(session->now());
  const Minute first = now - static_cast<Minute>(kQuarters) * kQuarter + 1;
  SREHUB_TRY(const std::vector<aggregate::Counts> minutes,
             MinuteCounts(session, state, first, now));
  answer->spark_24h.assign(kQuarters, 0);
  for (size_t i = 0; i < minutes.size(); ++i)
    answer->spark_24h[i / kQuarter] += aggregate::ActiveSum(minutes[i]);
  return {};
}

}  // namespace

Result<IncidentAnswer> Incident(const Context& context, const IncidentQuery& query) {
  Session session(context, query.at);
  SREHUB_TRY(const auto parts, model::ParseIncidentId(query.incident_id));
  SREHUB_TRY(std::optional<aggregate::IncidentState> state, session.Incident(query.incident_id));
  if (!state) return NoSuchIncident(&session, parts.first, parts.second);
  SREHUB_TRY(const Candidate candidate, MakeCandidate(&session, std::move(*state)));
  IncidentAnswer answer;
  SREHUB_TRY(answer.why_not, Explain(&session, candidate));
  SREHUB_TRY(answer.row, RowMaker(&session).Make(candidate, answer.why_not.rank));
  answer.episodes = aggregate::EpisodesOf(candidate.state, session.now());
  std::reverse(answer.episodes.begin(), answer.episodes.end());
  if (answer.episodes.size() > kMaxEpisodes) {
    answer.episodes.resize(kMaxEpisodes);
    answer.head.truncated = true;
  }
  answer.open_signals = aggregate::OpenSignals(candidate.state, session.now());
  SREHUB_CHECK_OK(TakeDay(&session, candidate.state, &answer));
  SREHUB_CHECK_OK(TakeSamples(&session, candidate.state, &answer));
  SREHUB_TRY(const std::vector<aggregate::Silence>* silences, session.Silences());
  for (const aggregate::Silence& s : *silences)
    if (s.Matches(parts.first, parts.second) && session.now() < s.ends_at)
      answer.silences.push_back(s);
  if (context.playbooks) answer.playbook = &context.playbooks->For(parts.second);
  const bool truncated = answer.head.truncated;
  answer.head = session.Head({session.now() - kDay, session.now()});
  answer.head.truncated = truncated;
  if (truncated) answer.head.notes.push_back("only the newest 50 episodes are listed");
  if (candidate.state.approximate)
    answer.head.notes.push_back("counts are approximate: a cap on signals or series was met");
  return answer;
}

namespace {

void WriteEpisode(JsonWriter* json, const aggregate::Episode& e) {
  json->BeginObject().Field("from", StartOfMinute(e.first)).Field("to", StartOfMinute(e.last + 1));
  json->Field("severity", model::SeverityName(e.worst)).Field("open", e.open);
  if (e.first_high) json->Field("firstHigh", StartOfMinute(*e.first_high));
  json->EndObject();
}

void WriteSilence(JsonWriter* json, const aggregate::Silence& s) {
  json->BeginObject().Field("id", s.id);
  json->Field("kind", s.kind == aggregate::Silence::Kind::kMaintenance ? "maintenance" : "silence");
  json->FieldIf("serviceId", s.service_id).FieldIf("eventType", s.event_type);
  json->FieldIf("incidentId", s.incident_id);
  json->Field("startsAt", s.starts_at).Field("endsAt", s.ends_at);
  json->FieldIf("by", s.by).FieldIf("why", s.why).EndObject();
}

void WritePlaybook(JsonWriter* json, const playbook::Playbook& p) {
  json->Key("playbook").BeginObject().Field("id", p.id).Field("version", p.version);
  json->Field("title", p.title).Field("meaning", p.meaning).FieldIf("impact", p.impact);
  json->Key("causes").BeginArray();
  for (const playbook::Cause& cause : p.causes) {
    json->BeginObject().Field("text", cause.text).Field("prior", cause.prior);
    json->FieldIf("tell", cause.tell_text).EndObject();
  }
  json->EndArray().Key("links").BeginArray();
  for (const playbook::Link& link : p.links)
    json->BeginObject().Field("title", link.title).Field("url", link.url).EndObject();
  json->EndArray().EndObject();
}

}  // namespace

std::string ToJson(const IncidentAnswer& answer) {
  JsonWriter json;
  json.BeginObject();
  WriteHead(&json, answer.head);
  json.Key("incident");
  WriteTrendingRow(&json, answer.row);
  json.Key("whyNot").BeginObject().Field("listed", answer.why_not.listed);
  if (answer.why_not.rank > 0) json.Field("rank", answer.why_not.rank);
  if (answer.why_not.score_to_beat) json.Field("scoreToBeat", *answer.why_not.score_to_beat);
  json.Field("reason", answer.why_not.reason).EndObject();
  json.Key("episodes").BeginArray();
  for (const aggregate::Episode& episode : answer.episodes) WriteEpisode(&json, episode);
  json.EndArray().Key("openSignals").BeginArray();
  for (const aggregate::OpenSignal& open : answer.open_signals) {
    json.BeginObject().Field("signal", open.id).Field("since", open.interval.start);
    json.Field("severity", model::SeverityName(open.interval.worst));
    if (open.interval.assumed) json.Field("assumedEndedAt", open.interval.end);
    json.EndObject();
  }
  json.EndArray().Key("sparkline24h").BeginArray();
  for (const uint64_t n : answer.spark_24h) json.Uint(n);
  json.EndArray().Key("silences").BeginArray();
  for (const aggregate::Silence& silence : answer.silences) WriteSilence(&json, silence);
  json.EndArray().Key("samples").BeginArray();
  for (const IncidentSample& sample : answer.samples) {
    json.BeginObject().Field("timestamp", sample.timestamp).Field("eventId", sample.event_id);
    json.Field("title", sample.title).FieldIf("traceId", sample.trace_id);
    json.FieldRaw("details", sample.details.empty() ? "{}" : sample.details).EndObject();
  }
  json.EndArray();
  if (answer.playbook) WritePlaybook(&json, *answer.playbook);
  json.EndObject();
  return json.Take();
}

}  // namespace srehub::insight
