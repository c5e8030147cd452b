// `srehub actions SERVICE` and `srehub actions done`: Q3, what to do about a service.
#include "base/json_writer.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/fields.h"

namespace srehub::cli {
namespace {

// Under this many tries a share says nothing.
constexpr uint64_t kLeastTries = 3;

void AppendEvidence(const JsonElement& action, const Style& style, std::string* out) {
  for (const JsonElement& evidence : Rows(action, "evidence")) {
    const auto time = TimeOf(evidence, "time");
    *out += "     because " + Neutralise(Text(evidence, "text")) +
            (time ? " (" + style.Time(*time) + ")" : "") + "\n";
  }
}

void AppendSteps(const JsonElement& action, const Style& style, std::string* out) {
  for (const JsonElement& step : Rows(action, "steps")) {
    const std::string risk = Text(step, "risk");
    *out += "     - " + Neutralise(Text(step, "text"));
    if (risk != "read-only") *out += " " + style.Paint("[" + Neutralise(risk) + "]", Ink::kYellow);
    *out += "\n";
    if (const std::string command = Text(step, "command"); !command.empty())
      *out += "         " + style.Paint("$ " + Neutralise(command), Ink::kBold) + "\n";
    if (const std::string expected = Text(step, "expected"); !expected.empty())
      *out += "       expect " + Neutralise(expected) + "\n";
    if (const std::string undo = Text(step, "undo"); !undo.empty())
      *out += "       undo   " + Neutralise(undo) + "\n";
  }
}

}  // namespace

std::string RenderActions(const JsonElement& answer, const Style& style) {
  const auto item = Find(answer, "recommendations");
  if (!item) return RenderPlain(answer, style);
  std::string out = style.Paint(Neutralise(Text(answer, "serviceId")), Ink::kBold) + "  " +
                    Neutralise(Text(*item, "summary")) + "\n";
  const auto actions = Rows(*item, "actions");
  if (actions.empty()) out += "Nothing is recommended.\n";
  size_t number = 0;
  for (const JsonElement& action : actions) {
    out += "\n" + std::to_string(++number) + ". " +
           style.Paint(Neutralise(Text(action, "title")), Ink::kBold);
    const std::string risk = Text(action, "risk");
    out += "  " + style.Paint(Neutralise(risk), risk == "read-only"    ? Ink::kGreen
                                                : risk == "reversible" ? Ink::kYellow
                                                                       : Ink::kRed);
    out += "  " + style.Paint(Neutralise(Text(action, "id")), Ink::kDim) + "\n";
    if (const std::string why = Text(action, "why"); !why.empty())
      out += "     " + Neutralise(why) + "\n";
    AppendEvidence(action, style, &out);
    AppendSteps(action, style, &out);
    if (const uint64_t tried = CountOf(action, "tried"); tried >= kLeastTries)
      out += "     helped " + std::to_string(CountOf(action, "helped")) + " of " +
             std::to_string(tried) + " times\n";
    if (const std::string link = Text(action, "link"); !link.empty())
      out += "     see " + Neutralise(link) + "\n";
  }
  if (Holds(*item, "truncated")) out += "\nMore actions did not fit into the stored item.\n";
  if (!actions.empty())
    out += "\nDone one? srehub actions done " + Neutralise(Text(answer, "serviceId")) + " ACTION\n";
  return out + FootLines(answer, style);
}

int RunActions(Session& session) {
  const Options& o = session.options();
  if (o.target.empty()) {
    session.err() << "srehub: actions needs a SERVICE; `srehub services` lists them\n";
    return kExitUsage;
  }
  Call call;
  call.path = "/api/v1/services/" + PercentEncode(o.target) + "/recommendations";
  return session.Ask(call, "recommendations.actions", RenderActions);
}

int RunActionsDone(Session& session) {
  const Options& o = session.options();
  JsonWriter json;
  json.BeginObject().Field("actionId", o.action).FieldIf("incidentId", o.incident);
  json.FieldIf("note", o.note).FieldIf("by", o.by).EndObject();
  Call call;
  call.method = "POST";
  call.path = "/api/v1/services/" + PercentEncode(o.target) + "/recommendations/outcomes";
  call.Json(json.Take());
  return session.Ask(call, "", RenderPlain);
}

}  // namespace srehub::cli
