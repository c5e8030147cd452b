#include "sources/alerts.h"

#include <array>

#include "base/hash.h"

namespace srehub::sources {
namespace {

constexpr unsigned char kLabelSeparator = 0xFF;

std::string_view Get(const model::Labels& labels, std::string_view name) {
  const auto found = labels.find(name);
  return found == labels.end() ? std::string_view() : std::string_view(found->second);
}

std::string TitleOf(const model::AlertFact& fact) {
  static constexpr std::array<std::string_view, 4> kTexts = {"summary", "title", "message",
                                                             "description"};
  for (std::string_view name : kTexts) {
    std::string title = OneLine(Get(fact.annotations, name));
    if (!title.empty()) return title;
  }
  return OneLine(Get(fact.labels, "alertname"));
}

}  // namespace

std::string AlertFingerprint(const model::Labels& labels) {
  uint64_t state = kFnvOffset;
  for (const auto& [name, value] : labels) {
    state = Fnv1a(Fnv1a(state, name), kLabelSeparator);
    state = Fnv1a(Fnv1a(state, value), kLabelSeparator);
  }
  return Hex64(state);
}

void ReadAlert(ObjectReader& alert, model::AlertFact* fact) {
  fact->labels = alert.StringMap("labels");
  std::erase_if(fact->labels, [](const auto& label) { return label.second.empty(); });
  fact->annotations = alert.StringMap("annotations");
  fact->generator_url = alert.String("generatorURL");
  fact->fingerprint = AlertFingerprint(fact->labels);
  if (fact->labels.empty()) {
    alert.Missing("labels", "an alert is known by its labels, and this one has none with a value");
  }
}

void ObserveAlert(Record& record, model::Format format, model::AlertFact fact,
                  std::optional<Instant> starts_at, std::optional<Instant> time,
                  std::string extra) {
  model::Observation& observation = record.Observe(model::Source::kPrometheus, format);
  // A start that the sender did not give is no part of the identity: it is the receipt instant,
  // which the event's key holds anyway.
  observation.identity = JoinIdentity({fact.fingerprint, starts_at ? FormatTime(*starts_at) : "",
                                       fact.resolved ? "resolved" : "firing"});
  observation.time = time;
  observation.title = TitleOf(fact);
  observation.link = HttpLink(fact.generator_url);
  observation.extra = std::move(extra);
  observation.fact = std::move(fact);
}

}  // namespace srehub::sources
