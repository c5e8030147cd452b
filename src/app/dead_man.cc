#include "app/dead_man.h"

#include <algorithm>

#include "base/json_writer.h"
#include "base/limits.h"
#include "sources/alerts.h"

namespace srehub::app {
namespace {

constexpr size_t kMaxBarking = 1'000;
// A firing alert of ours ends so long after the last time it was said: a hub that stops says
// nothing.
constexpr Duration kOwnExpiry = std::chrono::minutes(15);
// A silence begins this long after the last word, so that the word ends the silence before it.
constexpr Duration kAWord = std::chrono::seconds(1);
// Often enough that each of the slots that resends are rounded to gets one.
constexpr Duration kSayAgain = std::chrono::minutes(2);

std::string AlertJson(const model::Labels& labels, std::string_view summary, Instant starts_at,
                      Instant ends_at) {
  JsonWriter json;
  json.BeginObject().Key("labels").BeginObject();
  for (const auto& [name, value] : labels) json.Field(name, value);
  json.EndObject().Key("annotations").BeginObject().Field("summary", summary).EndObject();
  return json.Field("startsAt", starts_at).Field("endsAt", ends_at).EndObject().Take();
}

// When the signal was last known to fire. A resolved watchdog stands still as well as a silent one.
Instant HeardOf(const aggregate::Signal& signal) {
  Instant heard{};
  for (const aggregate::Life& life : signal.lives) {
    Instant last = std::max(life.starts_at, life.last_refresh.value_or(life.starts_at));
    if (life.resolved_at) last = std::min(last, *life.resolved_at);
    heard = std::max(heard, last);
  }
  return heard;
}

std::string NameOf(const store::SourceHealthRow& row) {
  if (!row.feed.empty()) return row.feed;
  return row.format.empty() ? std::string(model::SourceName(row.source)) : row.format;
}

}  // namespace

void DeadMan::Saw(std::span<const model::Event> events) {
  const std::vector<std::string> names = parts_.settings().watchdogs;
  for (const model::Event& event : events) {
    if (event.signal.empty() || std::ranges::find(names, event.event_type) == names.end()) continue;
    const std::lock_guard lock(mutex_);
    if (barking_.size() < kMaxBarking) barking_.emplace(event.service_id, event.event_type);
  }
}

Status DeadMan::LookUp(const std::string& service) {
  for (const std::string& name : parts_.settings().watchdogs) {
    SREHUB_TRY(const auto state,
               parts_.store->GetIncident(model::IncidentId(service, name), nullptr));
    if (!state || state->signals.empty()) continue;
    const std::lock_guard lock(mutex_);
    if (barking_.size() < kMaxBarking) barking_.emplace(service, name);
  }
  return {};
}

Status DeadMan::Watchdogs(const Settings& settings, Instant now, std::vector<Silence>* out) const {
  for (const auto& [service, name] : barking_) {
    SREHUB_TRY(const auto state,
               parts_.store->GetIncident(model::IncidentId(service, name), nullptr));
    if (!state) continue;
    for (const aggregate::Signal& signal : state->signals) {
      const Instant heard = HeardOf(signal);
      // Resends are rounded down to their slot, so it may have barked until the slot's end; and
      // while the hub was down nobody could be heard.
      const Instant listening = std::max(heard + limits::kRefreshSlot, parts_.started);
      const bool silent = now - listening > settings.watchdog_silent_after;
      out->push_back({.event_type = std::string(kWatchdogSilent),
                      .subject = signal.id,
                      .severity = "critical",
                      .summary = name + " of " + service +
                                 " is no longer re-sent: alerts may not "
                                 "reach this hub. Last heard " +
                                 FormatTime(heard),
                      .more = {{"watchdog", name}, {"watched_service", service}},
                      .last_heard = heard,
                      .since = heard + limits::kRefreshSlot,
                      .silent = silent});
    }
  }
  return {};
}

Status DeadMan::Sources(Instant now, std::vector<Silence>* out) const {
  SREHUB_TRY(const insight::SourcesAnswer answer, parts_.sources());
  std::map<std::string, const insight::SourceEntry*> newest;
  for (const insight::SourceEntry& entry : answer.sources) {
    const insight::SourceEntry*& known = newest[NameOf(entry.row)];
    if (known == nullptr || known->row.last_received < entry.row.last_received ||
        (entry.expected && !known->expected))
      known = &entry;
  }
  for (const auto& [name, entry] : newest) {
    if (!entry->silent_after) continue;
    const bool never = entry->row.last_received == Instant{};
    const Instant heard = never ? parts_.started : entry->row.last_received;
    // While the hub was down nobody could be heard.
    const Instant listening = std::max(heard, parts_.started);
    out->push_back(
        {.event_type = std::string(kSourceSilent),
         .subject = name,
         .severity = entry->expected ? "high" : "medium",
         .summary =
             "the source " + name +
             (never ? " was never heard of" : " was last heard " + FormatTime(heard)) +
             (entry->expected ? "; expected every " : "; it never was silent for more than ") +
             FormatDuration(*entry->silent_after),
         .more = {{"source", name}},
         .last_heard = heard,
         .since = heard + kAWord,
         .silent = now - listening > *entry->silent_after});
  }
  return {};
}

Status DeadMan::Say(const Silence& silence, Instant now, std::vector<std::string>* alerts) {
  model::Labels labels = silence.more;
  labels.emplace("alertname", silence.event_type);
  labels.emplace("service", kOwnService);
  labels.emplace("severity", silence.severity);
  labels.emplace("signal", silence.subject);
  const std::string id = sources::AlertFingerprint(labels);
  SREHUB_TRY(const auto state, parts_.store->GetIncident(
                                   model::IncidentId(kOwnService, silence.event_type), nullptr));
  bool open_since_then = false;
  if (state) {
    const auto signal = std::ranges::find(state->signals, id, &aggregate::Signal::id);
    if (signal != state->signals.end())
      for (const aggregate::Life& life : signal->lives) {
        if (life.resolved_at) continue;
        if (life.starts_at < silence.last_heard)
          alerts->push_back(AlertJson(labels, silence.summary, life.starts_at,
                                      std::min(silence.last_heard, now)));
        open_since_then |= life.starts_at == silence.since && life.expires_at > now;
      }
  }
  // What was said before a restart goes on, though this process has not listened for so long.
  if (!silence.silent && !open_since_then) return {};
  Instant& said = said_[id];
  if (now - said < kSayAgain && now >= said) return {};
  said = now;
  alerts->push_back(AlertJson(labels, silence.summary, silence.since, now + kOwnExpiry));
  return {};
}

Status DeadMan::Tick() {
  const Instant now = parts_.clock->Now();
  std::vector<std::string> alerts;
  {
    const std::lock_guard lock(mutex_);
    std::vector<Silence> silences;
    SREHUB_CHECK_OK(Watchdogs(parts_.settings(), now, &silences));
    SREHUB_CHECK_OK(Sources(now, &silences));
    for (const Silence& silence : silences) SREHUB_CHECK_OK(Say(silence, now, &alerts));
  }
  if (alerts.empty()) return {};
  std::string body = "[";
  for (const std::string& alert : alerts) body += (body.size() > 1 ? "," : "") + alert;
  return parts_.deliver(body + "]");
}

}  // namespace srehub::app
