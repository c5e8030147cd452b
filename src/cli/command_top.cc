// `srehub top` and `srehub why-not`: Q2, the incidents that matter now.
#include "base/text.h"
#include "cli/commands.h"
#include "cli/fields.h"
#include "cli/table.h"

namespace srehub::cli {
namespace {

constexpr size_t kSparkWidth = 20;

std::string DeployOf(const JsonElement& row) {
  const auto suspect = Find(row, "suspectedDeploy");
  if (!suspect) return {};
  const auto deploy = Find(*suspect, "deploy");
  if (!deploy) return {};
  const std::string run = Text(*deploy, "run");
  return (run.empty() ? Text(*deploy, "deployId") : run) + " " + Text(*deploy, "status");
}

std::string FirstActionOf(const JsonElement& row) {
  const auto action = Find(row, "firstAction");
  return action ? Text(*action, "title") : "";
}

std::string StateOf(const JsonElement& row) {
  std::string state = Text(row, "state");
  if (Holds(row, "acknowledged")) state += ", acked";
  if (Holds(row, "silenced")) state += ", silenced";
  if (Holds(row, "maintenance")) state += ", maintenance";
  return state;
}

std::string FooterOf(const JsonElement& answer) {
  const auto kept = Find(answer, "notRanked");
  if (!kept) return {};
  const uint64_t incidents = CountOf(*kept, "silencedIncidents");
  const uint64_t silences = CountOf(*kept, "activeSilences");
  const uint64_t maintenance = CountOf(*kept, "activeMaintenance");
  if (incidents + silences + maintenance == 0) return {};
  return "not ranked: " + std::string(Holds(*kept, "atLeast") ? "at least " : "") +
         std::to_string(incidents) + " incidents under " + std::to_string(silences) +
         " silences and " + std::to_string(maintenance) + " maintenances (--include silenced)\n";
}

void AppendTerms(const JsonElement& incident, const Style& style, std::string* out) {
  Table terms({{.header = "TERM"},
               {.header = "VALUE", .align = Align::kRight},
               {.header = "OCCURRENCES", .align = Align::kRight},
               {.header = "USUAL/MIN", .align = Align::kRight},
               {.header = "NEW"}});
  for (const JsonElement& term : Rows(incident, "terms"))
    terms.Row()
        .Cell(Text(term, "name"))
        .Cell(Decimal(FindNumber(term, "value").value_or(0), 3))
        .Cell(std::to_string(CountOf(term, "occurrences")))
        .Cell(Decimal(FindNumber(term, "usualPerMinute").value_or(0), 2))
        .Cell(Holds(term, "novel") ? "yes, fourfold" : "");
  if (!terms.empty()) *out += "\n" + terms.Render(style);
}

void AppendEpisodes(const JsonElement& answer, const Style& style, std::string* out) {
  Table episodes({{.header = "EPISODE"}, {.header = "TO"}, {.header = "SEVERITY"}});
  for (const JsonElement& episode : Rows(answer, "episodes")) {
    const std::string severity = Text(episode, "severity");
    episodes.Row()
        .Cell(ShownTime(episode, "from", style))
        .Cell(Holds(episode, "open") ? "still open" : ShownTime(episode, "to", style))
        .Cell(severity, InkOfSeverity(severity));
  }
  if (!episodes.empty()) *out += "\n" + episodes.Render(style);
}

void AppendSamples(const JsonElement& answer, const Style& style, std::string* out) {
  Table samples({{.header = "SAMPLE"}, {.header = "TITLE", .min_width = 20}, {.header = "TRACE"}});
  for (const JsonElement& sample : Rows(answer, "samples"))
    samples.Row()
        .Cell(ShownTime(sample, "timestamp", style))
        .Cell(Text(sample, "title"))
        .Cell(Text(sample, "traceId"));
  if (!samples.empty()) *out += "\n" + samples.Render(style);
}

}  // namespace

std::string RenderTop(const JsonElement& answer, const Style& style) {
  std::string out = HeadLine(answer, style);
  const auto rows = Rows(answer, "incidents");
  if (rows.empty())
    return out + "No incident is ranked.\n" + FooterOf(answer) + FootLines(answer, style);
  Table table({{.header = "#", .align = Align::kRight},
               {.header = "SCORE", .align = Align::kRight},
               {.header = "SEVERITY"},
               {.header = "STATE"},
               {.header = "SERVICE", .min_width = 10},
               {.header = "TYPE", .min_width = 10},
               {.header = "5M", .align = Align::kRight},
               {.header = "1H", .align = Align::kRight},
               {.header = "SINCE"},
               {.header = "LAST 60 MIN", .optional = true},
               {.header = "DEPLOY", .min_width = 8, .optional = true},
               {.header = "FIRST ACTION", .min_width = 14, .optional = true}});
  for (const JsonElement& row : rows) {
    const std::string severity = Text(row, "severity");
    table.Row()
        .Cell(FindInt(row, "rank") ? std::to_string(CountOf(row, "rank")) : "-")
        .Cell(Decimal(FindNumber(row, "score").value_or(0), 1))
        .Cell(severity, InkOfSeverity(severity))
        .Cell(StateOf(row))
        .Cell(Text(row, "serviceId"), Ink::kBold)
        .Cell(Text(row, "eventType"))
        .Cell(ShortCount(CountOf(row, "count5m")))
        .Cell(ShortCount(CountOf(row, "count1h")))
        .Cell(ShownTime(row, "since", style))
        .Drawn(Sparkline(Counts(row, "sparkline"), kSparkWidth))
        .Cell(DeployOf(row))
        .Cell(FirstActionOf(row));
  }
  return out + table.Render(style) + FooterOf(answer) + FootLines(answer, style);
}

std::string RenderIncident(const JsonElement& answer, const Style& style) {
  const auto incident = Find(answer, "incident");
  if (!incident) return RenderPlain(answer, style);
  const std::string severity = Text(*incident, "severity");
  std::string out = style.Paint(Neutralise(Text(*incident, "incidentId")), Ink::kBold) + "  " +
                    style.Paint(Neutralise(severity), InkOfSeverity(severity)) + "  " +
                    Neutralise(StateOf(*incident)) + "  score " +
                    Decimal(FindNumber(*incident, "score").value_or(0), 3) + "\n" +
                    HeadLine(answer, style);
  if (const auto why = Find(answer, "whyNot")) {
    out += Neutralise(Text(*why, "reason")) + "\n";
    if (const auto beat = FindNumber(*why, "scoreToBeat"))
      out += "The tenth has " + Decimal(*beat, 3) + ".\n";
  }
  out += "Counts: " + ShortCount(CountOf(*incident, "count5m")) + " in 5 min, " +
         ShortCount(CountOf(*incident, "count1h")) + " in 1 h, " +
         ShortCount(CountOf(*incident, "count24h")) + " in 24 h, " +
         ShortCount(CountOf(*incident, "totalOccurrences")) + " in all.\n";
  if (const auto first = TimeOf(*incident, "firstSeen"))
    out += "First seen " + style.Time(*first) + ", last seen " +
           ShownTime(*incident, "lastSeen", style) + ".\n";
  if (const std::string deploy = DeployOf(*incident); !deploy.empty())
    out += "Suspected deploy: " + Neutralise(deploy) + ", " +
           Neutralise(Text(*Find(*incident, "suspectedDeploy"), "note")) + ".\n";
  if (const auto spark = Counts(answer, "sparkline24h"); !spark.empty())
    out += "24 h [" + Sparkline(spark, 48) + "]\n";
  AppendTerms(*incident, style, &out);
  AppendEpisodes(answer, style, &out);
  AppendSamples(answer, style, &out);
  return out + FootLines(answer, style);
}

int RunTop(Session& session) {
  const Options& o = session.options();
  Call call;
  call.path = "/api/v1/incidents/top";
  call.Query("at", o.at).Query("severity", o.severity).Query("service", o.service);
  call.Query("type", o.type).Query("include", o.include);
  if (o.limit > 0) call.Query("limit", std::to_string(o.limit));
  return session.Ask(call, "incidents", RenderTop);
}

int RunWhyNot(Session& session) {
  Call call;
  call.path = "/api/v1/incidents/" + PercentEncode(session.options().target);
  call.Query("at", session.options().at);
  return session.Ask(call, "episodes", RenderIncident);
}

}  // namespace srehub::cli
