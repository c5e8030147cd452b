#include "insight/recommendations.h"

#include <algorithm>

#include "base/hash.h"
#include "insight/advice_facts.h"
#include "insight/names.h"
#include "insight/ranking.h"
#include "insight/session.h"
#include "model/recommendation_json.h"
#include "playbook/rank.h"

namespace srehub::insight {

namespace {

constexpr size_t kMaxIncidents = 10;
constexpr size_t kMaxRecent = 5;
constexpr size_t kMaxActions = 40;
constexpr int kMaxTries = 4;
constexpr Duration kStatementsSeen = std::chrono::hours(3);  // a newer one asks for a refresh

bool IsGoing(const aggregate::View& view) {
  return view.Ranked() && (view.life_state == aggregate::LifeState::kOpen ||
                           view.life_state == aggregate::LifeState::kActive);
}

std::string Summary(const std::string& service, const std::vector<Candidate>& going,
                    const std::vector<Candidate>& recent) {
  if (!going.empty()) {
    const Candidate& worst = going.front();
    std::string text = std::to_string(going.size()) +
                       (going.size() == 1 ? " incident is" : " incidents are") +
                       " open or active; first: " + worst.state.event_type + " (" +
                       std::string(model::SeverityName(worst.view.severity)) + ")";
    if (worst.view.episode)
      text += " since " + FormatTime(StartOfMinute(worst.view.episode->first));
    return text;
  }
  std::string text = "nothing is open at " + service;
  if (!recent.empty()) {
    const Candidate& last = recent.front();
    text += "; the last incident was " + last.state.event_type;
    if (last.view.last_seen) text += ", last seen " + FormatTime(*last.view.last_seen);
  }
  return text;
}

// Newest first.
std::vector<Candidate> RecentOf(std::vector<Candidate> candidates) {
  std::stable_sort(candidates.begin(), candidates.end(), [](const auto& a, const auto& b) {
    return a.view.last_seen > b.view.last_seen;
  });
  if (candidates.size() > kMaxRecent) candidates.resize(kMaxRecent);
  return candidates;
}

// Read-only steps of the playbook of last resort: what to look at when nothing is open.
std::vector<model::Action> DefaultChecks(const playbook::Library& library,
                                         const std::string& service) {
  playbook::IncidentFacts facts;
  facts.service_id = service;
  facts.placeholders["service"] = service;
  std::vector<model::Action> actions = playbook::RankActions(library.For("*"), facts);
  std::erase_if(actions, [](const auto& a) { return a.risk != model::Risk::kReadOnly; });
  for (model::Action& action : actions) {
    action.why = "a default check: nothing is open";
    action.evidence.clear();
  }
  return actions;
}

void Cap(model::Recommendations* item) {
  if (item->actions.size() > kMaxActions) {
    item->actions.resize(kMaxActions);
    item->truncated = true;
  }
  while (!item->actions.empty() &&
         model::RecommendationsToJson(*item).size() > kMaxRecommendationBytes) {
    item->actions.resize(item->actions.size() - (item->actions.size() + 3) / 4);
    item->truncated = true;
  }
}

// The service's incidents by what they ask for, worst first among those that are going on.
struct Standing {
  std::vector<aggregate::IncidentState> states;
  std::vector<Candidate> going, others;
};

Result<Standing> ReadStanding(Session* session, const std::string& service) {
  Standing standing;
  SREHUB_TRY(standing.states, session->IncidentsOf(service));
  for (const aggregate::IncidentState& state : standing.states) {
    SREHUB_TRY(Candidate candidate, MakeCandidate(session, state));
    if (!candidate.view.listed) continue;
    (IsGoing(candidate.view) ? standing.going : standing.others).push_back(std::move(candidate));
  }
  std::sort(standing.going.begin(), standing.going.end(), RanksBefore);
  return standing;
}

// The item as it should be now; version and updatedAt are the caller's business.
Result<model::Recommendations> Compute(Session* session, const std::string& service) {
  SREHUB_TRY(Standing standing, ReadStanding(session, service));
  std::vector<Candidate>& going = standing.going;
  model::Recommendations item;
  item.service_id = service;
  item.truncated = going.size() > kMaxIncidents;
  const std::vector<Candidate> recent = RecentOf(std::move(standing.others));
  item.summary = Summary(service, going, recent);
  if (going.empty()) {
    for (const Candidate& c : recent) item.recent_incidents.push_back(c.incident_id);
    item.actions = DefaultChecks(*session->context().playbooks, service);
    return item;
  }
  if (going.size() > kMaxIncidents) going.resize(kMaxIncidents);
  FactReader facts(session, service, standing.states);
  SREHUB_CHECK_OK(facts.Load());
  std::vector<std::vector<model::Action>> by_incident;
  for (const Candidate& candidate : going) {
    item.open_incidents.push_back(candidate.incident_id);
    SREHUB_TRY(const playbook::IncidentFacts of, facts.FactsOf(candidate));
    by_incident.push_back(
        playbook::RankActions(session->context().playbooks->For(candidate.state.event_type), of));
  }
  item.actions = playbook::Unite(std::move(by_incident));
  Cap(&item);
  return item;
}

bool SameContent(model::Recommendations a, const model::Recommendations& b) {
  a.version = b.version;
  a.updated_at = b.updated_at;
  return model::RecommendationsToJson(a) == model::RecommendationsToJson(b);
}

}  // namespace

Result<RecommendationsAnswer> Recommendations(const Context& context,
                                              const RecommendationsQuery& query) {
  Session session(context, std::nullopt);
  RecommendationsAnswer answer;
  SREHUB_TRY(std::optional<model::Recommendations> item,
             context.store->GetRecommendations(query.service, session.cost()));
  if (item) {
    answer.item = std::move(*item);
  } else {
    SREHUB_TRY(const Family family, FindFamily(&session, query.service, true));
    SREHUB_TRY(answer.item, Compute(&session, query.service));
    answer.item.updated_at = session.now();
    answer.stored = false;
  }
  answer.head = session.Head({session.now() - context.retention, session.now()});
  answer.head.truncated = answer.item.truncated;
  if (!answer.stored)
    answer.head.notes.push_back("computed for this answer: no item is stored for it yet");
  return answer;
}

std::string ToJson(const RecommendationsAnswer& answer) {
  JsonWriter json;
  json.BeginObject();
  json.Field("serviceId", answer.item.service_id);
  WriteHead(&json, answer.head);
  json.Field("stored", answer.stored).Key("recommendations");
  model::WriteRecommendations(&json, answer.item);
  json.EndObject();
  return json.Take();
}

Result<uint64_t> StandingOf(const Context& context, std::string_view service_id) {
  Session session(context, std::nullopt);
  SREHUB_TRY(const Standing standing, ReadStanding(&session, std::string(service_id)));
  std::vector<std::string> parts;
  for (const Candidate& c : standing.going) {
    std::string part = c.incident_id;
    part += '|' + std::string(aggregate::LifeStateName(c.view.life_state));
    part += '|' + std::string(model::SeverityName(c.view.severity));
    part += c.view.acknowledged ? "|acknowledged|" : "|";
    if (c.view.episode) part += std::to_string(c.view.episode->first);
    parts.push_back(std::move(part));
  }
  std::sort(parts.begin(), parts.end());
  if (!standing.going.empty()) parts.push_back(standing.going.front().incident_id);
  parts.push_back(std::to_string(standing.others.size()));
  const Instant now = session.now();
  SREHUB_TRY(
      const std::vector<model::Event> statements,
      session.store().ReadDeployStatements(
          service_id, {now - kStatementsSeen, now + limits::kMaxAhead}, now, session.cost()));
  for (const model::Event& e : statements) parts.push_back(model::SortKey(e.timestamp, e.event_id));
  std::string text;
  for (const std::string& part : parts) text += part + '\n';
  return Hash64(text);
}

Result<bool> RefreshRecommendations(const Context& context, std::string_view service_id) {
  const std::string service(service_id);
  for (int attempt = 1;; ++attempt) {
    Session session(context, std::nullopt);
    SREHUB_TRY(const std::optional<model::Recommendations> stored,
               context.store->GetRecommendations(service, session.cost()));
    SREHUB_TRY(model::Recommendations item, Compute(&session, service));
    if (stored && SameContent(item, *stored)) return false;
    item.version = stored ? stored->version + 1 : 1;
    item.updated_at = session.now();
    const Status written = context.store->PutRecommendations(item);
    if (written) return true;
    if (written.error().code != ErrorCode::kConflict || attempt == kMaxTries)
      return tl::unexpected<Error>(written.error());
  }
}

}  // namespace srehub::insight
