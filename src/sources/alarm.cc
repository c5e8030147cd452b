#include "sources/alarm.h"

#include <charconv>

#include "base/text.h"

namespace srehub::sources {
namespace {

constexpr size_t kArnRegion = 3, kArnAccount = 4, kArnParts = 6;

std::string TitleOf(const model::AlarmFact& fact) {
  std::string title = fact.name + " " + fact.state;
  if (!fact.reason.empty()) return OneLine(title + ": " + fact.reason);
  if (fact.metric.empty()) return OneLine(title);
  title += " (" + fact.metric;
  if (fact.threshold) {
    JsonWriter number;
    number.Double(*fact.threshold);
    title += ", threshold " + number.text();
  }
  return OneLine(title + ")");
}

}  // namespace

std::string AlarmState(ObjectReader& reader, std::string_view key) {
  const std::string_view state = reader.String(key);
  if (state == "OK" || state == "ALARM" || state == "INSUFFICIENT_DATA") return std::string(state);
  if (state.empty() && !reader.Has(key)) {
    reader.Missing(key, "an alarm notification says the new state of its alarm");
  } else {
    reader.Wrong(model::RefusalReason::kBadValue, key,
                 "the alarm state " + Quoted(state) + " is none of OK, ALARM, INSUFFICIENT_DATA");
  }
  return {};
}

void CompleteAlarm(ObjectReader& reader, std::string_view name_key, model::AlarmFact* fact) {
  // arn:aws:cloudwatch:REGION:ACCOUNT:alarm:NAME. The sender's own region is a name for people
  // ("US East (N. Virginia)").
  const auto parts = Split(fact->arn, ':');
  if (parts.size() >= kArnParts) {
    fact->region = parts[kArnRegion];
    if (fact->account.empty()) fact->account = parts[kArnAccount];
  }
  if (fact->name.empty()) reader.Missing(name_key, "an alarm has a name");
}

void ObserveAlarm(Record& record, std::string_view carrier, model::AlarmFact fact,
                  std::optional<Instant> time, JsonWriter extra) {
  model::Observation& observation =
      record.Observe(model::Source::kCloudWatch, model::Format::kCloudWatch);
  const std::string_view alarm = fact.arn.empty() ? fact.name : fact.arn;
  observation.identity = JoinIdentity({carrier, alarm, time ? FormatTime(*time) : "", fact.state});
  observation.time = time;
  observation.title = TitleOf(fact);
  if (!record.carrier_extra.empty()) extra.FieldRaw(record.carrier, record.carrier_extra);
  observation.extra = extra.EndObject().Take();
  observation.fact = std::move(fact);
}

}  // namespace srehub::sources
