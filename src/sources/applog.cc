// Application logs: JSON objects of any logger. What a field means is in log_fields.cc; here is
// what becomes of it.
#include <charconv>
#include <cmath>

#include "base/text.h"
#include "sources/formats.h"
#include "sources/log_fields.h"
#include "sources/sender_time.h"
#include "sources/stack_trace.h"

namespace srehub::sources {
namespace {

using model::LogFact;
using model::RefusalReason;

constexpr int64_t kLeastHttpStatus = 100, kGreatestHttpStatus = 599;

std::optional<int64_t> Integer(std::string_view text) {
  int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::string_view Text(const JsonElement& value) {
  std::string_view text;
  return value.get_string().get(text) == simdjson::SUCCESS ? text : std::string_view();
}

// A whole number, also one written as a string.
std::optional<int64_t> WholeNumber(const JsonElement& value) {
  if (value.is_int64()) return value.get_int64().value_unsafe();
  if (value.is_string()) return Integer(Text(value));
  double number = 0;
  if (!value.is_number() || value.get_double().get(number) != simdjson::SUCCESS) {
    return std::nullopt;
  }
  if (std::trunc(number) != number || std::abs(number) >= 0x1p63) return std::nullopt;
  return static_cast<int64_t>(number);
}

class LogDecoder {
 public:
  LogDecoder(Record& record, LogFields& fields, model::Format format)
      : record_(record), fields_(fields), format_(format) {}

  void Run() {
    if (!ReadTime()) return;
    ReadMessage();
    ReadException();
    if (!complete_) {
      record_.Refuse(RefusalReason::kMissingField, record_.pointer,
                     "a log record has a message or an error; looked for as " +
                         AliasNames(LogRole::kMessage) + ", " + AliasNames(LogRole::kError));
      return;
    }
    ReadLevel();
    ReadService();
    ReadTrace();
    ReadHttpStatus();
    fact_.environment = TakeText(LogRole::kEnvironment);
    ReadVersion();
    fact_.host = TakeText(LogRole::kHost);
    fact_.pod = TakeText(LogRole::kPod);
    fact_.container = TakeText(LogRole::kContainer);
    fact_.namespace_ = TakeText(LogRole::kNamespace);
    ReadPodLabels();
    Observe();
  }

 private:
  // The first candidate that is a text. Other types are some other thing of the sender's.
  std::string TakeText(LogRole role) {
    for (uint32_t index : fields_.Candidates(role)) {
      LogFields::Node& node = fields_.node(index);
      const std::string_view text = Text(node.value);
      if (text.empty()) continue;
      node.used = true;
      return std::string(text);
    }
    return {};
  }

  // A name that usually means the time may hold something else ("time": "12ms"), so the next one
  // is tried; but a record whose times all fail is refused, never given the present.
  bool ReadTime() {
    TimeReading first_problem;
    std::string_view where;
    for (uint32_t index : fields_.Candidates(LogRole::kTime)) {
      LogFields::Node& node = fields_.node(index);
      TimeReading reading = sources::ReadTime(node.value, true);
      if (reading.problem) {
        if (!first_problem.problem) {
          where = node.alias->path;
          first_problem = std::move(reading);
        }
        continue;
      }
      node.used = true;
      if (!reading.time) continue;
      time_ = reading.time;
      numeric_time_ = node.value.is_number();
      return true;
    }
    if (!first_problem.problem) return true;
    record_.Refuse(*first_problem.problem, record_.pointer + "/" + std::string(where),
                   std::move(first_problem.message));
    return false;
  }

  void ReadMessage() {
    for (uint32_t index : fields_.Candidates(LogRole::kMessage)) {
      LogFields::Node& node = fields_.node(index);
      const bool primary = node.alias->path == "message" || node.alias->path == "msg";
      std::string message;
      if (node.value.is_string()) message = Text(node.value);
      // A logger that was handed an object or a number as the message.
      else if (primary) message = ToJson(node.value);
      while (!message.empty() && (message.back() == '\n' || message.back() == '\r')) {
        message.pop_back();
      }
      if (message.empty()) continue;
      node.used = true;
      gelf_ = node.alias->path == "short_message";
      fact_.message = std::move(message);
      complete_ = true;
      return;
    }
  }

  // The error's text stays among the details whole; its class is what the type of event needs.
  void ReadException() {
    fact_.exception_type = TakeText(LogRole::kExceptionType);
    for (uint32_t index : fields_.Candidates(LogRole::kError)) {
      const std::string_view text = Text(fields_.node(index).value);
      if (text.empty()) continue;
      if (fact_.exception_type.empty()) fact_.exception_type = ExceptionClassIn(text);
      if (fact_.message.empty()) fact_.message = OneLine(text);
      complete_ = true;
    }
    if (fact_.message.empty() && !fact_.exception_type.empty()) {
      fact_.message = fact_.exception_type;
      complete_ = true;
    }
    if (fact_.exception_type.empty() && HasStackTrace(fact_.message)) {
      fact_.exception_type = ExceptionClassIn(fact_.message);
    }
  }

  void ReadLevel() {
    for (uint32_t index : fields_.Candidates(LogRole::kLevel)) {
      LogFields::Node& node = fields_.node(index);
      if (const auto number = WholeNumber(node.value)) {
        if (fact_.level_number) continue;
        const auto scale = ScaleOf(*number, node);
        if (node.alias->hint == LevelHint::kSyslog && scale == LogFact::LevelScale::kNone) continue;
        fact_.level_number = number;
        fact_.level_scale = scale;
        node.used = true;
      } else if (node.value.is_string() && fact_.level.empty() && !Text(node.value).empty()) {
        fact_.level = TrimAscii(Text(node.value));
        node.used = true;
      }
    }
  }

  // 50 is an error in pino and bunyan and critical in Python. The Node loggers write their process
  // id or a format version beside it, or the time as a number; a Python logger does neither.
  LogFact::LevelScale ScaleOf(int64_t number, const LogFields::Node& node) const {
    using Scale = LogFact::LevelScale;
    const auto within = [number](int64_t least, int64_t greatest, Scale scale) {
      return number >= least && number <= greatest ? scale : Scale::kNone;
    };
    switch (node.alias->hint) {
      case LevelHint::kOpenTelemetry: return within(1, 24, Scale::kOpenTelemetry);
      case LevelHint::kPython: return within(1, 50, Scale::kPython);
      case LevelHint::kSyslog: return within(0, 7, Scale::kSyslog);
      case LevelHint::kNone: break;
    }
    if (number >= 0 && number <= 7) return Scale::kSyslog;
    if (fields_.has_pid() || numeric_time_ || number > 50) return within(10, 60, Scale::kPino);
    return within(10, 50, Scale::kPython);
  }

  void ReadService() {
    for (uint32_t index : fields_.Candidates(LogRole::kService)) {
      LogFields::Node& node = fields_.node(index);
      const std::string_view text = TrimAscii(Text(node.value));
      if (node.alias->path == "name" && NamesLogger(text)) {
        fact_.logger = text;
        node.used = true;
      } else if (fact_.service.empty() && NamesService(text)) {
        node.used = true;
        fact_.service = text;
        fact_.service_field = node.alias->path;
      }
    }
    if (fact_.logger.empty()) fact_.logger = TakeText(LogRole::kLogger);
    if (!fact_.service.empty() || fact_.logger.empty() || NamesLogger(fact_.logger)) return;
    fact_.service = fact_.logger;
    fact_.service_field = "logger";
  }

  // What a library says when nobody configured a name is none.
  static bool NamesService(std::string_view text) {
    return !text.empty() && text != "service_undefined" && !text.starts_with("unknown_service");
  }

  // "com.acme.Foo", "app.db", "root": a place in the code, not a service.
  static bool NamesLogger(std::string_view text) {
    return text.find('.') != std::string_view::npos || text.find("::") != std::string_view::npos ||
           text == "root" || text == "__main__";
  }

  void ReadTrace() {
    for (uint32_t index : fields_.Candidates(LogRole::kTrace)) {
      LogFields::Node& node = fields_.node(index);
      std::string id(Text(node.value));
      if (node.value.is_number()) id = ToJson(node.value);
      // Google Cloud: projects/PROJECT/traces/ID.
      if (const size_t slash = id.rfind("/traces/"); slash != std::string::npos) {
        id.erase(0, slash + std::string_view("/traces/").size());
      }
      if (id.find_first_not_of('0') == std::string::npos) continue;  // empty, or "no trace"
      node.used = true;
      fact_.trace_id = std::move(id);
      return;
    }
  }

  void ReadHttpStatus() {
    for (uint32_t index : fields_.Candidates(LogRole::kStatus)) {
      LogFields::Node& node = fields_.node(index);
      const auto status = WholeNumber(node.value);
      if (!status || *status < kLeastHttpStatus || *status > kGreatestHttpStatus) continue;
      node.used = true;
      fact_.http_status = status;
      return;
    }
  }

  // `version` in GELF is that of the format.
  void ReadVersion() {
    for (uint32_t index : fields_.Candidates(LogRole::kVersion)) {
      LogFields::Node& node = fields_.node(index);
      if (Text(node.value).empty() || (gelf_ && node.alias->path == "version")) continue;
      node.used = true;
      fact_.version = Text(node.value);
      return;
    }
  }

  void ReadPodLabels() {
    for (uint32_t index : fields_.Candidates(LogRole::kPodLabels)) {
      LogFields::Node& node = fields_.node(index);
      JsonObject labels;
      if (node.value.get_object().get(labels) != simdjson::SUCCESS) continue;
      node.used = true;
      for (const auto label : labels) {
        if (label.value.is_null()) continue;
        fact_.kubernetes_labels.emplace(label.key, label.value.is_string()
                                                       ? std::string(Text(label.value))
                                                       : ToJson(label.value));
      }
      return;
    }
  }

  void Observe() {
    model::Observation& observation = record_.Observe(model::Source::kLogs, format_);
    observation.identity = WholeRecordIdentity(record_);
    observation.time = time_;
    observation.title = OneLine(fact_.message);
    JsonWriter extra;
    extra.BeginObject();
    fields_.WriteUnused(&extra);
    extra.EndObject();
    observation.extra = extra.Take();
    observation.fact = std::move(fact_);
  }

  Record& record_;
  LogFields& fields_;
  const model::Format format_;
  LogFact fact_;
  std::optional<Instant> time_;
  bool numeric_time_ = false;
  bool gelf_ = false;
  bool complete_ = false;  // there is a message or an error
};

}  // namespace

void DecodeAppLog(Record& record, model::Format format) {
  LogFields& fields = record.context->log_fields();
  JsonReader* inner =
      record.depth + 1 < kMaxEnvelopes ? &record.context->Reader(record.depth + 1) : nullptr;
  fields.Collect(record.root, inner, record.received());
  LogDecoder(record, fields, format).Run();
}

}  // namespace srehub::sources
