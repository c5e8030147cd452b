#include "insight/ranking.h"

#include <algorithm>
#include <deque>
#include <set>

namespace srehub::insight {

namespace {

constexpr size_t kChunk = 16;  // index rows read at once
// Per answer. Rows that a silence hides, or that fell due, are many only until the next sweep.
constexpr size_t kMaxIndexRows = 200'000;
constexpr size_t kMaxDue = 200'000;
constexpr size_t kMaxEnumerated = 50'000;  // incidents per answer

bool Passes(const TrendingQuery& query, const Candidate& c) {
  if (!query.type.empty() && c.state.event_type != query.type) return false;
  if (query.min_severity && c.view.severity < *query.min_severity) return false;
  if (!c.view.listed) return false;
  if (c.view.life_state == aggregate::LifeState::kResolved && !query.include_resolved) return false;
  return !(c.view.silenced || c.view.maintenance) || query.include_silenced;
}

void Insert(std::vector<Candidate>* top, Candidate candidate, size_t limit) {
  const auto at = std::upper_bound(top->begin(), top->end(), candidate, RanksBefore);
  top->insert(at, std::move(candidate));
  if (top->size() > limit) top->pop_back();
}

class IndexWalk {
 public:
  IndexWalk(Session* session, const TrendingQuery& query) : session_(session), query_(query) {
    for (const aggregate::OpenClass c : aggregate::kOpenClasses)
      classes_.push_back({c, {}, {}, false});
  }

  Result<Ranking> Run() {
    SREHUB_CHECK_OK(TakeDue());
    while (rows_read_ < kMaxIndexRows) {
      SREHUB_TRY(OpenClassRows* const next, Highest());
      if (!next || CannotEnter(*next)) return std::move(ranking_);
      const std::string id = next->rows.front().incident_id;
      next->rows.pop_front();
      SREHUB_CHECK_OK(Take(id));
    }
    ranking_.truncated = true;
    return std::move(ranking_);
  }

 private:
  struct OpenClassRows {
    aggregate::OpenClass open_class;
    std::deque<store::HeatRow> rows;
    std::optional<store::HeatRow> after;
    bool exhausted;
  };

  Position FrontOf(const OpenClassRows& rows) const {
    const store::HeatRow& row = rows.rows.front();
    return {aggregate::RankedScore(rows.open_class, row.heat_rank, session_->now()), row.heat_rank,
            row.incident_id};
  }

  // The class whose next row could score highest; null when all are read.
  Result<OpenClassRows*> Highest() {
    OpenClassRows* highest = nullptr;
    for (OpenClassRows& rows : classes_) {
      if (rows.rows.empty() && !rows.exhausted) {
        SREHUB_TRY(
            const std::vector<store::HeatRow> read,
            session_->store().ReadHeat(rows.open_class, rows.after, kChunk, session_->cost()));
        rows.exhausted = read.size() < kChunk;
        if (!read.empty()) rows.after = read.back();
        rows.rows.assign(read.begin(), read.end());
        rows_read_ += read.size();
      }
      if (rows.rows.empty()) continue;
      if (!highest || StandsAbove(FrontOf(rows), FrontOf(*highest))) highest = &rows;
    }
    return highest;
  }

  bool CannotEnter(const OpenClassRows& rows) const {
    if (ranking_.top.size() < query_.limit) return false;
    return !StandsAbove(FrontOf(rows), ranking_.top.back().position());
  }

  Status Take(const std::string& incident_id) {
    if (!seen_.insert(incident_id).second) return {};
    const auto parts = model::ParseIncidentId(incident_id);
    if (!parts) return {};
    if (!query_.type.empty() && parts->second != query_.type) return {};
    SREHUB_TRY(const std::vector<aggregate::Silence>* silences, session_->Silences());
    const bool silenced =
        std::any_of(silences->begin(), silences->end(), [&](const aggregate::Silence& s) {
          return s.ActiveAt(session_->now()) && s.Matches(parts->first, parts->second);
        });
    if (silenced) {
      ++ranking_.silenced;
      return {};
    }
    SREHUB_TRY(std::optional<aggregate::IncidentState> state, session_->Incident(incident_id));
    if (!state) return {};
    SREHUB_TRY(Candidate candidate, MakeCandidate(session_, std::move(*state)));
    if (Passes(query_, candidate)) Insert(&ranking_.top, std::move(candidate), query_.limit);
    return {};
  }

