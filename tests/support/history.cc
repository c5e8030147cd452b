#include "support/history.h"

#include <algorithm>
#include <array>
#include <set>
#include <string>

#include "base/limits.h"

namespace srehub::tests {

namespace {

using model::Event;
using model::Phase;
using model::Severity;
using model::Source;

class Generator {
 public:
  Generator(uint64_t seed, const HistoryOptions& options) : rng_(seed), options_(options) {
    static constexpr std::array<const char*, 8> kNames = {
        "checkout-api", "checkout-service", "payments-api", "auth-service", "node-worker-1",
        "cart",         "search-api",       "mail"};
    for (size_t i = 0; i < options.services; ++i) services_.emplace_back(kNames[i % kNames.size()]);
    // Bursts: most evidence lies near a few instants, so that it interacts.
    for (int i = 0; i < 6; ++i) bursts_.push_back(options.start + Uniform(options.span));
  }

  std::vector<Event> Run() {
    std::vector<Event> events;
    std::set<model::EventKey> keys;
    while (events.size() < options_.events) {
      for (Event& event : Next()) {
        event.ttl = event.timestamp + options_.retention;
        if (keys.insert(model::KeyOf(event)).second) events.push_back(std::move(event));
      }
    }
    return events;
  }

 private:
  uint64_t Below(uint64_t n) { return std::uniform_int_distribution<uint64_t>(0, n - 1)(rng_); }
  Duration Uniform(Duration d) { return Duration(static_cast<int64_t>(Below(d.count()))); }
  bool Chance(double p) { return std::uniform_real_distribution<double>(0, 1)(rng_) < p; }

  Instant SomeTime() {
    Instant t = options_.start + Uniform(options_.span);
    if (Chance(0.7)) t = bursts_[Below(bursts_.size())] + Uniform(40min) - 20min;
    t = std::clamp(t, options_.start, options_.start + options_.span);
    // Whole seconds make equal instants likely, whole slots exact ties.
    const Duration grain = Chance(0.2) ? Duration(5min) : Duration(1s);
    return FromNanos(Nanos(t) / grain.count() * grain.count());
  }

  Severity SomeSeverity() {
    static constexpr std::array<Severity, 8> kDrawn = {
        Severity::kInfo, Severity::kInfo, Severity::kLow,  Severity::kMedium,
        Severity::kHigh, Severity::kHigh, Severity::kHigh, Severity::kCritical};
    return kDrawn[Below(kDrawn.size())];
  }

  Event Base(const char* type, Severity severity, Source source) {
    Event event;
    event.service_id = services_[Below(services_.size())];
    event.timestamp = SomeTime();
    event.event_id = rng_();
    event.event_type = type;
    event.severity = severity;
    event.source = source;
    event.details = R"({"title":"t","object":{"name":"pod-)" + std::to_string(Below(6)) + R"("}})";
    return event;
  }

  std::vector<Event> Next() {
    switch (Below(10)) {
      case 0:
      case 1:
      case 2: return {Point()};
      case 3: return {SeriesEvent()};
      case 4:
      case 5: return {Transition()};
      case 6:
      case 7: return AlertEvents();
      case 8: return {Run_()};
      default: return {Node()};
    }
  }

  Event Point() {
    static constexpr std::array<const char*, 4> kTypes = {"Http5xx", "Timeout", "LogUserLoggedIn",
                                                          "HighCPU"};
    return Base(kTypes[Below(kTypes.size())], SomeSeverity(), Source::kLogs);
  }

  Event SeriesEvent() {
    Event event = Base("CrashLoopBackOff", Severity::kHigh, Source::kKubernetes);
    event.series = event.service_id + "/uid-" + std::to_string(Below(3));
    event.series_count = static_cast<int64_t>(1 + Below(12));
    event.series_start = event.timestamp - Uniform(2h);
    if (*event.series_start < options_.start) event.series_start = event.timestamp;
    return event;
  }

  Event Transition() {
    Event event =
        Base(Chance(0.5) ? "HighCPU" : "HighLatency", Severity::kHigh, Source::kCloudWatch);
    event.signal = "arn:alarm/" + event.event_type + std::to_string(Below(2));
    switch (Below(5)) {
      case 0:
      case 1: event.phase = Phase::kResolved; break;
      case 2: event.phase = Phase::kUnknown; break;
      default: event.phase = Phase::kFiring; break;
    }
    if (event.phase == Phase::kResolved) event.severity = Severity::kInfo;
    if (event.phase == Phase::kUnknown) event.severity = Severity::kMedium;
    if (event.phase == Phase::kFiring && Chance(0.3)) event.severity = Severity::kCritical;
    if (event.phase != Phase::kResolved)
      event.expires_at = event.timestamp + (Chance(0.5) ? Duration(24h) : Duration(45min));
    return event;
  }

