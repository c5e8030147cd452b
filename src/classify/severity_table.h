// The one severity table, as rules: a fact's severity, the rule that gave it, and whether the
// source's own word was unknown. Immutable after construction.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "classify/explain.h"
#include "classify/rules.h"
#include "model/observation.h"
#include "model/severity.h"

namespace srehub::classify {

struct Judgement {
  model::Severity severity = model::Severity::kMedium;
  bool unknown = false;  // no rule knew the source's word: medium, and flagged
  Why why;
};

class SeverityTable {
 public:
  SeverityTable(SeverityRules rules, std::vector<SeverityOverride> overrides);

  Judgement Of(const model::KubernetesFact& fact, std::string_view event_type) const;
  Judgement Of(const model::AlarmFact& fact) const;
  // `statement.kind` must be the judged one.
  Judgement Of(const model::DeployStatement& statement, std::string_view status_word) const;
  // By level, then by status: a 5xx is at least high; a line with a status and no level is info.
  Judgement Of(const model::LogFact& fact) const;
  Judgement Of(const model::AlertFact& fact) const;
  // The word of a record in the unified schema that is none of the five: read as its source's.
  Judgement OfWord(model::Source source, std::string_view word) const;

  struct Subject {
    std::string_view service_id, event_type, environment;
    model::Source source = model::Source::kLogs;
  };
  // The user's own judgement over the table's.
  void Override(const Subject& subject, Judgement* judgement) const;

 private:
  Judgement OfLevel(const model::LogFact& fact) const;
  std::optional<Judgement> OfLevelWord(std::string_view word) const;
  std::optional<Judgement> OfLevelNumber(const model::LogFact& fact) const;

  SeverityRules rules_;
  std::vector<SeverityOverride> overrides_;
};

}  // namespace srehub::classify
