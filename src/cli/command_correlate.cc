// `srehub correlate RUN|SERVICE`: Q4, which errors belong to a deploy.
#include <algorithm>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/fields.h"
#include "cli/table.h"

namespace srehub::cli {
namespace {

std::string DeployLine(const JsonElement& deploy, const Style& style) {
  std::string line =
      Text(deploy, "kind") + " " +
      (Text(deploy, "run").empty() ? Text(deploy, "deployId") : Text(deploy, "run")) + " of " +
      Text(deploy, "serviceId") + ": " + Text(deploy, "status");
  if (const std::string environment = Text(deploy, "environment"); !environment.empty())
    line += " in " + environment;
  if (const std::string version = Text(deploy, "version"); !version.empty())
    line += ", version " + version;
  else if (const std::string sha = Text(deploy, "sha"); !sha.empty())
    line += ", commit " + sha.substr(0, 10);
  if (const std::string actor = Text(deploy, "actor"); !actor.empty()) line += ", by " + actor;
  line = Neutralise(line);
  const auto started = TimeOf(deploy, "startedAt");
  const auto finished = TimeOf(deploy, "finishedAt");
  if (started) line += ", started " + style.Time(*started);
  if (finished) line += ", ended " + style.Time(*finished);
  return line;
}

Ink InkOfVerdict(std::string_view verdict) {
  if (verdict == "likely_caused") return Ink::kRedBold;
  if (verdict == "shared") return Ink::kYellow;
  return Ink::kPlain;
}

std::string Words(std::string verdict) {
  std::ranges::replace(verdict, '_', ' ');
  return verdict;
}

std::string PerMinute(const JsonElement& row, std::string_view side) {
  const auto part = Find(row, side);
  if (!part) return {};
  return std::to_string(CountOf(*part, "count")) + " (" +
         Decimal(FindNumber(*part, "perMinute").value_or(0), 2) + "/min)";
}

std::string RatioOf(const JsonElement& row) {
  if (Holds(row, "new")) return "new";
  if (Holds(row, "gone")) return "gone";
  const auto ratio = Find(row, "ratio");
  if (!ratio || Holds(row, "notEnoughData")) return "low data";
  return "×" + Decimal(FindNumber(*ratio, "value").value_or(1), 1) + " (" +
         Decimal(FindNumber(*ratio, "low").value_or(0), 1) + "–" +
         Decimal(FindNumber(*ratio, "high").value_or(0), 1) + ")";
}

std::string TypesOf(const JsonElement& answer, const Style& style) {
  Table table({{.header = "VERDICT"},
               {.header = "SERVICE", .min_width = 10},
               {.header = "TYPE", .min_width = 12},
               {.header = "SEVERITY"},
               {.header = "BEFORE", .align = Align::kRight},
               {.header = "AFTER", .align = Align::kRight},
               {.header = "RATIO"},
               {.header = "FIRST"},
               {.header = "SAMPLE", .min_width = 16, .optional = true}});
  for (const JsonElement& row : Rows(answer, "types")) {
    const std::string verdict = Text(row, "verdict");
    const std::string severity = Text(row, "severity");
    const auto sample = Find(row, "sample");
    table.Row()
        .Cell(Words(verdict), InkOfVerdict(verdict))
        .Cell(Text(row, "serviceId") + (Holds(row, "inferred") ? " *" : ""))
        .Cell(Text(row, "eventType"))
        .Cell(severity, InkOfSeverity(severity))
        .Cell(PerMinute(row, "before"))
        .Cell(PerMinute(row, "after"))
        .Cell(RatioOf(row))
        .Cell(Text(row, "firstOffset"))
        .Cell(sample ? Text(*sample, "title") : "");
  }
  return table.empty() ? "No error type of the service or its siblings in this window.\n"
                       : table.Render(style);
}

std::string ElsewhereOf(const JsonElement& answer, const Style& style) {
  Table table({{.header = "ELSEWHERE"},
               {.header = "SERVICE", .min_width = 10},
               {.header = "TYPE", .min_width = 12},
               {.header = "SEVERITY"},
               {.header = "COUNT", .align = Align::kRight}});
  for (const JsonElement& row : Rows(answer, "elsewhere")) {
    const std::string severity = Text(row, "severity");
    table.Row()
        .Cell(ShownTime(row, "from", style))
        .Cell(Text(row, "serviceId") + (Holds(row, "node") ? " (node)" : ""))
        .Cell(Text(row, "eventType"))
        .Cell(severity, InkOfSeverity(severity))
        .Cell(ShortCount(CountOf(row, "windowCount")));
  }
  return table.empty() ? "" : "\n" + table.Render(style);
}

bool LooksLikeRun(std::string_view target) {
  return target.find(':') != std::string_view::npos ||
         std::ranges::all_of(target, [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

std::string RenderCorrelation(const JsonElement& answer, const Style& style) {
  std::string out;
  if (const auto deploy = Find(answer, "deploy"))
    out += style.Paint(DeployLine(*deploy, style), Ink::kBold) + "\n";
  out += HeadLine(answer, style);
  const std::string verdict = Text(answer, "verdict");
  out += "Verdict: " + style.Paint(Neutralise(Words(verdict)), InkOfVerdict(verdict)) + ". " +
         Neutralise(Text(answer, "reason")) + "\n";
  if (const auto good = Find(answer, "previousGood"))
    out += "Previous good: " + DeployLine(*good, style) + "\n";
  out += "\n" + TypesOf(answer, style) + ElsewhereOf(answer, style);
  for (const JsonElement& other : Rows(answer, "otherDeploys"))
    out += "also in the window: " + DeployLine(other, style) + "\n";
  return out + FootLines(answer, style);
}

int RunCorrelate(Session& session) {
  const Options& o = session.options();
  const bool is_run = LooksLikeRun(o.target);
  Call call;
  call.path = is_run ? "/api/v1/deploys/" + PercentEncode(o.target) + "/correlation"
                     : "/api/v1/services/" + PercentEncode(o.target) + "/correlation";
  call.Query("since", o.since).Query("from", o.from).Query("to", o.to).Query("at", o.at);
  call.Query("environment", o.environment).Query("exact", o.exact ? "true" : "");
  return session.Ask(call, "types", RenderCorrelation);
}

}  // namespace srehub::cli
