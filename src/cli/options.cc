#include "cli/options.h"

#include <CLI/CLI.hpp>
#include <functional>
#include <map>
#include <sstream>

#include "app/config_settings.h"
#include "app/version.h"

namespace srehub::cli {
namespace {

constexpr const char* kFooter =
    "The five questions:\n"
    "  srehub events payments-api            what happened in the last 15 minutes\n"
    "  srehub top                            the ten incidents that matter now\n"
    "  srehub actions auth-service           what to do about a service\n"
    "  srehub correlate 4821                 errors around a deploy\n"
    "  srehub tally                          high-severity incidents today\n"
    "Exit: 0 ok, 1 runtime error, 2 usage or configuration, 3 nothing matched with --exit-status,\n"
    "4 server unreachable.";

// Builds the whole grammar over one Options value.
class Grammar {
 public:
  explicit Grammar(Options* options) : o_(options) {
    app_.name("srehub");
    app_.footer(kFooter);
    app_.require_subcommand(0, 1);
    app_.fallthrough(false);
    app_.set_version_flag("--version", std::string(app::kVersion));
    AddQuestions();
    AddLists();
    AddFeed();
    AddHandling();
    AddCare();
    AddRunning();
  }

  CLI::App& app() { return app_; }

 private:
  using App = CLI::App;

  App* Command(App* parent, const std::string& name, const std::string& help) {
    App* command = parent->add_subcommand(name, help);
    command->fallthrough(false);
    const std::string path = parent == &app_ ? name : parent->get_name() + " " + name;
    command->final_callback([this, path] {
      if (o_->command.empty()) o_->command = path;
    });
    return command;
  }
  // A command that asks a hub or a folder.
  App* Asking(App* parent, const std::string& name, const std::string& help) {
    App* command = Command(parent, name, help);
    AddConnection(command);
    command->add_option("-o,--output", o_->output, "table, json, jsonl, yaml or csv")
        ->check(CLI::IsMember({"table", "json", "jsonl", "yaml", "csv"}));
    command->add_option("--color", o_->color, "auto, always or never")
        ->check(CLI::IsMember({"auto", "always", "never"}));
    return command;
  }
  void AddConnection(App* c) {
    c->add_option("--server", o_->server, "URL of the hub (SREHUB_SERVER)")
        ->envname("SREHUB_SERVER");
    c->add_option("--data", o_->data, "open this folder directly; no hub may run on it")
        ->excludes("--server");
    c->add_option("--token-file", o_->token_file, "file with the token (else SREHUB_TOKEN)");
    Flag(c, "--clock", "clock", "with --data: TIME stands still, TIME+ runs on");
    Flag(c, "--config", "", "with --data: the hub's configuration file");
  }
  void Flag(App* c, const std::string& flag, const std::string& key, const std::string& help) {
    if (key.empty()) {
      c->add_option(flag, o_->config_file, help)->envname("SREHUB_CONFIG");
      return;
    }
    c->add_option_function<std::string>(
        flag,
        [this, key, flag](const std::string& value) {
          o_->flags.push_back({.key = key, .value = value, .flag = flag});
        },
        help);
  }
  void Window(App* c) {
    c->add_option("--since", o_->since, "15m, 2h, 1d, or an RFC 3339 time");
    c->add_option("--from", o_->from, "RFC 3339 time");
    c->add_option("--to", o_->to, "RFC 3339 time");
    c->add_option("--at", o_->at, "answer as of this RFC 3339 time");
  }
  void Zone(App* c) { c->add_option("--tz", o_->tz, "zone of the times shown"); }
  void Page(App* c) {
    c->add_option("--limit", o_->limit, "rows at most");
    c->add_option("--cursor", o_->cursor, "continue behind an earlier page");
  }
  void Matches(App* c) {
    c->add_flag("--exit-status", o_->exit_status, "exit 3 when nothing matched");
  }
  void Target(App* c, const std::string& name, const std::string& help, bool required = true) {
    auto* option = c->add_option(name, o_->target, help);
    if (required) option->required();
  }

