// serviceId of an observation: which of its names tells the service, and what is left of that
// name. Pure: a function of the fact and the rules.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "classify/aliases.h"
#include "classify/explain.h"
#include "classify/names.h"
#include "classify/rules.h"
#include "model/observation.h"

namespace srehub::classify {

inline constexpr std::string_view kUnknownService = "unknown";

struct ServiceName {
  std::string id;  // a slug; `unknown` when nothing names the service
  Why why;
};

// Immutable after construction.
class ServiceNames {
 public:
  ServiceNames(const Rules& rules, bool namespaced);

  ServiceName Of(const model::KubernetesFact& fact) const;
  ServiceName Of(const model::AlarmFact& fact) const;
  ServiceName Of(const model::PipelineFact& fact) const;
  ServiceName Of(const model::LogFact& fact) const;
  ServiceName Of(const model::AlertFact& fact) const;
  // A service id that the sender wrote as such.
  ServiceName OfStated(std::string_view service_id) const;

  // The words of an alarm's name that tell its condition, in CamelCase: "HighCPU".
  std::string AlarmCondition(std::string_view alarm_name) const;

 private:
  // A name still to be slugged, aliased and, for Kubernetes' names, prefixed.
  struct Found {
    std::string name;
    Why why = {};
    std::string_view namespace_ = {};
  };
  std::optional<ServiceName> Alias(AliasRule::Of of, std::string_view name) const;
  ServiceName Finish(const Found& found) const;

  Found OfObject(const model::ObjectReference& object, std::string_view host) const;
  std::optional<Found> OfOwner(const model::OwnerReference& owner) const;
  std::optional<Found> OfPod(std::string_view pod, std::string_view host,
                             std::string_view rule) const;
  std::optional<Found> OfAlertLabel(const model::Labels& labels, const std::string& key) const;
  std::string OfAlarmName(std::string_view alarm_name) const;
  std::string OfWorkflow(std::string_view workflow) const;
  bool IsPlaceholder(std::string_view service) const;
  bool IsExporter(std::string_view name) const;
  // Words of the phrase that begins at `i` and tells a condition; 0: none.
  size_t ConditionLength(const std::vector<std::string_view>& words, size_t i) const;

  ServiceRules rules_;
  bool namespaced_;
  AliasTable aliases_;
  TextSet known_, kinds_, owners_, condition_words_, leading_words_, trailing_words_,
      generic_words_, weak_fields_;
};

}  // namespace srehub::classify
