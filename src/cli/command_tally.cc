// `srehub tally`: Q5, how many high-severity incidents were recorded today.
#include "cli/commands.h"
#include "cli/fields.h"
#include "cli/table.h"

namespace srehub::cli {
namespace {

std::string DaysOf(const JsonElement& answer, const Style& style) {
  Table days({{.header = "DAY"},
              {.header = "BY THIS TIME", .align = Align::kRight},
              {.header = "THIS HOUR", .align = Align::kRight},
              {.header = "WHOLE DAY", .align = Align::kRight}});
  for (const JsonElement& day : Rows(answer, "lastDays"))
    days.Row()
        .Cell(Text(day, "day"))
        .Cell(std::to_string(CountOf(day, "byThisTime")))
        .Cell(std::to_string(CountOf(day, "thisHour")))
        .Cell(std::to_string(CountOf(day, "wholeDay")));
  return days.empty() ? "" : "\n" + days.Render(style);
}

std::string IncidentsOf(const JsonElement& answer, const Style& style) {
  Table table({{.header = "SINCE"},
               {.header = "SEVERITY"},
               {.header = "INCIDENT", .min_width = 16},
               {.header = "STATE"}});
  for (const JsonElement& row : Rows(answer, "incidents")) {
    const std::string severity = Text(row, "severity");
    table.Row()
        .Cell(ShownTime(row, "firstHigh", style))
        .Cell(severity, InkOfSeverity(severity))
        .Cell(Text(row, "incidentId"))
        .Cell(Holds(row, "open") ? "still open" : "");
  }
  return table.empty() ? "" : "\n" + table.Render(style);
}

}  // namespace

std::string RenderTally(const JsonElement& answer, const Style& style) {
  uint64_t critical = 0;
  uint64_t high = 0;
  if (const auto split = Find(answer, "bySeverity")) {
    critical = CountOf(*split, "critical");
    high = CountOf(*split, "high");
  }
  std::string out = style.Paint(std::to_string(CountOf(answer, "count")), Ink::kBold) +
                    " high-severity incidents recorded on " + Neutralise(Text(answer, "day")) +
                    " " + Neutralise(Text(answer, "zone")) + ": " + std::to_string(critical) +
                    " critical, " + std::to_string(high) + " high; carried over " +
                    std::to_string(CountOf(answer, "carriedOver")) + ".\n";
  out += style.Paint(Neutralise(Text(answer, "definition")), Ink::kDim) + "\n";
  std::string services;
  for (const JsonElement& row : Rows(answer, "byService"))
    services += (services.empty() ? "" : ", ") + Neutralise(Text(row, "serviceId")) + " " +
                std::to_string(CountOf(row, "count"));
  if (!services.empty()) out += "By service: " + services + ".\n";
  return out + IncidentsOf(answer, style) + DaysOf(answer, style) + FootLines(answer, style);
}

int RunTally(Session& session) {
  const Options& o = session.options();
  Call call;
  call.path = "/api/v1/tally";
  call.Query("tz", o.tz).Query("at", o.at).Query("day", o.day).Query("severity", o.severity);
  return session.Ask(call, "incidents", RenderTally);
}

}  // namespace srehub::cli
