// The order of the trending list, and the walk of the heat index that finds its head.
//
// Order: the score of the incident's rank, highest first (aggregate::RankedScore: unrounded but for
// a step of 6e-10, below which summation order decides, not events); where doubles cannot tell two
// scores apart, the rank itself, which is exact at any age; then the id. Within an open class the
// order of ranks is the order of scores at every instant (forward decay), so the walk always takes
// the class whose next row stands highest and stops when that row stands below the k-th.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aggregate/incident_state.h"
#include "aggregate/view.h"
#include "insight/session.h"
#include "insight/trending.h"

namespace srehub::insight {

// What the order is decided by.
struct Position {
  double score = 0;
  int64_t heat_rank = 0;
  std::string_view incident_id;
};
bool StandsAbove(const Position& a, const Position& b);

struct Candidate {
  aggregate::IncidentState state;
  aggregate::View view;
  std::optional<aggregate::Acknowledgement> acknowledgement;
  aggregate::Score score;
  double ranked_score = 0;
  int64_t heat_rank = 0;
  std::string incident_id;
  Position position() const { return {ranked_score, heat_rank, incident_id}; }
};

// True when `a` stands above `b`. A total order over distinct ids.
bool RanksBefore(const Candidate& a, const Candidate& b);

struct Ranking {
  std::vector<Candidate> top;  // at most the query's limit, best first
  bool truncated = false;      // a cap on what one answer reads was met
  size_t silenced = 0;         // incidents met that a silence keeps out
  bool enumerated = false;     // every incident was read, not only the index's head
};

// The head of the index, with what is due re-derived. Reads do not grow with the number of
// incidents.
Result<Ranking> RankFromIndex(Session* session, const TrendingQuery& query);
// Every incident (of the query's service, or of all): for the past, and for rows that the index
// does not hold (resolved, silenced).
Result<Ranking> RankAll(Session* session, const TrendingQuery& query);

// As it would be ranked, whether or not it is.
Result<Candidate> MakeCandidate(Session* session, aggregate::IncidentState state);

// The row with all that is shown beside the score. `rank` 0: not ranked.
class RowMaker {
 public:
  explicit RowMaker(Session* session) : session_(session) {}
  Result<TrendingRow> Make(const Candidate& candidate, size_t rank);

 private:
  Status Count(const Candidate& candidate, TrendingRow* row);
  Status FindDeploy(const Candidate& candidate, TrendingRow* row);
  Status FindAction(const Candidate& candidate, TrendingRow* row);

  Session* session_;
  std::map<std::string, std::optional<model::Recommendations>> advice_;  // by service
  std::map<std::string, std::vector<std::string>> families_;             // by service
};

// rising, falling, steady; unknown when the counts cannot tell. `spark`: 60 minutes, oldest first.
std::string_view TrendOf(const std::array<uint64_t, kSparkMinutes>& spark);

void WriteTrendingRow(JsonWriter* json, const TrendingRow& row);

}  // namespace srehub::insight
