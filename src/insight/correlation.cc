#include "insight/correlation.h"

#include <algorithm>
#include <set>
#include <tuple>

#include "insight/correlation_counts.h"
#include "insight/deploy_lookup.h"
#include "insight/names.h"
#include "insight/session.h"

namespace srehub::insight {

namespace {

constexpr Duration kWindowBefore = std::chrono::minutes(15);
constexpr Duration kWindowAfter = std::chrono::minutes(30);
constexpr Duration kOverlap = std::chrono::minutes(30);
constexpr size_t kMaxOtherStatements = 2'000;

Result<model::Deploy> Ambiguous(const std::string& run, const std::vector<model::Deploy>& deploys) {
  std::string message = "run " + run + " is not unique; ask for one of:";
  for (const model::Deploy& d : deploys)
    message += " " + d.deploy_id + " (" + d.service_id +
               (d.environment.empty() ? "" : ", " + d.environment) + ")";
  return Fail(ErrorCode::kConflict, std::move(message));
}

// Attempts of one run are one question: the newest failed one, else the newest.
Result<model::Deploy> FindByRun(Session* session, const CorrelationQuery& query) {
  SREHUB_TRY(const std::vector<model::Event> events,
             session->store().FindRun(query.run, session->clock_now(), session->cost()));
  std::vector<model::Deploy> deploys = JoinEvents(events);
  std::erase_if(deploys, [&](const model::Deploy& d) {
    return !query.environment.empty() && !d.environment.empty() &&
           d.environment != query.environment;
  });
  if (deploys.empty())
    return Fail(ErrorCode::kNotFound, "no deploy has the run or deploy id \"" + query.run + "\"");
  for (const model::Deploy& d : deploys)
    if (d.deploy_id == query.run) return d;
  std::set<std::tuple<std::string, std::string, std::string>> runs;
  for (const model::Deploy& d : deploys) runs.emplace(d.service_id, d.system, d.repository);
  if (runs.size() > 1) return Ambiguous(query.run, deploys);
  for (const model::Deploy& d : deploys)
    if (d.status == model::DeployStatus::kFailure) return d;
  return deploys.front();
}

// The service's latest failed rollout, else its latest; a sibling's when it has none of its own.
Result<model::Deploy> FindByService(Session* session, const CorrelationQuery& query,
                                    std::vector<std::string>* notes) {
  SREHUB_TRY(const Family family, FindFamily(session, query.service, query.exact));
  const Window window{session->now() - session->context().retention, session->now()};
  const std::vector<std::vector<std::string>> rounds = {{query.service}, family.siblings};
  for (const std::vector<std::string>& services : rounds) {
    SREHUB_TRY(std::vector<model::Deploy> deploys, DeploysOf(session, services, window));
    std::erase_if(deploys, [&](const model::Deploy& d) {
      return !query.environment.empty() && !d.environment.empty() &&
             d.environment != query.environment;
    });
    const auto failed = std::find_if(deploys.begin(), deploys.end(), [](const model::Deploy& d) {
      return d.status == model::DeployStatus::kFailure;
    });
    if (failed != deploys.end()) return *failed;
    if (deploys.empty()) continue;
    notes->push_back("no failed deploy inside retention: this is the latest one");
    return deploys.front();
  }
  return Fail(ErrorCode::kNotFound, "no deploy of " + query.service + " inside retention");
}

Result<model::Deploy> FindDeploy(Session* session, const CorrelationQuery& query,
                                 std::vector<std::string>* notes) {
  if (query.run.empty() == query.service.empty())
    return Fail(ErrorCode::kInvalidArgument, "name a run (or deploy id) or a service, not both");
  return query.run.empty() ? FindByService(session, query, notes) : FindByRun(session, query);
}

// Where the test's "after" begins. A run that is known by its end alone began at some instant
// before it: what happened up to 15 minutes before the end is not held against the time before.
Instant PivotOf(const model::Deploy& d) {
  return d.started_at ? *d.started_at : d.finished_at.value_or(d.first_statement) - kWindowBefore;
}

Result<Window> WindowFor(const CorrelationQuery& query, const model::Deploy& deploy, Instant now) {
  const WindowSpec& spec = query.window;
  if (spec.since || spec.from || spec.to) {
    WindowSpec given = spec;
    given.at.reset();
    return ResolveWindow(given, kBaseline, now);
  }
  const Instant end = deploy.finished_at.value_or(deploy.last_statement);
  return Window{deploy.started_at.value_or(end) - kWindowBefore, end + kWindowAfter};
}

// The next rollout of the family after this one: a retry, a rollback, the next release.
const model::Deploy* NextOf(const std::vector<model::Deploy>& family, const model::Deploy& deploy) {
  const model::Deploy* next = nullptr;
  for (const model::Deploy& d : family) {
    if (d.deploy_id == deploy.deploy_id || !IsRollout(d)) continue;
    if (!d.environment.empty() && !deploy.environment.empty() &&
        d.environment != deploy.environment)
      continue;
    if (TimeOf(d) > deploy.last_statement && (!next || TimeOf(d) < TimeOf(*next))) next = &d;
  }
  return next;
}

std::vector<std::string> Overlapping(const std::vector<model::Deploy>& family,
                                     const model::Deploy& deploy) {
  std::vector<std::string> names;
  for (const model::Deploy& d : family) {
    if (d.deploy_id == deploy.deploy_id || !IsRollout(d)) continue;
    // A retry or rollback afterwards ends the effect; it does not share the blame.
    if (TimeOf(d) > deploy.last_statement) continue;
    const Instant end = d.finished_at.value_or(d.last_statement);
    if (end >= TimeOf(deploy) - kOverlap && TimeOf(d) <= TimeOf(deploy) + kOverlap)
      names.push_back(d.deploy_id);
  }
  return names;
}

class Correlator {
 public:
  Correlator(Session* session, const CorrelationQuery& query) : session_(session), query_(query) {}

