#include "api/alertmanager_alerts.h"

#include <algorithm>
#include <map>

#include "api/alert_matcher.h"
#include "api/params.h"
#include "api/status.h"
#include "base/json_reader.h"
#include "sources/alerts.h"

namespace srehub::api {
namespace {

// One open signal. What Prometheus, Alertmanager or Grafana sent keeps its labels; an alarm or a
// node gets the few that name it.
struct Alert {
  model::Labels labels, annotations;
  std::string generator_url, fingerprint;
  Instant starts_at{}, ends_at{}, updated_at{};
  std::vector<std::string> silenced_by;
};

struct AlertFilter {
  std::vector<AlertMatcher> matchers;
  bool active = true, silenced = true, unprocessed = true;
  std::shared_ptr<const RE2> receiver;  // null: any
};

model::Labels LabelsOf(const JsonElement& details, std::string_view key) {
  model::Labels labels;
  const auto object = FindObject(details, key);
  if (!object) return labels;
  for (const auto field : *object) {
    std::string_view text;
    if (field.value.get_string().get(text) == simdjson::SUCCESS)
      labels.emplace(std::string(field.key), std::string(text));
  }
  return labels;
}

// The newest statements of the signal say what it is. Of a firing and its refresh, which may stand
// at one instant, only the refresh has the annotations.
Status Describe(const Services& hub, const aggregate::IncidentState& state,
                const aggregate::OpenSignal& signal, Instant now, Alert* alert) {
  store::EventQuery query;
  query.service_id = state.service_id;
  query.window = {signal.interval.start - Duration(1), now};
  query.limit = 2;
  query.include_refreshes = true;
  query.filter = [&](const model::Event& event) {
    return event.signal == signal.id && event.event_type == state.event_type;
  };
  SREHUB_TRY(const store::EventPage page, hub.store->ReadEvents(query, now, nullptr));
  std::string title;
  for (const model::Event& event : page.events) {
    JsonReader reader;
    const auto details = reader.Parse(event.details);
    if (!details) continue;
    if (alert->labels.empty()) alert->labels = LabelsOf(*details, "labels");
    if (alert->annotations.empty()) alert->annotations = LabelsOf(*details, "annotations");
    if (alert->generator_url.empty())
      alert->generator_url = FindString(*details, "generatorURL").value_or("");
    if (title.empty()) title = FindString(*details, "title").value_or("");
  }
  if (alert->annotations.empty() && !title.empty()) alert->annotations.emplace("summary", title);
  if (alert->labels.empty())
    alert->labels = {{"alertname", state.event_type},
                     {"service", state.service_id},
                     {"severity", std::string(model::SeverityName(signal.interval.worst))},
                     {"signal", signal.id}};
  alert->fingerprint = sources::AlertFingerprint(alert->labels);
  return {};
}

Status AddAlerts(const Services& hub, const aggregate::IncidentState& state,
                 const std::vector<aggregate::Silence>& silences, const AlertFilter& filter,
                 Instant now, std::vector<Alert>* out) {
  std::vector<std::string> silenced_by;
  for (const aggregate::Silence& silence : silences)
    if (silence.ActiveAt(now) && silence.Matches(state.service_id, state.event_type))
      silenced_by.push_back(silence.id);
  if (silenced_by.empty() ? !filter.active : !filter.silenced) return {};
  for (const aggregate::OpenSignal& signal : aggregate::OpenSignals(state, now)) {
    if (out->size() >= kMaxListedAlerts) return {};
    Alert alert{.labels = {},
                .annotations = {},
                .generator_url = {},
                .fingerprint = {},
                .starts_at = signal.interval.start,
                .ends_at = signal.interval.end,
                .updated_at = state.last_evidence,
                .silenced_by = silenced_by};
    SREHUB_CHECK_OK(Describe(hub, state, signal, now, &alert));
    if (FitsAll(filter.matchers, alert.labels)) out->push_back(std::move(alert));
  }
  return {};
}

Result<std::vector<Alert>> OpenAlerts(const Services& hub, const AlertFilter& filter) {
  std::vector<Alert> alerts;
  const Instant now = hub.clock->Now();
  if (filter.receiver && !RE2::FullMatch(std::string(kReceiver), *filter.receiver)) return alerts;
  SREHUB_TRY(const std::vector<aggregate::Silence> silences, hub.store->ListSilences(now));
  std::string after;
  for (;;) {
    SREHUB_TRY(const std::vector<store::ServiceRow> rows,
               hub.store->ListServices(after, limits::kMaxPage, nullptr));
    for (const store::ServiceRow& row : rows) {
      SREHUB_TRY(const std::vector<aggregate::IncidentState> states,
                 hub.store->IncidentsOfService(row.service_id, nullptr));
      for (const aggregate::IncidentState& state : states)
        SREHUB_CHECK_OK(AddAlerts(hub, state, silences, filter, now, &alerts));
    }
    if (rows.size() < limits::kMaxPage || alerts.size() >= kMaxListedAlerts) return alerts;
    after = rows.back().service_id;
  }
}

void WriteLabels(JsonWriter* json, const model::Labels& labels) {
  json->BeginObject();
  for (const auto& [name, value] : labels) json->Field(name, value);
  json->EndObject();
}

void WriteAlert(JsonWriter* json, const Alert& alert) {
  json->BeginObject().Key("annotations");
  WriteLabels(json, alert.annotations);
  json->Field("endsAt", alert.ends_at).Field("fingerprint", alert.fingerprint);
  json->Key("receivers").BeginArray().BeginObject().Field("name", kReceiver).EndObject().EndArray();
  json->Field("startsAt", alert.starts_at).Key("status").BeginObject();
  json->Key("inhibitedBy").BeginArray().EndArray().Key("mutedBy").BeginArray().EndArray();
  json->Key("silencedBy").BeginArray();
  for (const std::string& id : alert.silenced_by) json->String(id);
  json->EndArray().Field("state", alert.silenced_by.empty() ? "active" : "suppressed").EndObject();
  json->Field("updatedAt", alert.updated_at).FieldIf("generatorURL", alert.generator_url);
  json->Key("labels");
  WriteLabels(json, alert.labels);
  json->EndObject();
}

// `filter` may be given several times; everything else once.
http::Request FirstOfEach(const http::Request& request) {
  http::Request once = request;
  bool seen = false;
  std::erase_if(once.query, [&](const auto& pair) {
    return pair.first == "filter" && std::exchange(seen, true);
  });
  return once;
}

Result<AlertFilter> ReadFilter(const http::Request& request, Params* params) {
  AlertFilter filter;
  const auto flag = [&](std::string_view name) {
    return !request.Query(name) || params->Flag(name);
  };
  filter.active = flag("active");
  filter.silenced = flag("silenced");
  flag("inhibited");  // nothing inhibits here
  filter.unprocessed = flag("unprocessed");
  for (const auto& [name, value] : request.query) {
    if (name == "filter") {
      if (filter.matchers.size() >= kMaxAlertMatchers)
        return Fail(ErrorCode::kInvalidArgument, "too many filters");
      SREHUB_TRY(AlertMatcher matcher, ParseAlertMatcher(value));
      filter.matchers.push_back(std::move(matcher));
    } else if (name == "receiver" && !value.empty()) {
      SREHUB_TRY(const AlertMatcher matcher, MakeAlertMatcher("receiver", value, true, true));
      filter.receiver = matcher.pattern;
    }
  }
  return filter;
}

// The answer to either list: `write` gets the alerts that were asked for.
template <typename Write>
http::Response List(const Services& hub, const http::Request& request, Write write) {
  const http::Request once = FirstOfEach(request);
  Params params(once, {"active", "silenced", "inhibited", "unprocessed", "filter", "receiver"});
  if (params.problem()) return params.Refuse();
  const auto filter = ReadFilter(request, &params);
  if (params.problem()) return params.Refuse();
  if (!filter) return AlertmanagerError(400, filter.error().message);
  const auto alerts = OpenAlerts(hub, *filter);
  if (!alerts) return ErrorResponse(request, alerts.error());
  JsonWriter json;
  write(&json, *alerts);
  return http::JsonResponse(json.Take());
}

}  // namespace

http::Response AlertmanagerError(int status, std::string_view text) {
  std::string json;
  AppendJsonString(&json, text);
  return http::JsonResponse(std::move(json), status);
}

http::Response GetAlerts(const Services& hub, const http::Request& request) {
  return List(hub, request, [](JsonWriter* json, const std::vector<Alert>& alerts) {
    json->BeginArray();
    for (const Alert& alert : alerts) WriteAlert(json, alert);
    json->EndArray();
  });
}

// Grouped by what every alert here has: the service.
http::Response GetAlertGroups(const Services& hub, const http::Request& request) {
  return List(hub, request, [](JsonWriter* json, const std::vector<Alert>& alerts) {
    std::map<std::string, std::vector<const Alert*>> groups;
    for (const Alert& alert : alerts) {
      const auto service = alert.labels.find("service");
      groups[service == alert.labels.end() ? "" : service->second].push_back(&alert);
    }
    json->BeginArray();
    for (const auto& [service, members] : groups) {
      json->BeginObject().Key("alerts").BeginArray();
      for (const Alert* alert : members) WriteAlert(json, *alert);
      json->EndArray().Key("labels").BeginObject().FieldIf("service", service).EndObject();
      json->Key("receiver").BeginObject().Field("name", kReceiver).EndObject().EndObject();
    }
    json->EndArray();
  });
}

}  // namespace srehub::api
