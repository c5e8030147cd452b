// YAML -> playbooks, strict: an unknown key, a misspelt placeholder or a cause that nobody
// defined is an error with its place.
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <cmath>
#include <initializer_list>
#include <set>

#include "playbook/library.h"
#include "playbook/placeholders.h"

namespace srehub::playbook {

namespace {

// Thrown and caught inside this file only: yaml-cpp reports by exceptions too.
struct Trouble {
  std::string message;
  YAML::Mark mark;
};

[[noreturn]] void Refuse(const YAML::Node& at, std::string message) {
  throw Trouble{std::move(message), at.Mark()};
}

void OnlyKeys(const YAML::Node& node, const char* what, std::initializer_list<const char*> known) {
  if (!node.IsMap()) Refuse(node, std::string(what) + " must be a mapping");
  std::set<std::string> seen;
  for (const auto& entry : node) {
    const std::string key = entry.first.as<std::string>();
    if (std::none_of(known.begin(), known.end(), [&](const char* k) { return key == k; }))
      Refuse(entry.first, "unknown key \"" + key + "\" in " + what);
    if (!seen.insert(key).second)
      Refuse(entry.first, "key \"" + key + "\" is given twice in " + what);
  }
}

std::string Text(const YAML::Node& parent, const char* key, bool required = false) {
  const YAML::Node node = parent[key];
  if (!node || node.IsNull()) {
    if (required) Refuse(parent, std::string("\"") + key + "\" is missing");
    return {};
  }
  if (!node.IsScalar()) Refuse(node, std::string("\"") + key + "\" must be a text");
  std::string text = node.Scalar();
  while (!text.empty() && text.back() == '\n') text.pop_back();  // of a YAML block
  if (required && text.empty()) Refuse(node, std::string("\"") + key + "\" is empty");
  return text;
}

template <typename T>
std::optional<T> Number(const YAML::Node& parent, const char* key) {
  const YAML::Node node = parent[key];
  if (!node) return std::nullopt;
  T value{};
  if (!node.IsScalar() || !YAML::convert<T>::decode(node, value))
    Refuse(node, std::string("\"") + key + "\" must be a number");
  return value;
}

// A text or a list of texts.
std::vector<std::string> Texts(const YAML::Node& parent, const char* key) {
  const YAML::Node node = parent[key];
  std::vector<std::string> texts;
  if (!node) return texts;
  if (node.IsScalar()) {
    texts.push_back(node.Scalar());
  } else if (node.IsSequence()) {
    for (const auto& item : node) {
      if (!item.IsScalar()) Refuse(item, std::string("\"") + key + "\" must list texts");
      texts.push_back(item.Scalar());
    }
  } else {
    Refuse(node, std::string("\"") + key + "\" must be a text or a list of texts");
  }
  if (std::any_of(texts.begin(), texts.end(), [](const std::string& t) { return t.empty(); }))
    Refuse(node, std::string("\"") + key + "\" holds an empty text");
  return texts;
}

std::vector<YAML::Node> Items(const YAML::Node& parent, const char* key) {
  const YAML::Node node = parent[key];
  if (!node) return {};
  if (!node.IsSequence()) Refuse(node, std::string("\"") + key + "\" must be a list");
  return {node.begin(), node.end()};
}

std::string Id(const YAML::Node& parent) {
  std::string id = Text(parent, "id", true);
  const bool good = std::all_of(id.begin(), id.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
  if (!good) Refuse(parent["id"], "id \"" + id + "\" must be of a-z, 0-9 and -");
  return id;
}

Tell ParseTell(const YAML::Node& node) {
  OnlyKeys(node, "a tell",
           {"text", "events", "upstream", "node", "messages", "detail", "values", "deploy",
            "objectsAtLeast", "objectsAtMost", "countAtLeast", "within"});
  Tell tell;
  tell.events = Texts(node, "events");
  tell.upstream = Texts(node, "upstream");
  tell.node = Texts(node, "node");
  tell.messages = Texts(node, "messages");
  tell.detail = Text(node, "detail");
  tell.values = Texts(node, "values");
  if (tell.detail.empty() != tell.values.empty())
    Refuse(node, "\"detail\" and \"values\" belong together");
  tell.deploy = Text(node, "deploy");
  if (!tell.deploy.empty() && tell.deploy != "any" && tell.deploy != "failed" &&
      tell.deploy != "success" && tell.deploy != "rollback")
    Refuse(node["deploy"], "\"deploy\" must be any, failed, success or rollback");
  tell.objects_at_least = Number<size_t>(node, "objectsAtLeast");
  tell.objects_at_most = Number<size_t>(node, "objectsAtMost");
  tell.count_at_least = Number<uint64_t>(node, "countAtLeast");
  if (const std::string within = Text(node, "within"); !within.empty()) {
    const auto duration = ParseDuration(within);
    if (!duration) Refuse(node["within"], duration.error().message);
    if (*duration <= Duration(0) || *duration > kDay)
      Refuse(node["within"], "\"within\" must be above 0 and at most 1d");
    tell.within = *duration;
  }
  if (tell.empty()) Refuse(node, "a tell needs at least one condition");
  return tell;
}

std::vector<Cause> ParseCauses(const YAML::Node& playbook) {
  std::vector<Cause> causes;
  double sum = 0;
  for (const YAML::Node& node : Items(playbook, "causes")) {
    OnlyKeys(node, "a cause", {"id", "text", "prior", "tell"});
    Cause cause;
    cause.id = Id(node);
    cause.text = Text(node, "text", true);
    cause.prior = Number<double>(node, "prior").value_or(0);
    if (!(cause.prior > 0 && cause.prior <= 1))
      Refuse(node["prior"] ? node["prior"] : node, "\"prior\" must be above 0 and at most 1");
    if (node["tell"]) {
      cause.tell = ParseTell(node["tell"]);
      cause.tell_text = Text(node["tell"], "text", true);
    }
    if (std::any_of(causes.begin(), causes.end(), [&](const Cause& c) { return c.id == cause.id; }))
      Refuse(node, "cause " + cause.id + " is defined twice");
    sum += cause.prior;
    causes.push_back(std::move(cause));
  }
  if (causes.empty()) Refuse(playbook, "a playbook needs at least one cause");
  if (sum > 1 + 1e-9) Refuse(playbook["causes"], "the priors of the causes add up to more than 1");
  std::stable_sort(causes.begin(), causes.end(),
                   [](const Cause& a, const Cause& b) { return a.prior > b.prior; });
  return causes;
}

model::ActionStep ParseStep(const YAML::Node& node) {
  OnlyKeys(node, "a step", {"text", "command", "risk", "expected", "undo"});
  model::ActionStep step;
  step.text = Text(node, "text", true);
  step.command = Text(node, "command");
  step.expected = Text(node, "expected");
  step.undo = Text(node, "undo");
  const std::string word = Text(node, "risk", true);
  const auto risk = model::ParseRisk(word);
  if (!risk)
    Refuse(node["risk"],
           "risk \"" + word + "\" must be read-only, reversible, disruptive or destructive");
  step.risk = *risk;
  for (const std::string& text : {step.command, step.undo})
    if (const auto unknown = UnknownPlaceholders(text); !unknown.empty())
      Refuse(node, "unknown placeholder {" + unknown.front() + "}");
  return step;
}

PlaybookAction ParseAction(const YAML::Node& node, const std::vector<Cause>& causes) {
  OnlyKeys(node, "an action", {"id", "title", "kind", "causes", "steps", "undo"});
  PlaybookAction action;
  action.id = Id(node);
  action.title = Text(node, "title", true);
  action.undo = Text(node, "undo");
  const std::string word = Text(node, "kind", true);
  const auto kind = ParseActionKind(word);
  if (!kind)
    Refuse(node["kind"],
           "kind \"" + word + "\" must be check, fix, restart, rollback, scale, node or upstream");
  action.kind = *kind;
  action.causes = Texts(node, "causes");
  for (const std::string& id : action.causes)
    if (std::none_of(causes.begin(), causes.end(), [&](const Cause& c) { return c.id == id; }))
      Refuse(node["causes"], "no cause has the id " + id);
  for (const YAML::Node& step : Items(node, "steps")) {
    action.steps.push_back(ParseStep(step));
    action.risk = std::max(action.risk, action.steps.back().risk);
  }
  if (action.steps.empty()) Refuse(node, "an action needs at least one step");
  if (action.kind == ActionKind::kCheck && action.risk != model::Risk::kReadOnly)
    Refuse(node, "a check must be read-only in every step");
  // What only looks comes before what changes something.
  std::stable_partition(action.steps.begin(), action.steps.end(), [](const model::ActionStep& s) {
    return s.risk == model::Risk::kReadOnly;
  });
  return action;
}

std::vector<PlaybookAction> ParseActions(const YAML::Node& playbook,
                                         const std::vector<Cause>& causes) {
  std::vector<PlaybookAction> actions;
  for (const YAML::Node& node : Items(playbook, "actions")) {
    PlaybookAction action = ParseAction(node, causes);
    if (std::any_of(actions.begin(), actions.end(),
                    [&](const PlaybookAction& a) { return a.id == action.id; }))
      Refuse(node, "action " + action.id + " is defined twice");
    actions.push_back(std::move(action));
  }
  if (actions.empty()) Refuse(playbook, "a playbook needs at least one action");
  return actions;
}

std::vector<Link> ParseLinks(const YAML::Node& playbook) {
  std::vector<Link> links;
  for (const YAML::Node& node : Items(playbook, "links")) {
    OnlyKeys(node, "a link", {"title", "url"});
    Link link{Text(node, "title", true), Text(node, "url", true)};
    if (!link.url.starts_with("https://") && !link.url.starts_with("http://"))
      Refuse(node["url"], "a link must begin with https:// or http://");
    links.push_back(std::move(link));
  }
  return links;
}

Playbook ParseOne(const YAML::Node& node, const std::string& origin) {
  OnlyKeys(node, "a playbook",
           {"id", "version", "types", "title", "meaning", "impact", "causes", "actions", "links"});
  Playbook playbook;
  playbook.origin = origin;
  playbook.id = Id(node);
  playbook.version = Number<int32_t>(node, "version").value_or(1);
  if (playbook.version < 1) Refuse(node["version"], "\"version\" must be 1 or more");
  playbook.types = Texts(node, "types");
  if (playbook.types.empty()) Refuse(node, "\"types\" is missing: which event types it is for");
  playbook.title = Text(node, "title", true);
  playbook.meaning = Text(node, "meaning", true);
  playbook.impact = Text(node, "impact");
  playbook.causes = ParseCauses(node);
  playbook.actions = ParseActions(node, playbook.causes);
  playbook.links = ParseLinks(node);
  return playbook;
}

std::string Place(const std::string& name, const YAML::Mark& mark) {
  if (mark.is_null()) return name;
  return name + ":" + std::to_string(mark.line + 1) + ":" + std::to_string(mark.column + 1);
}

}  // namespace

Result<std::vector<Playbook>> ParsePlaybooks(const PlaybookText& text) {
  try {
    std::vector<Playbook> playbooks;
    for (const YAML::Node& document : YAML::LoadAll(text.yaml))
      if (!document.IsNull()) playbooks.push_back(ParseOne(document, text.name));
    return playbooks;
  } catch (const Trouble& trouble) {
    return Fail(ErrorCode::kInvalidArgument, trouble.message, Place(text.name, trouble.mark));
  } catch (const YAML::Exception& e) {
    return Fail(ErrorCode::kInvalidArgument, e.msg, Place(text.name, e.mark));
  }
}

}  // namespace srehub::playbook
