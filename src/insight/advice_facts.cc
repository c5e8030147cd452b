#include "insight/advice_facts.h"

#include <algorithm>

#include "insight/counts.h"
#include "insight/deploy_lookup.h"
#include "insight/event_fields.h"
#include "insight/outcomes.h"

namespace srehub::insight {

namespace {

constexpr Duration kFirstMinutes = std::chrono::minutes(5);  // of an episode, read for its messages
constexpr size_t kFirstEvents = 500;
constexpr size_t kMaxMessages = 50;
constexpr Duration kDeployBefore = std::chrono::hours(2);
constexpr size_t kMaxDeploys = 5;
constexpr size_t kMaxCorrelations = 3;

playbook::SeenType SeenOf(const aggregate::IncidentState& state, const aggregate::Episode& episode,
                          playbook::SeenType::Where where, Instant now) {
  playbook::SeenType seen;
  seen.where = where;
  seen.service_id = state.service_id;
  seen.event_type = state.event_type;
  seen.first = StartOfMinute(episode.first);
  seen.last = StartOfMinute(episode.last);
  seen.open = episode.open || now - seen.last <= limits::kHoldDown;
  return seen;
}

void TakeDeploy(const playbook::DeployFact& fact, playbook::Values* values) {
  const model::Deploy& d = fact.deploy;
  for (const auto& [name, value] :
       {std::pair<std::string_view, const std::string&>{"deploy", d.deploy_id},
        {"run", d.run},
        {"repository", d.repository},
        {"sha", d.sha},
        {"version", d.version},
        {"environment", d.environment},
        {"previous", fact.previous_good}})
    if (!value.empty()) values->try_emplace(std::string(name), value);
}

const CorrelatedType* RowOf(const CorrelationAnswer& answer, const std::string& incident_id) {
  for (const CorrelatedType& row : answer.types)
    if (row.incident_id == incident_id) return &row;
  return nullptr;
}

}  // namespace

Status FactReader::Load() {
  SREHUB_TRY(family_,
             session_->store().ServicesOfStem(model::ServiceStem(service_), session_->cost()));
  if (std::find(family_.begin(), family_.end(), service_) == family_.end())
    family_.insert(family_.begin(), service_);
  SREHUB_TRY(outcomes_, session_->store().ListOutcomes(service_));
  return {};
}

Result<playbook::IncidentFacts> FactReader::FactsOf(const Candidate& candidate) {
  playbook::IncidentFacts facts;
  facts.service_id = service_;
  facts.event_type = candidate.state.event_type;
  facts.incident_id = candidate.incident_id;
  facts.severity = candidate.view.severity;
  facts.state = aggregate::LifeStateName(candidate.view.life_state);
  facts.now = session_->now();
  facts.objects = candidate.state.objects.size();
  const Minute now = MinuteOf(session_->now());
  SREHUB_TRY(facts.count_1h, CountBetween(session_, candidate.state, now - 59, now));
  SREHUB_CHECK_OK(ReadFirstEvents(candidate, &facts));
  SREHUB_CHECK_OK(ReadSeen(&facts));
  SREHUB_CHECK_OK(ReadDeploys(&facts));
  std::vector<model::ActionOutcome> own;
  for (const model::ActionOutcome& outcome : outcomes_)
    if (outcome.incident_id == facts.incident_id) own.push_back(outcome);
  if (!own.empty())
    facts.outcomes = Learn(aggregate::EpisodesOf(candidate.state, facts.now), own, facts.now);
  return facts;
}

// The first event of the episode, and what was said in its first minutes.
Status FactReader::ReadFirstEvents(const Candidate& candidate, playbook::IncidentFacts* facts) {
  const Instant start = candidate.view.episode ? StartOfMinute(candidate.view.episode->first)
                                               : candidate.view.last_seen.value_or(facts->now);
  facts->since = start;
  store::EventQuery read;
  read.service_id = service_;
  read.limit = kFirstEvents;
  read.filter = [&](const model::Event& e) {
    return e.event_type == facts->event_type && e.phase != model::Phase::kResolved &&
           (!e.deploy || e.severity > model::Severity::kInfo);
  };
  store::EventPage page;
  // A series may have begun before anyone reported it: then its first report is the evidence.
  for (const Instant end : {start + kFirstMinutes, facts->now + limits::kMaxAhead}) {
    read.window = {start - 1ns, end};
    SREHUB_TRY(page, session_->store().ReadEvents(read, session_->clock_now(), session_->cost()));
    if (!page.events.empty()) break;
  }
  if (page.events.empty()) return {};
  const model::Event& first = page.events.back();
  if (first.timestamp >= start && first.timestamp < start + 1min) facts->since = first.timestamp;
  facts->event = model::SortKey(first.timestamp, first.event_id);
  facts->title = FieldsOf(first).title;
  facts->details = FlatDetails(first);
  facts->placeholders = PlaceholdersOf(first);
  for (size_t i = page.events.size(); i-- > 0 && facts->messages.size() < kMaxMessages;) {
    EventFields fields = FieldsOf(page.events[i]);
    facts->messages.push_back(fields.message.empty() ? std::move(fields.title)
                                                     : std::move(fields.message));
  }
  return {};
}

Status FactReader::AddSeen(const std::string& service, playbook::SeenType::Where where,
                           playbook::IncidentFacts* facts) {
  SREHUB_TRY(const std::vector<aggregate::IncidentState> states, session_->IncidentsOf(service));
  for (const aggregate::IncidentState& state : states) {
    const auto episodes = aggregate::EpisodesOf(state, facts->now);
    if (!episodes.empty()) facts->seen.push_back(SeenOf(state, episodes.back(), where, facts->now));
  }
  return {};
}

// Other types here and at the siblings; the node and the dependency that the first event names.
Status FactReader::ReadSeen(playbook::IncidentFacts* facts) {
  for (const aggregate::IncidentState& state : states_) {
    const auto episodes = aggregate::EpisodesOf(state, facts->now);
    if (state.event_type != facts->event_type && !episodes.empty())
      facts->seen.push_back(
          SeenOf(state, episodes.back(), playbook::SeenType::Where::kService, facts->now));
  }
  for (const std::string& sibling : family_)
    if (sibling != service_)
      SREHUB_CHECK_OK(AddSeen(sibling, playbook::SeenType::Where::kService, facts));
  const auto named = [&](const char* placeholder) -> std::string {
    const auto it = facts->placeholders.find(placeholder);
    return it == facts->placeholders.end() ? "" : it->second;
  };
  if (const std::string node = named("node"); playbook::IsSafeValue(node))
    SREHUB_CHECK_OK(AddSeen("node-" + node, playbook::SeenType::Where::kNode, facts));
  if (const std::string upstream = named("upstream");
      playbook::IsSafeValue(upstream) && upstream != service_)
    SREHUB_CHECK_OK(AddSeen(upstream, playbook::SeenType::Where::kUpstream, facts));
  return {};
}

Status FactReader::ReadDeploys(playbook::IncidentFacts* facts) {
  const Instant since = facts->since;
  const Window window{since - kDeployBefore - kRunSpan, since + kSuspectAfter + 1min};
  SREHUB_TRY(const std::vector<model::Deploy> deploys, DeploysOf(session_, family_, window));
  for (const model::Deploy& d : deploys) {
    if (!IsRollout(d) || facts->deploys.size() == kMaxDeploys) continue;
    const Instant end = d.finished_at.value_or(d.last_statement);
    if (end < since - kDeployBefore || TimeOf(d) > since + kSuspectAfter) continue;
    SREHUB_TRY(playbook::DeployFact fact, Weigh(d, deploys, facts->incident_id));
    TakeDeploy(fact, &facts->placeholders);
    facts->deploys.push_back(std::move(fact));
  }
  return {};
}

Result<playbook::DeployFact> FactReader::Weigh(const model::Deploy& deploy,
                                               const std::vector<model::Deploy>& newest_first,
                                               const std::string& incident_id) {
  playbook::DeployFact fact;
  fact.deploy = deploy;
  fact.time = TimeOf(deploy);
  fact.reason = "it is close in time, and was not tested";
  if (const model::Deploy* good = PreviousGood(newest_first, deploy))
    fact.previous_good = VersionOf(*good);
  auto it = correlations_.find(deploy.deploy_id);
  if (it == correlations_.end()) {
    if (correlations_.size() == kMaxCorrelations) return fact;
    CorrelationQuery query;
    query.run = deploy.deploy_id;
    query.verdicts_only = true;
    if (session_->past()) query.window.at = session_->now();
    Result<CorrelationAnswer> answer = Correlation(session_->context(), query);
    // The statements may have left retention between the two reads.
    if (!answer && answer.error().code == ErrorCode::kNotFound) return fact;
    if (!answer) return tl::unexpected<Error>(answer.error());
    it = correlations_.emplace(deploy.deploy_id, std::move(*answer)).first;
  }
  const CorrelationAnswer& answer = it->second;
  fact.deploy.kind = answer.deploy.kind;
  if (answer.previous_good) fact.previous_good = VersionOf(*answer.previous_good);
  const CorrelatedType* row = RowOf(answer, incident_id);
  if (!row) {
    fact.reason = answer.verdict.reason;
    return fact;
  }
  fact.reason = row->verdict.reason;
  if (row->verdict.verdict == Verdict::kLikelyCaused) fact.suspicion = playbook::Suspicion::kLikely;
  if (row->verdict.verdict == Verdict::kAlreadyThere || row->verdict.verdict == Verdict::kUnrelated)
    fact.suspicion = playbook::Suspicion::kNone;
  return fact;
}

}  // namespace srehub::insight
