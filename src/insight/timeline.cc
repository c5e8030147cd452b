#include "insight/timeline.h"

#include <algorithm>
#include <deque>
#include <map>
#include <memory>
#include <set>
#include <tuple>

#include "base/text.h"
#include "insight/counts.h"
#include "insight/event_fields.h"
#include "insight/fold_plan.h"
#include "insight/names.h"
#include "insight/session.h"
#include "insight/timeline_cursor.h"

namespace srehub::insight {

namespace {

constexpr Duration kDefaultWindow = std::chrono::minutes(15);
constexpr Duration kMinuteHistogram = std::chrono::hours(6);  // longer windows count by the hour
constexpr size_t kSameInstant = 200;  // events of one instant looked at for a fact's other carrier

// One service of the answer: its incidents, which say what folds, and its events, read in chunks.
struct Member {
  std::string service_id;
  bool inferred = false;
  std::vector<aggregate::IncidentState> states;
  std::unique_ptr<FoldPlan> plan;
  std::deque<model::Event> ahead;  // read, not yet shown
  std::optional<std::pair<Instant, uint64_t>> before;
  bool exhausted = false;
};

bool Keeps(const TimelineQuery& query, const FoldPlan* plan, const model::Event& event) {
  if (query.min_severity && event.severity < *query.min_severity) return false;
  if (query.source && event.source != *query.source) return false;
  if (!query.type.empty() && event.event_type != query.type) return false;
  if (!query.trace_id.empty() && TraceIdOf(event) != query.trace_id) return false;
  if (!query.text.empty() && !ContainsIgnoreCase(event.event_type, query.text) &&
      !ContainsIgnoreCase(event.details, query.text))
    return false;
  return !plan || plan->Shown(event);
}

class Maker {
 public:
  Maker(Session* session, const TimelineQuery& query) : session_(session), query_(query) {}

  Result<TimelineAnswer> Make();

 private:
  bool Folds() const { return !query_.expand && query_.text.empty() && query_.trace_id.empty(); }
  model::Severity MinSeverity() const {
    return query_.min_severity.value_or(model::Severity::kInfo);
  }
  Status ResolveWindowAndCursor(const Family& family);
  Status LoadMembers(const Family& family);
  Status Refill(Member* member);
  Result<Member*> Newest();
  Status Page(TimelineAnswer* answer);
  Status SeedCarriers();
  TimelineRow MakeRow(const Member& member, model::Event event) const;
  void DescribePhase(const Member& member, TimelineRow* row) const;
  bool TakeAsCarrier(const model::Event& event, TimelineAnswer* answer);
  void StillOpen(TimelineAnswer* answer) const;
  Status Histogram(TimelineAnswer* answer);

  using FactKey = std::tuple<std::string, std::string, model::Phase, Instant>;
  static FactKey KeyOfFact(const model::Event& e) {
    return {e.service_id, e.signal, e.phase, e.timestamp};
  }

