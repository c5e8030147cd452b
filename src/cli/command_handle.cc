// `srehub ack`, `silence` and `maintenance`: what people decide about incidents.
#include "base/json_writer.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/fields.h"
#include "cli/table.h"

namespace srehub::cli {
namespace {

// A call whose answer has no body.
int Tell(Session& session, const Call& call, std::string_view done) {
  const auto hub = session.client();
  if (!hub) return session.Report(hub.error());
  const auto reply = (*hub)->Send(call);
  if (!reply) {
    session.Report(reply.error());
    return kExitUnreachable;
  }
  if (reply->status >= 400) return session.Report(*reply);
  session.err() << done << "\n";
  return kExitOk;
}

int List(Session& session) {
  Call call;
  call.path = "/api/v1/silences";
  return session.Ask(call, "silences", RenderSilences);
}

}  // namespace

std::string RenderSilences(const JsonElement& answer, const Style& style) {
  Table table({{.header = "ID"},
               {.header = "KIND"},
               {.header = "MATCHES", .min_width = 16},
               {.header = "FROM"},
               {.header = "TO"},
               {.header = "ACTIVE"},
               {.header = "BY", .optional = true},
               {.header = "WHY", .min_width = 10, .optional = true}});
  for (const JsonElement& row : Rows(answer, "silences")) {
    std::string matches = Text(row, "incidentId");
    for (const std::string_view member : {"serviceId", "eventType"})
      if (const std::string value = Text(row, member); !value.empty())
        matches += (matches.empty() ? "" : " ") + value;
    table.Row()
        .Cell(Text(row, "id"))
        .Cell(Text(row, "kind"))
        .Cell(matches)
        .Cell(ShownTime(row, "startsAt", style))
        .Cell(ShownTime(row, "endsAt", style))
        .Cell(Holds(row, "active") ? "yes" : "no")
        .Cell(Text(row, "by"))
        .Cell(Text(row, "why"));
  }
  return table.empty() ? "Nothing is silenced or in maintenance.\n" : table.Render(style);
}

int RunAck(Session& session) {
  const Options& o = session.options();
  Call call;
  call.path = "/api/v1/incidents/" + PercentEncode(o.target) + "/ack";
  if (o.undo) {
    call.method = "DELETE";
    return Tell(session, call, "no longer acknowledged");
  }
  call.method = "POST";
  JsonWriter json;
  json.BeginObject().FieldIf("for", o.for_duration).FieldIf("why", o.why).FieldIf("by", o.by);
  call.Json(json.EndObject().Take());
  return session.Ask(call, "", RenderPlain);
}

int RunSilence(Session& session) {
  const Options& o = session.options();
  if (!o.remove.empty()) {
    Call call;
    call.method = "DELETE";
    call.path = "/api/v1/silences/" + PercentEncode(o.remove);
    return Tell(session, call, "ended");
  }
  if (o.target.empty() && o.type.empty()) return List(session);
  if (o.for_duration.empty()) {
    session.err() << "srehub: " << o.command << " needs --for, such as --for 2h\n";
    return kExitUsage;
  }
  const bool is_incident = o.target.find('#') != std::string::npos;
  JsonWriter json;
  json.BeginObject().Field("kind", o.command);
  json.FieldIf(is_incident ? "incidentId" : "serviceId", o.target).FieldIf("eventType", o.type);
  json.FieldIf("startsAt", o.from).Field("for", o.for_duration);
  json.FieldIf("why", o.why).FieldIf("by", o.by).EndObject();
  Call call;
  call.method = "POST";
  call.path = "/api/v1/silences";
  call.Json(json.Take());
  return session.Ask(call, "", RenderPlain);
}

}  // namespace srehub::cli
