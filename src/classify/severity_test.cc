// The published severity table, row by row.
#include <gtest/gtest.h>

#include "classify/testing.h"

namespace srehub::classify {
namespace {

using model::Severity;
using Scale = model::LogFact::LevelScale;

model::Event LogAt(std::string level, const Classifier& c = DefaultClassifier()) {
  model::LogFact fact;
  fact.service = "a";
  fact.message = "something happened";
  fact.level = std::move(level);
  return EventOf(fact, c);
}

TEST(Severity, LogLevels) {
  const std::vector<std::pair<Severity, std::vector<std::string>>> rows = {
      {Severity::kCritical, {"FATAL", "CRITICAL", "EMERG", "PANIC", "ALERT", "fatal"}},
      {Severity::kHigh, {"ERROR", "SEVERE", "err", "Error"}},
      {Severity::kMedium, {"WARN", "WARNING", "warn"}},
      {Severity::kLow, {"NOTICE"}},
      {Severity::kInfo, {"INFO", "DEBUG", "TRACE", "INFO+2", "DEBUG-4"}}};
  for (const auto& [severity, words] : rows) {
    for (const std::string& word : words) {
      const model::Event event = LogAt(word);
      EXPECT_EQ(event.severity, severity) << word;
      EXPECT_EQ(Detail(event, "/severityUnknown"), "(none)") << word;
      EXPECT_EQ(Detail(event, "/severityWord"), word);
    }
  }
}

TEST(Severity, UnknownWordsAreMediumAndFlagged) {
  for (const char* word : {"LOUD", ""}) {
    const model::Event event = LogAt(word);
    EXPECT_EQ(event.severity, Severity::kMedium) << word;
    EXPECT_EQ(Detail(event, "/severityUnknown"), "true") << word;
  }
}

Severity LogNumber(Scale scale, int64_t number) {
  model::LogFact fact;
  fact.message = "x";
  fact.level_scale = scale;
  fact.level_number = number;
  return EventOf(fact).severity;
}

TEST(Severity, LogNumbers) {
  for (int64_t n = 1; n <= 24; ++n) {
    const Severity want = n >= 21   ? Severity::kCritical
                          : n >= 17 ? Severity::kHigh
                          : n >= 13 ? Severity::kMedium
                          : n >= 10 ? Severity::kLow
                                    : Severity::kInfo;
    EXPECT_EQ(LogNumber(Scale::kOpenTelemetry, n), want) << n;
  }
  const Severity syslog[] = {Severity::kCritical, Severity::kCritical, Severity::kHigh,
                             Severity::kHigh,     Severity::kMedium,   Severity::kLow,
                             Severity::kInfo,     Severity::kInfo};
  for (int64_t n = 0; n < 8; ++n) EXPECT_EQ(LogNumber(Scale::kSyslog, n), syslog[n]) << n;
  // 50 is ERROR to pino and CRITICAL to Python.
  EXPECT_EQ(LogNumber(Scale::kPino, 50), Severity::kHigh);
  EXPECT_EQ(LogNumber(Scale::kPino, 60), Severity::kCritical);
  EXPECT_EQ(LogNumber(Scale::kPino, 30), Severity::kInfo);
  EXPECT_EQ(LogNumber(Scale::kPython, 50), Severity::kCritical);
  EXPECT_EQ(LogNumber(Scale::kPython, 30), Severity::kMedium);
  EXPECT_EQ(LogNumber(Scale::kOpenTelemetry, 99), Severity::kMedium);
  EXPECT_EQ(LogNumber(Scale::kNone, 3), Severity::kMedium);
}

TEST(Severity, OpenTelemetrysNumberGoesBeforeItsText) {
  model::LogFact fact;
  fact.message = "x";
  fact.level = "INFO";
  fact.level_number = 17;
  fact.level_scale = Scale::kOpenTelemetry;
  EXPECT_EQ(EventOf(fact).severity, Severity::kHigh);
  fact.level_scale = Scale::kPython;
  EXPECT_EQ(EventOf(fact).severity, Severity::kInfo);
}

TEST(Severity, AccessLinesWithA5xxAreHighWhateverTheirLevel) {
  model::LogFact fact;
  fact.service = "web";
  fact.message = "GET /cart";
  fact.level = "INFO";
  fact.http_status = 503;
  EXPECT_EQ(EventOf(fact).severity, Severity::kHigh);
  EXPECT_EQ(EventOf(fact).event_type, "Http5xx");
  fact.level = "FATAL";
  EXPECT_EQ(EventOf(fact).severity, Severity::kCritical);
  fact.level = "";
  fact.http_status = 200;
  EXPECT_EQ(EventOf(fact).severity, Severity::kInfo);
  EXPECT_EQ(Detail(EventOf(fact), "/severityUnknown"), "(none)");
  // The status stands only in the text.
  fact.http_status.reset();
  fact.level = "info";
  fact.message = R"(10.0.0.1 - - [26/Aug/2025:14:05:00 +0000] "GET /timeout HTTP/1.1" 502 12)";
  EXPECT_EQ(EventOf(fact).severity, Severity::kHigh);
  EXPECT_EQ(EventOf(fact).event_type, "Http5xx");
  fact.message = R"(10.0.0.1 - - [26/Aug/2025:14:05:00 +0000] "GET /timeout HTTP/1.1" 200 500)";
  EXPECT_EQ(EventOf(fact).severity, Severity::kInfo);
}

TEST(Severity, Alerts) {
  const std::vector<std::pair<Severity, std::vector<std::string>>> rows = {
      {Severity::kCritical, {"critical", "page", "emergency", "disaster", "p1", "sev0", "sev1"}},
      {Severity::kHigh, {"error", "high", "major", "p2", "sev2"}},
      {Severity::kMedium, {"warning", "medium", "minor", "p3", ""}},
      {Severity::kLow, {"low", "p4"}},
      {Severity::kInfo, {"info", "none", "Info"}}};
  for (const auto& [severity, words] : rows) {
    for (const std::string& word : words) {
      model::AlertFact fact;
      fact.labels = {{"alertname", "Some"}};
      if (!word.empty()) fact.labels["severity"] = word;
      const model::Event event = EventsOf(Of(fact)).at(0);
      EXPECT_EQ(event.severity, severity) << word;
      EXPECT_EQ(Detail(event, "/severityUnknown"), "(none)") << word;
    }
  }
  model::AlertFact fact;
  fact.labels = {{"alertname", "Some"}, {"severity", "loud"}};
  const model::Event event = EventsOf(Of(fact)).at(0);
  EXPECT_EQ(event.severity, Severity::kMedium);
  EXPECT_EQ(Detail(event, "/severityUnknown"), "true");
  fact.labels = {{"alertname", "Watchdog"}, {"severity", "critical"}};
  EXPECT_EQ(EventsOf(Of(fact)).at(0).severity, Severity::kInfo);
}

TEST(Severity, CloudWatch) {
  const auto severity = [](std::string name, std::string state, std::string old_state = {},
                           std::string description = {}, model::Labels tags = {}) {
    model::AlarmFact fact;
    fact.name = std::move(name);
    fact.state = std::move(state);
    fact.old_state = std::move(old_state);
    fact.description = std::move(description);
    fact.tags = std::move(tags);
    return EventOf(fact).severity;
  };
  EXPECT_EQ(severity("checkout-latency", "ALARM"), Severity::kHigh);
  for (const char* name : {"checkout critical", "page-checkout", "P0 checkout", "checkout_p1",
                           "checkout/sev0", "SEV1-checkout", "checkout sev-1"}) {
    EXPECT_EQ(severity(name, "ALARM"), Severity::kCritical) << name;
  }
  EXPECT_EQ(severity("homepage-latency", "ALARM"), Severity::kHigh);
  EXPECT_EQ(severity("p10-checkout", "ALARM"), Severity::kHigh);
  EXPECT_EQ(severity("checkout", "ALARM", {}, "Page the on-call."), Severity::kCritical);
  EXPECT_EQ(severity("checkout", "ALARM", {}, {}, {{"severity", "critical"}}), Severity::kCritical);
  EXPECT_EQ(severity("checkout", "INSUFFICIENT_DATA", "ALARM"), Severity::kMedium);
  EXPECT_EQ(severity("checkout", "INSUFFICIENT_DATA", "OK"), Severity::kLow);
  EXPECT_EQ(severity("checkout", "INSUFFICIENT_DATA"), Severity::kLow);
  EXPECT_EQ(severity("checkout critical", "OK", "ALARM"), Severity::kInfo);
}

TEST(Severity, Pipelines) {
  using model::DeployStatus;
  using model::PipelineKind;
  struct Row {
    PipelineKind kind;
    DeployStatus status;
    const char* word;
    Severity severity;
  };
  const Row rows[] = {
      {PipelineKind::kRollback, DeployStatus::kFailure, "failure", Severity::kCritical},
      {PipelineKind::kDeploy, DeployStatus::kFailure, "failure", Severity::kHigh},
      {PipelineKind::kDeploy, DeployStatus::kFailure, "timed_out", Severity::kHigh},
      {PipelineKind::kDeploy, DeployStatus::kFailure, "startup_failure", Severity::kHigh},
      {PipelineKind::kRollback, DeployStatus::kRunning, "in_progress", Severity::kHigh},
      {PipelineKind::kRollback, DeployStatus::kSuccess, "success", Severity::kHigh},
      {PipelineKind::kBuild, DeployStatus::kFailure, "failure", Severity::kMedium},
      {PipelineKind::kTest, DeployStatus::kFailure, "failure", Severity::kMedium},
      {PipelineKind::kDeploy, DeployStatus::kOther, "action_required", Severity::kMedium},
      {PipelineKind::kDeploy, DeployStatus::kFailure, "UNSTABLE", Severity::kMedium},
      {PipelineKind::kDeploy, DeployStatus::kCancelled, "cancelled", Severity::kLow},
      {PipelineKind::kBuild, DeployStatus::kCancelled, "stale", Severity::kLow},
      {PipelineKind::kDeploy, DeployStatus::kSuccess, "success", Severity::kInfo},
      {PipelineKind::kBuild, DeployStatus::kCancelled, "neutral", Severity::kInfo},
      {PipelineKind::kDeploy, DeployStatus::kCancelled, "skipped", Severity::kInfo},
      {PipelineKind::kDeploy, DeployStatus::kRunning, "queued", Severity::kInfo},
      {PipelineKind::kDeploy, DeployStatus::kOther, "perplexed", Severity::kMedium},
  };
  for (const Row& row : rows) {
    model::PipelineFact fact;
    fact.statement.workflow = "x";
    fact.statement.kind = row.kind;
    fact.kind_known = true;
    fact.statement.status = row.status;
    fact.status_word = row.word;
    EXPECT_EQ(EventOf(fact).severity, row.severity) << row.word;
  }
}

TEST(Severity, OverridesAreTheUsersOwnJudgement) {
  const Classifier classifier = MakeClassifier(R"(
severity_overrides:
  - {service: "batch-*", source: logs, at_most: low}
  - {environment: staging, at_most: medium}
  - {service: pay, eventType: HighLatency, severity: critical}
  - {source: cicd, at_least: medium}
)");
  model::LogFact log;
  log.message = "x";
  log.level = "FATAL";
  log.service = "batch-night";
  EXPECT_EQ(EventOf(log, classifier).severity, Severity::kLow);
  log.service = "web";
  EXPECT_EQ(EventOf(log, classifier).severity, Severity::kCritical);
  log.environment = "staging";
  EXPECT_EQ(EventOf(log, classifier).severity, Severity::kMedium);

  model::AlarmFact alarm;
  alarm.name = "pay";
  alarm.metric = "Latency";
  alarm.state = "ALARM";
  EXPECT_EQ(EventOf(alarm, classifier).severity, Severity::kCritical);

  // Information stays information unless the rule names its type.
  model::PipelineFact run;
  run.statement.workflow = "Deploy x";
  run.statement.status = model::DeployStatus::kSuccess;
  run.status_word = "success";
  EXPECT_EQ(EventOf(run, classifier).severity, Severity::kInfo);
}

}  // namespace
}  // namespace srehub::classify
