// `srehub rejects`, `rejects replay` and `verify`: what was refused, and whether the numbers hold.
#include "base/json_writer.h"
#include "cli/commands.h"
#include "cli/fields.h"
#include "cli/table.h"

namespace srehub::cli {
namespace {

constexpr long kReplaySeconds = 600;
constexpr long kVerifySeconds = 3600;

}  // namespace

std::string RenderRejects(const JsonElement& answer, const Style& style) {
  Table table({{.header = "RECEIVED"},
               {.header = "FORMAT"},
               {.header = "REASON"},
               {.header = "FIELD", .min_width = 6},
               {.header = "MESSAGE", .min_width = 24},
               {.header = "ID", .optional = true},
               {.header = "PAYLOAD", .min_width = 16, .optional = true}});
  for (const JsonElement& row : Rows(answer, "rejects"))
    table.Row()
        .Cell(ShownTime(row, "receivedAt", style))
        .Cell(Text(row, "format"))
        .Cell(Text(row, "reason"))
        .Cell(Text(row, "field"))
        .Cell(Text(row, "message"))
        .Cell(Text(row, "id"))
        .Cell(Text(row, "payload"));
  return (table.empty() ? "Nothing was refused.\n" : table.Render(style)) +
         FootLines(answer, style);
}

std::string RenderVerify(const JsonElement& answer, const Style& style) {
  const uint64_t count = CountOf(answer, "differenceCount");
  std::string out = std::to_string(CountOf(answer, "events")) + " events recounted, " +
                    std::to_string(CountOf(answer, "counters")) + " counters of " +
                    std::to_string(CountOf(answer, "incidents")) + " incidents compared: " +
                    style.Paint(std::to_string(count) + " differences",
                                count == 0 ? Ink::kGreen : Ink::kRedBold) +
                    ".\n";
  Table table({{.header = "INCIDENT", .min_width = 16},
               {.header = "WHAT", .min_width = 16},
               {.header = "STORED"},
               {.header = "RECOUNTED"}});
  for (const JsonElement& row : Rows(answer, "differences"))
    table.Row()
        .Cell(Text(row, "incidentId"))
        .Cell(Text(row, "what"))
        .Cell(Text(row, "stored"))
        .Cell(Text(row, "recounted"));
  return table.empty() ? out : out + table.Render(style);
}

int RunRejects(Session& session) {
  const Options& o = session.options();
  Call call;
  call.path = "/api/v1/rejects";
  call.Query("cursor", o.cursor);
  if (o.limit > 0) call.Query("limit", std::to_string(o.limit));
  return session.Ask(call, "rejects", RenderRejects);
}

int RunRejectsReplay(Session& session) {
  JsonWriter json;
  json.BeginObject();
  if (!session.options().targets.empty()) {
    json.Key("ids").BeginArray();
    for (const std::string& id : session.options().targets) json.String(id);
    json.EndArray();
  }
  Call call;
  call.method = "POST";
  call.path = "/api/v1/rejects/replay";
  call.timeout_seconds = kReplaySeconds;
  call.Json(json.EndObject().Take());
  return session.Ask(call, "", RenderPlain);
}

// Exit code 1 when a stored counter is not what the events say.
int RunVerify(Session& session) {
  Call call;
  call.path = "/api/v1/verify";
  call.timeout_seconds = kVerifySeconds;
  const auto hub = session.client();
  if (!hub) return session.Report(hub.error());
  const auto reply = (*hub)->Send(call);
  if (!reply) {
    session.Report(reply.error());
    return kExitUnreachable;
  }
  if (reply->status >= 400) return session.Report(*reply);
  if (const int code = session.Show(reply->body, "differences", RenderVerify); code != kExitOk)
    return code;
  JsonReader reader;
  const auto answer = reader.Parse(reply->body);
  return answer && CountOf(*answer, "differenceCount") == 0 ? kExitOk : kExitRuntime;
}

}  // namespace srehub::cli
