#include "classify/classifier.h"

#include "classify/engine.h"

namespace srehub::classify {

struct Classifier::Impl {
  std::unique_ptr<const Engine> engine;
};

Classifier::Classifier(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Classifier::Classifier(Classifier&&) noexcept = default;
Classifier& Classifier::operator=(Classifier&&) noexcept = default;
Classifier::~Classifier() = default;

Result<Classifier> Classifier::Create(const std::vector<RuleText>& user_rules, Settings settings) {
  std::vector<RuleText> texts = user_rules;
  for (RuleText& text : BuiltInRules()) texts.push_back(std::move(text));
  SREHUB_TRY(Rules rules, LoadRules(texts));
  SREHUB_TRY(auto engine, Engine::Create(std::move(rules), std::move(settings)));
  return Classifier(std::make_unique<Impl>(Impl{std::move(engine)}));
}

std::optional<model::Refusal> Classifier::Classify(const model::Observation& observation,
                                                   std::vector<model::Event>* out,
                                                   Explanation* explanation) const {
  const Record record{*impl_->engine, observation, Explainer(explanation), out};
  return std::visit([&](const auto& fact) { return ClassifyFact(record, fact); }, observation.fact);
}

const Settings& Classifier::settings() const { return impl_->engine->settings; }

const model::Mappings& Classifier::mappings() const { return impl_->engine->mappings; }

Instant Classifier::TtlOf(Instant timestamp, model::Severity severity) const {
  return timestamp + impl_->engine->RetentionOf(severity);
}

}  // namespace srehub::classify
