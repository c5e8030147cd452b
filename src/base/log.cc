#include "base/log.h"

#include <spdlog/logger.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <array>
#include <ostream>
#include <utility>

#include "base/json_writer.h"

namespace srehub {
namespace {

constexpr std::array<std::string_view, 4> kNames = {"debug", "info", "warning", "error"};

std::shared_ptr<spdlog::logger> MakeSink(spdlog::sink_ptr sink) {
  auto logger = std::make_shared<spdlog::logger>("srehub", std::move(sink));
  // The line is complete when it gets here; spdlog adds the newline and the lock.
  logger->set_formatter(std::make_unique<spdlog::pattern_formatter>("%v"));
  logger->set_level(spdlog::level::trace);
  logger->flush_on(spdlog::level::trace);
  logger->set_error_handler([](const std::string&) {});
  return logger;
}

void WriteField(JsonWriter* line, const LogField& field) {
  std::visit([&](const auto& value) { line->Field(field.key, value); }, field.value);
}

}  // namespace

std::string_view LogLevelName(LogLevel level) { return kNames[static_cast<size_t>(level)]; }

std::optional<LogLevel> ParseLogLevel(std::string_view name) {
  for (size_t i = 0; i < kNames.size(); ++i) {
    if (kNames[i] == name) return static_cast<LogLevel>(i);
  }
  return std::nullopt;
}

Logger Logger::ToStderr(LogLevel minimum, const Clock* clock) {
  return Logger(MakeSink(std::make_shared<spdlog::sinks::stderr_sink_mt>()), minimum, clock);
}

Logger Logger::ToStream(std::ostream* out, LogLevel minimum, const Clock* clock) {
  return Logger(MakeSink(std::make_shared<spdlog::sinks::ostream_sink_mt>(*out)), minimum, clock);
}

Logger Logger::Silent() { return Logger(nullptr, LogLevel::kError, nullptr); }

void Logger::Log(LogLevel level, std::string_view message,
                 std::initializer_list<LogField> fields) const {
  if (!sink_ || level < minimum_) return;
  JsonWriter line;
  line.BeginObject().Field("time", clock_->Now()).Field("level", LogLevelName(level));
  line.Field("message", message);
  for (const LogField& field : fields) WriteField(&line, field);
  line.EndObject();
  const std::string& text = line.text();
  sink_->log(spdlog::level::info, spdlog::string_view_t(text.data(), text.size()));
}

}  // namespace srehub
