// A delivery of one format, from its bytes to events and their stored forms. First lines
// "#name: value" are headers. Built once per format.
#include <algorithm>

#include "base/json_reader.h"
#include "base/limits.h"
#include "base/text.h"
#include "classify/classifier.h"
#include "fuzz.h"
#include "model/event_codec.h"
#include "model/event_json.h"
#include "sources/decode.h"

namespace srehub::fuzz {
namespace {

const Instant kReceived = FromNanos(1'756'217'400'000'000'000);  // 2025-08-26T14:10:00Z

const classify::Classifier& Rules() {
  // A mapping as a user may write one.
  static const classify::Classifier kRules = std::move(*classify::Classifier::Create(
      {{"fuzz.yaml",
        "mappings:\n"
        "- {name: pager, match: {/event/kind: [triggered, resolved]}, service: [/event/service, "
        "shop],\n"
        "   type: [/event/type, PagerIncident], severity: /event/urgency, timestamp: /event/at,\n"
        "   severities: {high: critical}, title: /event/title, message: /event/text, id: "
        "/event/id,\n"
        "   phase: /event/kind, phases: {triggered: firing}, signal: /event/incident,\n"
        "   link: /event/url, environment: /event/env, closes: /event/closes}\n"}},
      {}));
  return kRules;
}

void CheckObject(JsonReader* reader, std::string_view json) {
  const auto parsed = reader->Parse(json);
  FUZZ_CHECK(parsed && parsed->is_object());
}

void CheckEvent(JsonReader* reader, const model::Event& event) {
  FUZZ_CHECK(!event.service_id.empty());
  FUZZ_CHECK(event.service_id.size() <= limits::kMaxServiceIdBytes);
  FUZZ_CHECK(event.service_id == Slug(event.service_id, limits::kMaxServiceIdBytes));
  FUZZ_CHECK(!event.event_type.empty() && IsValidUtf8(event.event_type));
  FUZZ_CHECK(event.details.size() <= limits::kMaxDetailsBytes);
  CheckObject(reader, event.details);
  const auto decoded = model::DecodeEvent(model::KeyOf(event), model::EncodeEvent(event));
  FUZZ_CHECK(decoded && *decoded == event);
  const std::string json = model::EventToJson(event);
  const auto parsed = reader->Parse(json);
  FUZZ_CHECK(parsed.has_value());
  const auto read = model::EventFromJson(*parsed);
  FUZZ_CHECK(read.has_value());
  FUZZ_CHECK(model::EventToJson(*read) == json);
}

bool LiesIn(std::string_view part, std::string_view whole) {
  return part.empty() ||
         (part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size());
}

void CheckRecord(JsonReader* reader, std::string_view body, const sources::Decoded& decoded,
                 const sources::DecodedRecord& record) {
  FUZZ_CHECK(LiesIn(record.raw, body) || std::ranges::any_of(decoded.texts, [&](const auto& text) {
               return LiesIn(record.raw, text);
             }));
  for (const model::Refusal& refusal : record.refusals) {
    FUZZ_CHECK(!refusal.message.empty() && IsValidUtf8(refusal.message));
    FUZZ_CHECK(!model::RefusalReasonName(refusal.reason).empty());
  }
  for (const model::Observation& observation : record.observations) {
    CheckObject(reader, observation.extra);
    std::vector<model::Event> events, again;
    const auto refusal = Rules().Classify(observation, &events);
    FUZZ_CHECK(refusal || !events.empty());
    Rules().Classify(observation, &again);
    FUZZ_CHECK(events == again);
    for (const model::Event& event : events) CheckEvent(reader, event);
  }
}

}  // namespace
}  // namespace srehub::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace srehub;
  std::string_view input = fuzz::Text(data, size);
  model::Delivery delivery;
  for (int headers = 0; headers < 4 && input.starts_with('#'); ++headers) {
    std::string_view line = fuzz::TakeUntil(&input, '\n').substr(1);
    const std::string_view name = fuzz::TakeUntil(&line, ':');
    delivery.headers.emplace_back(name, TrimAscii(line));
  }
  // A copy of exactly this size, so that a read past the end is seen.
  const std::string body(input);
  delivery.format = *model::ParseFormat(SREHUB_FUZZ_FORMAT);
  delivery.body = body;
  delivery.received = fuzz::kReceived;
  const auto decoded = sources::Decode(delivery, &fuzz::Rules().mappings());
  if (!decoded) {
    FUZZ_CHECK(!decoded.error().message.empty());
    return 0;
  }
  JsonReader reader;
  size_t next = 0;
  for (const sources::DecodedRecord& record : decoded->records) {
    FUZZ_CHECK(record.index >= next);
    next = record.index;
    fuzz::CheckRecord(&reader, delivery.body, *decoded, record);
  }
  return 0;
}
