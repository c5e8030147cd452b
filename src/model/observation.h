// What a sender said, typed but not yet judged: the output of sources/ and the input of
// classify/. Field names are the sender's.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/time.h"
#include "model/deploy.h"
#include "model/event.h"

namespace srehub::model {

// The wire format a record was decoded as; part of its identity.
enum class Format : uint8_t {
  kAuto = 0,
  kEvent,  // the unified schema itself (POST /api/v1/events)
  kKubernetes,
  kCloudWatch,  // all carriers: bare, SNS, Lambda/SQS records, EventBridge
  kCicd,        // the flat form
  kGithub,
  kLogs,
  kPrometheus,    // POST /api/v2/alerts
  kAlertmanager,  // webhook version 4
  kGrafana,       // unified alerting's webhook
  kGitlab,
  kArgocd,
  kJenkins,  // notification plugin
  kCircleci,
  kAws,  // EventBridge: CodePipeline, CodeDeploy and others
  kCdevents,
  kCloudevents,  // structured, batch, binary
  kOtlp,         // logs over OTLP/HTTP, protobuf or JSON
  kLoki,         // push, snappy protobuf or JSON
  kSyslog,       // RFC 5424 and RFC 3164
  kText,         // lines: plain, logfmt, Docker json-file, CRI
  kMapped,       // any JSON, by a mapping rule of the user's
};
inline constexpr Format kLastFormat = Format::kMapped;
// The lower-case name in routes and configuration: "kubernetes", "otlp".
std::string_view FormatName(Format f);
std::optional<Format> ParseFormat(std::string_view name);
// The source of the founding document that a format speaks for, where its records do not tell.
Source SourceOfFormat(Format f);

using Labels = std::map<std::string, std::string, std::less<>>;

struct OwnerReference {
  std::string kind, name;
};
struct ObjectReference {
  std::string kind, namespace_, name, uid, field_path;  // field_path "spec.containers{name}"
  Labels labels, annotations;                           // exporter, or written in by the watch
  std::vector<OwnerReference> owners;
};

// core/v1 and events.k8s.io/v1 alike; also what a Pod object's status tells (reason OOMKilled).
struct KubernetesFact {
  std::string reason, message, type;  // type "Normal", "Warning"; may be anything
  ObjectReference object;
  std::string component, host;  // source.component, source.host or the reporting pair
  std::string cluster;
  std::string uid;                    // the Event object's metadata.uid; empty in the founding form
  int64_t count = 1;                  // max(series.count, count, 1)
  std::optional<Instant> first_time;  // firstTimestamp, else eventTime
};

struct AlarmFact {
  std::string name, arn, description, region, account;
  std::string state;      // OK, ALARM, INSUFFICIENT_DATA: exactly one of them
  std::string old_state;  // may be empty
  std::string reason;
  std::string metric, namespace_,
      statistic;  // metric: MetricName or the returned expression's label
  std::vector<std::pair<std::string, std::string>> dimensions;  // in the order received
  std::optional<double> threshold;
  Labels tags;  // alarmTags
  bool composite = false;
  std::string alarm_rule;
};

struct PipelineFact {
  DeployStatement statement;  // kind is set by classify/ unless the sender says it
  bool kind_known = false;
  std::string status_word;  // the sender's own: conclusion if terminal, else status
  std::string service;      // an explicit one; may be empty
  std::string path;         // workflow file, or empty
  std::string task;         // GitHub deployment.task, job name, or empty
  std::string title;        // display title, description or message
};

struct LogFact {
  std::string message;
  std::string level;  // the sender's word; empty when it was a number or missing
  std::optional<int64_t> level_number;
  enum class LevelScale : uint8_t { kNone, kPino, kPython, kSyslog, kOpenTelemetry };
  LevelScale level_scale = LevelScale::kNone;
  std::string service;        // after the alias order; may be empty
  std::string service_field;  // which field gave it
  Labels kubernetes_labels;   // Fluent Bit's kubernetes.labels
  std::string pod, container, namespace_, host;
  std::string logger;
  std::string trace_id;
  std::string exception_type;  // error.type, err.type, or the class named in a stack trace
  std::optional<int64_t> http_status;
  std::string environment, version;
};

struct AlertFact {
  Labels labels;  // empty values removed
  Labels annotations;
  std::string generator_url;
  std::string fingerprint;  // 16 hex: FNV-1a over the sorted labels
  Instant starts_at{};
  bool resolved = false;
  Instant ends_at{};  // resolved: the end. firing: the expiry, if has_expiry
  bool has_expiry = false;
  Instant received{};  // receipt instant of the delivery
};

// The unified schema taken as it is; classify/ only checks and fills it.
struct EventFact {
  Event event;  // unset parts are empty
  bool has_severity = false;
  std::string severity_word;  // when it was not one of the five words
};

struct Observation {
  Source source = Source::kLogs;
  Format format = Format::kLogs;
  // Canonical text of the native identity (SOURCES: the keys of redelivery). Hashed together with
  // the format's identity domain into Event::event_id. For a record without one: the whole
  // record, minified, plus its ordinal among equal records of its delivery.
  std::string identity;
  std::optional<Instant> time;  // at the source; none: untimed, the receipt instant is used
  Instant received{};           // receipt instant of the delivery
  std::string title;            // one line for people; may be empty
  std::string link;             // http(s) URL to the sender's page, or empty
  std::string extra = "{}";     // JSON object: every field of the sender that was not mapped
  std::variant<KubernetesFact, AlarmFact, PipelineFact, LogFact, AlertFact, EventFact> fact;
};

}  // namespace srehub::model
