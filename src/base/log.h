// The hub's own log: one JSON object per line on stderr, so a record can neither break a line nor
// forge another one whatever its words hold.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <iosfwd>
#include <memory>
#include <optional>
#include <string_view>
#include <type_traits>
#include <variant>

#include "base/clock.h"

namespace spdlog {
class logger;
}

namespace srehub {

enum class LogLevel : uint8_t { kDebug, kInfo, kWarning, kError };
std::string_view LogLevelName(LogLevel level);  // debug, info, warning, error
std::optional<LogLevel> ParseLogLevel(std::string_view name);

// A key and a value that outlive the call. Never a secret: values are written as they are.
struct LogField {
  using Value = std::variant<std::string_view, int64_t, uint64_t, double, bool>;

  LogField(std::string_view k, std::string_view v) : key(k), value(v) {}
  LogField(std::string_view k, const char* v) : key(k), value(std::string_view(v)) {}
  LogField(std::string_view k, bool v) : key(k), value(v) {}
  LogField(std::string_view k, double v) : key(k), value(v) {}
  template <typename T>
    requires(std::is_integral_v<T> && !std::is_same_v<T, bool>)
  LogField(std::string_view k, T v) : key(k) {
    if constexpr (std::is_signed_v<T>) value = static_cast<int64_t>(v);
    else value = static_cast<uint64_t>(v);
  }

  std::string_view key;
  Value value;
};

// Thread-safe. Writing never fails the caller: what cannot be written is lost.
class Logger {
 public:
  // `clock` must outlive the logger.
  static Logger ToStderr(LogLevel minimum, const Clock* clock);
  // For tests; `out` must outlive the logger.
  static Logger ToStream(std::ostream* out, LogLevel minimum, const Clock* clock);
  static Logger Silent();

  void Log(LogLevel level, std::string_view message,
           std::initializer_list<LogField> fields = {}) const;
  void Debug(std::string_view message, std::initializer_list<LogField> fields = {}) const {
    Log(LogLevel::kDebug, message, fields);
  }
  void Info(std::string_view message, std::initializer_list<LogField> fields = {}) const {
    Log(LogLevel::kInfo, message, fields);
  }
  void Warning(std::string_view message, std::initializer_list<LogField> fields = {}) const {
    Log(LogLevel::kWarning, message, fields);
  }
  void Error(std::string_view message, std::initializer_list<LogField> fields = {}) const {
    Log(LogLevel::kError, message, fields);
  }

 private:
  Logger(std::shared_ptr<spdlog::logger> sink, LogLevel minimum, const Clock* clock)
      : sink_(std::move(sink)), minimum_(minimum), clock_(clock) {}

  std::shared_ptr<spdlog::logger> sink_;  // none: silent
  LogLevel minimum_;
  const Clock* clock_;
};

}  // namespace srehub