  void AddQuestions() {
    App* events = Asking(&app_, "events", "Q1: what happened to a service");
    Target(events, "SERVICE", "name of the service");
    Window(events);
    Zone(events);
    Page(events);
    Matches(events);
    events->add_flag("-f,--follow", o_->follow, "go on with what comes in");
    events->add_option("--severity", o_->severity, "this severity and above");
    events->add_option("--source", o_->source, "kubernetes, cloudwatch, cicd, logs or prometheus");
    events->add_option("--type", o_->type, "this event type only");
    events->add_option("--text", o_->text, "part of the title or message");
    events->add_option("--trace", o_->trace, "this trace id");
    events->add_flag("--exact", o_->exact, "leave services of a similar name out");
    events->add_flag("--expand", o_->expand, "do not fold what repeats");

    App* top = Asking(&app_, "top", "Q2: the incidents that matter now, by score");
    Zone(top);
    Matches(top);
    top->add_option("--limit", o_->limit, "rows at most");
    top->add_option("--at", o_->at, "as of this RFC 3339 time");
    top->add_option("--severity", o_->severity, "this severity and above");
    top->add_option("--service", o_->service, "of this service only");
    top->add_option("--type", o_->type, "this event type only");
    top->add_option("--include", o_->include, "resolved, silenced or both, by comma");

    App* why_not = Asking(&app_, "why-not", "what an incident lacks for the list of ten");
    Target(why_not, "INCIDENT", "serviceId#eventType");
    Zone(why_not);
    why_not->add_option("--at", o_->at, "as of this RFC 3339 time");

    App* actions = Asking(&app_, "actions", "Q3: what to do about a service");
    Target(actions, "SERVICE", "name of the service", false);
    Zone(actions);
    Matches(actions);
    App* done = Asking(actions, "done", "say that an action was done, so its effect is learnt");
    done->add_option("SERVICE", o_->target, "name of the service")->required();
    done->add_option("ACTION", o_->action, "id of the action, as `actions` shows it")->required();
    done->add_option("--incident", o_->incident, "the incident it was for");
    done->add_option("--note", o_->note, "what was seen");
    done->add_option("--by", o_->by, "who did it");

    App* correlate = Asking(&app_, "correlate", "Q4: errors around a deploy");
    Target(correlate, "RUN|SERVICE", "a run's id, or a service: its latest failed deploy");
    Window(correlate);
    Zone(correlate);
    Matches(correlate);
    correlate->add_option("--environment", o_->environment, "of this environment only");
    correlate->add_flag("--exact", o_->exact, "leave services of a similar name out");

    App* tally = Asking(&app_, "tally", "Q5: high-severity incidents recorded today");
    tally->add_option("--tz", o_->tz, "zone of the day: Europe/Berlin, +05:45");
    tally->add_option("--at", o_->at, "the day of this RFC 3339 time, as known then");
    tally->add_option("--day", o_->day, "this whole day, 2025-08-26");
    tally->add_option("--severity", o_->severity, "high or critical only");
  }

  void AddLists() {
    App* services = Asking(&app_, "services", "list the services");
    services->add_option("--text", o_->text, "part of the name");
    Page(services);
    Zone(services);
    Matches(services);
    App* deploys = Asking(&app_, "deploys", "list deploys");
    Target(deploys, "SERVICE", "of this service and its siblings", false);
    deploys->add_option("--service", o_->target, "the same")->excludes("SERVICE");
    Window(deploys);
    Zone(deploys);
    Matches(deploys);
    deploys->add_option("--limit", o_->limit, "rows at most");
    deploys->add_option("--status", o_->status, "of this status only")
        ->check(CLI::IsMember({"running", "success", "failure", "cancelled", "other"}));
    deploys->add_option("--environment", o_->environment, "of this environment only");
    deploys->add_flag("--exact", o_->exact, "leave services of a similar name out");
    App* types = Asking(&app_, "types", "list the event types");
    Target(types, "SERVICE", "of this service", false);
    types->add_option("--service", o_->target, "the same")->excludes("SERVICE");
    Zone(types);
    Matches(types);
    types->add_option("--limit", o_->limit, "rows at most");
    App* sources = Asking(&app_, "sources", "list the feeds: freshness, rate, refusals");
    Zone(sources);
    Matches(sources);
    sources->add_option("--silent-after", o_->silent_after,
                        "15m: silent when nothing came so long");
    App* doctor =
        Asking(&app_, "doctor", "is every feed alive? exit 1 when a configured one is silent");
    Zone(doctor);
    doctor->add_option("--silent-after", o_->silent_after, "15m: silent when nothing came so long");
  }

