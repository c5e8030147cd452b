// `srehub deploy SERVICE --status S`: a statement about a deploy, from any script.
#include "base/json_writer.h"
#include "cli/commands.h"

namespace srehub::cli {

int RunDeploy(Session& session) {
  const Options& o = session.options();
  JsonWriter json;
  json.BeginObject().Field("service", o.target).Field("status", o.status);
  json.Field("kind", o.rollback ? "rollback" : "deploy");
  json.Field("workflow",
             !o.workflow.empty() ? o.workflow : (o.rollback ? "Rollback " : "Deploy ") + o.target);
  json.FieldIf("run_id", o.run).FieldIf("sha", o.sha).FieldIf("version", o.version);
  json.FieldIf("environment", o.environment).FieldIf("repository", o.repository);
  json.FieldIf("url", o.url).FieldIf("actor", o.by).FieldIf("updated_at", o.at).EndObject();
  Call call;
  call.method = "POST";
  call.path = "/api/v1/ingest/cicd";
  call.Json(json.Take());
  return session.Ask(call, "errors", RenderReceipt);
}

}  // namespace srehub::cli