  Result<CorrelationAnswer> Make() {
    SREHUB_TRY(answer_.deploy, FindDeploy(session_, query_, &notes_));
    SREHUB_CHECK_OK(MakeScope());
    SREHUB_CHECK_OK(ReadFamilyDeploys());
    SREHUB_TRY(std::vector<TypeEvidence> types, CountFamily(session_, scope_));
    Elsewhere elsewhere;
    if (!query_.verdicts_only || MayBlame(types)) {
      SREHUB_TRY(elsewhere, ReadElsewhere(session_, scope_));
      SREHUB_CHECK_OK(MarkRisenElsewhere(session_, scope_, elsewhere.rows, &types));
    }
    JudgeTypes(std::move(types));
    if (!query_.verdicts_only) {
      answer_.elsewhere = std::move(elsewhere.rows);
      SREHUB_CHECK_OK(ReadOtherDeploys());
    }
    answer_.effect = {scope_.pivot, std::max(scope_.pivot, scope_.effect_end)};
    answer_.head = session_->Head(scope_.window);
    if (elsewhere.truncated) {
      answer_.head.truncated = true;
      notes_.push_back("of other services, the 50 incidents nearest to the deploy are listed");
    }
    answer_.head.notes = std::move(notes_);
    return std::move(answer_);
  }

 private:
  Status MakeScope() {
    const model::Deploy& deploy = answer_.deploy;
    scope_.deploy = deploy;
    scope_.asked_service = deploy.service_id;
    scope_.services = {deploy.service_id};
    if (!query_.exact) {
      SREHUB_TRY(answer_.siblings, session_->store().ServicesOfStem(
                                       model::ServiceStem(deploy.service_id), session_->cost()));
      std::erase(answer_.siblings, deploy.service_id);
      scope_.services.insert(scope_.services.end(), answer_.siblings.begin(),
                             answer_.siblings.end());
      for (const std::string& sibling : answer_.siblings)
        notes_.push_back(sibling + " is an inferred sibling; to make it one service: " +
                         AliasLine(sibling, deploy.service_id));
    }
    SREHUB_TRY(scope_.window, WindowFor(query_, deploy, session_->now()));
    scope_.pivot = PivotOf(deploy);
    scope_.anchor = deploy.started_at.value_or(deploy.finished_at.value_or(deploy.last_statement));
    scope_.anchor_name = deploy.started_at ? "start" : "end";
    if (!deploy.started_at)
      notes_.push_back(
          "the start is unknown: the window lies around the end, and the test counts what happened "
          "up to 15 minutes before the end as after it began");
    return {};
  }

