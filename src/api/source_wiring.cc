#include "api/source_wiring.h"

#include <array>

#include "base/json_writer.h"

namespace srehub::api {
namespace {

// {url} stands for the address to send to, {scheme} and {host} for its parts; words in capitals are
// the reader's to fill in.
struct Wiring {
  model::Format format;
  std::string_view title, snippet;
};
constexpr auto kWirings = std::to_array<Wiring>({
    {model::Format::kPrometheus, "Prometheus, with the hub as one of its Alertmanagers",
     "alerting:\n  alertmanagers:\n  - scheme: {scheme}\n    static_configs:\n"
     "    - targets: ['{host}']\n    authorization: {credentials: TOKEN}\n"},
    {model::Format::kAlertmanager, "Alertmanager, with the hub as a receiver",
     "receivers:\n- name: srehub\n  webhook_configs:\n  - url: {url}\n    send_resolved: true\n"
     "    http_config: {authorization: {credentials: TOKEN}}\n"},
    {model::Format::kGrafana, "Grafana, a contact point of the type webhook",
     "URL: {url}\nHTTP Method: POST\nAuthorization Header - Credentials: TOKEN\n"},
    {model::Format::kCloudWatch, "CloudWatch alarms, by an SNS subscription",
     "aws sns subscribe --topic-arn TOPIC_ARN --protocol {scheme} --notification-endpoint {url}\n"},
    {model::Format::kKubernetes, "Kubernetes events",
     "kubectl get events -A -o json | curl -sS -H 'Authorization: Bearer TOKEN' "
     "-H 'Content-Type: application/json' --data-binary @- {url}\n"},
    {model::Format::kGithub, "GitHub, a repository's webhook",
     "gh api repos/OWNER/REPO/hooks -f name=web -f 'config[url]={url}' "
     "-f 'config[content_type]=json' -f 'config[secret]=SECRET' "
     "-f 'events[]=workflow_run' -f 'events[]=deployment_status'\n"},
    {model::Format::kCicd, "Any pipeline, a step of its own",
     "curl -sS -H 'Authorization: Bearer TOKEN' -H 'Content-Type: application/json' -d "
     "'{\"workflow\":\"Deploy NAME\",\"status\":\"success\",\"run_id\":\"RUN\"}' {url}\n"},
    {model::Format::kLogs, "Log lines as JSON",
     "curl -sS -H 'Authorization: Bearer TOKEN' -H 'Content-Type: application/json' "
     "--data-binary @app.log {url}\n"},
});

std::string Replaced(std::string text, std::string_view name, const std::string& value) {
  for (size_t at = 0; (at = text.find(name, at)) != std::string::npos; at += value.size())
    text.replace(at, name.size(), value);
  return text;
}

struct Place {
  std::string scheme, host;
  std::string UrlOf(std::string_view source) const {
    return scheme + "://" + host + "/api/v1/ingest/" + std::string(source);
  }
};

// The name under which the reader reached the hub is the one that works from there.
Place PlaceOf(const Services& services, const http::Request& request) {
  const std::string_view forwarded = request.Header("x-forwarded-proto");
  const bool tls = forwarded == "https" || (forwarded.empty() && services.tls);
  return {tls ? "https" : "http", std::string(request.Header("host"))};
}

std::string_view SnippetOf(model::Format format) {
  for (const Wiring& wiring : kWirings)
    if (wiring.format == format) return wiring.snippet;
  return "curl -sS -H 'Authorization: Bearer TOKEN' -H 'Content-Type: application/json' "
         "--data-binary @FILE {url}\n";
}

void Write(JsonWriter* json, const Place& place, std::string_view name, model::Format format,
           std::string_view title, std::string_view proof) {
  const std::string url = place.UrlOf(name);
  std::string text = Replaced(std::string(SnippetOf(format)), "{url}", url);
  text = Replaced(Replaced(std::move(text), "{scheme}", place.scheme), "{host}", place.host);
  json->BeginObject().Field("name", name).Field("format", model::FormatName(format));
  json->FieldIf("title", title).Field("url", url).Field("proof", proof);
  json->Field("snippet", text).EndObject();
}

std::string ProofOf(const SourcePolicy& policy) {
  if (policy.signature.required())
    return "signature: " + std::string(trust::SchemeName(policy.signature.scheme()));
  return policy.topic_arns.empty() ? "token" : "signed SNS message of a known topic, or token";
}

}  // namespace

std::string SourceExtras(const Services& services, const http::Request& request) {
  const Place place = PlaceOf(services, request);
  JsonWriter json;
  json.BeginObject().Key("wiring").BeginArray();
  if (services.policies)
    for (const auto& [name, policy] : *services.policies)
      Write(&json, place, name, policy.format, {}, ProofOf(policy));
  for (const Wiring& wiring : kWirings) {
    const std::string_view name = model::FormatName(wiring.format);
    if (services.policies && services.policies->contains(name)) continue;
    Write(&json, place, name, wiring.format, wiring.title, "token");
  }
  json.EndArray().Key("confirmations").BeginArray();
  if (services.trust != nullptr)
    for (const PendingConfirmation& pending : services.trust->Pending())
      json.BeginObject()
          .Field("source", pending.source)
          .Field("topicArn", pending.topic_arn)
          .Field("subscribeURL", pending.subscribe_url)
          .Field("received", pending.received)
          .EndObject();
  const std::string text = json.EndArray().EndObject().Take();
  return "," + text.substr(1, text.size() - 2);
}

}  // namespace srehub::api
