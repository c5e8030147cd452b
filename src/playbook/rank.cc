#include "playbook/rank.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "model/event.h"

namespace srehub::playbook {

namespace {

constexpr size_t kMaxEvidence = 6;
constexpr double kPriorWeight = 2;  // the playbook's own word counts as so many tries

const PastOutcome* OutcomeOf(const IncidentFacts& facts, const std::string& action_id) {
  for (const PastOutcome& outcome : facts.outcomes)
    if (outcome.action_id == action_id) return &outcome;
  return nullptr;
}

bool SeenAt(const IncidentFacts& facts, SeenType::Where where) {
  return std::any_of(facts.seen.begin(), facts.seen.end(),
                     [&](const SeenType& seen) { return seen.where == where && seen.open; });
}

// The deploy a rollback would undo, or the newest that is worth a look.
const DeployFact* SuspectOf(const IncidentFacts& facts) {
  const DeployFact* suspect = nullptr;
  for (const DeployFact& fact : facts.deploys)
    if (!suspect || fact.suspicion > suspect->suspicion) suspect = &fact;
  return suspect;
}

bool MayRollBack(const DeployFact& fact, const IncidentFacts& facts) {
  return fact.suspicion == Suspicion::kLikely && !fact.previous_good.empty() &&
         facts.now - fact.time <= kRollbackAge;
}

double Effect(const PlaybookAction& action, const PastOutcome* past) {
  const double expected = EffectOf(action.risk);
  if (!past || past->tried == 0 || action.risk == model::Risk::kReadOnly) return expected;
  const double learnt = (past->helped + kPriorWeight * expected) / (past->tried + kPriorWeight);
  return past->recently_failed ? learnt * kRecentlyFailed : learnt;
}

// What the kind of an action gains or loses by the surroundings.
double Surroundings(ActionKind kind, const IncidentFacts& facts, const DeployFact* suspect) {
  switch (kind) {
    case ActionKind::kUpstream:
      return SeenAt(facts, SeenType::Where::kUpstream) ? kUpstreamOpen : 1;
    case ActionKind::kRestart: return SeenAt(facts, SeenType::Where::kUpstream) ? kOwnRestart : 1;
    case ActionKind::kNode: return SeenAt(facts, SeenType::Where::kNode) ? kNodeEvent : 1;
    case ActionKind::kRollback:
      if (!suspect) return 0;
      if (suspect->suspicion == Suspicion::kNone) return 1;
      return suspect->suspicion == Suspicion::kLikely ? kDeployLikely : kDeployPossible;
    case ActionKind::kCheck:
    case ActionKind::kFix:
    case ActionKind::kScale: return 1;
  }
  return 1;
}

bool Serves(const PlaybookAction& action, const Cause& cause) {
  return action.causes.empty() ||
         std::find(action.causes.begin(), action.causes.end(), cause.id) != action.causes.end();
}

std::string WhyOf(const IncidentFacts& facts) {
  std::string why = facts.event_type + " (" + std::string(model::SeverityName(facts.severity)) +
                    ") at " + facts.service_id + " is " + facts.state + " since " +
                    FormatTime(facts.since);
  if (!facts.title.empty() && facts.title != facts.event_type) why += ": " + facts.title;
  return why;
}

model::Evidence IncidentEvidence(const IncidentFacts& facts) {
  std::string text = facts.event_type + " at " + FormatTime(facts.since);
  if (!facts.title.empty() && facts.title != facts.event_type) text += ": " + facts.title;
  return {std::move(text), facts.incident_id, facts.since, facts.event};
}

// What makes two actions one to whoever does them, whichever playbooks they are from.
std::string ContentOf(const model::Action& action) {
  std::string content = action.title;
  for (const model::ActionStep& step : action.steps) content += '\n' + step.text + step.command;
  return content;
}

// The step that replaces a rollback nobody has grounds for yet.
std::vector<model::ActionStep> LookAt(const DeployFact& fact) {
  return {{"Compare the errors before and after this deploy",
           "srehub correlate " + (IsSafeValue(fact.deploy.deploy_id) ? fact.deploy.deploy_id
                                                                     : fact.deploy.service_id),
           model::Risk::kReadOnly,
           "A verdict for each event type, with its test",
           {}}};
}

void Describe(const PlaybookAction& source, const IncidentFacts& facts, model::Action* action) {
  for (model::ActionStep step : source.steps) {
    step.command = Fill(step.command, facts.placeholders);
    step.undo = Fill(step.undo, facts.placeholders);
    action->steps.push_back(std::move(step));
  }
  action->title = Fill(source.title, facts.placeholders);
  action->risk = source.risk;
  action->undo = Fill(source.undo, facts.placeholders);
}

void DescribeLook(const DeployFact& fact, const Playbook& playbook, model::Action* action) {
  action->id = playbook.id + "/check-deploy";
  action->title = "Check deploy " + fact.deploy.deploy_id + " before rolling back";
  action->steps = LookAt(fact);
  action->risk = model::Risk::kReadOnly;
  action->why += ". No rollback is advised yet: " + fact.reason;
}

std::string NoRollbackReason(const DeployFact& fact, const IncidentFacts& facts) {
  if (fact.suspicion != Suspicion::kLikely) return fact.reason;
  if (fact.previous_good.empty()) return "no earlier good version of it is known";
  if (facts.now - fact.time > kRollbackAge) return "it is more than two hours old";
  return fact.reason;
}

}  // namespace

double EffectOf(model::Risk risk) {
  switch (risk) {
    case model::Risk::kReadOnly: return 1.0;
    case model::Risk::kReversible: return 0.6;
    case model::Risk::kDisruptive: return 0.3;
    case model::Risk::kDestructive: return 0.1;
  }
  return 0.1;
}

std::vector<model::Action> RankActions(const Playbook& playbook, const IncidentFacts& facts) {
  const std::vector<FoundTell> found = FindTells(playbook, facts);
  const DeployFact* suspect = SuspectOf(facts);
  std::vector<model::Action> actions;
  for (const PlaybookAction& source : playbook.actions) {
    const double surroundings = Surroundings(source.kind, facts, suspect);
    if (surroundings == 0) continue;
    model::Action action;
    action.id = playbook.id + "/" + source.id;
    action.incident_id = facts.incident_id;
    action.playbook = playbook.id;
    action.playbook_version = playbook.version;
    action.why = WhyOf(facts);
    action.evidence.push_back(IncidentEvidence(facts));
    double weight = 0;
    for (size_t i = 0; i < playbook.causes.size(); ++i) {
      if (!Serves(source, playbook.causes[i])) continue;
      const auto tell = std::find_if(found.begin(), found.end(),
                                     [&](const FoundTell& t) { return t.cause == i; });
      weight += playbook.causes[i].prior * (tell == found.end() ? 1 : kTellFound);
      if (tell == found.end()) continue;
      action.why += "; likely: " + playbook.causes[i].text;
      for (const model::Evidence& e : tell->evidence)
        if (action.evidence.size() < kMaxEvidence) action.evidence.push_back(e);
    }
    const PastOutcome* past = OutcomeOf(facts, action.id);
    if (past) {
      action.helped = past->helped;
      action.tried = past->tried;
      if (!past->text.empty()) action.evidence.push_back({past->text, facts.incident_id, {}, {}});
    }
    action.rank = weight * Effect(source, past) * surroundings;
    if (source.kind == ActionKind::kRollback && !MayRollBack(*suspect, facts)) {
      DeployFact look = *suspect;
      look.reason = NoRollbackReason(*suspect, facts);
      DescribeLook(look, playbook, &action);
      action.rank = weight * std::min(surroundings, kDeployPossible);
    } else {
      Describe(source, facts, &action);
    }
    if (!playbook.links.empty()) action.link = playbook.links.front().url;
    actions.push_back(std::move(action));
  }
  std::stable_sort(actions.begin(), actions.end(), [](const auto& a, const auto& b) {
    if (a.rank != b.rank) return a.rank > b.rank;
    if (a.risk != b.risk) return a.risk < b.risk;
    return a.id < b.id;
  });
  return actions;
}

std::vector<model::Action> Unite(std::vector<std::vector<model::Action>> by_incident) {
  std::vector<model::Action> united;
  std::map<std::string, size_t> by_content;
  for (std::vector<model::Action>& actions : by_incident) {
    for (model::Action& action : actions) {
      const auto [it, fresh] = by_content.emplace(ContentOf(action), united.size());
      if (fresh) {
        united.push_back(std::move(action));
        continue;
      }
      std::vector<model::Evidence>& evidence = united[it->second].evidence;
      for (model::Evidence& e : action.evidence) {
        const bool known = std::any_of(evidence.begin(), evidence.end(),
                                       [&](const auto& have) { return have.text == e.text; });
        if (!known && evidence.size() < kMaxEvidence) evidence.push_back(std::move(e));
      }
    }
  }
  return united;
}

Share WilsonInterval(int32_t helped, int32_t tried) {
  if (tried <= 0) return {};
  constexpr double kZ = 1.959963984540054;
  const double n = tried;
  const double p = helped / n;
  const double z2 = kZ * kZ;
  const double middle = (p + z2 / (2 * n)) / (1 + z2 / n);
  const double half = kZ / (1 + z2 / n) * std::sqrt(p * (1 - p) / n + z2 / (4 * n * n));
  return {std::max(0.0, middle - half), std::min(1.0, middle + half)};
}

}  // namespace srehub::playbook