  Status ReadFamilyDeploys() {
    const model::Deploy& deploy = answer_.deploy;
    const Window around{
        TimeOf(deploy) - session_->context().retention,
        std::min(session_->now() + limits::kMaxAhead, scope_.pivot + kEffect + kRunSpan)};
    SREHUB_TRY(family_, DeploysOf(session_, scope_.services, around));
    if (const model::Deploy* good = PreviousGood(family_, deploy)) answer_.previous_good = *good;
    TakeKind();
    facts_.start_known = deploy.started_at.has_value();
    facts_.rolled_out = IsRollout(deploy);
    facts_.overlapping = Overlapping(family_, deploy);
    const model::Deploy* next = NextOf(family_, deploy);
    const Instant full = scope_.pivot + kEffect;
    scope_.effect_end = std::min(full, session_->now());
    if (next && TimeOf(*next) < scope_.effect_end) {
      scope_.effect_end = TimeOf(*next);
      facts_.effect_ended = true;
      notes_.push_back("the effect window ends at " + FormatTime(scope_.effect_end) + " with " +
                       std::string(model::PipelineKindName(next->kind)) + " " + next->deploy_id);
    }
    facts_.after_minutes = static_cast<int>(
        std::max<int64_t>(0, MinuteOf(scope_.effect_end) - MinuteOf(scope_.pivot)));
    return {};
  }

  // That it went back to an earlier commit shows only beside the deploys before it.
  void TakeKind() {
    for (const model::Deploy& d : family_) {
      if (d.deploy_id != answer_.deploy.deploy_id || d.service_id != answer_.deploy.service_id ||
          d.kind == answer_.deploy.kind)
        continue;
      answer_.deploy.kind = d.kind;
      notes_.push_back("it went back to " + VersionOf(d) +
                       ", which had been deployed before: read as a rollback");
    }
  }

  Judgement JudgeCounts(const std::vector<TypeEvidence>& types) const {
    std::vector<TypeCounts> counts;
    for (const TypeEvidence& type : types) counts.push_back(type.counts);
    return Judge(facts_, counts);
  }

  // Whether a type is blamed unless it rose elsewhere too: only then does elsewhere matter.
  bool MayBlame(const std::vector<TypeEvidence>& types) const {
    const Judgement judgement = JudgeCounts(types);
    return std::any_of(judgement.types.begin(), judgement.types.end(), [](const TypeVerdict& t) {
      return t.verdict == Verdict::kLikelyCaused || t.verdict == Verdict::kShared;
    });
  }

  void JudgeTypes(std::vector<TypeEvidence> types) {
    Judgement judgement = JudgeCounts(types);
    answer_.verdict = std::move(judgement.whole);
    for (size_t i = 0; i < types.size(); ++i) {
      types[i].row.verdict = std::move(judgement.types[i]);
      answer_.types.push_back(std::move(types[i].row));
    }
    std::stable_sort(
        answer_.types.begin(), answer_.types.end(),
        [](const CorrelatedType& a, const CorrelatedType& b) {
          return std::tie(a.verdict.verdict, b.severity, b.window_count, a.incident_id) <
                 std::tie(b.verdict.verdict, a.severity, a.window_count, b.incident_id);
        });
  }

  // Of every service, in the window: what else was changed at that time.
  Status ReadOtherDeploys() {
    const Window window{std::min(scope_.window.after, scope_.pivot - kOverlap),
                        std::min(scope_.window.up_to, session_->now() + limits::kMaxAhead)};
    SREHUB_TRY(const std::vector<model::Event> events,
               session_->store().ReadAllDeployStatements(window, kMaxOtherStatements,
                                                         session_->clock_now(), session_->cost()));
    for (model::Deploy& d : JoinEvents(events))
      if (d.deploy_id != answer_.deploy.deploy_id || d.service_id != answer_.deploy.service_id)
        answer_.other_deploys.push_back(std::move(d));
    if (events.size() == kMaxOtherStatements)
      notes_.push_back("more deploys than one answer reads: the oldest are left out");
    return {};
  }

  Session* session_;
  const CorrelationQuery& query_;
  CorrelationScope scope_;
  DeployFacts facts_;
  std::vector<model::Deploy> family_;
  std::vector<std::string> notes_;
  CorrelationAnswer answer_;
};

}  // namespace

Result<CorrelationAnswer> Correlation(const Context& context, const CorrelationQuery& query) {
  Session session(context, query.window.at);
  return Correlator(&session, query).Make();
}

}  // namespace srehub::insight
