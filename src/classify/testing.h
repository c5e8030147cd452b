// For the tests of this folder: a classifier, and observations made by hand.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "base/json_reader.h"
#include "classify/classifier.h"

namespace srehub::classify {

inline Instant At(std::string_view text) {
  const Result<Instant> time = ParseRfc3339(text);
  if (!time) ADD_FAILURE() << "not a time: " << text;
  return time.value_or(Instant{});
}

// `yaml`: a user's rules, or none.
inline Classifier MakeClassifier(std::string yaml = {}, Settings settings = {}) {
  std::vector<RuleText> texts;
  if (!yaml.empty()) texts.push_back({"user.yaml", std::move(yaml)});
  Result<Classifier> classifier = Classifier::Create(texts, std::move(settings));
  if (!classifier) {
    ADD_FAILURE() << classifier.error().where << ": " << classifier.error().message;
    return *Classifier::Create({}, {});
  }
  return *std::move(classifier);
}

inline const Classifier& DefaultClassifier() {
  static const Classifier classifier = MakeClassifier();
  return classifier;
}

template <typename Fact>
model::Observation Observe(Fact fact, model::Source source, model::Format format,
                           std::string_view time = "2025-08-26T14:05:00Z") {
  model::Observation observation;
  observation.source = source;
  observation.format = format;
  observation.identity = "identity";
  if (!time.empty()) observation.time = At(time);
  observation.received = At("2025-08-26T14:10:00Z");
  observation.fact = std::move(fact);
  return observation;
}

inline model::Observation Of(model::KubernetesFact fact) {
  return Observe(std::move(fact), model::Source::kKubernetes, model::Format::kKubernetes);
}
inline model::Observation Of(model::AlarmFact fact) {
  return Observe(std::move(fact), model::Source::kCloudWatch, model::Format::kCloudWatch);
}
inline model::Observation Of(model::PipelineFact fact) {
  return Observe(std::move(fact), model::Source::kCicd, model::Format::kCicd);
}
inline model::Observation Of(model::LogFact fact) {
  return Observe(std::move(fact), model::Source::kLogs, model::Format::kLogs);
}
inline model::Observation Of(model::AlertFact fact) {
  return Observe(std::move(fact), model::Source::kPrometheus, model::Format::kPrometheus);
}
inline model::Observation Of(model::EventFact fact) {
  return Observe(std::move(fact), model::Source::kLogs, model::Format::kEvent);
}

inline std::vector<model::Event> EventsOf(const model::Observation& observation,
                                          const Classifier& classifier = DefaultClassifier()) {
  std::vector<model::Event> events;
  const auto refusal = classifier.Classify(observation, &events);
  EXPECT_FALSE(refusal) << refusal->field << ": " << refusal->message;
  return events;
}

// The first event; for the kinds of facts that give one.
inline model::Event EventOf(const model::Observation& observation,
                            const Classifier& classifier = DefaultClassifier()) {
  std::vector<model::Event> events = EventsOf(observation, classifier);
  EXPECT_FALSE(events.empty());
  return events.empty() ? model::Event{} : std::move(events.front());
}
template <typename Fact>
model::Event EventOf(Fact fact, const Classifier& classifier = DefaultClassifier()) {
  return EventOf(Of(std::move(fact)), classifier);
}

// A text in the event's details, by JSON pointer; "(none)" when it is not there.
inline std::string Detail(const model::Event& event, std::string_view pointer) {
  JsonReader reader;
  const Result<JsonElement> details = reader.Parse(event.details);
  if (!details) return "(not JSON)";
  JsonElement element;
  if (details->at_pointer(pointer).get(element) != simdjson::SUCCESS) return "(none)";
  std::string_view text;
  return element.get_string().get(text) == simdjson::SUCCESS ? std::string(text) : ToJson(element);
}

}  // namespace srehub::classify