  void AddFeed() {
    App* ingest = Asking(&app_, "ingest", "send files, a folder or standard input (-)");
    ingest->add_option("FILE|DIR|-", o_->targets, "what to send")->required();
    ingest->add_option("--format", o_->format, "auto, or the format by name");
    ingest->add_option("--service", o_->service, "whose the lines of text are that name none");
    ingest->add_flag("-f,--follow", o_->follow, "go on with what is added, through rotations");
    ingest->add_option("--state", o_->state, "with -f: file that remembers how far it came");
    AddWatch();
    App* deploy = Asking(&app_, "deploy", "say that a deploy started, succeeded or failed");
    Target(deploy, "SERVICE", "name of the service");
    deploy->add_option("--status", o_->status, "how it stands")
        ->required()
        ->check(CLI::IsMember({"running", "success", "failure", "cancelled"}));
    deploy->add_option("--run", o_->run, "id of the run; a later statement names the same");
    deploy->add_option("--sha", o_->sha, "commit");
    deploy->add_option("--version", o_->version, "version or tag");
    deploy->add_option("--environment", o_->environment, "production, staging, …");
    deploy->add_option("--workflow", o_->workflow, "name of the pipeline");
    deploy->add_option("--repository", o_->repository, "owner/name");
    deploy->add_option("--url", o_->url, "page of the run");
    deploy->add_option("--by", o_->by, "who started it");
    deploy->add_option("--at", o_->at, "RFC 3339 time, if not now");
    deploy->add_flag("--rollback", o_->rollback, "it is a rollback");
  }

  void AddWatch() {
    App* watch = app_.add_subcommand("watch", "go and get what a cluster says");
    watch->require_subcommand(1);
    App* kubernetes = Asking(watch, "kubernetes", "events of a Kubernetes cluster, with owners");
    kubernetes->add_option("--kubeconfig", o_->kubeconfig,
                           "file (else KUBECONFIG, ~/.kube/config, the pod's service account)");
    kubernetes->add_option("--context", o_->context, "of the kubeconfig, if not its current one");
    kubernetes->add_option("--namespace", o_->namespaces, "only this one; may be repeated");
    kubernetes->add_option("--cluster", o_->cluster, "name of the cluster, for several in one hub");
    kubernetes->add_option("--state", o_->state, "file that remembers how far the hub has heard");
  }

  void AddHandling() {
    App* ack = Asking(&app_, "ack", "acknowledge an incident: one level lower while it is open");
    Target(ack, "INCIDENT", "serviceId#eventType");
    ack->add_option("--for", o_->for_duration, "2h; else until its episode ends");
    ack->add_option("--why", o_->why, "a reason");
    ack->add_option("--by", o_->by, "who");
    ack->add_flag("--undo", o_->undo, "take it back");
    for (const bool maintenance : {false, true}) {
      App* silence = maintenance ? Asking(&app_, "maintenance", "take a service out of the ranking")
                                 : Asking(&app_, "silence", "take incidents out of the ranking");
      Target(silence, maintenance ? "SERVICE" : "INCIDENT",
             maintenance ? "name of the service" : "serviceId#eventType, or a service", false);
      silence->add_option("--type", o_->type, "this event type only");
      silence->add_option("--for", o_->for_duration, "2h, 1d");
      silence->add_option("--from", o_->from, "RFC 3339 time, if not now");
      silence->add_option("--why", o_->why, "a reason");
      silence->add_option("--by", o_->by, "who");
      silence->add_option("--remove", o_->remove, "end the one with this id");
      Zone(silence);
    }
  }

  void AddCare() {
    App* rejects = Asking(&app_, "rejects", "what was refused, with the reasons");
    Page(rejects);
    Zone(rejects);
    Matches(rejects);
    App* replay = Asking(rejects, "replay", "take refused records in after a rule was mended");
    replay->add_option("ID", o_->targets, "these only; else all");
    Asking(&app_, "verify", "recount the raw events and compare every stored counter");
  }

