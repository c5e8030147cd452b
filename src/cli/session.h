// What a command works with: the parsed line, the two streams, the way to a hub, and how answers
// are shown. One per process; not thread-safe.
#pragma once

#include <memory>
#include <ostream>
#include <string>
#include <string_view>

#include "base/json_reader.h"
#include "base/result.h"
#include "cli/client.h"
#include "cli/options.h"
#include "cli/style.h"

namespace srehub::cli {

// What was found out about the process's surroundings.
struct Terminal {
  bool out_is_tty = false;
  bool err_is_tty = false;
  size_t width = 0;       // columns, 0: unknown
  bool no_color = false;  // NO_COLOR is set
  std::string token;      // SREHUB_TOKEN
};

using Renderer = std::string (*)(const JsonElement& answer, const Style& style);

class Session {
 public:
  Session(const Options& options, std::ostream* out, std::ostream* err, Terminal terminal)
      : options_(options), out_(*out), err_(*err), terminal_(std::move(terminal)) {}

  const Options& options() const { return options_; }
  std::ostream& out() { return out_; }
  std::ostream& err() { return err_; }
  const Terminal& terminal() const { return terminal_; }

  // HTTP to --server, or the folder of --data opened in this process.
  Result<Client*> client();
  // Asks this one instead.
  void UseClient(std::unique_ptr<Client> client) { client_ = std::move(client); }

  // "table" on a terminal, "json" elsewhere, unless -o says otherwise.
  std::string_view format() const;
  Style StyleOf(const JsonElement& answer) const;

  // Prints an error on the error stream and gives its exit code.
  int Report(const Error& error);
  int Report(const Reply& refused);

  // Asks, and shows the answer: `rows` is the member that lists what jsonl and csv are made of.
  int Ask(const Call& call, std::string_view rows, Renderer renderer);
  // Shows an answer that is there already. Exit code 0, or 3 with --exit-status and no rows.
  int Show(const std::string& json, std::string_view rows, Renderer renderer);

 private:
  const Options& options_;
  std::ostream& out_;
  std::ostream& err_;
  const Terminal terminal_;
  std::unique_ptr<Client> client_;
};

}  // namespace srehub::cli
