// CloudWatch alarm state changes as EventBridge delivers them, and the payload of an alarm's
// direct Lambda action, which has the same inner shape.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html
#include <algorithm>

#include "sources/alarm.h"
#include "sources/formats.h"

namespace srehub::sources {
namespace {

using model::RefusalReason;

constexpr std::string_view kStateChange = "CloudWatch Alarm State Change";

// configuration.metrics[]: dimensions are a map here, where SNS has a list.
void ReadMetrics(ObjectReader& configuration, Problem* problem, model::AlarmFact* fact) {
  const auto entries = configuration.PeekArray("metrics");
  if (!entries) return;
  size_t position = 0;
  for (const JsonElement entry : *entries) {
    const std::string at = configuration.PointerTo("metrics") + "/" + std::to_string(position++);
    if (!entry.is_object()) {
      problem->Note(RefusalReason::kWrongType, at,
                    std::string(TypeInWords(entry)) + " where an object must be");
      return;
    }
    ObjectReader reader(entry, at, problem);
    ObjectReader& stat = reader.Child("metricStat");
    ObjectReader& metric = stat.Child("metric");
    const std::string_view name = metric.String("name");
    const std::string_view label = reader.String("label");
    const std::string_view expression = reader.String("expression");
    if (fact->namespace_.empty()) fact->namespace_ = metric.String("namespace");
    if (fact->statistic.empty()) fact->statistic = stat.String("stat");
    for (auto& dimension : metric.StringMap("dimensions")) {
      const auto& known = fact->dimensions;
      const std::pair<std::string, std::string> pair(dimension);
      if (std::find(known.begin(), known.end(), pair) == known.end()) {
        fact->dimensions.push_back(pair);
      }
    }
    if (!reader.Bool("returnData").value_or(false)) continue;
    fact->metric = !expression.empty() ? (label.empty() ? expression : label) : name;
  }
}

// JSON in a string, for machines; what it lacks or hides is no reason to refuse the alarm.
void ReadReasonData(Record& record, std::string_view text, model::AlarmFact* fact) {
  if (text.empty() || record.depth + 1 >= kMaxEnvelopes) return;
  const auto data = record.context->Reader(record.depth + 1).Parse(text);
  if (!data) return;
  fact->threshold = FindNumber(*data, "threshold");
  if (fact->statistic.empty()) fact->statistic = FindString(*data, "statistic").value_or("");
  if (Find(*data, "triggeringAlarms")) fact->composite = true;
}

// `alarm` is `detail` or `alarmData`; both name and describe the alarm in the same way.
void ReadAlarm(Record& record, ObjectReader& alarm, Problem* problem, model::AlarmFact* fact,
               std::optional<Instant>* time) {
  fact->name = alarm.String("alarmName");
  ObjectReader& state = alarm.Child("state");
  fact->state = AlarmState(state, "value");
  fact->reason = state.String("reason");
  const std::string_view reason_data = state.String("reasonData");
  *time = state.Time("timestamp");
  fact->old_state = alarm.Child("previousState").String("value");
  ObjectReader& configuration = alarm.Child("configuration");
  fact->description = configuration.String("description");
  fact->alarm_rule = configuration.String("alarmRule");
  fact->composite = !fact->alarm_rule.empty();
  ReadMetrics(configuration, problem, fact);
  fact->tags = alarm.StringMap("alarmTags");
  if (!*problem) ReadReasonData(record, reason_data, fact);
}

std::string_view FirstResource(ObjectReader& event) {
  const auto resources = event.Array("resources");
  if (!resources) return {};
  for (const JsonElement resource : *resources) {
    std::string_view arn;
    if (resource.get_string().get(arn) == simdjson::SUCCESS) return arn;
    event.Wrong(RefusalReason::kWrongType, "resources",
                std::string(TypeInWords(resource)) + " where an ARN must be");
    break;
  }
  return {};
}

}  // namespace

bool IsEventBridge(const JsonElement& root) {
  return Find(root, "detail-type").has_value() || Find(root, "alarmData").has_value();
}

void DecodeEventBridge(Record& record) {
  Problem problem;
  ObjectReader event(record.root, record.pointer, &problem);
  const bool lambda_action = event.Has("alarmData");
  if (!lambda_action) {
    const std::string_view detail_type = event.String("detail-type");
    if (!problem && detail_type != kStateChange) {
      record.Refuse(RefusalReason::kUnknownShape, event.PointerTo("detail-type"),
                    "the EventBridge event " + Quoted(detail_type) +
                        " is not an alarm: post it to the format aws, or to auto");
      return;
    }
  }
  model::AlarmFact fact;
  event.String("source");
  fact.arn = lambda_action ? event.String("alarmArn") : FirstResource(event);
  fact.account = event.Id(lambda_action ? "accountId" : "account");
  fact.region = event.String("region");
  const std::string_view body_key = lambda_action ? "alarmData" : "detail";
  if (!event.Has(body_key)) event.Missing(body_key, "the alarm stands in this member");
  ObjectReader& alarm = event.Child(body_key);
  std::optional<Instant> changed_at;
  ReadAlarm(record, alarm, &problem, &fact, &changed_at);
  const std::optional<Instant> sent_at = event.Time("time");
  CompleteAlarm(alarm, "alarmName", &fact);
  if (problem) return problem.Report(record);
  JsonWriter extra;
  extra.BeginObject();
  event.WriteLeftovers(&extra);
  ObserveAlarm(record, "eventbridge", std::move(fact), changed_at ? changed_at : sent_at,
               std::move(extra));
}

}  // namespace srehub::sources