  Session* session_;
  const TimelineQuery& query_;
  Window window_{};
  std::optional<TimelineCursor> cursor_;
  std::vector<Member> members_;
  std::map<FactKey, size_t> facts_;  // of the newest instant shown: row index, or kEarlierPage
  static constexpr size_t kEarlierPage = SIZE_MAX;
};

Status Maker::ResolveWindowAndCursor(const Family& family) {
  if (query_.limit < 1 || query_.limit > limits::kMaxPage)
    return Fail(ErrorCode::kInvalidArgument,
                "limit must be 1 to " + std::to_string(limits::kMaxPage));
  SREHUB_TRY(window_, ResolveWindow(query_.window, kDefaultWindow, session_->clock_now()));
  if (query_.cursor.empty()) return {};
  SREHUB_TRY(cursor_, DecodeCursor(query_.cursor));
  const bool ours = cursor_->service_id == query_.service ||
                    std::find(family.siblings.begin(), family.siblings.end(),
                              cursor_->service_id) != family.siblings.end();
  if (!ours)
    return Fail(ErrorCode::kInvalidArgument,
                "this cursor belongs to another service: " + cursor_->service_id);
  window_ = cursor_->window;
  return {};
}

Status Maker::LoadMembers(const Family& family) {
  std::vector<std::string> names = {family.row.service_id};
  names.insert(names.end(), family.siblings.begin(), family.siblings.end());
  members_.resize(names.size());
  for (size_t i = 0; i < names.size(); ++i) {
    Member& member = members_[i];
    member.service_id = names[i];
    member.inferred = i > 0;
    SREHUB_TRY(member.states,
               session_->store().IncidentsOfService(member.service_id, session_->cost()));
    member.plan = std::make_unique<FoldPlan>(member.states, window_, MinSeverity());
    if (!cursor_) continue;
    member.before = {cursor_->timestamp, cursor_->event_id};
    // Equal positions are ordered by service: those behind the cursor's are still to come.
    if (member.service_id > cursor_->service_id) {
      member.before = cursor_->event_id == UINT64_MAX
                          ? std::pair(cursor_->timestamp + 1ns, uint64_t{0})
                          : std::pair(cursor_->timestamp, cursor_->event_id + 1);
    }
  }
  return {};
}

Status Maker::Refill(Member* member) {
  if (!member->ahead.empty() || member->exhausted) return {};
  store::EventQuery read;
  read.service_id = member->service_id;
  read.window = window_;
  read.before = member->before;
  read.limit = std::min(query_.limit + 1, limits::kMaxPage);
  const FoldPlan* plan = Folds() ? member->plan.get() : nullptr;
  read.filter = [&](const model::Event& e) { return Keeps(query_, plan, e); };
  SREHUB_TRY(store::EventPage page,
             session_->store().ReadEvents(read, session_->clock_now(), session_->cost()));
  member->exhausted = !page.truncated;
  if (page.events.empty()) {
    member->exhausted = true;
    return {};
  }
  member->before = {page.events.back().timestamp, page.events.back().event_id};
  member->ahead.assign(std::make_move_iterator(page.events.begin()),
                       std::make_move_iterator(page.events.end()));
  return {};
}

// The member whose next event is the newest of all; null when nothing is left.
Result<Member*> Maker::Newest() {
  Member* newest = nullptr;
  const auto position = [](const Member& m) {
    return std::pair(m.ahead.front().timestamp, m.ahead.front().event_id);
  };
  for (Member& member : members_) {
    SREHUB_CHECK_OK(Refill(&member));
    if (member.ahead.empty()) continue;
    if (!newest || position(member) > position(*newest) ||
        (position(member) == position(*newest) && member.service_id < newest->service_id))
      newest = &member;
  }
  return newest;
}

// Facts told at the cursor's instant by events of the page before.
Status Maker::SeedCarriers() {
  if (!cursor_) return {};
  for (const Member& member : members_) {
    store::EventQuery read;
    read.service_id = member.service_id;
    read.window = {cursor_->timestamp - 1ns, cursor_->timestamp};
    read.limit = kSameInstant;
    read.filter = [&](const model::Event& e) {
      return !e.signal.empty() && e.event_id >= cursor_->event_id && Keeps(query_, nullptr, e);
    };
    SREHUB_TRY(const store::EventPage page,
               session_->store().ReadEvents(read, session_->clock_now(), session_->cost()));
    for (const model::Event& e : page.events) facts_[KeyOfFact(e)] = kEarlierPage;
  }
  return {};
}

// Prometheus and Alertmanager, or SNS and EventBridge, tell the same fact: one line.
bool Maker::TakeAsCarrier(const model::Event& event, TimelineAnswer* answer) {
  if (event.signal.empty()) return false;
  if (!facts_.empty() && std::get<Instant>(facts_.begin()->first) != event.timestamp)
    facts_.clear();
  const auto [it, fresh] = facts_.emplace(KeyOfFact(event), answer->events.size());
  if (fresh) return false;
  if (it->second == kEarlierPage) return true;
  TimelineRow& row = answer->events[it->second];
  std::string format = FieldsOf(event).format;
  if (format.empty()) format = model::SourceName(event.source);
  if (row.carriers.empty()) {
    std::string first = FieldsOf(row.event).format;
    row.carriers.push_back(first.empty() ? std::string(model::SourceName(row.event.source))
                                         : std::move(first));
  }
  row.carriers.push_back(std::move(format));
  return true;
}

Status Maker::Page(TimelineAnswer* answer) {
  SREHUB_CHECK_OK(SeedCarriers());
  TimelineCursor last;
  last.window = window_;
  for (;;) {
    SREHUB_TRY(Member* const member, Newest());
    if (!member) return {};
    model::Event event = std::move(member->ahead.front());
    const bool carrier = TakeAsCarrier(event, answer);
    if (!carrier && answer->events.size() == query_.limit) {
      answer->head.truncated = true;
      answer->head.cursor = EncodeCursor(last);
      return {};
    }
    member->ahead.pop_front();
    last.timestamp = event.timestamp;
    last.event_id = event.event_id;
    last.service_id = member->service_id;
    if (!carrier) answer->events.push_back(MakeRow(*member, std::move(event)));
  }
}

// What an end resolves, and whether a firing statement is an opening.
void Maker::DescribePhase(const Member& member, TimelineRow* row) const {
  const model::Event& e = row->event;
  const std::string& type = e.closes.empty() ? e.event_type : e.closes;
  const aggregate::IncidentState* state = member.plan->StateOf(type);
  const bool ends = e.phase == model::Phase::kResolved || !e.closes.empty();
  if (ends) row->resolves = model::IncidentId(e.service_id, type);
  if (e.phase == model::Phase::kResolved || e.phase == model::Phase::kUnknown) row->occurrences = 0;
  if (!state) return;
  if (!e.signal.empty()) {
    bool opening = false;
    for (const aggregate::Signal& signal : state->signals) {
      if (signal.id != e.signal) continue;
      for (const aggregate::SignalInterval& interval : aggregate::IntervalsOf(signal)) {
        opening = opening || interval.start == e.timestamp;
        if (ends && interval.end == e.timestamp) row->resolves_since = interval.start;
        if (e.phase == model::Phase::kFiring && interval.start <= e.timestamp &&
            window_.up_to < interval.end)
          row->still_open = true;
      }
      if (e.phase == model::Phase::kFiring) row->occurrences = opening ? 1 : 0;
    }
  } else if (ends) {
    const Minute minute = MinuteOf(e.timestamp);
    for (const aggregate::Episode& episode : aggregate::EpisodesOf(*state, e.timestamp))
      if (episode.first <= minute) row->resolves_since = StartOfMinute(episode.first);
  }
}

TimelineRow Maker::MakeRow(const Member& member, model::Event event) const {
  TimelineRow row = RowOf(std::move(event));
  row.inferred = member.inferred;
  DescribePhase(member, &row);
  const FoldedLine* line = member.plan->LineOf(row.event);
  if (!line || !Folds()) return row;
  row.occurrences = line->occurrences;
  row.lower_bound = line->lower_bound;
  row.lifetime = line->lifetime;
  row.folded = line->folded;
  if (line->oldest != line->newest) row.first_timestamp = line->oldest;
  if (line->flapping) {
    row.kind = TimelineRow::Kind::kFlapping;
    row.title = "flapping ×" + std::to_string(line->folded) + ": " + row.title;
  } else {
    row.kind = TimelineRow::Kind::kSeries;
  }
  return row;
}

void Maker::StillOpen(TimelineAnswer* answer) const {
  for (const Member& member : members_) {
    for (const aggregate::IncidentState& state : member.states) {
      if (!query_.type.empty() && state.event_type != query_.type) continue;
      if (query_.source && !(state.sources & (1U << (static_cast<unsigned>(*query_.source) - 1))))
        continue;
      for (const aggregate::OpenSignal& open : aggregate::OpenSignals(state, window_.up_to)) {
        if (open.interval.start > window_.after || open.interval.worst < MinSeverity()) continue;
        OpenRow row;
        row.service_id = state.service_id;
        row.event_type = state.event_type;
        row.incident_id = state.incident_id();
        row.signal = open.id;
        row.severity = open.interval.worst;
        row.since = open.interval.start;
        if (open.interval.assumed) row.until = open.interval.end;
        if (state.sample) row.title = state.sample->title;
        row.inferred = member.inferred;
        answer->still_open.push_back(std::move(row));
      }
    }
  }
  std::sort(answer->still_open.begin(), answer->still_open.end(),
            [](const OpenRow& a, const OpenRow& b) {
              return std::tie(b.severity, a.since, a.incident_id, a.signal) <
                     std::tie(a.severity, b.since, b.incident_id, b.signal);
            });
}

Status Maker::Histogram(TimelineAnswer* answer) {
  const bool by_minute = window_.up_to - window_.after <= kMinuteHistogram;
  answer->histogram_step = by_minute ? Duration(1min) : Duration(1h);
  std::map<Instant, aggregate::Counts> buckets;
  for (const Member& member : members_) {
    for (const aggregate::IncidentState& state : member.states) {
      if (!query_.type.empty() && state.event_type != query_.type) continue;
      if (query_.source && !(state.sources & (1U << (static_cast<unsigned>(*query_.source) - 1))))
        continue;
      if (state.last_evidence <= window_.after) continue;
      if (by_minute) {
        const Minute first = MinuteOf(window_.after + 1ns);
        SREHUB_TRY(const std::vector<aggregate::Counts> minutes,
                   MinuteCounts(session_, state, first, MinuteOf(window_.up_to)));
        for (size_t i = 0; i < minutes.size(); ++i)
          if (aggregate::Sum(minutes[i]) > 0)
            aggregate::Add(&buckets[StartOfMinute(first + static_cast<Minute>(i))], minutes[i]);
      } else {
        auto it = state.hourly.lower_bound(HourOf(window_.after + 1ns));
        for (; it != state.hourly.end() && it->first <= HourOf(window_.up_to); ++it)
          aggregate::Add(&buckets[StartOfHour(it->first)], it->second);
      }
    }
  }
  for (auto& [start, counts] : buckets) {
    for (size_t i = 0; i < model::SeverityIndex(MinSeverity()); ++i) counts[i] = 0;
    if (aggregate::Sum(counts) > 0) answer->histogram.push_back({start, counts});
  }
  return {};
}

Result<TimelineAnswer> Maker::Make() {
  SREHUB_TRY(const Family family, FindFamily(session_, query_.service, query_.exact));
  SREHUB_CHECK_OK(ResolveWindowAndCursor(family));
  SREHUB_CHECK_OK(LoadMembers(family));
  TimelineAnswer answer;
  answer.service_id = query_.service;
  answer.exact = query_.exact;
  answer.last_event = family.row.last_seen;
  for (const std::string& sibling : family.siblings)
    answer.siblings.push_back({sibling, AliasLine(sibling, query_.service)});
  SREHUB_CHECK_OK(Page(&answer));
  StillOpen(&answer);
  SREHUB_CHECK_OK(Histogram(&answer));
  AnswerHead head = session_->Head(window_);
  head.truncated = answer.head.truncated;
  head.cursor = std::move(answer.head.cursor);
  answer.head = std::move(head);
  std::vector<std::string>& notes = answer.head.notes;
  if (!family.siblings.empty())
    notes.push_back("includes " + JoinNames(family.siblings) +
                    " as inferred siblings (equal names without -service, -svc, -api, -app, "
                    "-backend, -server); exact=true leaves them out");
  if (!query_.text.empty() || !query_.trace_id.empty())
    notes.push_back("text and traceId filter the events, not the histogram; nothing is folded");
  if (query_.window.to || query_.window.at)
    notes.push_back("as of " + FormatTime(window_.up_to) + ", from what is stored now");
  return answer;
}

}  // namespace

TimelineRow RowOf(model::Event event) {
  TimelineRow row;
  EventFields fields = FieldsOf(event);
  row.title = std::move(fields.title);
  row.object = std::move(fields.object);
  row.trace_id = std::move(fields.trace_id);
  row.link = std::move(fields.link);
  row.incident_id = model::IncidentId(event.service_id, event.event_type);
  if (event.phase == model::Phase::kResolved || event.phase == model::Phase::kUnknown)
    row.occurrences = 0;
  row.event = std::move(event);
  return row;
}

Result<TimelineAnswer> Timeline(const Context& context, const TimelineQuery& query) {
  Session session(context, std::nullopt);
  return Maker(&session, query).Make();
}

}  // namespace srehub::insight
