// The unified event, the recommendations and outcomes in their JSON form: what is read must be
// written back to a text that reads the same.
#include "model/event_json.h"

#include "fuzz.h"
#include "model/recommendation_json.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace srehub;
  const std::string text(fuzz::Text(data, size));
  JsonReader reader;
  if (const auto parsed = reader.Parse(text)) {
    const auto event = model::EventFromJson(*parsed);
    if (event) {
      const std::string written = model::EventToJson(*event);
      const auto again = model::EventFromJson(reader.Parse(written).value());
      FUZZ_CHECK(again && *again == *event);
    } else {
      FUZZ_CHECK(!event.error().message.empty());
    }
  }
  if (const auto item = model::DecodeRecommendations(text)) {
    const std::string written = model::RecommendationsToJson(*item);
    const auto again = model::DecodeRecommendations(written);
    FUZZ_CHECK(again && model::RecommendationsToJson(*again) == written);
  }
  if (const auto outcome = model::DecodeActionOutcome(text)) {
    const std::string written = model::ActionOutcomeToJson(*outcome);
    const auto again = model::DecodeActionOutcome(written);
    FUZZ_CHECK(again && model::ActionOutcomeToJson(*again) == written);
  }
  return 0;
}
