// Observation -> events: serviceId, eventType, severity, identity, phase. Pure: a function of the
// observation and the rules, never of what came before. Thread-safe after construction.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/limits.h"
#include "base/result.h"
#include "base/time.h"
#include "model/delivery.h"
#include "model/event.h"
#include "model/mapping.h"
#include "model/observation.h"

namespace srehub::classify {

// The rule files' texts, each YAML; the built-in ones are rules/*.yaml, shipped in the binary.
// User rules come before the built-in ones; a user's file may hold any of the sections.
struct RuleText {
  std::string name;  // file name, for messages
  std::string yaml;
};

struct Settings {
  Duration retention = limits::kDefaultRetention;
  std::array<std::optional<Duration>, model::kSeverityCount> retention_by_severity{};
  Duration expire_after = limits::kExpireAfter;
  bool namespaced_services = false;  // serviceId "namespace.name" for Kubernetes
};

// Which rule gave which field; filled only when asked for (`srehub explain`).
struct FieldExplanation {
  std::string field;  // serviceId, eventType, severity, signal, …
  std::string value;
  std::string rule;  // "types.yaml: CrashLoopBackOff", "label app.kubernetes.io/name", …
};
using Explanation = std::vector<FieldExplanation>;

class Classifier {
 public:
  // Errors: kInvalidArgument with file:line:column in `where`.
  static Result<Classifier> Create(const std::vector<RuleText>& user_rules, Settings settings);
  Classifier(Classifier&&) noexcept;
  Classifier& operator=(Classifier&&) noexcept;
  ~Classifier();

  // Appends the events of one observation to `out`: one, or two for a firing alert (its firing
  // event and the refresh of this resend). A refusal when a field cannot be judged (a bad value).
  std::optional<model::Refusal> Classify(const model::Observation& observation,
                                         std::vector<model::Event>* out,
                                         Explanation* explanation = nullptr) const;

  const Settings& settings() const;
  // The rules' own shapes, for sources::Decode. Lives as long as the classifier.
  const model::Mappings& mappings() const;
  // ttl of an event: its timestamp + the retention of its severity.
  Instant TtlOf(Instant timestamp, model::Severity severity) const;

 private:
  struct Impl;
  explicit Classifier(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace srehub::classify
