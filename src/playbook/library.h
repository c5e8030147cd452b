// Playbooks: what an event type means, what usually causes it, how to tell the causes apart and
// what to do. YAML data shipped in the binary; a user's files come before them. Pure: parsing
// reads only what it is handed. Immutable after Load, so any number of threads may read it.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "model/recommendation.h"

namespace srehub::playbook {

// The evidence that makes a cause the likely one. Every condition that is set must hold.
struct Tell {
  std::vector<std::string> events;    // one of these types occurred at the service or its siblings
  std::vector<std::string> upstream;  // the same at a service this one depends on; "*" is any
  std::vector<std::string> node;      // the same at a node; "*" is any
  std::vector<std::string> messages;  // one of these texts occurs in a message, case ignored
  std::string detail;                 // a detail of this name has one of `values`
  std::vector<std::string> values;
  std::string deploy;  // "any", "failed", "success", "rollback"; empty: not asked
  std::optional<size_t> objects_at_least, objects_at_most;  // distinct objects of the incident
  std::optional<uint64_t> count_at_least;                   // occurrences in the last hour
  Duration within = std::chrono::minutes(30);  // how far before the episode's start still counts

  bool empty() const {
    return events.empty() && upstream.empty() && node.empty() && messages.empty() &&
           detail.empty() && deploy.empty() && !objects_at_least && !objects_at_most &&
           !count_at_least;
  }
};

struct Cause {
  std::string id;
  std::string text;
  double prior = 0;  // share of cases, (0, 1]
  Tell tell;
  std::string tell_text;  // the tell in words
};

// What kind of intervention an action is; evidence about deploys, nodes and upstream services
// weighs on the kinds differently.
enum class ActionKind : uint8_t { kCheck = 1, kFix, kRestart, kRollback, kScale, kNode, kUpstream };
std::string_view ActionKindName(ActionKind kind);
std::optional<ActionKind> ParseActionKind(std::string_view name);

struct PlaybookAction {
  std::string id;
  std::string title;
  ActionKind kind = ActionKind::kCheck;
  std::vector<std::string> causes;            // ids this action helps with; empty: all of them
  std::vector<model::ActionStep> steps;       // read-only first; commands are templates
  model::Risk risk = model::Risk::kReadOnly;  // the worst of its steps
  std::string undo;
};

struct Link {
  std::string title, url;
};

struct Playbook {
  std::string id;
  int32_t version = 1;
  std::vector<std::string> types;  // event types; "*" is the playbook of last resort
  std::string title, meaning, impact;
  std::vector<Cause> causes;  // by prior, highest first
  std::vector<PlaybookAction> actions;
  std::vector<Link> links;
  std::string origin;  // file name
};

// One file: one playbook, or several as YAML documents.
struct PlaybookText {
  std::string name;  // for messages
  std::string yaml;
};

class Library {
 public:
  // The built-in playbooks with the user's before them: a user's playbook replaces the built-in
  // one of the same id and wins every type it names.
  // Errors: kInvalidArgument with file:line:column in `where`.
  static Result<Library> Load(const std::vector<PlaybookText>& user_texts);
  // Only these texts; for tests and for checking a file.
  static Result<Library> LoadOnly(const std::vector<PlaybookText>& texts);

  // The playbook of a type; never null: the last resort serves every other type.
  const Playbook& For(std::string_view event_type) const;
  // True when a playbook names the type itself.
  bool Knows(std::string_view event_type) const;
  const Playbook* Find(std::string_view id) const;
  const std::vector<Playbook>& playbooks() const { return playbooks_; }

 private:
  static Result<Library> Build(const std::vector<PlaybookText>& user_texts,
                               const std::vector<PlaybookText>& built_ins);

  std::vector<Playbook> playbooks_;
  std::map<std::string, size_t, std::less<>> by_type_;
  size_t last_resort_ = 0;
};

// The playbooks of one file. Errors as Library::Load.
Result<std::vector<Playbook>> ParsePlaybooks(const PlaybookText& text);

}  // namespace srehub::playbook
