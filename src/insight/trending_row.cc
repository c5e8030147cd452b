// One row of the trending list: what is shown beside the score.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "aggregate/rate_comparison.h"
#include "insight/counts.h"
#include "insight/deploy_lookup.h"
#include "insight/lists.h"
#include "insight/names.h"
#include "insight/ranking.h"

namespace srehub::insight {

namespace {

constexpr double kSignificance = 0.05;
constexpr size_t kTrendMinutes = 15;  // the newest, against the 45 before
constexpr size_t kObjectNames = 10;

double Rounded(double value) { return std::round(value * 1000.0) / 1000.0; }

// A failed deploy is not suspected of itself: what only pipelines told of is left alone.
bool OnlyFromPipelines(const aggregate::IncidentState& state) {
  return state.sources == 1U << (static_cast<unsigned>(model::Source::kCicd) - 1);
}

// Where the current episode began: its minute, or the very instant where that is known.
Instant StartOf(const aggregate::View& view) {
  for (const std::optional<Instant>& t : {view.first_seen, view.open_since})
    if (t && MinuteOf(*t) == view.episode->first) return *t;
  return StartOfMinute(view.episode->first);
}

// The stored advice may be older than the incident; the playbook still has its first check.
FirstAction FromPlaybook(const playbook::Playbook& playbook) {
  const playbook::PlaybookAction* first = &playbook.actions.front();
  for (const playbook::PlaybookAction& action : playbook.actions) {
    if (action.risk != model::Risk::kReadOnly) continue;
    first = &action;
    break;
  }
  return {playbook.id + "/" + first->id, first->title, first->steps.front().command, first->risk};
}

}  // namespace

std::string_view TrendOf(const std::array<uint64_t, kSparkMinutes>& spark) {
  const auto split = spark.end() - kTrendMinutes;
  const uint64_t before = std::accumulate(spark.begin(), split, uint64_t{0});
  const uint64_t after = std::accumulate(split, spark.end(), uint64_t{0});
  const aggregate::RateComparison rates =
      aggregate::CompareRates(before, kSparkMinutes - kTrendMinutes, after, kTrendMinutes);
  if (rates.p_up <= kSignificance) return "rising";
  if (rates.p_down <= kSignificance) return "falling";
  return rates.enough_data ? "steady" : "unknown";
}

Result<TrendingRow> RowMaker::Make(const Candidate& candidate, size_t rank) {
  const aggregate::IncidentState& state = candidate.state;
  TrendingRow row;
  row.rank = rank;
  row.incident_id = candidate.incident_id;
  row.service_id = state.service_id;
  row.event_type = state.event_type;
  if (state.sample) row.title = state.sample->title;
  if (row.title.empty()) row.title = state.event_type;
  row.score = candidate.score;
  row.view = candidate.view;
  row.severity = candidate.view.severity;
  row.acknowledgement = candidate.acknowledgement;
  row.total = aggregate::ActiveSum(state.totals);
  row.object_count = state.objects.size();
  row.more_objects = state.more_objects;
  for (const auto& [hash, name] : state.objects) row.objects.push_back(name);
  std::sort(row.objects.begin(), row.objects.end());
  if (row.objects.size() > kObjectNames) row.objects.resize(kObjectNames);
  row.approximate = state.approximate;
  SREHUB_CHECK_OK(Count(candidate, &row));
  SREHUB_CHECK_OK(FindDeploy(candidate, &row));
  SREHUB_CHECK_OK(FindAction(candidate, &row));
  return row;
}

// Whole minutes, the current one included; minutes ahead of now (clock skew) count as the current.
Status RowMaker::Count(const Candidate& candidate, TrendingRow* row) {
  const Minute now = MinuteOf(session_->now());
  const Minute last = MinuteOf(session_->now() + limits::kMaxAhead);
  constexpr auto kSpan = static_cast<Minute>(kSparkMinutes);
  SREHUB_TRY(const std::vector<aggregate::Counts> minutes,
             MinuteCounts(session_, candidate.state, now - kSpan + 1, last));
  for (size_t i = 0; i < minutes.size(); ++i)
    row->spark[std::min(i, kSparkMinutes - 1)] += aggregate::ActiveSum(minutes[i]);
  row->count_5m = std::accumulate(row->spark.end() - 5, row->spark.end(), uint64_t{0});
  row->count_1h = std::accumulate(row->spark.begin(), row->spark.end(), uint64_t{0});
  SREHUB_TRY(const uint64_t earlier,
             CountBetween(session_, candidate.state, now - 24 * 60 + 1, now - kSpan));
  row->count_24h = row->count_1h + earlier;
  row->trend = TrendOf(row->spark);
  return {};
}

Status RowMaker::FindDeploy(const Candidate& candidate, TrendingRow* row) {
  if (!candidate.view.episode || OnlyFromPipelines(candidate.state)) return {};
  const auto [it, fresh] = families_.try_emplace(row->service_id);
  if (fresh) {
    SREHUB_TRY(it->second, session_->store().ServicesOfStem(model::ServiceStem(row->service_id),
                                                            session_->cost()));
  }
  const Instant since = StartOf(candidate.view);
  const Window window{since - kSuspectBefore - kRunSpan, since + kSuspectAfter + 1min};
  SREHUB_TRY(const std::vector<model::Deploy> deploys, DeploysOf(session_, it->second, window));
  row->suspected_deploy = Suspect(deploys, since, row->service_id);
  return {};
}

Status RowMaker::FindAction(const Candidate& candidate, TrendingRow* row) {
  const auto [it, fresh] = advice_.try_emplace(row->service_id);
  if (fresh && !session_->past()) {  // what is stored is advice for now
    SREHUB_TRY(it->second, session_->store().GetRecommendations(row->service_id, session_->cost()));
  }
  if (it->second) {
    for (const model::Action& action : it->second->actions) {
      if (action.incident_id != candidate.incident_id || action.steps.empty()) continue;
      row->first_action = {action.id, action.title, action.steps.front().command, action.risk};
      return {};
    }
  }
  if (session_->context().playbooks)
    row->first_action = FromPlaybook(session_->context().playbooks->For(row->event_type));
  return {};
}

namespace {

void WriteScore(JsonWriter* json, const aggregate::Score& score) {
  double shown = 0;
  for (const aggregate::ScoreTerm& term : score.terms) shown += Rounded(term.value);
  json->Field("score", Rounded(shown));
  json->Field("heat", Rounded(score.heat)).Field("openTerm", Rounded(score.open_term));
  json->Key("terms").BeginArray();
  for (const aggregate::ScoreTerm& term : score.terms) {
    json->BeginObject().Field("name", term.name).Field("value", Rounded(term.value));
    json->Field("severity", model::SeverityName(term.severity));
    json->Field("occurrences", term.occurrences);
    json->Field("usualPerMinute", Rounded(term.usual_per_minute)).Field("novel", term.novel);
    json->EndObject();
  }
  json->EndArray();
}

void WriteAcknowledgement(JsonWriter* json, const aggregate::Acknowledgement& ack) {
  json->Key("acknowledgement").BeginObject().Field("at", ack.at);
  if (ack.until) json->Field("until", *ack.until);
  json->FieldIf("by", ack.by).FieldIf("why", ack.why).EndObject();
}

void WriteSuspect(JsonWriter* json, const SuspectedDeploy& suspect) {
  json->Key("suspectedDeploy").BeginObject();
  json->Key("deploy");
  WriteDeploy(json, suspect.deploy);
  json->Field("offsetSeconds", suspect.offset / 1s).Field("inferred", suspect.inferred);
  const Duration distance = std::max(suspect.offset, -suspect.offset);
  json->Field("note", "began " + FormatDuration(distance) +
                          (suspect.offset < Duration(0) ? " before" : " after") +
                          " this deploy: a suspicion by time alone, not blame");
  json->EndObject();
}

}  // namespace

void WriteTrendingRow(JsonWriter* json, const TrendingRow& row) {
  const aggregate::View& view = row.view;
  json->BeginObject();
  if (row.rank > 0) json->Field("rank", row.rank);
  json->Field("incidentId", row.incident_id).Field("serviceId", row.service_id);
  json->Field("eventType", row.event_type).Field("title", row.title);
  WriteScore(json, row.score);
  json->Field("severity", model::SeverityName(row.severity));
  json->Field("state", aggregate::LifeStateName(view.life_state));
  if (view.open_since) json->Field("openSince", *view.open_since);
  if (view.open_until) json->Field("openUntil", *view.open_until);
  if (view.open_level != aggregate::OpenClass::kNone)
    json->Field("openLevel", aggregate::OpenClassName(view.open_level));
  json->Field("count5m", row.count_5m).Field("count1h", row.count_1h);
  json->Field("count24h", row.count_24h).Field("totalOccurrences", row.total);
  if (view.first_seen) json->Field("firstSeen", *view.first_seen);
  if (view.last_seen) json->Field("lastSeen", *view.last_seen);
  if (view.episode) json->Field("since", StartOfMinute(view.episode->first));
  json->Key("objects").BeginObject().Field("count", row.object_count);
  json->Field("atLeast", row.more_objects).Key("names").BeginArray();
  for (const std::string& name : row.objects) json->String(name);
  json->EndArray().EndObject();
  json->Field("trend", row.trend).Key("sparkline").BeginArray();
  for (const uint64_t n : row.spark) json->Uint(n);
  json->EndArray();
  json->Field("acknowledged", view.acknowledged).Field("silenced", view.silenced);
  json->Field("maintenance", view.maintenance);
  if (row.approximate) json->Field("approximate", true);
  if (row.acknowledgement) WriteAcknowledgement(json, *row.acknowledgement);
  if (row.suspected_deploy) WriteSuspect(json, *row.suspected_deploy);
  if (row.first_action) {
    json->Key("firstAction").BeginObject().Field("id", row.first_action->id);
    json->Field("title", row.first_action->title).FieldIf("command", row.first_action->command);
    json->Field("risk", model::RiskName(row.first_action->risk)).EndObject();
  }
  json->EndObject();
}

}  // namespace srehub::insight
