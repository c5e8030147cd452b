#include "classify/severity_table.h"

#include <algorithm>

#include "base/text.h"
#include "classify/names.h"

namespace srehub::classify {
namespace {

using model::Severity;

// An empty list of conditions matches everything.
template <typename T, typename U>
bool AnyOf(const std::vector<T>& wanted, const U& value) {
  return wanted.empty() || std::find(wanted.begin(), wanted.end(), value) != wanted.end();
}

Judgement Unknown(std::string_view word) {
  if (word.empty()) return {Severity::kMedium, true, {"no word for it: medium"}};
  return {Severity::kMedium, true, {"unknown word, so medium:", word}};
}

bool HasWord(const model::AlarmFact& fact, const Texts& words) {
  return std::any_of(words.begin(), words.end(), [&](const std::string& word) {
    if (ContainsWholeWord(fact.name, word) || ContainsWholeWord(fact.description, word))
      return true;
    return std::any_of(fact.tags.begin(), fact.tags.end(), [&](const auto& tag) {
      return ContainsWholeWord(tag.first, word) || ContainsWholeWord(tag.second, word);
    });
  });
}

std::string_view ScaleName(model::LogFact::LevelScale scale) {
  switch (scale) {
    case model::LogFact::LevelScale::kNone: return {};
    case model::LogFact::LevelScale::kPino: return "pino";
    case model::LogFact::LevelScale::kPython: return "python";
    case model::LogFact::LevelScale::kSyslog: return "syslog";
    case model::LogFact::LevelScale::kOpenTelemetry: return "opentelemetry";
  }
  return {};
}

}  // namespace

SeverityTable::SeverityTable(SeverityRules rules, std::vector<SeverityOverride> overrides)
    : rules_(std::move(rules)), overrides_(std::move(overrides)) {}

Judgement SeverityTable::Of(const model::KubernetesFact& fact, std::string_view event_type) const {
  for (const KubernetesSeverityRule& rule : rules_.kubernetes) {
    if (!AnyOf(rule.reasons, fact.reason) || !AnyOf(rule.event_types, event_type)) continue;
    if (!AnyOf(rule.types, fact.type)) continue;
    if (!rule.kind.empty() && rule.kind != fact.object.kind) continue;
    return {rule.severity, false, {rule.origin}};
  }
  return Unknown(fact.type);
}

Judgement SeverityTable::Of(const model::AlarmFact& fact) const {
  for (const CloudWatchSeverityRule& rule : rules_.cloudwatch) {
    if (!rule.state.empty() && rule.state != fact.state) continue;
    if (!rule.old_state.empty() && rule.old_state != fact.old_state) continue;
    if (!rule.words.empty() && !HasWord(fact, rule.words)) continue;
    return {rule.severity, false, {rule.origin}};
  }
  return Unknown(fact.state);
}

Judgement SeverityTable::Of(const model::DeployStatement& statement,
                            std::string_view status_word) const {
  const std::string word = ToLowerAscii(status_word);
  for (const CicdSeverityRule& rule : rules_.cicd) {
    if (!AnyOf(rule.kinds, statement.kind) || !AnyOf(rule.statuses, statement.status)) continue;
    if (!AnyOf(rule.words, word)) continue;
    return {rule.severity, false, {rule.origin}};
  }
  return Unknown(status_word);
}

std::optional<Judgement> SeverityTable::OfLevelWord(std::string_view word) const {
  // slog writes levels between its names as "INFO+2".
  word = TrimAscii(word.substr(0, word.find_first_of("+-", 1)));
  const auto it = rules_.logs.find(ToLowerAscii(word));
  if (it == rules_.logs.end()) return std::nullopt;
  return Judgement{it->second, false, {"severity.logs:", it->first}};
}

std::optional<Judgement> SeverityTable::OfLevelNumber(const model::LogFact& fact) const {
  if (!fact.level_number) return std::nullopt;
  const auto scale = rules_.log_numbers.find(ScaleName(fact.level_scale));
  if (scale == rules_.log_numbers.end()) return std::nullopt;
  for (const NumberSeverity& entry : scale->second) {
    if (*fact.level_number < entry.range.low || *fact.level_number > entry.range.high) continue;
    return Judgement{entry.severity, false, {"severity.log_numbers:", scale->first}};
  }
  return std::nullopt;
}

Judgement SeverityTable::OfLevel(const model::LogFact& fact) const {
  // OpenTelemetry's number is normative, its text is the library's own word; elsewhere a word says
  // more than a number whose scale was guessed.
  const bool number_first = fact.level_scale == model::LogFact::LevelScale::kOpenTelemetry;
  if (number_first) {
    if (auto judgement = OfLevelNumber(fact)) return *std::move(judgement);
  }
  if (!fact.level.empty()) {
    if (auto judgement = OfLevelWord(fact.level)) return *std::move(judgement);
  }
  if (auto judgement = OfLevelNumber(fact)) return *std::move(judgement);
  if (fact.level.empty() && !fact.level_number && fact.http_status) {
    return {Severity::kInfo, false, {"access line without a level"}};
  }
  return Unknown(fact.level);
}

Judgement SeverityTable::Of(const model::LogFact& fact) const {
  Judgement judgement = OfLevel(fact);
  const bool server_error =
      fact.http_status && *fact.http_status >= 500 && *fact.http_status <= 599;
  if (server_error && judgement.severity < Severity::kHigh) {
    return {Severity::kHigh, false, {"status 5xx"}};
  }
  return judgement;
}

Judgement SeverityTable::Of(const model::AlertFact& fact) const {
  if (const auto name = fact.labels.find("alertname"); name != fact.labels.end()) {
    if (const auto it = rules_.alertnames.find(name->second); it != rules_.alertnames.end()) {
      return {it->second, false, {"severity.alertnames:", it->first}};
    }
  }
  const auto label = fact.labels.find("severity");
  if (label == fact.labels.end() || label->second.empty()) {
    return {Severity::kMedium, false, {"no label severity"}};
  }
  return OfWord(model::Source::kPrometheus, label->second);
}

Judgement SeverityTable::OfWord(model::Source source, std::string_view word) const {
  if (source != model::Source::kPrometheus) {
    auto judgement = word.empty() ? std::nullopt : OfLevelWord(word);
    return judgement ? *std::move(judgement) : Unknown(word);
  }
  const auto it = rules_.prometheus.find(ToLowerAscii(TrimAscii(word)));
  if (it == rules_.prometheus.end()) return Unknown(word);
  return {it->second, false, {"severity.prometheus:", it->first}};
}

void SeverityTable::Override(const Subject& subject, Judgement* judgement) const {
  for (const SeverityOverride& rule : overrides_) {
    if (!AnyOf(rule.sources, subject.source)) continue;
    if (!rule.services.empty() && !MatchesAnyGlob(rule.services, subject.service_id)) continue;
    if (!rule.event_types.empty() && !MatchesAnyGlob(rule.event_types, subject.event_type))
      continue;
    if (!rule.environments.empty() && !MatchesAnyGlob(rule.environments, subject.environment)) {
      continue;
    }
    // A success or a resolution is no incident, whatever the service is worth.
    if (judgement->severity == Severity::kInfo && rule.event_types.empty()) continue;
    Severity severity = rule.severity.value_or(judgement->severity);
    if (rule.at_most) severity = std::min(severity, *rule.at_most);
    if (rule.at_least) severity = std::max(severity, *rule.at_least);
    *judgement = {severity, judgement->unknown, {rule.origin}};
    return;
  }
}

}  // namespace srehub::classify
