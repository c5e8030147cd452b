#include "insight/tally.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "base/zone.h"
#include "insight/day_episodes.h"
#include "insight/session.h"

namespace srehub::insight {

namespace {

constexpr int kComparedDays = 7;
constexpr size_t kMaxListed = 500;

struct Counted {
  std::vector<TallyRow> recorded;
  uint64_t carried_over = 0;
};

bool Wanted(const TallyQuery& query, model::Severity severity) {
  return !query.severity || severity == *query.severity;
}

TallyRow RowOf(const DayEpisode& e) {
  TallyRow row;
  row.incident_id = e.incident_id;
  if (auto parts = model::ParseIncidentId(e.incident_id)) {
    row.service_id = std::move(parts->first);
    row.event_type = std::move(parts->second);
  }
  row.severity = e.episode.worst;
  row.first_high = StartOfMinute(*e.episode.first_high);
  row.open = e.episode.open;
  return row;
}

// The day [from, to) as known up to `until`.
Counted CountDay(const std::vector<DayEpisode>& episodes, const TallyQuery& query, Instant from,
                 Instant until) {
  Counted counted;
  for (const DayEpisode& e : episodes) {
    if (!e.episode.first_high || !Wanted(query, e.episode.worst)) continue;
    const Instant first_high = StartOfMinute(*e.episode.first_high);
    if (first_high >= from && first_high < until) {
      counted.recorded.push_back(RowOf(e));
    } else if (first_high < from && StartOfMinute(e.episode.last) >= from) {
      ++counted.carried_over;
    }
  }
  std::sort(counted.recorded.begin(), counted.recorded.end(),
            [](const TallyRow& a, const TallyRow& b) {
              return std::tie(b.first_high, a.incident_id) < std::tie(a.first_high, b.incident_id);
            });
  return counted;
}

uint64_t RecordedBetween(const std::vector<DayEpisode>& episodes, const TallyQuery& query,
                         Instant from, Instant to) {
  return static_cast<uint64_t>(
      std::count_if(episodes.begin(), episodes.end(), [&](const DayEpisode& e) {
        if (!e.episode.first_high || !Wanted(query, e.episode.worst)) return false;
        const Instant t = StartOfMinute(*e.episode.first_high);
        return t >= from && t < to;
      }));
}

void Split(TallyAnswer* answer) {
  std::map<std::string, uint64_t> services;
  for (const TallyRow& row : answer->incidents) {
    ++(row.severity == model::Severity::kCritical ? answer->critical : answer->high);
    ++services[row.service_id];
  }
  answer->by_service.assign(services.begin(), services.end());
  std::stable_sort(answer->by_service.begin(), answer->by_service.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
}

void Compare(const Zone& zone, const TallyQuery& query, const std::vector<DayEpisode>& episodes,
             Instant last, TallyAnswer* answer) {
  const Instant hour = zone.StartOfHour(last);
  answer->this_hour = RecordedBetween(episodes, query, hour, last + 1ns);
  for (int back = 1; back <= kComparedDays; ++back) {
    const Instant same = zone.AddDays(last, -back);
    const Instant from = zone.StartOfDay(same);
    const Instant its_hour = zone.StartOfHour(same);
    TallyDay day;
    day.day = zone.FormatDate(same);
    day.by_this_time = RecordedBetween(episodes, query, from, same + 1ns);
    day.this_hour = RecordedBetween(episodes, query, its_hour, its_hour + 1h);
    day.whole_day = RecordedBetween(episodes, query, from, zone.EndOfDay(same));
    answer->last_days.push_back(std::move(day));
  }
}

// The hub keeps no receipt times, so it cannot list which of yesterday's incidents came late; it
// can say which feeds run late enough for that.
void TellLateness(const Session& session, Instant from, TallyAnswer* answer) {
  for (const store::SourceHealthRow& row : answer->head.sources) {
    const Duration late = std::max(row.lateness, row.max_lateness_1h);
    if (session.now() - late >= from) continue;
    answer->late_sources.push_back(std::string(model::SourceName(row.source)));
    answer->head.notes.push_back(std::string(model::SourceName(row.source)) + " delivers up to " +
                                 FormatDuration(late) +
                                 " late: such incidents count on the day they happened, so the "
                                 "numbers of earlier days may still rise");
  }
}

Result<Zone> ZoneOf(const Context& context, const TallyQuery& query) {
  if (query.tz.empty()) return Zone::Load(context.default_zone);
  // An unescaped plus of a query string arrives as a blank.
  return Zone::Load(query.tz.front() == ' ' ? "+" + query.tz.substr(1) : query.tz);
}

}  // namespace

Result<TallyAnswer> Tally(const Context& context, const TallyQuery& query) {
  if (query.severity && !model::IsHighSeverity(*query.severity))
    return Fail(ErrorCode::kInvalidArgument,
                "the tally counts high and critical incidents; severity must be one of them");
  if (query.at && !query.day.empty())
    return Fail(ErrorCode::kInvalidArgument, "\"at\" and \"day\" both name the day: give one");
  SREHUB_TRY(const Zone zone, ZoneOf(context, query));
  Session session(context, query.at);
  if (session.now() > session.clock_now() + limits::kMaxAhead)
    return Fail(ErrorCode::kInvalidArgument, "\"at\" lies in the future: " + FormatTime(*query.at));
  Instant day = session.now();
  if (!query.day.empty()) {
    SREHUB_TRY(day, zone.ParseDate(query.day));
    if (day > session.now())
      return Fail(ErrorCode::kInvalidArgument, "the day " + query.day + " has not begun yet");
  }
  TallyAnswer answer;
  answer.day = zone.FormatDate(day);
  answer.from = zone.StartOfDay(day);
  answer.to = zone.EndOfDay(day);
  answer.definition =
      "high-severity incidents recorded: episodes that first became high or critical in the day; "
      "what repeats within 10 minutes is one";
  // Senders' clocks may be up to 10 minutes ahead: what they date so counts as it is.
  const Duration ahead = session.past() ? Duration(0) : limits::kMaxAhead;
  const Instant until = std::min(answer.to, session.now() + ahead + 1ns);
  const Instant first = zone.StartOfDay(zone.AddDays(answer.from, -kComparedDays));
  SREHUB_TRY(const std::vector<DayEpisode> episodes, ReadEpisodes(&session, first, until));
  Counted counted = CountDay(episodes, query, answer.from, until);
  answer.count = counted.recorded.size();
  answer.carried_over = counted.carried_over;
  answer.incidents = std::move(counted.recorded);
  Split(&answer);
  const Instant last = std::min(session.now(), answer.to - 1ns);
  Compare(zone, query, episodes, last, &answer);
  answer.head = session.Head({answer.from, last});
  answer.head.zone = zone.name();
  if (answer.incidents.size() > kMaxListed) {
    answer.incidents.resize(kMaxListed);
    answer.head.truncated = true;
    answer.head.notes.push_back("the newest 500 incidents are listed; all are counted");
  }
  TellLateness(session, answer.from, &answer);
  return answer;
}

namespace {

void WriteDays(JsonWriter* json, const TallyAnswer& answer) {
  json->Key("lastDays").BeginArray();
  for (const TallyDay& day : answer.last_days) {
    json->BeginObject().Field("day", day.day).Field("byThisTime", day.by_this_time);
    json->Field("thisHour", day.this_hour).Field("wholeDay", day.whole_day).EndObject();
  }
  json->EndArray();
}

}  // namespace

std::string ToJson(const TallyAnswer& answer) {
  JsonWriter json;
  json.BeginObject();
  WriteHead(&json, answer.head);
  json.Field("day", answer.day).Field("from", answer.from).Field("to", answer.to);
  json.Field("count", answer.count).Field("definition", answer.definition);
  json.Key("bySeverity").BeginObject();
  json.Field("critical", answer.critical).Field("high", answer.high).EndObject();
  json.Key("byService").BeginArray();
  for (const auto& [service, count] : answer.by_service)
    json.BeginObject().Field("serviceId", service).Field("count", count).EndObject();
  json.EndArray();
  json.Field("carriedOver", answer.carried_over).Field("thisHour", answer.this_hour);
  WriteDays(&json, answer);
  json.Key("lateAdditions").BeginObject().Field("known", false);
  json.Field("possible", !answer.late_sources.empty()).Key("sources").BeginArray();
  for (const std::string& source : answer.late_sources) json.String(source);
  json.EndArray().EndObject();
  json.Key("incidents").BeginArray();
  for (const TallyRow& row : answer.incidents) {
    json.BeginObject().Field("incidentId", row.incident_id).Field("serviceId", row.service_id);
    json.Field("eventType", row.event_type);
    json.Field("severity", model::SeverityName(row.severity));
    json.Field("firstHigh", row.first_high).Field("open", row.open).EndObject();
  }
  json.EndArray().EndObject();
  return json.Take();
}

}  // namespace srehub::insight
