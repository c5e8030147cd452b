#include "cli/session.h"

#include "app/config_file.h"
#include "app/startup_message.h"
#include "cli/formats.h"
#include "cli/local_client.h"
#include "cli/terminal_text.h"

namespace srehub::cli {
namespace {

int ExitOf(ErrorCode code) {
  switch (code) {
    case ErrorCode::kInvalidArgument: return kExitUsage;
    default: return kExitRuntime;
  }
}

}  // namespace

Result<Client*> Session::client() {
  if (client_) return client_.get();
  if (!options_.data.empty()) {
    SREHUB_TRY(client_, OpenFolder(options_));
    return client_.get();
  }
  std::string token = terminal_.token;
  if (!options_.token_file.empty()) {
    SREHUB_TRY(token, app::ReadSecretFile(options_.token_file));
  }
  const std::string server =
      options_.server.empty() ? std::string(app::kDefaultUrl) : options_.server;
  SREHUB_TRY(client_, MakeHttpClient(server, token));
  return client_.get();
}

std::string_view Session::format() const {
  if (!options_.output.empty()) return options_.output;
  return terminal_.out_is_tty ? "table" : "json";
}

Style Session::StyleOf(const JsonElement& answer) const {
  Style style;
  style.color = options_.color == "always" ||
                (options_.color == "auto" && terminal_.out_is_tty && !terminal_.no_color);
  style.width = terminal_.width;
  const std::string_view zone =
      options_.tz.empty() ? FindString(answer, "zone").value_or("UTC") : options_.tz;
  if (auto loaded = Zone::Load(zone)) style.zone = std::move(*loaded);
  if (const auto now = FindString(answer, "generatedAt"))
    if (const auto instant = ParseRfc3339(*now)) style.now = *instant;
  return style;
}

int Session::Report(const Error& error) {
  err_ << "srehub: ";
  if (!error.where.empty()) err_ << Neutralise(error.where) << ": ";
  err_ << Neutralise(error.message) << "\n";
  return ExitOf(error.code);
}

int Session::Report(const Reply& refused) {
  err_ << "srehub: " << ProblemDetail(refused) << " (" << refused.status << ")\n";
  if (refused.status == 401)
    err_ << "The hub asks for a token: set SREHUB_TOKEN or give --token-file.\n";
  return refused.status == 400 || refused.status == 415 ? kExitUsage : kExitRuntime;
}

int Session::Ask(const Call& call, std::string_view rows, Renderer renderer) {
  const auto hub = client();
  if (!hub) return Report(hub.error());
  const auto reply = (*hub)->Send(call);
  if (!reply) {
    Report(reply.error());
    err_ << "Start one with `srehub serve`, name another with --server, or open a folder with "
            "--data.\n";
    return kExitUnreachable;
  }
  if (reply->status >= 400) return Report(*reply);
  return Show(reply->body, rows, renderer);
}

int Session::Show(const std::string& json, std::string_view rows, Renderer renderer) {
  JsonReader reader;
  const auto answer = reader.Parse(json);
  if (!answer) {
    err_ << "srehub: the answer is not JSON: " << Neutralise(answer.error().message) << "\n";
    return kExitRuntime;
  }
  const std::string_view how = format();
  if (how == "table") out_ << renderer(*answer, StyleOf(*answer));
  else if (how == "yaml") out_ << ToYaml(*answer);
  else if (how == "jsonl") out_ << ToJsonLines(*answer, rows);
  else if (how == "csv") out_ << ToCsv(*answer, rows);
  else if (terminal_.out_is_tty) out_ << ToPrettyJson(*answer);
  else out_ << json << "\n";
  out_.flush();
  const auto list = FindRows(*answer, rows);
  if (options_.exit_status && list && list->size() == 0) return kExitNothing;
  return kExitOk;
}

}  // namespace srehub::cli
