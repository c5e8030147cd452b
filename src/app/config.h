// The hub's configuration: defaults < YAML file < SREHUB_* environment < flags, each value with
// where it came from. Plain values; thread-safe by being immutable after loading.
#pragma once

#include <array>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/limits.h"
#include "base/result.h"
#include "base/time.h"
#include "http/auth.h"
#include "ingest/feed_rules.h"
#include "ingest/limits.h"
#include "model/observation.h"
#include "model/severity.h"
#include "trust/signature.h"

namespace srehub::app {

// One entry of `sources:` in the file: a source or a format, and how it is to be treated; or a name
// of the user's, with a path of its own, and what its deliveries must prove.
struct SourceConfig {
  bool has_own_path = false;  // the name is neither a source's nor a format's
  model::Format format = model::Format::kAuto;
  trust::SignatureCheck signature;  // with its secrets: never printed
  std::vector<std::string> secret_files;
  std::vector<std::string> topic_arns;
  bool confirm = false;
  std::vector<std::string> certificate_files;
  std::vector<std::string> certificates;  // PEM texts of those
  ingest::FeedRules rules;
  bool trust_clock = true;  // false: a time too far ahead is replaced by the receipt instant
  // Set: the feed ought to speak, and `doctor` fails when it was silent for longer.
  std::optional<Duration> silent_after;
};

// Where syslog is taken; none by default. It has no authentication.
struct SyslogConfig {
  std::vector<std::string> tcp, udp;  // addresses
  bool allow_remote = false;          // any but loopback
};

// A cluster whose events this hub goes and gets.
struct WatchKubernetesConfig {
  bool enabled = false;
  std::string kubeconfig, context, cluster;  // empty: as kubectl finds them; no name
  std::vector<std::string> namespaces;       // empty: all
};

struct Config {
  std::vector<std::string> listen = {"127.0.0.1:8484"};
  std::string otlp_listen = "127.0.0.1:4318";  // OTLP's own port, or "off"
  std::vector<std::string> host_names;         // names a proxy in front uses for this hub
  std::string data = "srehub-data";
  std::string backend = "embedded";
  bool synced = true;  // durability: synced, or relaxed
  Duration retention = limits::kDefaultRetention;
  std::array<std::optional<Duration>, model::kSeverityCount> retention_by_severity{};
  Duration expire_after = limits::kExpireAfter;
  std::string time_zone = "UTC";
  bool namespaced_services = false;
  std::string rules;      // folder of rule files, or empty
  std::string playbooks;  // folder of playbooks, or empty
  std::string tls_certificate, tls_key;
  std::string log_level = "info";
  std::string clock;  // "", "TIME" (stands still) or "TIME+" (runs on)
  SyslogConfig syslog;
  WatchKubernetesConfig watch_kubernetes;
  ingest::Limits ingest;
  size_t max_body_bytes = limits::kMaxBodyBytes;
  size_t max_inflated_bytes = limits::kMaxInflatedBytes;
  size_t max_connections = 10'000;
  std::vector<std::string> watchdogs = {"Watchdog"};  // alerts that always fire
  Duration watchdog_silent_after = std::chrono::minutes(15);
  std::map<std::string, SourceConfig> sources;  // by source or format name
  std::map<std::string, std::vector<std::string>, std::less<>> depends_on;  // by service
  std::vector<http::Token> tokens;                                          // digests only
};

// Longest retention of any severity: what the store keeps its counters for.
Duration LongestRetention(const Config& config);

struct Origin {
  enum class Kind { kDefault, kFile, kEnvironment, kFlag };
  Kind kind = Kind::kDefault;
  std::string text = "default";  // "srehub.yaml:3", "SREHUB_DATA", "--data"
};

struct LoadedConfig {
  Config config;
  std::map<std::string, Origin, std::less<>> origins;  // by key; absent: default
  std::vector<std::string> warnings;                   // sentences worth a line on stderr
};

// A value given on the command line.
struct FlagValue {
  std::string key;    // "data"
  std::string value;  // text as in the file; lists are separated by commas
  std::string flag;   // "--data"
};

// Everything a load depends on, so that a reload can repeat it.
struct ConfigRequest {
  std::string file;                                              // empty: none
  std::vector<std::pair<std::string, std::string>> environment;  // the SREHUB_* variables
  std::vector<FlagValue> flags;
};

// Errors: kInvalidArgument, where = "file:line:column", the variable or the flag; kNotFound for a
// file that is named and not there.
Result<LoadedConfig> LoadConfig(const ConfigRequest& request);

// The SREHUB_* variables among "NAME=value" strings (as in `environ`).
std::vector<std::pair<std::string, std::string>> HubEnvironment(const char* const* environment);

// The whole configuration as YAML that can be loaded again, each line with its origin as a comment.
// Tokens are shown by name, scope and digest; there is no secret to show.
std::string PrintConfig(const LoadedConfig& loaded);

}  // namespace srehub::app
