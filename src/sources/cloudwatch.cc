// A CloudWatch alarm notification as SNS carries it: the JSON text of its Message, alone here.
#include <algorithm>

#include "sources/alarm.h"
#include "sources/formats.h"

namespace srehub::sources {
namespace {

using model::RefusalReason;

// [{"name": …, "value": …}]; the API's own spelling has capitals. A map is EventBridge's form.
void AddDimensions(ObjectReader& owner, std::string_view key, model::AlarmFact* fact) {
  const auto value = owner.Peek(key);
  if (!value) return;
  if (value->is_object()) {
    for (auto& [name, text] : owner.StringMap(key)) fact->dimensions.emplace_back(name, text);
    return;
  }
  const auto items = owner.Array(key);
  if (!items) return;
  for (const JsonElement item : *items) {
    auto name = FindString(item, "name");
    auto text = FindString(item, "value");
    if (!name) name = FindString(item, "Name");
    if (!text) text = FindString(item, "Value");
    if (!name || !text) {
      owner.Wrong(RefusalReason::kWrongType, key,
                  "every dimension must be an object with a name and a value");
      return;
    }
    std::pair<std::string, std::string> dimension(*name, *text);
    const auto& known = fact->dimensions;
    if (std::find(known.begin(), known.end(), dimension) == known.end()) {
      fact->dimensions.push_back(std::move(dimension));
    }
  }
}

// Metric math: the entry whose data is returned names the alarm's metric; its dimensions are those
// of all metrics that go in.
void ReadMetricMath(ObjectReader& trigger, Problem* problem, model::AlarmFact* fact) {
  // A label does not tell how the value is computed, so the list stays among the details.
  const auto entries = trigger.PeekArray("Metrics");
  if (!entries) return;
  size_t position = 0;
  for (const JsonElement entry : *entries) {
    const std::string at = trigger.PointerTo("Metrics") + "/" + std::to_string(position++);
    if (!entry.is_object()) {
      problem->Note(RefusalReason::kWrongType, at,
                    std::string(TypeInWords(entry)) + " where an object must be");
      return;
    }
    ObjectReader reader(entry, at, problem);
    ObjectReader& stat = reader.Child("MetricStat");
    ObjectReader& metric = stat.Child("Metric");
    const std::string_view name = metric.String("MetricName");
    const std::string_view label = reader.String("Label");
    const std::string_view expression = reader.String("Expression");
    if (fact->namespace_.empty()) fact->namespace_ = metric.String("Namespace");
    if (fact->statistic.empty()) fact->statistic = stat.String("Stat");
    AddDimensions(metric, "Dimensions", fact);
    if (!reader.Bool("ReturnData").value_or(false)) continue;
    fact->metric = !label.empty() ? label : !expression.empty() ? expression : name;
  }
}

void ReadTrigger(ObjectReader& trigger, Problem* problem, model::AlarmFact* fact) {
  fact->metric = trigger.String("MetricName");
  fact->namespace_ = trigger.String("Namespace");
  fact->statistic = trigger.String(trigger.FirstPresent({"Statistic", "ExtendedStatistic"}));
  fact->threshold = trigger.Number("Threshold");
  AddDimensions(trigger, "Dimensions", fact);
  if (fact->metric.empty()) ReadMetricMath(trigger, problem, fact);
}

void DecodeBareAlarm(Record& record) {
  Problem problem;
  ObjectReader alarm(record.root, record.pointer, &problem);
  model::AlarmFact fact;
  fact.name = alarm.String("AlarmName");
  fact.arn = alarm.String("AlarmArn");
  fact.description = alarm.String("AlarmDescription");
  fact.account = alarm.Id("AWSAccountId");
  fact.region = alarm.String("Region");
  fact.state = AlarmState(alarm, "NewStateValue");
  fact.old_state = alarm.String("OldStateValue");
  fact.reason = alarm.String("NewStateReason");
  fact.alarm_rule = alarm.String("AlarmRule");
  fact.composite = !fact.alarm_rule.empty();
  ReadTrigger(alarm.Child("Trigger"), &problem, &fact);
  std::optional<Instant> time = alarm.Time("StateChangeTime");
  CompleteAlarm(alarm, "AlarmName", &fact);
  if (problem) return problem.Report(record);
  if (!time) time = record.carried_at;
  JsonWriter extra;
  extra.BeginObject();
  alarm.WriteLeftovers(&extra);
  ObserveAlarm(record, record.carrier.empty() ? "bare" : record.carrier, std::move(fact), time,
               std::move(extra));
}

}  // namespace

void DecodeCloudWatch(Record& record) {
  if (IsSnsEnvelope(record.root)) return DecodeSns(record, model::Format::kCloudWatch);
  if (IsAwsRecords(record.root)) return DecodeAwsRecords(record, model::Format::kCloudWatch);
  if (IsEventBridge(record.root)) return DecodeEventBridge(record);
  if (!Find(record.root, "AlarmName") && !Find(record.root, "NewStateValue")) {
    record.Refuse(RefusalReason::kUnknownShape, record.pointer,
                  "no CloudWatch alarm: AlarmName and NewStateValue (bare message), Type and "
                  "Message (SNS), Records (Lambda, SQS), detail-type or alarmData (EventBridge) "
                  "are looked for");
    return;
  }
  DecodeBareAlarm(record);
}

}  // namespace srehub::sources
