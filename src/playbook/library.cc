#include "playbook/library.h"

#include <algorithm>
#include <array>
#include <utility>

#include "srehub_rules.h"

namespace srehub::playbook {

namespace {

constexpr std::string_view kBuiltInFolder = "playbooks/";
constexpr std::array<std::pair<ActionKind, std::string_view>, 7> kKinds = {{
    {ActionKind::kCheck, "check"},
    {ActionKind::kFix, "fix"},
    {ActionKind::kRestart, "restart"},
    {ActionKind::kRollback, "rollback"},
    {ActionKind::kScale, "scale"},
    {ActionKind::kNode, "node"},
    {ActionKind::kUpstream, "upstream"},
}};

std::vector<PlaybookText> BuiltIns() {
  std::vector<PlaybookText> texts;
  for (const srehub_rules::File& file : srehub_rules::Files())
    if (file.path.starts_with(kBuiltInFolder))
      texts.push_back({std::string(file.path), std::string(file.content)});
  return texts;
}

Status Append(const std::vector<PlaybookText>& texts, bool replaceable,
              std::vector<Playbook>* playbooks) {
  const size_t fixed = playbooks->size();
  for (const PlaybookText& text : texts) {
    SREHUB_TRY(std::vector<Playbook> parsed, ParsePlaybooks(text));
    for (Playbook& playbook : parsed) {
      const auto same = std::find_if(playbooks->begin(), playbooks->end(),
                                     [&](const Playbook& p) { return p.id == playbook.id; });
      if (same == playbooks->end()) {
        playbooks->push_back(std::move(playbook));
      } else if (!replaceable || static_cast<size_t>(same - playbooks->begin()) >= fixed) {
        return Fail(ErrorCode::kInvalidArgument,
                    "playbook " + playbook.id + " is defined twice, in " + same->origin +
                        " and in " + playbook.origin,
                    playbook.origin);
      }
    }
  }
  return {};
}

}  // namespace

std::string_view ActionKindName(ActionKind kind) {
  for (const auto& [k, name] : kKinds)
    if (k == kind) return name;
  return "check";
}

std::optional<ActionKind> ParseActionKind(std::string_view name) {
  for (const auto& [kind, n] : kKinds)
    if (n == name) return kind;
  return std::nullopt;
}

Result<Library> Library::Build(const std::vector<PlaybookText>& user_texts,
                               const std::vector<PlaybookText>& built_ins) {
  Library library;
  SREHUB_CHECK_OK(Append(user_texts, false, &library.playbooks_));
  const size_t user_count = library.playbooks_.size();
  SREHUB_CHECK_OK(Append(built_ins, true, &library.playbooks_));
  for (size_t i = 0; i < library.playbooks_.size(); ++i) {
    for (const std::string& type : library.playbooks_[i].types) {
      const auto [it, fresh] = library.by_type_.emplace(type, i);
      // Two of the same rank that name one type are a mistake; a user's wins over a built-in one.
      const bool same_rank = (it->second < user_count) == (i < user_count);
      if (!fresh && same_rank)
        return Fail(ErrorCode::kInvalidArgument,
                    "event type " + type + " is claimed by playbooks " +
                        library.playbooks_[it->second].id + " and " + library.playbooks_[i].id,
                    library.playbooks_[i].origin);
    }
  }
  const auto last_resort = library.by_type_.find("*");
  if (last_resort == library.by_type_.end())
    return Fail(ErrorCode::kInvalidArgument, "no playbook names the type \"*\" (the last resort)");
  library.last_resort_ = last_resort->second;
  return library;
}

Result<Library> Library::Load(const std::vector<PlaybookText>& user_texts) {
  return Build(user_texts, BuiltIns());
}

Result<Library> Library::LoadOnly(const std::vector<PlaybookText>& texts) {
  return Build(texts, {});
}

const Playbook& Library::For(std::string_view event_type) const {
  const auto it = by_type_.find(event_type);
  return playbooks_[it == by_type_.end() ? last_resort_ : it->second];
}

bool Library::Knows(std::string_view event_type) const {
  return event_type != "*" && by_type_.contains(event_type);
}

const Playbook* Library::Find(std::string_view id) const {
  for (const Playbook& playbook : playbooks_)
    if (playbook.id == id) return &playbook;
  return nullptr;
}

}  // namespace srehub::playbook