  // What changed class or presence since the last sweep may stand too low in the index, or not at
  // all: it is judged first.
  Status TakeDue() {
    SREHUB_TRY(const std::vector<store::DueRow> due,
               session_->store().ReadDue(session_->now(), kMaxDue, session_->cost()));
    for (const store::DueRow& row : due) SREHUB_CHECK_OK(Take(row.incident_id));
    ranking_.truncated = due.size() == kMaxDue;
    return {};
  }

  Session* session_;
  const TrendingQuery& query_;
  std::vector<OpenClassRows> classes_;
  std::set<std::string> seen_;
  size_t rows_read_ = 0;
  Ranking ranking_;
};

Status RankService(Session* session, const TrendingQuery& query, const std::string& service,
                   size_t* read, Ranking* ranking) {
  SREHUB_TRY(std::vector<aggregate::IncidentState> states, session->IncidentsOf(service));
  *read += states.size();
  for (aggregate::IncidentState& state : states) {
    SREHUB_TRY(Candidate candidate, MakeCandidate(session, std::move(state)));
    const aggregate::View& view = candidate.view;
    if (view.listed && (view.silenced || view.maintenance) &&
        view.life_state != aggregate::LifeState::kResolved)
      ++ranking->silenced;
    if (Passes(query, candidate)) Insert(&ranking->top, std::move(candidate), query.limit);
  }
  return {};
}

}  // namespace

bool StandsAbove(const Position& a, const Position& b) {
  if (a.score != b.score) return a.score > b.score;
  if (a.heat_rank != b.heat_rank) return a.heat_rank > b.heat_rank;
  return a.incident_id < b.incident_id;
}

bool RanksBefore(const Candidate& a, const Candidate& b) {
  return StandsAbove(a.position(), b.position());
}

Result<Candidate> MakeCandidate(Session* session, aggregate::IncidentState state) {
  SREHUB_TRY(Session::Handled handled, session->View(state));
  Candidate candidate;
  candidate.score = aggregate::ScoreOf(state, handled.view.open_class, session->now());
  candidate.heat_rank = aggregate::HeatRankOf(handled.view.log_heat);
  candidate.ranked_score =
      aggregate::RankedScore(handled.view.open_class, candidate.heat_rank, session->now());
  candidate.view = std::move(handled.view);
  candidate.acknowledgement = std::move(handled.acknowledgement);
  candidate.incident_id = state.incident_id();
  candidate.state = std::move(state);
  return candidate;
}

Result<Ranking> RankFromIndex(Session* session, const TrendingQuery& query) {
  return IndexWalk(session, query).Run();
}

Result<Ranking> RankAll(Session* session, const TrendingQuery& query) {
  Ranking ranking;
  ranking.enumerated = true;
  size_t read = 0;
  if (!query.service.empty()) {
    SREHUB_CHECK_OK(RankService(session, query, query.service, &read, &ranking));
    return ranking;
  }
  std::string after;
  for (;;) {
    SREHUB_TRY(const std::vector<store::ServiceRow> services,
               session->store().ListServices(after, limits::kMaxPage, session->cost()));
    for (const store::ServiceRow& service : services) {
      SREHUB_CHECK_OK(RankService(session, query, service.service_id, &read, &ranking));
      if (read >= kMaxEnumerated) {
        ranking.truncated = true;
        return ranking;
      }
    }
    if (services.size() < limits::kMaxPage) return ranking;
    after = services.back().service_id;
  }
}

}  // namespace srehub::insight
