#include "insight/session.h"

#include "insight/as_of.h"

namespace srehub::insight {

Session::Session(const Context& context, std::optional<Instant> at)
    : context_(context), clock_now_(context.clock->Now()), now_(at.value_or(clock_now_)) {}

Result<aggregate::IncidentState> Session::AsOf(aggregate::IncidentState state) {
  if (!past()) return state;
  return StateAsOf(state, now_, [&](Hour hour) { return store().GetHour(state, hour, cost()); });
}

Result<std::optional<aggregate::IncidentState>> Session::Incident(std::string_view incident_id) {
  SREHUB_TRY(std::optional<aggregate::IncidentState> state,
             store().GetIncident(incident_id, cost()));
  if (!state) return state;
  SREHUB_TRY(*state, AsOf(std::move(*state)));
  if (past() && aggregate::Sum(state->totals) == 0) state.reset();
  return state;
}

Result<std::vector<aggregate::IncidentState>> Session::IncidentsOf(std::string_view service_id) {
  SREHUB_TRY(std::vector<aggregate::IncidentState> states,
             store().IncidentsOfService(service_id, cost()));
  if (!past()) return states;
  for (aggregate::IncidentState& state : states) {
    SREHUB_TRY(state, AsOf(std::move(state)));
  }
  std::erase_if(states, [](const auto& s) { return aggregate::Sum(s.totals) == 0; });
  return states;
}

Result<const std::vector<aggregate::Silence>*> Session::Silences() {
  if (!silences_) {
    SREHUB_TRY(silences_, store().ListSilences(now_));
  }
  return &*silences_;
}

Result<Session::Handled> Session::View(const aggregate::IncidentState& state) {
  SREHUB_TRY(const std::vector<aggregate::Silence>* silences, Silences());
  Handled handled;
  SREHUB_TRY(handled.acknowledgement, store().GetAcknowledgement(state.incident_id()));
  handled.view = aggregate::ViewOf(state,
                                   aggregate::HandlingOf(state.service_id, state.event_type,
                                                         handled.acknowledgement, *silences, now_),
                                   now_);
  if (!handled.view.acknowledged) handled.acknowledgement.reset();
  return handled;
}

AnswerHead Session::Head(Window window) {
  AnswerHead head;
  head.generated_at = clock_now_;
  head.window = window;
  head.zone = "UTC";
  if (context_.source_health) head.sources = context_.source_health();
  head.cost = cost_;
  return head;
}

}  // namespace srehub::insight
