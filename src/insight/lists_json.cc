#include "insight/lists.h"

namespace srehub::insight {

std::string ToJson(const ServicesAnswer& answer) {
  JsonWriter json;
  json.BeginObject();
  WriteHead(&json, answer.head);
  json.Key("services").BeginArray();
  for (const ServiceEntry& entry : answer.services) {
    json.BeginObject().Field("serviceId", entry.row.service_id);
    json.Field("lastSeen", entry.row.last_seen).Field("eventTypes", entry.row.event_types);
    json.Field("openIncidents", entry.open_incidents);
    if (entry.worst) json.Field("worstSeverity", model::SeverityName(*entry.worst));
    json.Key("siblings").BeginArray();
    for (const std::string& sibling : entry.siblings) json.String(sibling);
    json.EndArray().Key("dependsOn").BeginArray();
    for (const std::string& service : entry.depends_on) json.String(service);
    json.EndArray().Key("learnt").BeginArray();
    for (const LearntLink& link : entry.learnt)
      json.BeginObject()
          .Field("serviceId", link.service_id)
          .Field("sharedTraces", link.traces)
          .EndObject();
    json.EndArray().EndObject();
  }
  json.EndArray().EndObject();
  return json.Take();
}

void WriteDeploy(JsonWriter* json, const model::Deploy& d) {
  json->BeginObject();
  json->Field("deployId", d.deploy_id).Field("serviceId", d.service_id);
  json->Field("kind", model::PipelineKindName(d.kind));
  json->Field("status", model::DeployStatusName(d.status));
  json->FieldIf("system", d.system).FieldIf("repository", d.repository).FieldIf("run", d.run);
  json->Field("attempt", d.attempt);
  json->FieldIf("sha", d.sha).FieldIf("version", d.version);
  json->FieldIf("environment", d.environment).FieldIf("workflow", d.workflow);
  json->FieldIf("actor", d.actor).FieldIf("url", d.url);
  if (d.started_at) json->Field("startedAt", *d.started_at);
  if (d.finished_at) json->Field("finishedAt", *d.finished_at);
  if (d.first_failure) json->Field("failedAt", *d.first_failure);
  json->Field("lastStatement", d.last_statement);
  json->EndObject();
}

std::string ToJson(const DeploysAnswer& answer) {
  JsonWriter json;
  json.BeginObject();
  WriteHead(&json, answer.head);
  json.Key("deploys").BeginArray();
  for (const model::Deploy& deploy : answer.deploys) WriteDeploy(&json, deploy);
  json.EndArray().EndObject();
  return json.Take();
}

std::string ToJson(const TypesAnswer& answer) {
  JsonWriter json;
  json.BeginObject();
  json.FieldIf("serviceId", answer.service_id);
  WriteHead(&json, answer.head);
  json.Key("types").BeginArray();
  for (const TypeEntry& entry : answer.types) {
    json.BeginObject().Field("eventType", entry.event_type);
    json.Field("occurrences", entry.occurrences).Field("services", entry.services);
    json.Field("maxSeverity", model::SeverityName(entry.max_severity));
    if (entry.first_seen) json.Field("firstSeen", *entry.first_seen);
    if (entry.last_seen) json.Field("lastSeen", *entry.last_seen);
    json.Field("hasPlaybook", entry.has_playbook).EndObject();
  }
  json.EndArray().EndObject();
  return json.Take();
}

// The rows stand once: those of the head would say the same.
std::string ToJson(const SourcesAnswer& answer) {
  JsonWriter json;
  json.BeginObject();
  WriteHead(&json, answer.head, false);
  json.Key("sources").BeginArray();
  for (const SourceEntry& entry : answer.sources) {
    json.BeginObject();
    WriteSource(&json, entry.row, answer.head.generated_at);
    if (entry.silent_after)
      json.Field("silentAfterSeconds", entry.silent_after->count() / 1'000'000'000);
    json.Field("silent", entry.silent).Field("expected", entry.expected).EndObject();
  }
  json.EndArray().EndObject();
  return json.Take();
}

}  // namespace srehub::insight
