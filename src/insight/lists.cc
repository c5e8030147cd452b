#include "insight/lists.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "base/hash.h"
#include "base/text.h"
#include "insight/deploy_lookup.h"
#include "insight/names.h"
#include "insight/session.h"
#include "store/arrivals.h"

namespace srehub::insight {

namespace {

constexpr Duration kDeploysSince = 7 * kDay;
constexpr size_t kMaxStatements = 10'000;
constexpr size_t kMaxStates = 50'000;  // incidents one list of types may read
constexpr std::string_view kCursorMark = "s1.";

Status CheckLimit(size_t limit) {
  if (limit >= 1 && limit <= limits::kMaxPage) return {};
  return Fail(ErrorCode::kInvalidArgument,
              "limit must be 1 to " + std::to_string(limits::kMaxPage));
}

// A cursor over services is the name of the last one, with a check that it is ours.
std::string CursorBehind(const std::string& service) {
  return std::string(kCursorMark) + Hex64(Hash64(service)).substr(0, 8) + service;
}

Result<std::string> ServiceOfCursor(const std::string& cursor) {
  if (cursor.empty()) return std::string();
  const size_t head = kCursorMark.size() + 8;
  if (cursor.size() > head && cursor.starts_with(kCursorMark) &&
      CursorBehind(cursor.substr(head)) == cursor)
    return cursor.substr(head);
  return Fail(ErrorCode::kInvalidArgument,
              "this cursor is not one of ours: take it from the answer's \"cursor\"");
}

Result<ServiceEntry> Describe(Session* session, const store::ServiceRow& row) {
  ServiceEntry entry;
  entry.row = row;
  SREHUB_TRY(const std::vector<aggregate::IncidentState> states,
             session->IncidentsOf(row.service_id));
  for (const aggregate::IncidentState& state : states) {
    const aggregate::View view = aggregate::ViewOf(state, {}, session->now());
    const bool going = view.life_state == aggregate::LifeState::kOpen ||
                       view.life_state == aggregate::LifeState::kActive;
    if (!view.listed || !going) continue;
    ++entry.open_incidents;
    if (!entry.worst || view.severity > *entry.worst) entry.worst = view.severity;
  }
  SREHUB_TRY(entry.siblings,
             session->store().ServicesOfStem(model::ServiceStem(row.service_id), session->cost()));
  std::erase(entry.siblings, row.service_id);
  const Context& context = session->context();
  const auto told = context.depends_on.find(row.service_id);
  if (told != context.depends_on.end()) entry.depends_on = told->second;
  if (context.learnt_links) entry.learnt = context.learnt_links(row.service_id);
  return entry;
}

}  // namespace

Result<ServicesAnswer> Services(const Context& context, const ServicesQuery& query) {
  SREHUB_CHECK_OK(CheckLimit(query.limit));
  SREHUB_TRY(std::string after, ServiceOfCursor(query.cursor));
  Session session(context, std::nullopt);
  ServicesAnswer answer;
  bool truncated = false;
  for (bool more = true; more && !truncated;) {
    SREHUB_TRY(const std::vector<store::ServiceRow> rows,
               session.store().ListServices(after, limits::kMaxPage, session.cost()));
    more = rows.size() == limits::kMaxPage;
    for (const store::ServiceRow& row : rows) {
      if (!query.text.empty() && !ContainsIgnoreCase(row.service_id, query.text)) continue;
      if (answer.services.size() == query.limit) {
        truncated = true;
        break;
      }
      SREHUB_TRY(ServiceEntry entry, Describe(&session, row));
      answer.services.push_back(std::move(entry));
    }
    if (!rows.empty()) after = rows.back().service_id;
  }
  answer.head = session.Head({session.now() - context.retention, session.now()});
  answer.head.truncated = truncated;
  if (truncated) answer.head.cursor = CursorBehind(answer.services.back().row.service_id);
  return answer;
}

Result<ServicesAnswer> OneService(const Context& context, const std::string& service_id) {
  Session session(context, std::nullopt);
  SREHUB_TRY(const Family family, FindFamily(&session, service_id, true));
  ServicesAnswer answer;
  SREHUB_TRY(ServiceEntry entry, Describe(&session, family.row));
  answer.services.push_back(std::move(entry));
  answer.head = session.Head({session.now() - context.retention, session.now()});
  return answer;
}

Result<DeploysAnswer> Deploys(const Context& context, const DeploysQuery& query) {
  SREHUB_CHECK_OK(CheckLimit(query.limit));
  Session session(context, std::nullopt);
  SREHUB_TRY(const Window window, ResolveWindow(query.window, kDeploysSince, session.clock_now()));
  std::vector<model::Deploy> deploys;
  bool truncated = false;
  if (query.service.empty()) {
    SREHUB_TRY(const std::vector<model::Event> events,
               session.store().ReadAllDeployStatements(window, kMaxStatements, session.now(),
                                                       session.cost()));
    truncated = events.size() == kMaxStatements;
    deploys = JoinEvents(events);
  } else {
    SREHUB_TRY(const Family family, FindFamily(&session, query.service, query.exact));
    std::vector<std::string> services = {query.service};
    services.insert(services.end(), family.siblings.begin(), family.siblings.end());
    // What a deploy goes back to may lie before the window.
    const Window all{std::min(window.after, session.clock_now() - context.retention), window.up_to};
    SREHUB_TRY(deploys, DeploysOf(&session, services, all));
  }
  std::erase_if(deploys, [&](const model::Deploy& d) {
    return d.last_statement <= window.after || (query.status && d.status != *query.status) ||
           (!query.environment.empty() && d.environment != query.environment);
  });
  if (deploys.size() > query.limit) {
    deploys.resize(query.limit);
    truncated = true;
  }
  DeploysAnswer answer;
  answer.deploys = std::move(deploys);
  answer.head = session.Head(window);
  answer.head.truncated = truncated;
  if (truncated) answer.head.notes.push_back("older deploys are left out: narrow the window");
  return answer;
}

namespace {

void AddType(const aggregate::IncidentState& state, std::map<std::string, TypeEntry>* types) {
  TypeEntry& entry = (*types)[state.event_type];
  entry.event_type = state.event_type;
  entry.occurrences += aggregate::Sum(state.totals);
  ++entry.services;
  entry.max_severity = std::max(entry.max_severity, state.MaxSeverity());
  const auto first = aggregate::FirstSeen(state), last = aggregate::LastSeen(state);
  if (first && (!entry.first_seen || *first < *entry.first_seen)) entry.first_seen = first;
  if (last && (!entry.last_seen || *last > *entry.last_seen)) entry.last_seen = last;
}

// True when the cap on what one answer reads was met.
Result<bool> AllTypes(Session* session, std::map<std::string, TypeEntry>* types) {
  size_t read = 0;
  std::string after;
  for (;;) {
    SREHUB_TRY(const std::vector<store::ServiceRow> rows,
               session->store().ListServices(after, limits::kMaxPage, session->cost()));
    for (const store::ServiceRow& row : rows) {
      SREHUB_TRY(const std::vector<aggregate::IncidentState> states,
                 session->IncidentsOf(row.service_id));
      for (const aggregate::IncidentState& state : states) AddType(state, types);
      read += states.size();
      if (read >= kMaxStates) return true;
    }
    if (rows.size() < limits::kMaxPage) return false;
    after = rows.back().service_id;
  }
}

}  // namespace

Result<TypesAnswer> Types(const Context& context, const TypesQuery& query) {
  SREHUB_CHECK_OK(CheckLimit(query.limit));
  Session session(context, std::nullopt);
  std::map<std::string, TypeEntry> types;
  bool truncated = false;
  if (query.service.empty()) {
    SREHUB_TRY(truncated, AllTypes(&session, &types));
  } else {
    SREHUB_TRY(const Family family, FindFamily(&session, query.service, true));
    SREHUB_TRY(const std::vector<aggregate::IncidentState> states,
               session.IncidentsOf(query.service));
    for (const aggregate::IncidentState& state : states) AddType(state, &types);
  }
  TypesAnswer answer;
  answer.service_id = query.service;
  for (auto& [type, entry] : types) {
    entry.has_playbook = context.playbooks && context.playbooks->Knows(type);
    answer.types.push_back(std::move(entry));
  }
  std::stable_sort(answer.types.begin(), answer.types.end(),
                   [](const auto& a, const auto& b) { return a.occurrences > b.occurrences; });
  if (answer.types.size() > query.limit) {
    answer.types.resize(query.limit);
    truncated = true;
  }
  answer.head = session.Head({session.now() - context.retention, session.now()});
  answer.head.truncated = truncated;
  return answer;
}

namespace {

// The feed of its source that was heard of last answers for an expectation; one that was never
// heard of is listed as silent.
void MarkExpected(const Context& context, Instant now, std::vector<SourceEntry>* entries) {
  for (const ExpectedSource& expected : context.expected_sources) {
    SourceEntry* newest = nullptr;
    for (SourceEntry& entry : *entries) {
      if (!expected.feed.empty()) {
        if (entry.row.feed != expected.feed) continue;
      } else {
        if (entry.row.source != expected.source) continue;
        if (!expected.format.empty() && entry.row.format != expected.format) continue;
      }
      if (newest == nullptr || entry.row.last_received > newest->row.last_received) newest = &entry;
    }
    if (newest == nullptr) {
      newest = &entries->emplace_back();
      newest->row.source = expected.source;
      newest->row.format = expected.format;
      newest->row.feed = expected.feed;
      newest->sentence = SourceSentence(newest->row, now);
    }
    newest->expected = true;
    newest->silent = now - newest->row.last_received > expected.silent_after;
    newest->silent_after = expected.silent_after;
  }
}

}  // namespace

Result<SourcesAnswer> Sources(const Context& context, const SourcesQuery& query) {
  Session session(context, std::nullopt);
  SourcesAnswer answer;
  answer.head = session.Head({session.now() - kDay, session.now()});
  for (const store::SourceHealthRow& row : answer.head.sources) {
    SourceEntry entry;
    entry.row = row;
    entry.silent = session.now() - row.last_received > query.silent_after;
    entry.silent_after = store::LearntSilence(row.arrivals, session.now());
    entry.sentence = SourceSentence(row, session.now());
    answer.sources.push_back(std::move(entry));
  }
  MarkExpected(context, session.now(), &answer.sources);
  return answer;
}

}  // namespace srehub::insight