  std::vector<Event> AlertEvents() {
    Event event = Base(Chance(0.5) ? "TargetDown" : "Http5xx",
                       Chance(0.5) ? Severity::kMedium : Severity::kCritical, Source::kPrometheus);
    event.signal = "fp-" + event.event_type + std::string(model::SeverityName(event.severity));
    const Instant starts_at = bursts_[Below(bursts_.size())] + Duration(Below(4) * 10min);
    event.starts_at = starts_at;
    const Instant heard = starts_at + Uniform(2h);
    if (Chance(0.4)) {
      event.phase = Phase::kResolved;
      event.timestamp = heard;
      return {event};
    }
    Event refresh = event;
    event.phase = Phase::kFiring;
    event.timestamp = starts_at;
    event.event_id = std::hash<std::string>{}(event.service_id + event.signal) ^
                     static_cast<uint64_t>(Nanos(starts_at));
    refresh.event_id = rng_();
    refresh.phase = Phase::kRefresh;
    const int64_t slot = Duration(limits::kRefreshSlot).count();
    refresh.timestamp = std::max(starts_at, FromNanos(Nanos(heard) / slot * slot));
    refresh.expires_at =
        FromNanos((Nanos(heard) / slot + 1 + static_cast<int64_t>(Below(3))) * slot);
    return {event, refresh};
  }

  Event Run_() {
    Event event = Base("DeployFailed", Severity::kHigh, Source::kCicd);
    model::DeployStatement d;
    d.system = "github";
    d.repository = "acme/" + event.service_id;
    if (Chance(0.7)) d.run = std::to_string(4800 + Below(4));
    d.attempt = static_cast<int32_t>(1 + Below(2));
    if (Chance(0.7)) d.sha = "sha" + std::to_string(Below(3));
    if (Chance(0.5)) d.environment = Chance(0.6) ? "production" : "staging";
    d.status = model::DeployStatus::kFailure;
    if (Chance(0.45)) {
      d.status = model::DeployStatus::kSuccess;
      event.event_type = "DeploySucceeded";
      event.severity = Severity::kInfo;
      event.closes = "DeployFailed";
    }
    event.deploy = d;
    return event;
  }

  Event Node() {
    Event event = Base("NodeNotReady", Severity::kCritical, Source::kKubernetes);
    event.signal = "node/c1/" + event.service_id;
    event.phase = Phase::kFiring;
    event.expires_at = event.timestamp + 24h;
    if (Chance(0.45)) {
      event.event_type = "NodeReady";
      event.closes = "NodeNotReady";
      event.severity = Severity::kInfo;
      event.phase = Phase::kResolved;
      event.expires_at.reset();
    }
    return event;
  }

  std::mt19937_64 rng_;
  HistoryOptions options_;
  std::vector<std::string> services_;
  std::vector<Instant> bursts_;
};

}  // namespace

std::vector<Event> RandomHistory(uint64_t seed, const HistoryOptions& options) {
  return Generator(seed, options).Run();
}

std::vector<std::vector<Event>> Deliveries(uint64_t seed, std::vector<Event> events,
                                           const DeliveryOptions& options) {
  std::mt19937_64 rng(seed);
  const auto chance = [&rng](double p) {
    return std::uniform_real_distribution<double>(0, 1)(rng) < p;
  };
  if (options.shuffled) {
    std::shuffle(events.begin(), events.end(), rng);
  } else {
    std::sort(events.begin(), events.end(),
              [](const Event& a, const Event& b) { return a.timestamp < b.timestamp; });
  }
  std::vector<Event> sent, held;
  for (Event& event : events) (chance(options.late) ? held : sent).push_back(std::move(event));
  sent.insert(sent.end(), held.begin(), held.end());
  std::vector<std::vector<Event>> batches;
  for (size_t i = 0; i < sent.size();) {
    const size_t size = 1 + rng() % 40;
    std::vector<Event> batch;
    for (; i < sent.size() && batch.size() < size; ++i) {
      batch.push_back(sent[i]);
      // Again: in this batch, or anything sent before.
      if (chance(options.duplicated)) batch.push_back(sent[rng() % (i + 1)]);
    }
    batches.push_back(std::move(batch));
  }
  return batches;
}

}  // namespace srehub::tests
