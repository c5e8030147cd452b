// The folded state of one incident: the truth of trending_incidents. A function of the set of
// events that touch the incident; see ARCHITECTURE.md for the argument.
// A plain value. Not thread-safe.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "aggregate/hour_block.h"
#include "base/time.h"
#include "model/deploy.h"
#include "model/event.h"
#include "model/severity.h"

namespace srehub::aggregate {

// One occurrence or several at one instant.
struct Contribution {
  Instant time{};
  model::Severity severity = model::Severity::kInfo;
  uint64_t count = 1;
  std::string scope;  // deploys: the environment; otherwise empty
  bool operator==(const Contribution&) const = default;
};

// The sender's own cumulative count (a Kubernetes event's uid).
struct SeriesObservation {
  int64_t count = 0;
  Instant time{};
  Instant start{};  // where the first occurrence counts, if this is the first observation
  model::Severity severity = model::Severity::kInfo;
  bool operator==(const SeriesObservation&) const = default;
};
struct Series {
  std::string id;
  std::vector<SeriesObservation> observations;  // by count, one per count (the earliest)
  bool operator==(const Series&) const = default;
};
// The first observation contributes 1 at its start and the rest at its own time; each later one
// the difference to its predecessor at its own time.
std::vector<Contribution> ContributionsOf(const Series& series);

// A life of a signal with starts: everything heard about one startsAt. All maxima, so order-free.
struct Life {
  Instant starts_at{};
  std::optional<Instant> resolved_at;   // greatest endsAt of a resolved statement
  std::optional<Instant> last_refresh;  // greatest receipt slot of a resend
  std::optional<Instant> expires_at;    // greatest expiry heard
  model::Severity severity = model::Severity::kInfo;
  bool operator==(const Life&) const = default;
};
// A statement about a signal with transitions.
struct Statement {
  Instant time{};
  model::Phase phase = model::Phase::kFiring;  // firing, resolved, unknown
  model::Severity severity = model::Severity::kInfo;
  Instant expires_at{};
  bool operator==(const Statement&) const = default;
};
struct Signal {
  std::string id;
  std::vector<Life> lives;            // by starts_at
  std::vector<Statement> statements;  // by time; at one instant: unknown, firing, resolved
  bool operator==(const Signal&) const = default;
};
// Maximal stretch in which a signal fires: [start, end).
struct SignalInterval {
  Instant start{}, end{};
  bool assumed = false;  // ended by expiry, not by a resolution
  model::Severity opening_severity = model::Severity::kInfo;  // of the opening statement
  model::Severity worst = model::Severity::kInfo;
  std::optional<Instant> first_high;  // first statement at or above high
};
std::vector<SignalInterval> IntervalsOf(const Signal& signal);
// One occurrence at each opening.
std::vector<Contribution> ContributionsOf(const Signal& signal);
// The newest resolution that is in force (an undone one is not), or none.
std::optional<Instant> LastResolutionOf(const Signal& signal);

// What the fold needs of a statement about a run.
struct RunStatement {
  Instant time{};
  model::Severity severity = model::Severity::kInfo;
  bool closes = false;  // a success: resolves; otherwise it counts as an occurrence
  std::string run_key;  // "system:repository:run:attempt", or empty
  std::string sha_key;  // "repository@sha@environment", or empty (one of the two is set)
  std::string environment;
  bool operator==(const RunStatement&) const = default;
};
// One occurrence per joined run, at its earliest counting statement, scoped by environment.
std::vector<Contribution> ContributionsOf(const std::vector<RunStatement>& runs);
// Newest closing statement of each joined run, by the run's environment.
struct ScopedResolution {
  std::string scope;
  Instant time{};
};
std::vector<ScopedResolution> ResolutionsOf(const std::vector<RunStatement>& runs);

// A maximal run of minutes with point occurrences at or above low, gaps <= hold-down.
struct PointRun {
  Minute first = 0, last = 0;
  model::Severity worst = model::Severity::kLow;
  std::optional<Minute> first_high;
  bool operator==(const PointRun&) const = default;
};

struct Sample {
  Instant timestamp{};
  uint64_t event_id = 0;
  std::string title;
};

struct IncidentState {
  std::string service_id, event_type;
  uint64_t version = 0;  // writes of this item; not part of equality

  Counts totals{};  // occurrences by severity since the incident's generation began
  std::optional<Instant> first_point, last_point;  // over point occurrences
  std::optional<Instant> frozen_first;             // earliest occurrence of pruned sets
  std::optional<Instant> last_close;  // newest plain (signal-less, run-less) resolution
  std::vector<PointRun> point_runs;   // ascending, disjoint by more than the hold-down
  std::vector<Series> series;         // by id
  std::vector<Signal> signals;        // by id
  std::vector<RunStatement> runs;     // by (time, keys)
  std::map<Hour, Counts> hourly;      // totals per hour inside the horizon
  std::map<Hour, HourBlock> recent;   // minute counters of the hours >= recent_floor
  Hour recent_floor = INT64_MIN;      // hours below live in hour items
  Instant last_evidence{};            // newest timestamp of any event folded
  uint8_t sources = 0;                // bit (source - 1)
  std::vector<std::pair<uint64_t, std::string>> objects;  // the kMaxObjects smallest hashes
  bool more_objects = false;
  bool approximate = false;      // past a named cap
  std::optional<Sample> sample;  // newest event; not part of equality

  std::string incident_id() const { return model::IncidentId(service_id, event_type); }
  bool empty() const { return last_evidence == Instant{}; }
  // An incident only if something at or above low ever happened: info alone is none.
  bool IsIncident() const { return ActiveSum(totals) > 0; }
  // Worst severity ever counted.
  model::Severity MaxSeverity() const;
};

// Equality of content (the founding promise): without version and sample.
bool SameContent(const IncidentState& a, const IncidentState& b);

// Stored form; the first byte is the format version. Decode refuses a newer one (kDataLoss).
std::string EncodeState(const IncidentState& state);
Result<IncidentState> DecodeState(std::string_view bytes);

}  // namespace srehub::aggregate
