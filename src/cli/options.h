// The command line as values. Parsing lives in options.cc, the only file that knows CLI11.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "app/config.h"

namespace srehub::cli {

enum ExitCode : int {
  kExitOk = 0,
  kExitRuntime = 1,
  kExitUsage = 2,        // usage or configuration
  kExitNothing = 3,      // nothing matched, with --exit-status
  kExitUnreachable = 4,  // no hub answers
};

struct Options {
  std::string command;  // "events", "actions done", "rejects replay", "config print", …

  // Where to ask, and how to show.
  std::string server, data, token_file;
  std::string output;  // "", table, json, jsonl, yaml, csv
  std::string color = "auto";
  bool exit_status = false;

  // What to ask, by the names of the API's parameters.
  std::string since, from, to, at, tz;
  std::string severity, source, type, text, trace, environment, status, day, include, cursor;
  size_t limit = 0;  // 0: the API's default
  bool exact = false, expand = false, follow = false;
  std::string silent_after;

  std::string target;                // SERVICE, INCIDENT, RUN, SHELL, FILE
  std::string action;                // of `actions done`
  std::vector<std::string> targets;  // files, reject ids
  std::vector<std::string> headers;  // explain: NAME: VALUE
  std::string service;

  // Statements.
  std::string for_duration, why, by, note, incident, remove;
  bool undo = false;
  std::string format = "auto";
  std::string run, sha, version, workflow, repository, url;
  bool rollback = false;

  // watch, ingest -f.
  std::string kubeconfig, context, cluster, state;
  std::vector<std::string> namespaces;

  // serve, demo, config.
  std::string config_file;
  std::vector<app::FlagValue> flags;
  bool assert_answers = false;
  uint64_t seed = 4821;
};

// One command as `completion` needs it.
struct CommandWords {
  std::string path;  // "rejects replay"
  std::string help;
  std::vector<std::string> options;      // "--since"
  std::vector<std::string> subcommands;  // "replay"
};

struct ParsedLine {
  bool finished = false;  // help was shown or the line was wrong: leave with `exit_code`
  int exit_code = kExitOk;
  std::string out, err;  // what to print on either stream
  Options options;
};

// Never throws.
ParsedLine ParseLine(int argc, const char* const* argv);
// Every command, for completion.
std::vector<CommandWords> AllCommands();

}  // namespace srehub::cli
