// `srehub events SERVICE`: Q1, what happened to a service.
#include <algorithm>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/event_stream.h"
#include "cli/fields.h"
#include "cli/table.h"

namespace srehub::cli {
namespace {

std::string TitleOf(const JsonElement& row) {
  std::string title = Text(row, "title");
  if (const auto resolves = Find(row, "resolves"))
    title += " (ends " + Text(*resolves, "incidentId") + ")";
  return title;
}

std::string OccurrencesOf(const JsonElement& row) {
  std::string text = Holds(row, "occurrencesAtLeast") ? "≥" : "";
  text += ShortCount(CountOf(row, "occurrences"));
  if (Text(row, "kind") == "flapping") return "flapping ×" + ShortCount(CountOf(row, "folded"));
  if (FindInt(row, "lifetimeCount")) text += " of " + ShortCount(CountOf(row, "lifetimeCount"));
  return text;
}

// Sixty cells at most, so that a day's histogram still reads as one line.
std::string HistogramLine(const JsonElement& answer) {
  const auto histogram = Find(answer, "histogram");
  const auto window = Find(answer, "window");
  if (!histogram || !window) return {};
  const auto from = TimeOf(*window, "from");
  const auto to = TimeOf(*window, "to");
  const int64_t step = FindInt(*histogram, "stepSeconds").value_or(60);
  if (!from || !to || step <= 0) return {};
  const auto index = [&](Instant t) {
    return (std::max(t - *from, Duration::zero()) / std::chrono::seconds(step));
  };
  std::vector<uint64_t> counts(static_cast<size_t>(std::clamp<int64_t>(index(*to) + 1, 1, 100'000)),
                               0);
  uint64_t total = 0;
  for (const JsonElement& bucket : Rows(*histogram, "buckets")) {
    const auto start = TimeOf(bucket, "start");
    if (!start) continue;
    uint64_t sum = 0;
    for (const std::string_view name : {"critical", "high", "medium", "low", "info"})
      sum += CountOf(bucket, name);
    counts[std::min(static_cast<size_t>(index(*start)), counts.size() - 1)] += sum;
    total += sum;
  }
  if (total == 0) return {};
  return "[" + Sparkline(counts, 60) + "]  " + ShortCount(total) + " occurrences\n";
}

std::string StillOpen(const JsonElement& answer, const Style& style) {
  const auto rows = Rows(answer, "stillOpen");
  if (rows.empty()) return {};
  Table table({{.header = "SINCE"},
               {.header = "SEVERITY"},
               {.header = "STILL OPEN", .min_width = 16},
               {.header = "TITLE", .min_width = 16}});
  for (const JsonElement& row : rows) {
    const std::string severity = Text(row, "severity");
    table.Row()
        .Cell(ShownTime(row, "since", style))
        .Cell(severity, InkOfSeverity(severity))
        .Cell(Text(row, "incidentId") + (Holds(row, "inferred") ? " (sibling)" : ""))
        .Cell(Text(row, "title"));
  }
  return "\n" + table.Render(style);
}

int Follow(Session& session, Call call) {
  const auto hub = session.client();
  if (!hub) return session.Report(hub.error());
  call.path = "/api/v1/stream";
  call.Query("service", session.options().target);
  EventStreamParser parser([&](const StreamEvent& event) {
    JsonReader reader;
    const auto row = reader.Parse(event.data);
    if (!row || Text(*row, "eventType").empty()) return;
    if (session.format() == "table") {
      Style style = session.StyleOf(*row);
      if (const auto t = TimeOf(*row, "timestamp")) style.now = *t;
      session.out() << RenderStreamRow(*row, style);
    } else {
      session.out() << event.data << "\n";
    }
    session.out().flush();
  });
  const Status status = (*hub)->Stream(call, [&](std::string_view bytes) {
    parser.Feed(bytes);
    return static_cast<bool>(session.out());
  });
  if (status) return kExitOk;
  session.Report(status.error());
  return status.error().code == ErrorCode::kUnavailable ? kExitUnreachable : kExitRuntime;
}

}  // namespace

std::string RenderStreamRow(const JsonElement& row, const Style& style) {
  const std::string severity = Text(row, "severity");
  std::string line = ShownTime(row, "timestamp", style) + "  " +
                     style.Paint(Fit(Neutralise(severity), 8), InkOfSeverity(severity)) + "  " +
                     Neutralise(Text(row, "eventType"));
  const std::string phase = Text(row, "phase");
  if (phase != "point") line += " " + Neutralise(phase);
  line += "  " + Neutralise(Text(row, "title"));
  return line + "\n";
}

std::string RenderEvents(const JsonElement& answer, const Style& style) {
  std::string out = style.Paint(Neutralise(Text(answer, "serviceId")), Ink::kBold) + "  " +
                    HeadLine(answer, style) + HistogramLine(answer);
  const auto rows = Rows(answer, "events");
  const std::string service = Text(answer, "serviceId");
  if (rows.empty()) {
    out += "Nothing happened in this window";
    const auto last = TimeOf(answer, "lastEvent");
    out += last ? "; the last event was at " + style.Time(*last) + ", " + style.Ago(*last) + ".\n"
                : ".\n";
  } else {
    Table table({{.header = "TIME"},
                 {.header = "SEVERITY"},
                 {.header = "TYPE", .min_width = 12},
                 {.header = "PHASE"},
                 {.header = "COUNT", .align = Align::kRight},
                 {.header = "TITLE", .min_width = 20},
                 {.header = "SIBLING", .min_width = 8},
                 {.header = "OBJECT", .min_width = 10, .optional = true},
                 {.header = "TRACE", .min_width = 8, .optional = true}});
    for (const JsonElement& row : rows) {
      const std::string severity = Text(row, "severity");
      const std::string phase = Text(row, "phase");
      table.Row()
          .Cell(ShownTime(row, "timestamp", style))
          .Cell(severity, InkOfSeverity(severity))
          .Cell(Text(row, "eventType"))
          .Cell(phase == "point" ? "" : phase)
          .Cell(OccurrencesOf(row))
          .Cell(TitleOf(row))
          .Cell(Holds(row, "inferred") ? Text(row, "serviceId") : "")
          .Cell(Text(row, "object"))
          .Cell(Text(row, "traceId"));
    }
    out += table.Render(style);
  }
  out += StillOpen(answer, style);
  for (const JsonElement& sibling : Rows(answer, "siblings"))
    out += "included " + Neutralise(Text(sibling, "serviceId")) +
           " by its name; to make them one service, put under `aliases:`  " +
           Neutralise(Text(sibling, "alias")) + "\n";
  return out + FootLines(answer, style);
}

int RunEvents(Session& session) {
  const Options& o = session.options();
  Call call;
  call.path = "/api/v1/services/" + PercentEncode(o.target) + "/events";
  call.Query("severity", o.severity).Query("source", o.source).Query("type", o.type);
  call.Query("text", o.text).Query("exact", o.exact ? "true" : "");
  if (o.follow) return Follow(session, std::move(call));
  call.Query("trace", o.trace);
  call.Query("since", o.since).Query("from", o.from).Query("to", o.to).Query("at", o.at);
  call.Query("expand", o.expand ? "true" : "").Query("cursor", o.cursor);
  if (o.limit > 0) call.Query("limit", std::to_string(o.limit));
  return session.Ask(call, "events", RenderEvents);
}

}  // namespace srehub::cli
