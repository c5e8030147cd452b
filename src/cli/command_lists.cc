// `srehub services`, `deploys` and `types`: the lists.
#include "base/text.h"
#include "cli/commands.h"
#include "cli/fields.h"
#include "cli/table.h"

namespace srehub::cli {
namespace {

std::string Joined(const JsonElement& row, std::string_view key) {
  std::string out;
  for (const JsonElement& element : Rows(row, key)) {
    std::string_view text;
    if (element.get(text) != simdjson::SUCCESS) continue;
    out += (out.empty() ? "" : ", ") + std::string(text);
  }
  return out;
}

std::string Shown(const Table& table, const JsonElement& answer, const Style& style,
                  std::string_view none) {
  return (table.empty() ? std::string(none) + "\n" : table.Render(style)) +
         FootLines(answer, style);
}

}  // namespace

std::string RenderServices(const JsonElement& answer, const Style& style) {
  Table table({{.header = "SERVICE", .min_width = 16},
               {.header = "LAST SEEN"},
               {.header = "OPEN", .align = Align::kRight},
               {.header = "WORST"},
               {.header = "TYPES", .align = Align::kRight},
               {.header = "SIBLINGS", .min_width = 12, .optional = true},
               {.header = "DEPENDS ON", .min_width = 12, .optional = true},
               {.header = "LEARNT", .min_width = 12, .optional = true}});
  for (const JsonElement& row : Rows(answer, "services")) {
    std::string learnt;
    for (const JsonElement& link : Rows(row, "learnt"))
      learnt += (learnt.empty() ? "" : ", ") + Text(link, "serviceId");
    const std::string worst = Text(row, "worstSeverity");
    table.Row()
        .Cell(Text(row, "serviceId"), Ink::kBold)
        .Cell(ShownTime(row, "lastSeen", style))
        .Cell(std::to_string(CountOf(row, "openIncidents")))
        .Cell(worst, InkOfSeverity(worst))
        .Cell(std::to_string(CountOf(row, "eventTypes")))
        .Cell(Joined(row, "siblings"))
        .Cell(Joined(row, "dependsOn"))
        .Cell(learnt);
  }
  return Shown(table, answer, style, "No service is known yet; feed the hub: srehub sources");
}

std::string RenderDeploys(const JsonElement& answer, const Style& style) {
  Table table({{.header = "TIME"},
               {.header = "STATUS"},
               {.header = "KIND"},
               {.header = "SERVICE", .min_width = 12},
               {.header = "RUN"},
               {.header = "ENVIRONMENT", .optional = true},
               {.header = "VERSION", .min_width = 8, .optional = true},
               {.header = "WORKFLOW", .min_width = 12, .optional = true},
               {.header = "BY", .optional = true}});
  for (const JsonElement& row : Rows(answer, "deploys")) {
    const std::string status = Text(row, "status");
    const std::string version = Text(row, "version");
    table.Row()
        .Cell(ShownTime(row, "lastStatement", style))
        .Cell(status, status == "failure"   ? Ink::kRed
                      : status == "success" ? Ink::kGreen
                                            : Ink::kPlain)
        .Cell(Text(row, "kind"))
        .Cell(Text(row, "serviceId"), Ink::kBold)
        .Cell(Text(row, "run"))
        .Cell(Text(row, "environment"))
        .Cell(version.empty() ? Text(row, "sha").substr(0, 10) : version)
        .Cell(Text(row, "workflow"))
        .Cell(Text(row, "actor"));
  }
  return HeadLine(answer, style) + Shown(table, answer, style, "No deploy in this window.");
}

std::string RenderTypes(const JsonElement& answer, const Style& style) {
  Table table({{.header = "TYPE", .min_width = 16},
               {.header = "OCCURRENCES", .align = Align::kRight},
               {.header = "SERVICES", .align = Align::kRight},
               {.header = "WORST"},
               {.header = "FIRST SEEN", .optional = true},
               {.header = "LAST SEEN"},
               {.header = "PLAYBOOK", .optional = true}});
  for (const JsonElement& row : Rows(answer, "types")) {
    const std::string worst = Text(row, "maxSeverity");
    table.Row()
        .Cell(Text(row, "eventType"), Ink::kBold)
        .Cell(ShortCount(CountOf(row, "occurrences")))
        .Cell(std::to_string(CountOf(row, "services")))
        .Cell(worst, InkOfSeverity(worst))
        .Cell(ShownTime(row, "firstSeen", style))
        .Cell(ShownTime(row, "lastSeen", style))
        .Cell(Holds(row, "hasPlaybook") ? "yes" : "");
  }
  return Shown(table, answer, style, "No event type is known yet.");
}

int RunServices(Session& session) {
  const Options& o = session.options();
  Call call;
  call.path = "/api/v1/services";
  call.Query("text", o.text).Query("cursor", o.cursor);
  if (o.limit > 0) call.Query("limit", std::to_string(o.limit));
  return session.Ask(call, "services", RenderServices);
}

int RunDeploys(Session& session) {
  const Options& o = session.options();
  Call call;
  call.path = "/api/v1/deploys";
  call.Query("service", o.target).Query("since", o.since).Query("from", o.from);
  call.Query("to", o.to).Query("at", o.at).Query("status", o.status);
  call.Query("environment", o.environment).Query("exact", o.exact ? "true" : "");
  if (o.limit > 0) call.Query("limit", std::to_string(o.limit));
  return session.Ask(call, "deploys", RenderDeploys);
}

int RunTypes(Session& session) {
  const Options& o = session.options();
  Call call;
  call.path = "/api/v1/types";
  call.Query("service", o.target);
  if (o.limit > 0) call.Query("limit", std::to_string(o.limit));
  return session.Ask(call, "types", RenderTypes);
}

}  // namespace srehub::cli
