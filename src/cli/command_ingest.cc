// `srehub ingest FILE|DIR|- [--format F]`: feeds files, folders or standard input.
#include "cli/commands.h"
#include "cli/fields.h"
#include "cli/ingest_sender.h"
#include "cli/table.h"
#include "cli/terminal_text.h"

namespace srehub::cli {

std::string RenderReceipt(const JsonElement& answer, const Style& style) {
  std::string out = style.Paint(std::to_string(CountOf(answer, "accepted")), Ink::kBold) +
                    " accepted, " + std::to_string(CountOf(answer, "duplicate")) +
                    " known already, " + std::to_string(CountOf(answer, "rejected")) + " refused";
  if (const uint64_t dropped = CountOf(answer, "dropped"); dropped > 0)
    out += ", " + std::to_string(dropped) + " left out by the source's rules";
  if (const uint64_t ignored = CountOf(answer, "ignored"); ignored > 0)
    out += ", " + std::to_string(ignored) + " without an event";
  out += ".\n";
  for (const JsonElement& notice : Rows(answer, "notices")) {
    std::string_view text;
    if (notice.get(text) == simdjson::SUCCESS) out += "note: " + Neutralise(text) + "\n";
  }
  Table table({{.header = "FILE", .min_width = 8},
               {.header = "RECORD", .align = Align::kRight},
               {.header = "REASON"},
               {.header = "FIELD", .min_width = 6},
               {.header = "MESSAGE", .min_width = 24}});
  for (const JsonElement& error : Rows(answer, "errors"))
    table.Row()
        .Cell(Text(error, "file"))
        .Cell(std::to_string(CountOf(error, "record")))
        .Cell(Text(error, "reason"))
        .Cell(Text(error, "field"))
        .Cell(Text(error, "message"));
  return table.empty() ? out : out + table.Render(style);
}

int RunIngest(Session& session) {
  if (session.options().follow) return RunFollow(session);
  IngestSender sender(session);
  sender.Expect(session.options().targets);
  for (const std::string& target : session.options().targets)
    if (const int code = sender.Path(target); code != kExitOk) return code;
  const int code = session.Show(sender.Answer(), "errors", RenderReceipt);
  return sender.AllRefused() ? kExitRuntime : code;
}

}  // namespace srehub::cli
