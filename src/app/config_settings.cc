#include "app/config_settings.h"

#include <algorithm>
#include <charconv>

#include "base/text.h"
#include "base/zone.h"

namespace srehub::app {
namespace {

using Values = std::vector<std::string>;

Status Wrong(std::string message) { return Fail(ErrorCode::kInvalidArgument, std::move(message)); }

// Keeps only whether a parse succeeded.
constexpr auto Ignore = [](const auto&) {};

Status SetDuration(const Values& values, Duration least, Duration most, Duration* out) {
  const auto parsed = ParseDuration(values.front());
  if (!parsed) return tl::unexpected(parsed.error());
  if (*parsed < least || *parsed > most)
    return Wrong(values.front() + " is outside " + FormatDurationShort(least) + ".." +
                 FormatDurationShort(most));
  *out = *parsed;
  return {};
}

Status SetBool(const Values& values, bool* out) {
  if (values.front() != "true" && values.front() != "false")
    return Wrong("'" + values.front() + "' is neither true nor false");
  *out = values.front() == "true";
  return {};
}

Status SetCount(const Values& values, size_t least, size_t most, size_t* out) {
  const std::string& text = values.front();
  size_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (error != std::errc() || end != text.data() + text.size())
    return Wrong("'" + text + "' is not a whole number");
  if (count < least || count > most)
    return Wrong(text + " is outside " + std::to_string(least) + ".." + std::to_string(most));
  *out = count;
  return {};
}

Status SetBytes(const Values& values, size_t least, size_t most, size_t* out) {
  const auto parsed = ParseBytes(values.front());
  if (!parsed) return tl::unexpected(parsed.error());
  if (*parsed < least || *parsed > most)
    return Wrong(values.front() + " is outside " + FormatBytes(least) + ".." + FormatBytes(most));
  *out = *parsed;
  return {};
}

Status SetWord(const Values& values, std::initializer_list<std::string_view> words,
               std::string* out) {
  if (std::ranges::find(words, values.front()) == words.end()) {
    std::string list;
    for (const std::string_view word : words)
      list += (list.empty() ? "" : ", ") + std::string(word);
    return Wrong("'" + values.front() + "' is not one of " + list);
  }
  *out = values.front();
  return {};
}

// An offset such as +05:45, or a name of the IANA data base.
Status CheckZone(const std::string& text) {
  const auto digit = [&](size_t i) { return text[i] >= '0' && text[i] <= '9'; };
  if (text.size() == 6 && (text[0] == '+' || text[0] == '-') && text[3] == ':' && digit(1) &&
      digit(2) && digit(4) && digit(5))
    return {};
  return Zone::Load(text).map(Ignore);
}

Setting Text(std::string_view key, std::string_view help, bool live, std::string Config::* member) {
  return {.key = key,
          .help = help,
          .live = live,
          .set = [member](Config* config, const Values& values) -> Status {
            config->*member = values.front();
            return {};
          },
          .get = [member](const Config& config) { return Values{config.*member}; }};
}

Setting ListenSetting() {
  return {.key = "listen",
          .help = "Addresses of the API and the dashboard; any but loopback needs a token.",
          .is_list = true,
          .set = [](Config* config, const Values& values) -> Status {
            for (const std::string& value : values)
              SREHUB_CHECK_OK(http::ParseAddress(value).map(Ignore));
            config->listen = values;
            return {};
          },
          .get = [](const Config& config) { return config.listen; }};
}

Setting OtlpListenSetting() {
  return {.key = "otlp_listen",
          .help = "Address for OpenTelemetry's exporters, beside `listen`; off: none of its own.",
          .set = [](Config* config, const Values& values) -> Status {
            if (values.front() != "off")
              SREHUB_CHECK_OK(http::ParseAddress(values.front()).map(Ignore));
            config->otlp_listen = values.front();
            return {};
          },
          .get = [](const Config& config) { return Values{config.otlp_listen}; }};
}

Setting HostNamesSetting() {
  return {.key = "host_names",
          .help = "Names under which a proxy or a DNS record reaches this hub.",
          .is_list = true,
          .may_be_empty = true,
          .set = [](Config* config, const Values& values) -> Status {
            config->host_names.clear();
            for (const std::string& value : values)
              config->host_names.push_back(ToLowerAscii(value));
            return {};
          },
          .get = [](const Config& config) { return config.host_names; }};
}

Setting WatchdogAlertsSetting() {
  return {.key = "watchdog.alerts",
          .help = "Names of alerts that always fire; one that stops is an incident of the hub.",
          .is_list = true,
          .live = true,
          .set = [](Config* config, const Values& values) -> Status {
            config->watchdogs = values;
            return {};
          },
          .get = [](const Config& config) { return config.watchdogs; }};
}

Setting WatchdogSilenceSetting() {
  return {.key = "watchdog.silent_after",
          .help = "When a watchdog that is not re-sent counts as silent.",
          .live = true,
          .set =
              [](Config* config, const Values& values) {
                return SetDuration(values, 10min, 7 * kDay, &config->watchdog_silent_after);
              },
          .get =
              [](const Config& config) {
                return Values{FormatDurationShort(config.watchdog_silent_after)};
              }};
}

Setting DurabilitySetting() {
  return {.key = "durability",
          .help =
              "synced: an answer waits for the disk. relaxed: a power loss may take the last "
              "second.",
          .set = [](Config* config, const Values& values) -> Status {
            std::string word;
            SREHUB_CHECK_OK(SetWord(values, {"synced", "relaxed"}, &word));
            config->synced = word == "synced";
            return {};
          },
          .get = [](const Config& c) { return Values{c.synced ? "synced" : "relaxed"}; }};
}

Setting RetentionOf(std::string_view key, model::Severity severity) {
  return {.key = key,
          .help = "How long events of this severity are kept, if not as long as `retention`.",
          .set = [severity](Config* config, const Values& values) -> Status {
            Duration parsed{};
            SREHUB_CHECK_OK(SetDuration(values, kDay, limits::kMaxRetention, &parsed));
            config->retention_by_severity[model::SeverityIndex(severity)] = parsed;
            return {};
          },
          .get =
              [severity](const Config& config) {
                const auto& value = config.retention_by_severity[model::SeverityIndex(severity)];
                return Values{FormatDurationShort(value.value_or(config.retention))};
              }};
}

Setting ZoneSetting() {
  return {.key = "time_zone",
          .help = "Zone whose calendar day is 'today': an IANA name or an offset.",
          .live = true,
          .set = [](Config* config, const Values& values) -> Status {
            SREHUB_CHECK_OK(CheckZone(values.front()));
            config->time_zone = values.front();
            return {};
          },
          .get = [](const Config& config) { return Values{config.time_zone}; }};
}

Setting ClockSetting() {
  return {.key = "clock",
          .help = "TIME stands still at TIME, TIME+ runs on from it; empty is the system's clock.",
          .set = [](Config* config, const Values& values) -> Status {
            std::string_view text = values.front();
            if (text.ends_with('+')) text.remove_suffix(1);
            if (!text.empty()) SREHUB_CHECK_OK(ParseRfc3339(text).map(Ignore));
            config->clock = values.front();
            return {};
          },
          .get = [](const Config& config) { return Values{config.clock}; }};
}

template <typename Owner>
Setting Count(std::string_view key, std::string_view help, size_t least, size_t most,
              Owner Config::* owner, size_t Owner::* member) {
  return {
      .key = key,
      .help = help,
      .set = [=](Config* config,
                 const Values& v) { return SetCount(v, least, most, &(config->*owner.*member)); },
      .get = [=](const Config& c) { return Values{std::to_string(c.*owner.*member)}; }};
}

void AddLimits(std::vector<Setting>* table) {
  table->push_back(Count("limits.max_queued_events", "Events that may wait to be written.", 1,
                         10'000'000, &Config::ingest, &ingest::Limits::max_queued_events));
  table->push_back(Count("limits.max_batch_events", "Events written with one sync.", 1, 1'000'000,
                         &Config::ingest, &ingest::Limits::max_batch_events));
  table->push_back({.key = "limits.max_queued_bytes",
                    .help = "Bytes that may wait to be written.",
                    .set =
                        [](Config* config, const Values& values) {
                          return SetBytes(values, 1 << 20, size_t{16} << 30,
                                          &config->ingest.max_queued_bytes);
                        },
                    .get =
                        [](const Config& config) {
                          return Values{FormatBytes(config.ingest.max_queued_bytes)};
                        }});
  table->push_back({.key = "limits.commit_timeout",
                    .help = "How long a sender waits for the disk before it is told to try again.",
                    .set =
                        [](Config* config, const Values& values) {
                          return SetDuration(values, 1s, 10min, &config->ingest.commit_timeout);
                        },
                    .get =
                        [](const Config& config) {
                          return Values{FormatDurationShort(config.ingest.commit_timeout)};
                        }});
  table->push_back({.key = "limits.max_body_bytes",
                    .help = "Largest request body, as received.",
                    .set =
                        [](Config* config, const Values& values) {
                          return SetBytes(values, 1 << 10, size_t{1} << 30,
                                          &config->max_body_bytes);
                        },
                    .get = [](const Config& c) { return Values{FormatBytes(c.max_body_bytes)}; }});
  table->push_back(
      {.key = "limits.max_inflated_bytes",
       .help = "Largest request body after decompression.",
       .set =
           [](Config* config, const Values& values) {
             return SetBytes(values, 1 << 10, size_t{4} << 30, &config->max_inflated_bytes);
           },
       .get = [](const Config& c) { return Values{FormatBytes(c.max_inflated_bytes)}; }});
  table->push_back(
      {.key = "limits.max_connections",
       .help = "Connections at once; further ones wait to be accepted.",
       .set =
           [](Config* config, const Values& values) {
             return SetCount(values, 1, 1'000'000, &config->max_connections);
           },
       .get = [](const Config& c) { return Values{std::to_string(c.max_connections)}; }});
}

Setting Addresses(std::string_view key, std::string_view help,
                  std::vector<std::string> SyslogConfig::* member) {
  return {.key = key,
          .help = help,
          .is_list = true,
          .may_be_empty = true,
          .set = [member](Config* config, const Values& values) -> Status {
            for (const std::string& value : values)
              SREHUB_CHECK_OK(http::ParseAddress(value).map(Ignore));
            config->syslog.*member = values;
            return {};
          },
          .get = [member](const Config& config) { return config.syslog.*member; }};
}

Setting WatchText(std::string_view key, std::string_view help,
                  std::string WatchKubernetesConfig::* member) {
  return {.key = key,
          .help = help,
          .set = [member](Config* config, const Values& values) -> Status {
            config->watch_kubernetes.*member = values.front();
            return {};
          },
          .get = [member](const Config& c) { return Values{c.watch_kubernetes.*member}; }};
}

// What the hub takes or gets besides what is posted to it.
void AddCollectors(std::vector<Setting>* table) {
  table->push_back(
      Addresses("syslog.tcp", "Addresses that take syslog over TCP.", &SyslogConfig::tcp));
  table->push_back(
      Addresses("syslog.udp", "Addresses that take syslog over UDP.", &SyslogConfig::udp));
  table->push_back(
      {.key = "syslog.allow_remote",
       .help = "Take syslog on other addresses than loopback; it has no authentication.",
       .set = [](Config* c, const Values& v) { return SetBool(v, &c->syslog.allow_remote); },
       .get = [](const Config& c) { return Values{c.syslog.allow_remote ? "true" : "false"}; }});
  table->push_back(
      {.key = "watch.kubernetes.enabled",
       .help = "Watch a Kubernetes cluster's events.",
       .set = [](Config* c, const Values& v) { return SetBool(v, &c->watch_kubernetes.enabled); },
       .get =
           [](const Config& c) { return Values{c.watch_kubernetes.enabled ? "true" : "false"}; }});
  table->push_back(WatchText("watch.kubernetes.kubeconfig",
                             "File; empty: KUBECONFIG, ~/.kube/config or the service account.",
                             &WatchKubernetesConfig::kubeconfig));
  table->push_back(WatchText("watch.kubernetes.context", "Of the kubeconfig; empty: its own.",
                             &WatchKubernetesConfig::context));
  table->push_back(WatchText("watch.kubernetes.cluster",
                             "Name of the cluster, where one hub hears of several.",
                             &WatchKubernetesConfig::cluster));
  table->push_back({.key = "watch.kubernetes.namespaces",
                    .help = "Only these namespaces; empty: all.",
                    .is_list = true,
                    .may_be_empty = true,
                    .set = [](Config* config, const Values& values) -> Status {
                      config->watch_kubernetes.namespaces = values;
                      return {};
                    },
                    .get = [](const Config& c) { return c.watch_kubernetes.namespaces; }});
}

std::vector<Setting> MakeSettings() {
  std::vector<Setting> table;
  table.push_back(ListenSetting());
  table.push_back(OtlpListenSetting());
  table.push_back(HostNamesSetting());
  table.push_back(Text("data", "Folder of the embedded store.", false, &Config::data));
  table.push_back(
      {.key = "backend",
       .help = "Where the tables live.",
       .set = [](Config* config,
                 const Values& values) { return SetWord(values, {"embedded"}, &config->backend); },
       .get = [](const Config& config) { return Values{config.backend}; }});
  table.push_back(DurabilitySetting());
  table.push_back(
      {.key = "retention",
       .help = "How long events are kept.",
       .set =
           [](Config* config, const Values& values) {
             return SetDuration(values, kDay, limits::kMaxRetention, &config->retention);
           },
       .get = [](const Config& config) { return Values{FormatDurationShort(config.retention)}; }});
  table.push_back(RetentionOf("retention_by_severity.critical", model::Severity::kCritical));
  table.push_back(RetentionOf("retention_by_severity.high", model::Severity::kHigh));
  table.push_back(RetentionOf("retention_by_severity.medium", model::Severity::kMedium));
  table.push_back(RetentionOf("retention_by_severity.low", model::Severity::kLow));
  table.push_back(RetentionOf("retention_by_severity.info", model::Severity::kInfo));
  table.push_back(
      {.key = "expire_after",
       .help = "When a signal whose sender gives no expiry is assumed ended.",
       .live = true,
       .set =
           [](Config* config, const Values& values) {
             return SetDuration(values, 5min, limits::kMaxRetention, &config->expire_after);
           },
       .get =
           [](const Config& config) { return Values{FormatDurationShort(config.expire_after)}; }});
  table.push_back(ZoneSetting());
  table.push_back(WatchdogAlertsSetting());
  table.push_back(WatchdogSilenceSetting());
  table.push_back(
      {.key = "namespaced_services",
       .help = "Name Kubernetes services namespace.name.",
       .live = true,
       .set = [](Config* c, const Values& v) { return SetBool(v, &c->namespaced_services); },
       .get = [](const Config& c) { return Values{c.namespaced_services ? "true" : "false"}; }});
  table.push_back(Text("rules", "Folder of your rule files.", true, &Config::rules));
  table.push_back(Text("playbooks", "Folder of your playbooks.", true, &Config::playbooks));
  table.push_back(Text("tls.certificate", "PEM file of the certificate chain.", false,
                       &Config::tls_certificate));
  table.push_back(Text("tls.key", "PEM file of the private key.", false, &Config::tls_key));
  table.push_back({.key = "log.level",
                   .help = "debug, info, warning or error.",
                   .live = true,
                   .set =
                       [](Config* config, const Values& values) {
                         return SetWord(values, {"debug", "info", "warning", "error"},
                                        &config->log_level);
                       },
                   .get = [](const Config& config) { return Values{config.log_level}; }});
  table.push_back(ClockSetting());
  AddCollectors(&table);
  AddLimits(&table);
  return table;
}

}  // namespace

std::span<const Setting> Settings() {
  static const std::vector<Setting> kSettings = MakeSettings();
  return kSettings;
}

const Setting* FindSetting(std::string_view key) {
  const auto settings = Settings();
  const auto it = std::ranges::find(settings, key, &Setting::key);
  return it == settings.end() ? nullptr : &*it;
}

std::string EnvironmentName(std::string_view key) {
  std::string name = "SREHUB_";
  for (const char c : key) {
    if (c == '.') name += '_';
    else name += (c >= 'a' && c <= 'z') ? static_cast<char>(c - 'a' + 'A') : c;
  }
  return name;
}

std::string Nearest(std::string_view name, std::span<const std::string> known) {
  std::string best;
  size_t best_distance = std::max<size_t>(2, name.size() / 3) + 1;
  for (const std::string& candidate : known) {
    const size_t distance = EditDistance(name, candidate);
    if (distance >= best_distance) continue;
    best_distance = distance;
    best = candidate;
  }
  return best;
}

Result<size_t> ParseBytes(std::string_view text) {
  size_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const std::string_view unit(end, static_cast<size_t>(text.data() + text.size() - end));
  int shift = -1;
  if (unit.empty() || unit == "B") shift = 0;
  if (unit == "KiB") shift = 10;
  if (unit == "MiB") shift = 20;
  if (unit == "GiB") shift = 30;
  if (error != std::errc() || shift < 0 || number > (SIZE_MAX >> shift))
    return Fail(ErrorCode::kInvalidArgument,
                "'" + std::string(text) + "' is not a size such as 4096, 64KiB, 8MiB or 1GiB");
  return number << shift;
}

std::string FormatBytes(size_t bytes) {
  constexpr std::string_view kUnits[] = {"", "KiB", "MiB", "GiB"};
  size_t unit = 0;
  while (unit + 1 < std::size(kUnits) && bytes > 0 && bytes % 1024 == 0) {
    bytes /= 1024;
    ++unit;
  }
  return std::to_string(bytes) + std::string(kUnits[unit]);
}

}  // namespace srehub::app
