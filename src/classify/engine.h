// What the rules compile to, and one function per kind of fact. Internal to classify/.
#pragma once

#include <re2/re2.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "classify/classifier.h"
#include "classify/details.h"
#include "classify/explain.h"
#include "classify/log_types.h"
#include "classify/rules.h"
#include "classify/service_names.h"
#include "classify/severity_table.h"
#include "model/delivery.h"
#include "model/event.h"
#include "model/observation.h"

namespace srehub::classify {

// Patterns compiled one by one: for the rarer kinds of records.
class PatternList {
 public:
  explicit PatternList(const Texts& patterns);  // checked when the rules were read
  bool MatchesAny(std::string_view text) const;

 private:
  std::vector<std::unique_ptr<RE2>> patterns_;
};

struct KubernetesType {
  KubernetesTypeRule rule;
  PatternList patterns;
};
struct PipelineKindMatcher {
  PipelineKindRule rule;
  PatternList patterns;
};

// Immutable after Create.
struct Engine {
  // Errors: those of LogTypes::Create.
  static Result<std::unique_ptr<const Engine>> Create(Rules rules, Settings settings);

  Settings settings;
  ServiceNames services;
  SeverityTable severities;
  LogTypes log_types;
  std::vector<KubernetesType> kubernetes_types;
  std::vector<MetricRule> metrics;
  std::vector<PipelineKindMatcher> pipeline_kinds;
  model::Mappings mappings;

  Duration RetentionOf(model::Severity severity) const;
};

// One record on its way: what every kind of fact needs.
struct Record {
  const Engine& engine;
  const model::Observation& observation;
  Explainer explainer;
  std::vector<model::Event>* out;

  // An event with what does not depend on the kind: service, time, source, identity.
  model::Event NewEvent(std::string service_id) const;
  // Hash of (format, native identity). `more` tells events of one observation apart.
  uint64_t IdOf(std::string_view more = {}) const;
  // The table's judgement under the user's overrides; sets the event's severity.
  Judgement Judge(model::Event* event, Judgement judgement, std::string_view environment) const;
  // Details that every kind has: title, link, format, the severity's own word and what was not
  // mapped. `title` stands in where the sender gave none.
  void WriteCommon(DetailsWriter* details, std::string_view title, const Judgement& judgement,
                   std::string_view severity_word) const;
  // Sets the ttl, explains and hands the event over.
  void Emit(model::Event event, Why service, Why type, Why severity) const;
};

using Refused = std::optional<model::Refusal>;
Refused Refuse(model::RefusalReason reason, std::string field, std::string message);

// Each appends to record.out, or refuses and appends nothing.
Refused ClassifyFact(const Record& record, const model::KubernetesFact& fact);
Refused ClassifyFact(const Record& record, const model::AlarmFact& fact);
Refused ClassifyFact(const Record& record, const model::PipelineFact& fact);
Refused ClassifyFact(const Record& record, const model::LogFact& fact);
Refused ClassifyFact(const Record& record, const model::AlertFact& fact);
Refused ClassifyFact(const Record& record, const model::EventFact& fact);

}  // namespace srehub::classify
