#include "insight/outcomes.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "playbook/rank.h"

namespace srehub::insight {

namespace {

constexpr int32_t kShownFrom = 3;  // tries; fewer say nothing
constexpr Duration kRecent = std::chrono::hours(2);

bool Overlaps(const aggregate::Episode& e, Instant from, Instant to) {
  return StartOfMinute(e.first) < to && StartOfMinute(e.last + 1) > from;
}

std::string Percent(double share) { return std::to_string(std::lround(share * 100)); }

std::string Sentence(const playbook::PastOutcome& past, const NaturalRecovery& natural) {
  if (past.tried < kShownFrom) return {};
  const playbook::Share share = playbook::WilsonInterval(past.helped, past.tried);
  std::string text = "helped " + std::to_string(past.helped) + " of " + std::to_string(past.tried) +
                     " times (95 %: " + Percent(share.low) + " to " + Percent(share.high) + " %)";
  if (natural.seen > 0)
    text += "; quiet by itself in " + std::to_string(natural.recovered) + " of " +
            std::to_string(natural.seen);
  return text;
}

}  // namespace

OutcomeVerdict JudgeOutcome(std::span<const aggregate::Episode> episodes, Instant at,
                            std::span<const Instant> others, Instant now) {
  const Instant judged = at + kQuietWithin + kQuietFor;
  for (const Instant other : others)
    if (other != at && other > at - kQuietWithin && other < judged) return OutcomeVerdict::kVoid;
  const bool was_active = std::any_of(episodes.begin(), episodes.end(), [&](const auto& e) {
    return Overlaps(e, at - kActiveBefore, at + 1ns);
  });
  if (!was_active) return OutcomeVerdict::kVoid;
  const bool active_after = std::any_of(episodes.begin(), episodes.end(), [&](const auto& e) {
    return Overlaps(e, at + kQuietWithin + 1min, judged);
  });
  if (active_after) return OutcomeVerdict::kFailed;
  return now < judged ? OutcomeVerdict::kPending : OutcomeVerdict::kHelped;
}

NaturalRecovery RecoveriesWithoutAction(std::span<const aggregate::Episode> episodes,
                                        std::span<const Instant> actions, Instant now) {
  NaturalRecovery natural;
  for (const aggregate::Episode& e : episodes) {
    const Instant from = StartOfMinute(e.first), to = StartOfMinute(e.last + 1);
    if (e.open || now < to + kQuietFor) continue;
    const bool acted = std::any_of(actions.begin(), actions.end(),
                                   [&](Instant t) { return t >= from && t <= to; });
    if (acted) continue;
    ++natural.seen;
    if (to - from <= kQuietWithin) ++natural.recovered;
  }
  return natural;
}

std::vector<playbook::PastOutcome> Learn(std::span<const aggregate::Episode> episodes,
                                         std::span<const model::ActionOutcome> outcomes,
                                         Instant now) {
  std::vector<Instant> instants;
  for (const model::ActionOutcome& outcome : outcomes) instants.push_back(outcome.at);
  std::map<std::string, playbook::PastOutcome> by_action;
  for (const model::ActionOutcome& outcome : outcomes) {
    const OutcomeVerdict verdict = JudgeOutcome(episodes, outcome.at, instants, now);
    if (verdict != OutcomeVerdict::kHelped && verdict != OutcomeVerdict::kFailed) continue;
    playbook::PastOutcome& past = by_action[outcome.action_id];
    past.action_id = outcome.action_id;
    ++past.tried;
    if (verdict == OutcomeVerdict::kHelped) {
      ++past.helped;
    } else if (now - outcome.at <= kRecent) {
      past.recently_failed = true;
    }
  }
  const NaturalRecovery natural = RecoveriesWithoutAction(episodes, instants, now);
  std::vector<playbook::PastOutcome> learnt;
  for (auto& [id, past] : by_action) {
    past.text = Sentence(past, natural);
    learnt.push_back(std::move(past));
  }
  return learnt;
}

}  // namespace srehub::insight