  void AddRunning() {
    App* serve = Command(&app_, "serve", "run the hub");
    Flag(serve, "--config", "", "configuration file");
    for (const auto& [flag, key] :
         std::initializer_list<std::pair<const char*, const char*>>{{"--listen", "listen"},
                                                                    {"--data", "data"},
                                                                    {"--retention", "retention"},
                                                                    {"--clock", "clock"},
                                                                    {"--rules", "rules"},
                                                                    {"--playbooks", "playbooks"},
                                                                    {"--time-zone", "time_zone"},
                                                                    {"--durability", "durability"},
                                                                    {"--log-level", "log.level"}})
      Flag(serve, flag, key, std::string(app::FindSetting(key)->help));

    App* demo = Command(&app_, "demo", "run a hub of its own that tells a story");
    for (const auto& [flag, key] : std::initializer_list<std::pair<const char*, const char*>>{
             {"--listen", "listen"}, {"--data", "data"}, {"--clock", "clock"}})
      Flag(demo, flag, key, std::string(app::FindSetting(key)->help));
    demo->add_option("--seed", o_->seed, "of the story's numbers");
    demo->add_flag("--assert", o_->assert_answers, "check the five answers and leave");

    App* config = app_.add_subcommand("config", "check or print the configuration");
    config->require_subcommand(1);
    for (const auto& [name, help] : std::initializer_list<std::pair<const char*, const char*>>{
             {"check", "load it and say what is wrong"},
             {"print", "each value and where it came from"}}) {
      App* command = Command(config, name, help);
      command->add_option("FILE", o_->config_file, "configuration file")->envname("SREHUB_CONFIG");
    }
    App* explain = Asking(&app_, "explain", "which rule gave each field of a record");
    Target(explain, "FILE", "records, or - for standard input");
    explain->add_option("--format", o_->format, "auto, or the format by name");
    explain->add_option("--header", o_->headers, "NAME: VALUE that comes with it, as a sender's");
    App* completion = Command(&app_, "completion", "print a completion script");
    Target(completion, "SHELL", "bash, zsh or fish");
    Command(&app_, "version", "print the version");
  }

  Options* const o_;
  CLI::App app_{"SRE Insights Hub: what is broken, since when, and what to do about it"};
};

void Collect(const CLI::App* app, const std::string& path, std::vector<CommandWords>* out) {
  CommandWords words{
      .path = path, .help = app->get_description(), .options = {}, .subcommands = {}};
  for (const CLI::Option* option : app->get_options())
    for (const std::string& name : option->get_lnames()) words.options.push_back("--" + name);
  const auto children = app->get_subcommands([](const CLI::App*) { return true; });
  for (const CLI::App* child : children) words.subcommands.push_back(child->get_name());
  out->push_back(std::move(words));
  for (const CLI::App* child : children)
    Collect(child, path.empty() ? child->get_name() : path + " " + child->get_name(), out);
}

}  // namespace

ParsedLine ParseLine(int argc, const char* const* argv) {
  ParsedLine line;
  try {
    Grammar grammar(&line.options);
    try {
      grammar.app().parse(argc, argv);
      if (line.options.command.empty()) {
        line.out = grammar.app().help();
        line.finished = true;
        line.exit_code = argc > 1 ? kExitUsage : kExitOk;
      }
    } catch (const CLI::ParseError& e) {
      std::ostringstream out;
      std::ostringstream err;
      const int code = grammar.app().exit(e, out, err);
      line.finished = true;
      line.exit_code = code == 0 ? kExitOk : kExitUsage;
      line.out = out.str();
      line.err = err.str();
    }
  } catch (const std::exception& e) {
    line.finished = true;
    line.exit_code = kExitUsage;
    line.err = std::string("srehub: ") + e.what() + "\n";
  }
  return line;
}

std::vector<CommandWords> AllCommands() {
  Options unused;
  Grammar grammar(&unused);
  std::vector<CommandWords> words;
  Collect(&grammar.app(), "", &words);
  return words;
}

}  // namespace srehub::cli
