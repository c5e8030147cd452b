// `srehub sources` and `srehub doctor`: is every feed alive?
#include <algorithm>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/fields.h"
#include "cli/table.h"

namespace srehub::cli {
namespace {

// The one command that would show why nothing comes from there.
std::string_view ProbeOf(std::string_view source, std::string_view format) {
  if (source == "kubernetes") return "kubectl get events -A -w -o json | srehub ingest -";
  if (source == "cloudwatch")
    return "aws sns list-subscriptions --query 'Subscriptions[?Protocol==`https`]'";
  if (format == "github") return "gh api repos/OWNER/REPO/hooks --jq '.[].last_response'";
  if (source == "cicd") return "srehub deploy SERVICE --status success";
  if (format == "alertmanager")
    return "curl -s http://ALERTMANAGER:9093/metrics | grep alertmanager_notifications_failed";
  if (source == "prometheus")
    return "curl -s http://PROMETHEUS:9090/metrics | grep prometheus_notifications_errors";
  return "echo '{\"level\":\"error\",\"service\":\"probe\",\"message\":\"probe\"}' | srehub ingest "
         "-";
}

std::string LateText(double seconds) {
  return FormatDuration(std::chrono::seconds(static_cast<int64_t>(seconds)));
}

// "last event 14:05:00, 12/h accepted, 98 % with a known service, clock 63 s ahead".
std::string FiguresOf(const JsonElement& row, const Style& style) {
  std::string out;
  const auto add = [&out](const std::string& text) { out += (out.empty() ? "" : ", ") + text; };
  if (!Text(row, "lastEvent").empty()) add("last event " + ShownTime(row, "lastEvent", style));
  add(ShortCount(CountOf(row, "acceptedLastHour")) + " accepted in its last hour");
  const uint64_t taken = CountOf(row, "accepted"), unresolved = CountOf(row, "unresolved");
  if (taken > 0)
    add(std::to_string((taken - std::min(unresolved, taken)) * 100 / taken) +
        " % with a known service");
  if (const auto skew = FindNumber(row, "clockSkewSeconds"); skew && *skew >= 1)
    add("its clock " + LateText(*skew) + " ahead");
  if (const auto usual = FindNumber(row, "silentAfterSeconds"))
    add("silent after " + LateText(*usual) + (Holds(row, "expected") ? "" : " (learnt)"));
  return out;
}

std::string CountsOf(const JsonElement& row, std::string_view key) {
  std::string out;
  if (const auto counts = FindObject(row, key))
    for (const auto& [reason, count] : *counts)
      out += (out.empty() ? "" : ", ") + std::string(reason) + " " + srehub::ToJson(count);
  return out;
}

}  // namespace

std::string RenderSources(const JsonElement& answer, const Style& style) {
  Table table({{.header = "FEED", .optional = true},
               {.header = "SOURCE"},
               {.header = "FORMAT"},
               {.header = "STATE"},
               {.header = "LAST RECEIVED"},
               {.header = "LATE", .align = Align::kRight},
               {.header = "ACCEPTED", .align = Align::kRight},
               {.header = "DUPLICATE", .align = Align::kRight},
               {.header = "REFUSED", .align = Align::kRight},
               {.header = "LEFT OUT", .align = Align::kRight, .optional = true},
               {.header = "REASONS", .min_width = 12, .optional = true}});
  for (const JsonElement& row : Rows(answer, "sources")) {
    const bool silent = Holds(row, "silent");
    table.Row()
        .Cell(Text(row, "feed"))
        .Cell(Text(row, "source"))
        .Cell(Text(row, "format"))
        .Cell(!silent                  ? "alive"
              : Holds(row, "expected") ? "silent"
                                       : "quiet",
              silent ? Ink::kYellow : Ink::kGreen)
        .Cell(ShownTime(row, "lastReceived", style))
        .Cell(LateText(FindNumber(row, "latenessSeconds").value_or(0)))
        .Cell(ShortCount(CountOf(row, "accepted")))
        .Cell(ShortCount(CountOf(row, "duplicate")))
        .Cell(ShortCount(CountOf(row, "rejected")))
        .Cell(ShortCount(CountOf(row, "dropped")))
        .Cell(CountsOf(row, "refusals"));
  }
  return table.empty() ? "Nothing was received yet.\n" : table.Render(style);
}

std::string RenderDoctor(const JsonElement& answer, const Style& style) {
  std::string out;
  const auto rows = Rows(answer, "sources");
  if (rows.empty())
    return "Nothing was received yet. Try: echo '{\"level\":\"error\",\"service\":\"demo\","
           "\"message\":\"hello\"}' | srehub ingest -\n";
  for (const JsonElement& row : rows) {
    const bool silent = Holds(row, "silent");
    const bool expected = Holds(row, "expected");
    const bool refuses = CountOf(row, "rejected") > 0;
    std::string_view word = "ok     ";
    Ink ink = Ink::kGreen;
    if (refuses) word = "REFUSES", ink = Ink::kYellow;
    if (silent) word = "quiet  ", ink = Ink::kPlain;
    if (silent && expected) word = "SILENT ", ink = Ink::kRedBold;
    out += style.Paint(word, ink) + "  " + Neutralise(Text(row, "line")) + "\n";
    out += "         " + Neutralise(FiguresOf(row, style)) + "\n";
    if (silent && expected)
      out +=
          "         to see why: " + std::string(ProbeOf(Text(row, "source"), Text(row, "format"))) +
          "\n";
    if (const std::string drops = CountsOf(row, "drops"); !drops.empty())
      out += "         left out by its rules: " + Neutralise(drops) + "\n";
    if (refuses)
      out += "         refused: " + Neutralise(CountsOf(row, "refusals")) + " (srehub rejects)\n";
  }
  for (const JsonElement& row : Rows(answer, "confirmations"))
    out += style.Paint("WAITS  ", Ink::kYellow) + "  SNS topic " +
           Neutralise(Text(row, "topicArn")) + " is not confirmed; open " +
           Neutralise(Text(row, "subscribeURL")) + "\n";
  return out;
}

int RunSources(Session& session) {
  Call call;
  call.path = "/api/v1/sources";
  call.Query("silent_after", session.options().silent_after);
  return session.Ask(call, "sources", RenderSources);
}

int RunDoctor(Session& session) {
  Call call;
  call.path = "/api/v1/sources";
  call.Query("silent_after", session.options().silent_after);
  const auto hub = session.client();
  if (!hub) return session.Report(hub.error());
  const auto reply = (*hub)->Send(call);
  if (!reply) {
    session.Report(reply.error());
    return kExitUnreachable;
  }
  if (reply->status >= 400) return session.Report(*reply);
  if (const int code = session.Show(reply->body, "sources", RenderDoctor); code != kExitOk)
    return code;
  JsonReader reader;
  const auto answer = reader.Parse(reply->body);
  if (!answer) return kExitRuntime;
  // A deploy pipeline or a calm Prometheus may be quiet for days; only a feed that the
  // configuration expects to speak is a failure when it does not.
  for (const JsonElement& row : Rows(*answer, "sources"))
    if (Holds(row, "silent") && Holds(row, "expected")) return kExitRuntime;
  return kExitOk;
}

}  // namespace srehub::cli
