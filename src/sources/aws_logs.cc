// CloudWatch Logs subscriptions: {"awslogs": {"data": base 64 of gzip of JSON}}, as Lambda is
// called with them, or the JSON alone, as a function may pass it on.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html
#include <array>

#include "base/base64.h"
#include "base/inflate.h"
#include "base/limits.h"
#include "base/text.h"
#include "sources/formats.h"
#include "sources/line_text.h"
#include "sources/pipeline_run.h"
#include "sources/stack_trace.h"

namespace srehub::sources {
namespace {

using model::RefusalReason;

// A subscription sends at most some 1 MB of log events at once; a record in an envelope no more.
constexpr size_t kMaxUnpackedBytes = 8 * 1024 * 1024;
constexpr std::string_view kGzipMagic = "\x1f\x8b";
// A level stands among the first words of a line, or is none.
constexpr size_t kWordsBeforeLevel = 6;

// What all log events of a subscription message share.
struct Origin {
  std::string group, stream;
  std::string service;  // last part of the group's name: /aws/lambda/checkout, /ecs/checkout
};

// "[ERROR]", "ERROR", "ERROR:": whole words in capitals; a lower-case "error" is part of a
// sentence.
std::string_view LevelIn(std::string_view line) {
  static constexpr std::array<std::string_view, 11> kLevels = {
      "FATAL",   "CRITICAL", "EMERGENCY", "ERROR", "SEVERE", "WARN",
      "WARNING", "NOTICE",   "INFO",      "DEBUG", "TRACE"};
  size_t words = 0;
  for (size_t i = 0; i < line.size() && words < kWordsBeforeLevel; ++words) {
    size_t end = line.find_first_of(" \t\n", i);
    if (end == std::string_view::npos) end = line.size();
    std::string_view word = line.substr(i, end - i);
    while (!word.empty() && (word.front() == '[' || word.front() == '<')) word.remove_prefix(1);
    while (!word.empty() && (word.back() == ']' || word.back() == ':' || word.back() == '>')) {
      word.remove_suffix(1);
    }
    for (std::string_view level : kLevels) {
      if (word == level) return level;
    }
    i = end + 1;
  }
  return {};
}

// Most lines of a function or a container say no level, and mean nothing by it.
std::string LevelOr(std::string_view line, const model::LogFact& fact) {
  const std::string_view level = LevelIn(line);
  if (!level.empty()) return std::string(level);
  return fact.exception_type.empty() ? "INFO" : "ERROR";
}

model::LogFact FactOfLine(std::string_view line) {
  model::LogFact fact;
  while (!line.empty() && (line.back() == '\n' || line.back() == '\r')) line.remove_suffix(1);
  fact.message = line;
  if (HasStackTrace(fact.message)) fact.exception_type = ExceptionClassIn(fact.message);
  fact.level = LevelOr(line, fact);
  return fact;
}

// A line that is a JSON object is read as one. Whether it became an observation.
bool ObserveJson(Record& record, std::string_view message, const std::string& pointer) {
  message = TrimAscii(message);
  if (!message.starts_with('{') || record.depth + 1 >= kMaxEnvelopes) return false;
  const size_t refusals = record.out->refusals.size();
  auto inner = Unwrap(record, message, pointer);
  if (inner) DecodeAppLog(*inner, model::Format::kAws);
  const bool observed = record.out->refusals.size() == refusals;
  // An object that is no log record is a text like any other.
  record.out->refusals.resize(refusals);
  return observed && inner.has_value();
}

// A line of text: logfmt, an access line, a time and a level around a message, or only a message.
void ObserveLine(Record& record, std::string_view line, const std::string& pointer) {
  const LineText text = ReadLineText(line, record.received());
  if (text.json.empty() || !ObserveJson(record, text.json, pointer)) {
    record.Observe(model::Source::kLogs, model::Format::kAws).fact = FactOfLine(line);
    return;
  }
  auto& fact = std::get<model::LogFact>(record.out->observations.back().fact);
  if (fact.level.empty() && !fact.level_number && !fact.http_status) {
    fact.level = LevelOr(line, fact);
  }
}

void ObserveLogEvent(Record& record, const Origin& origin, const JsonElement& item,
                     const std::string& pointer) {
  Problem problem;
  if (!item.is_object()) {
    record.Refuse(RefusalReason::kWrongType, pointer,
                  std::string(TypeInWords(item)) + " where a log event must be");
    return;
  }
  ObjectReader event(item, pointer, &problem);
  const std::string id = event.Id("id");
  const auto time = event.TimeOrNumber("timestamp");
  const std::string_view message = event.String("message");
  if (!event.Has("message")) event.Missing("message", "a log event has a message");
  if (problem) return problem.Report(record);
  if (!ObserveJson(record, message, event.PointerTo("message"))) {
    ObserveLine(record, message, event.PointerTo("message"));
  }
  model::Observation& observation = record.out->observations.back();
  observation.source = model::Source::kLogs;
  observation.format = model::Format::kAws;
  auto& fact = std::get<model::LogFact>(observation.fact);
  if (fact.service.empty()) {
    fact.service = origin.service;
    fact.service_field = "logGroup";
  }
  if (fact.host.empty()) fact.host = origin.stream;
  if (!observation.time) observation.time = time;
  observation.title = OneLine(fact.message);
  observation.identity = id.empty() ? JoinIdentity({"awslogs", origin.group, origin.stream,
                                                    time ? FormatTime(*time) : "", message})
                                    : JoinIdentity({"awslogs", origin.group, origin.stream, id});
}

void DecodeMessage(Record& record) {
  Problem problem;
  ObjectReader root(record.root, record.pointer, &problem);
  const std::string_view type = root.String("messageType");
  Origin origin{std::string(root.String("logGroup")), std::string(root.String("logStream")), {}};
  origin.service = AfterLast(origin.group, '/');
  const auto events = root.Array("logEvents");
  // CloudWatch Logs proves with it that it can deliver.
  const bool control = type == "CONTROL_MESSAGE";
  if (!events && !control) root.Missing("logEvents", "a data message carries log events");
  if (!problem && !control && events->size() > limits::kMaxRecordsPerDelivery) {
    root.Wrong(RefusalReason::kTooLarge, "logEvents",
               "more than " + std::to_string(limits::kMaxRecordsPerDelivery) + " log events");
  }
  if (problem) return problem.Report(record);
  if (control) return;
  size_t position = 0;
  for (const JsonElement item : *events) {
    ObserveLogEvent(record, origin, item,
                    root.PointerTo("logEvents") + "/" + std::to_string(position++));
  }
}

}  // namespace

std::optional<std::string> UnpackBase64(const Record& record, std::string_view data,
                                        std::string_view pointer) {
  auto bytes = Base64Decode(data);
  if (!bytes) {
    record.Refuse(RefusalReason::kBadValue, std::string(pointer),
                  "no base 64: " + bytes.error().message);
    return std::nullopt;
  }
  if (!bytes->starts_with(kGzipMagic)) return std::move(*bytes);
  auto plain = Inflate(ContentEncoding::kGzip, *bytes, kMaxUnpackedBytes);
  if (!plain) {
    record.Refuse(plain.error().code == ErrorCode::kTooLarge ? RefusalReason::kTooLarge
                                                             : RefusalReason::kBadValue,
                  std::string(pointer), "the packed data: " + plain.error().message);
    return std::nullopt;
  }
  return std::move(*plain);
}

bool IsLogsSubscription(const JsonElement& root) {
  // Asked of every log record: a larger object is none, whatever it holds.
  static constexpr size_t kMostMembers = 8;
  JsonObject members;
  if (root.get_object().get(members) != simdjson::SUCCESS || members.size() > kMostMembers) {
    return false;
  }
  return FindObject(root, "awslogs") || (FindArray(root, "logEvents") && Find(root, "messageType"));
}

void DecodeLogsSubscription(Record& record) {
  if (!Find(record.root, "awslogs")) return DecodeMessage(record);
  Problem problem;
  ObjectReader root(record.root, record.pointer, &problem);
  ObjectReader& awslogs = root.Child("awslogs");
  const std::string_view data = awslogs.String("data");
  if (data.empty()) awslogs.Missing("data", "the log events are packed in it");
  if (problem) return problem.Report(record);
  const auto text = UnpackBase64(record, data, awslogs.PointerTo("data"));
  if (!text) return;
  auto inner = Unwrap(record, *text, awslogs.PointerTo("data"));
  if (inner) DecodeMessage(*inner);
}

}  // namespace srehub::sources
