#include "insight/correlation_counts.h"

#include <algorithm>
#include <set>

#include "insight/counts.h"
#include "insight/day_episodes.h"
#include "insight/event_fields.h"

namespace srehub::insight {

namespace {

constexpr size_t kSampledEvents = 1'000;  // of one service, newest first
constexpr size_t kMaxTypes = 500;
constexpr int64_t kEffectMinutes = kEffect / 1min;
constexpr int64_t kBaselineMinutes = kBaseline / 1min;
constexpr Duration kNewSpan = 7 * kDay;
constexpr uint8_t kPipelineBit = 1U << (static_cast<unsigned>(model::Source::kCicd) - 1);

bool IsNode(std::string_view service_id) { return service_id.starts_with("node-"); }

// Counts of [pivot - 60 min, pivot + 30 min) by minute into the windows of the test. The minute
// that holds the pivot belongs to what came after it.
TypeCounts Arrange(const std::vector<aggregate::Counts>& minutes, const CorrelationScope& scope) {
  TypeCounts counts;
  const auto effect = static_cast<int64_t>(
      std::max<int64_t>(0, MinuteOf(scope.effect_end) - MinuteOf(scope.pivot)));
  for (int64_t i = 0; i < static_cast<int64_t>(minutes.size()); ++i) {
    const uint64_t n = aggregate::ActiveSum(minutes[static_cast<size_t>(i)]);
    if (i < kBaselineMinutes) {
      counts.before[static_cast<size_t>(i / (kBaselineMinutes / kBaselineWindows))] += n;
    } else if (i - kBaselineMinutes < std::min(effect, kEffectMinutes)) {
      counts.after[static_cast<size_t>(i - kBaselineMinutes)] += n;
    }
  }
  return counts;
}

Result<std::vector<aggregate::Counts>> ReadMinutes(Session* session,
                                                   const aggregate::IncidentState& state,
                                                   Instant pivot) {
  const Minute at = MinuteOf(pivot);
  return MinuteCounts(session, state, at - kBaselineMinutes, at + kEffectMinutes - 1);
}

// Occurred in the 7 days before the effect window, by hourly totals and the baseline's minutes.
bool SeenBefore(const aggregate::IncidentState& state, const TypeCounts& counts, Instant pivot) {
  for (const uint64_t n : counts.before)
    if (n > 0) return true;
  const Hour last = HourOf(pivot - kBaseline);
  for (auto it = state.hourly.lower_bound(HourOf(pivot - kNewSpan));
       it != state.hourly.end() && it->first < last; ++it)
    if (aggregate::ActiveSum(it->second) > 0) return true;
  return false;
}

// The start of the run of minutes that reaches into the effect window, or the first minute in it.
std::optional<Instant> RunStart(const aggregate::IncidentState& state,
                                const CorrelationScope& scope, Instant now) {
  for (const aggregate::Episode& e : aggregate::EpisodesOf(state, now))
    if (StartOfMinute(e.last + 1) > scope.pivot && StartOfMinute(e.first) < scope.effect_end)
      return StartOfMinute(e.first);
  return std::nullopt;
}

Status Describe(Session* session, const CorrelationScope& scope,
                const aggregate::IncidentState& state, TypeEvidence* type) {
  CorrelatedType& row = type->row;
  row.service_id = state.service_id;
  row.event_type = state.event_type;
  row.incident_id = state.incident_id();
  row.inferred = state.service_id != scope.asked_service;
  const Minute first = MinuteOf(scope.window.after), last = MinuteOf(scope.window.up_to);
  SREHUB_TRY(const std::vector<aggregate::Counts> minutes,
             MinuteCounts(session, state, first, last));
  for (size_t i = 0; i < minutes.size(); ++i) {
    if (aggregate::ActiveSum(minutes[i]) == 0) continue;
    row.window_count += aggregate::ActiveSum(minutes[i]);
    if (!row.first_in_window) row.first_in_window = StartOfMinute(first + static_cast<Minute>(i));
    for (size_t s = 0; s < minutes[i].size(); ++s)
      if (minutes[i][s] > 0) row.severity = std::max(row.severity, model::SeverityAt(s));
  }
  return {};
}

Result<std::optional<TypeEvidence>> CountType(Session* session, const CorrelationScope& scope,
                                              const aggregate::IncidentState& state) {
  TypeEvidence type;
  SREHUB_TRY(const std::vector<aggregate::Counts> minutes,
             ReadMinutes(session, state, scope.pivot));
  type.counts = Arrange(minutes, scope);
  SREHUB_CHECK_OK(Describe(session, scope, state, &type));
  uint64_t counted = type.row.window_count;
  for (const uint64_t n : type.counts.before) counted += n;
  for (const uint64_t n : type.counts.after) counted += n;
  if (counted == 0) return std::optional<TypeEvidence>();
  type.counts.key = type.row.incident_id;
  type.counts.severity = std::max(type.row.severity, model::Severity::kLow);
  type.counts.seen_in_7_days = SeenBefore(state, type.counts, scope.pivot);
  type.counts.node_event = IsNode(state.service_id) || state.event_type == "NodeNotReady";
  if (const auto start = RunStart(state, scope, session->now()))
    type.counts.first_after_pivot = *start - scope.pivot;
  return std::optional(std::move(type));
}

// The first event of each type in the window to the nanosecond, a sample (one with a trace id, if
// any), and whether all that name an environment name another one.
struct Seen {
  std::optional<model::Event> first, sample;
  bool traced = false;
  size_t same_environment = 0, other_environment = 0;
};

Result<std::map<std::string, Seen>> ReadSamples(Session* session, const CorrelationScope& scope,
                                                const std::string& service) {
  store::EventQuery read;
  read.service_id = service;
  read.window = scope.window;
  read.limit = kSampledEvents;
  read.filter = [](const model::Event& e) {
    return !e.deploy && e.severity > model::Severity::kInfo && e.phase != model::Phase::kResolved;
  };
  SREHUB_TRY(store::EventPage page,
             session->store().ReadEvents(read, session->clock_now(), session->cost()));
  std::map<std::string, Seen> by_type;
  for (model::Event& e : page.events) {  // newest first: the last one of a type is its first
    Seen& seen = by_type[e.event_type];
    const EventFields fields = FieldsOf(e);
    if (!fields.environment.empty() && !scope.deploy.environment.empty())
      ++(fields.environment == scope.deploy.environment ? seen.same_environment
                                                        : seen.other_environment);
    if (!seen.sample || (!seen.traced && !fields.trace_id.empty())) {
      seen.sample = e;
      seen.traced = !fields.trace_id.empty();
    }
    seen.first = std::move(e);
  }
  return by_type;
}

void Adorn(const CorrelationScope& scope, const Seen* seen, TypeEvidence* type) {
  CorrelatedType& row = type->row;
  if (seen) {
    if (seen->first && row.first_in_window &&
        MinuteOf(seen->first->timestamp) == MinuteOf(*row.first_in_window))
      row.first_in_window = seen->first->timestamp;
    if (seen->sample) {
      EventFields fields = FieldsOf(*seen->sample);
      row.sample_title = std::move(fields.title);
      row.sample_trace_id = std::move(fields.trace_id);
      row.sample_event = model::SortKey(seen->sample->timestamp, seen->sample->event_id);
    }
    type->counts.other_environment = seen->other_environment > 0 && seen->same_environment == 0;
  }
  if (row.first_in_window) row.first_offset = *row.first_in_window - scope.anchor;
  row.offset_from = scope.anchor_name;
}

}  // namespace

Result<std::vector<TypeEvidence>> CountFamily(Session* session, const CorrelationScope& scope) {
  std::vector<TypeEvidence> types;
  const Instant earliest = std::min(scope.window.after, scope.pivot - kBaseline);
  for (const std::string& service : scope.services) {
    SREHUB_TRY(const std::vector<aggregate::IncidentState> states, session->IncidentsOf(service));
    SREHUB_TRY(const auto samples, ReadSamples(session, scope, service));
    for (const aggregate::IncidentState& state : states) {
      if (state.sources == kPipelineBit || !state.IsIncident()) continue;
      if (state.last_evidence < earliest || types.size() >= kMaxTypes) continue;
      SREHUB_TRY(std::optional<TypeEvidence> type, CountType(session, scope, state));
      if (!type) continue;
      const auto seen = samples.find(state.event_type);
      Adorn(scope, seen == samples.end() ? nullptr : &seen->second, &*type);
      types.push_back(std::move(*type));
    }
  }
  return types;
}

Result<Elsewhere> ReadElsewhere(Session* session, const CorrelationScope& scope) {
  SREHUB_TRY(const std::vector<DayEpisode> episodes,
             ReadEpisodes(session, scope.window.after, scope.window.up_to + 1ns));
  Elsewhere elsewhere;
  const std::set<std::string> family(scope.services.begin(), scope.services.end());
  for (const DayEpisode& e : episodes) {
    const auto parts = model::ParseIncidentId(e.incident_id);
    if (!parts || family.contains(parts->first)) continue;
    ElsewhereRow row;
    row.service_id = parts->first;
    row.event_type = parts->second;
    row.incident_id = e.incident_id;
    row.severity = e.episode.worst;
    row.first = StartOfMinute(e.episode.first);
    row.last = StartOfMinute(e.episode.last);
    row.first_offset = row.first - scope.anchor;
    row.node = IsNode(row.service_id);
    elsewhere.rows.push_back(std::move(row));
  }
  const auto distance = [](const ElsewhereRow& r) {
    return r.first_offset < Duration(0) ? -r.first_offset : r.first_offset;
  };
  std::stable_sort(
      elsewhere.rows.begin(), elsewhere.rows.end(),
      [&](const ElsewhereRow& a, const ElsewhereRow& b) { return distance(a) < distance(b); });
  elsewhere.truncated = elsewhere.rows.size() > kMaxElsewhere;
  if (elsewhere.truncated) elsewhere.rows.resize(kMaxElsewhere);
  for (ElsewhereRow& row : elsewhere.rows) {
    SREHUB_TRY(const std::optional<aggregate::IncidentState> state,
               session->Incident(row.incident_id));
    if (!state) continue;
    SREHUB_TRY(row.count, CountBetween(session, *state, MinuteOf(scope.window.after),
                                       MinuteOf(scope.window.up_to)));
  }
  return elsewhere;
}

Status MarkRisenElsewhere(Session* session, const CorrelationScope& scope,
                          const std::vector<ElsewhereRow>& elsewhere,
                          std::vector<TypeEvidence>* types) {
  std::set<std::string> risen;
  for (const ElsewhereRow& row : elsewhere) {
    const bool asked = std::any_of(types->begin(), types->end(), [&](const TypeEvidence& t) {
      return t.row.event_type == row.event_type;
    });
    if (!asked || risen.contains(row.event_type)) continue;
    SREHUB_TRY(const std::optional<aggregate::IncidentState> state,
               session->Incident(row.incident_id));
    if (!state) continue;
    SREHUB_TRY(const std::vector<aggregate::Counts> minutes,
               ReadMinutes(session, *state, scope.pivot));
    const TypeCounts counts = Arrange(minutes, scope);
    uint64_t before = 0, after = 0;
    for (const uint64_t n : counts.before) before += n;
    for (const uint64_t n : counts.after) after += n;
    const double effect =
        std::max(1.0, static_cast<double>(MinuteOf(scope.effect_end) - MinuteOf(scope.pivot)));
    const auto rates = aggregate::CompareRates(before, kBaselineMinutes, after, effect);
    if (after >= kMinEvents && rates.ratio >= kMinRatio && rates.p_up <= kErrorRate)
      risen.insert(row.event_type);
  }
  for (TypeEvidence& type : *types)
    type.counts.rose_elsewhere = risen.contains(type.row.event_type);
  return {};
}

}  // namespace srehub::insight
