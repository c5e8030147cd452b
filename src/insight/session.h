// One answer being made: its instant, its reads and what they cost, the silences in force. Not
// thread-safe; lives as long as one call.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aggregate/handling.h"
#include "aggregate/view.h"
#include "insight/answer.h"
#include "insight/context.h"

namespace srehub::insight {

class Session {
 public:
  // As of `at`; without it, as of the clock.
  Session(const Context& context, std::optional<Instant> at);

  const Context& context() const { return context_; }
  store::Store& store() const { return *context_.store; }
  Instant clock_now() const { return clock_now_; }
  Instant now() const { return now_; }  // what the answer is as of
  bool past() const { return now_ < clock_now_; }
  store::ReadCost* cost() { return &cost_; }

  // The incident, as of now(); none when it is not stored or had not begun.
  Result<std::optional<aggregate::IncidentState>> Incident(std::string_view incident_id);
  // The incidents of a service, as of now(), by type; those that had not begun are left out.
  Result<std::vector<aggregate::IncidentState>> IncidentsOf(std::string_view service_id);
  Result<aggregate::IncidentState> AsOf(aggregate::IncidentState state);

  // With its acknowledgement and the silences.
  struct Handled {
    aggregate::View view;
    std::optional<aggregate::Acknowledgement> acknowledgement;
  };
  Result<Handled> View(const aggregate::IncidentState& state);
  Result<const std::vector<aggregate::Silence>*> Silences();

  // Head with everything but the window's meaning filled: generatedAt, sources, cost.
  AnswerHead Head(Window window);

 private:
  const Context& context_;
  Instant clock_now_, now_;
  store::ReadCost cost_;
  std::optional<std::vector<aggregate::Silence>> silences_;
};

}  // namespace srehub::insight
