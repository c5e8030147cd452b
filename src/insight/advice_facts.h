// The facts that a playbook is weighed with: read from the tables, bounded, and said in words that
// do not change while the incident merely goes on (the stored item is written on change only).
#pragma once

#include <map>
#include <string>
#include <vector>

#include "insight/correlation.h"
#include "insight/ranking.h"
#include "insight/session.h"
#include "playbook/evidence.h"

namespace srehub::insight {

class FactReader {
 public:
  // `states`: every incident of the service.
  FactReader(Session* session, std::string service,
             const std::vector<aggregate::IncidentState>& states)
      : session_(session), service_(std::move(service)), states_(states) {}

  Status Load();  // what all incidents of the service share: siblings, outcomes
  Result<playbook::IncidentFacts> FactsOf(const Candidate& candidate);

 private:
  Status ReadFirstEvents(const Candidate& candidate, playbook::IncidentFacts* facts);
  Status ReadSeen(playbook::IncidentFacts* facts);
  Status AddSeen(const std::string& service, playbook::SeenType::Where where,
                 playbook::IncidentFacts* facts);
  Status ReadDeploys(playbook::IncidentFacts* facts);
  Result<playbook::DeployFact> Weigh(const model::Deploy& deploy,
                                     const std::vector<model::Deploy>& newest_first,
                                     const std::string& incident_id);

  Session* session_;
  std::string service_;
  const std::vector<aggregate::IncidentState>& states_;
  std::vector<std::string> family_;  // the service and its siblings
  std::vector<model::ActionOutcome> outcomes_;
  std::map<std::string, CorrelationAnswer> correlations_;  // by deploy id
};

}  // namespace srehub::insight
