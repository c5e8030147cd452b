#include "app/startup_message.h"

#include <algorithm>
#include <filesystem>

#include "app/version.h"

namespace srehub::app {
namespace {

void Line(std::string* out, std::string_view what, const std::string& how) {
  std::string line = "    " + std::string(what);
  line.resize(std::max<size_t>(line.size() + 2, 32), ' ');
  *out += line + how + "\n";
}

}  // namespace

std::string UrlOf(const http::Listener& listener) {
  http::Address address = listener.address;
  if (address.host == "0.0.0.0") address.host = "127.0.0.1";
  if (address.host == "::") address.host = "::1";
  return (listener.tls ? "https://" : "http://") + address.text();
}

std::string StartupMessage(const Config& config, const std::vector<http::Listener>& listeners,
                           const std::vector<std::string>& next_commands) {
  std::error_code error;
  const std::filesystem::path folder = std::filesystem::absolute(config.data, error);
  std::string out = "SRE Insights Hub " + std::string(kVersion) + "\n";
  out +=
      "  data    " + (error ? config.data : folder.string()) + " (kept " +
      FormatDurationShort(config.retention) + ", " +
      (config.synced ? "every answer synced" : "durability relaxed: a power loss may lose data") +
      ")\n";
  if (!config.clock.empty()) out += "  clock   " + config.clock + "\n";
  for (const http::Listener& listener : listeners) {
    const std::string url = UrlOf(listener);
    out += "  listens " + listener.address.text() + (listener.tls ? " (TLS)" : "") +
           (http::IsLoopback(listener.address.host) ? "" : ", reachable from other machines") +
           "\n";
    if (listener.optional) {
      Line(&out, "OpenTelemetry logs", url + "/v1/logs");
      continue;
    }
    Line(&out, "questions, dashboard", url + "/");
    Line(&out, "Prometheus",
         "alerting: {alertmanagers: [{static_configs: [{targets: ['" +
             url.substr(url.find("//") + 2) + "']}]}]}");
    Line(&out, "Alertmanager webhook", url + "/api/v1/ingest/alertmanager");
    Line(&out, "Kubernetes events",
         "kubectl get events -A -w -o json | srehub ingest --server " + url + " -");
    Line(&out, "CloudWatch, EventBridge", url + "/api/v1/ingest/aws");
    Line(&out, "GitHub webhook", url + "/api/v1/ingest/github");
    Line(&out, "any deploy", "srehub deploy SERVICE --status success --server " + url);
    Line(&out, "logs and anything in JSON",
         "curl -H 'Content-Type: application/json' -d @FILE " + url + "/api/v1/ingest/auto");
  }
  if (!next_commands.empty()) out += "  next\n";
  // The command line asks the default address unless told otherwise.
  if (!listeners.empty() && UrlOf(listeners.front()) != kDefaultUrl)
    out += "    export SREHUB_SERVER=" + UrlOf(listeners.front()) + "\n";
  for (const std::string& command : next_commands) out += "    " + command + "\n";
  return out;
}

}  // namespace srehub::app
