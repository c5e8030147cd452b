#include "app/demo_story.h"

#include <algorithm>
#include <array>
#include <map>

#include "app/demo_payloads.h"

namespace srehub::app {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::string_view kKubernetes = "/api/v1/ingest/kubernetes";
constexpr std::string_view kCloudWatch = "/api/v1/ingest/cloudwatch";
constexpr std::string_view kGithub = "/api/v1/ingest/github";
constexpr std::string_view kLogs = "/api/v1/ingest/logs";
constexpr std::string_view kAlerts = "/api/v2/alerts";

// How long before the start the parts of the story lie; see the table in the header.
constexpr Duration kDeployStart = minutes(14);
constexpr Duration kFirstOom = minutes(12) + seconds(40);
constexpr Duration kServerErrors = minutes(12);
constexpr Duration kAlarm = minutes(11);
constexpr Duration kErrorRateAlert = minutes(11) + seconds(30);
constexpr Duration kLoginTimeouts = minutes(10);
constexpr Duration kLoginAlert = minutes(9);
constexpr Duration kDeployFailed = minutes(8);
constexpr Duration kRollbackStart = minutes(6);
constexpr Duration kRollbackDone = minutes(4) + seconds(30);
constexpr Duration kRecovered = minutes(3) + seconds(30);
constexpr Duration kQueueDown = std::chrono::hours(9);
constexpr Duration kProbeFlap = std::chrono::hours(5);

// A firing alert is resent each minute with an expiry of four.
constexpr Duration kAlertExpiry = minutes(4);
// Beyond this a resend would say that a resolved alert fires again.
constexpr Duration kSameTelling = minutes(5);

class Teller {
 public:
  Teller(Instant start, uint64_t seed, Instant now) : start_(start), seed_(seed), now_(now) {}

  void QuietDay() {
    for (Duration at = kStoryBackfill; at > kDeployStart; at -= std::chrono::hours(1)) {
      std::string lines;
      const Duration until = std::max(at - std::chrono::hours(1), kDeployStart);
      for (Duration t = at; t > until; t -= minutes(1)) QuietMinute(start_ - t, &lines);
      Send("quiet hours", kLogs, std::move(lines));
    }
    Rollouts();
    QueueOutage();
    ProbeFlap();
    EarlierDeploys();
  }

  void Deploy() {
    Run({.id = 4821,
         .name = "Deploy Checkout Service",
         .path = ".github/workflows/deploy-checkout.yml",
         .sha = Sha(4821),
         .status = "in_progress",
         .conclusion = {},
         .title = "Cache price lists in memory",
         .created = start_ - kDeployStart,
         .updated = start_ - kDeployStart + seconds(5)});
    CrashLoop();
    ServerErrors();
    Alarm();
    LoginTimeouts();
    Run({.id = 4821,
         .name = "Deploy Checkout Service",
         .path = ".github/workflows/deploy-checkout.yml",
         .sha = Sha(4821),
         .status = "completed",
         .conclusion = "failure",
         .title = "Cache price lists in memory",
         .created = start_ - kDeployStart,
         .updated = start_ - kDeployFailed});
    Rollback();
    Alerts();
  }

  void Minutes(int64_t from, int64_t to) {
    std::string lines;
    for (int64_t minute = from; minute < to; ++minute) {
      const Instant at = start_ + minutes(minute);
      QuietMinute(at, &lines);
      OpenTroubleMinute(at, &lines);
    }
    if (!lines.empty()) Send("logs", kLogs, std::move(lines));
    Send("alerts", kAlerts, AlertsJson({LoginAlert()}));
  }

  std::vector<StoryDelivery> Take() { return std::move(deliveries_); }

 private:
  // Every part draws from a source of its own, so that adding one does not change the others.
  StoryRandom RandomFor(uint64_t part) const {
    StoryRandom mixed(seed_ ^ (part * 0x9E3779B97F4A7C15ULL));
    return StoryRandom(mixed.Next());
  }

  void Send(std::string_view title, std::string_view path, std::string body,
            std::vector<std::pair<std::string, std::string>> headers = {}) {
    headers.emplace_back("content-type", path == kLogs || path == kKubernetes
                                             ? "application/x-ndjson"
                                             : "application/json");
    deliveries_.push_back({.title = std::string(title),
                           .path = std::string(path),
                           .headers = std::move(headers),
                           .body = std::move(body)});
  }

  static void AddLine(const LogLine& line, std::string* lines) {
    *lines += LogLineJson(line) + "\n";
  }

  static std::string Sha(uint64_t run) { return StoryRandom(run).Word(40, "0123456789abcdef"); }

  // One access line for two of the services, now and then a warning.
  void QuietMinute(Instant minute, std::string* lines) const {
    struct Habit {
      std::string_view service, request;
    };
    constexpr std::array<Habit, 6> kHabits = {{{"checkout-api", "POST /v1/orders"},
                                               {"checkout-service", "GET /v1/basket"},
                                               {"payments-api", "POST /v1/charge"},
                                               {"auth-service", "POST /login"},
                                               {"catalog-api", "GET /v1/items"},
                                               {"notification-worker", "sent order mail"}}};
    StoryRandom random = RandomFor(static_cast<uint64_t>(MinuteOf(minute)));
    for (int i = 0; i < 2; ++i) {
      const Habit& habit = kHabits[random.Below(kHabits.size())];
      const Instant at =
          minute + seconds(random.Below(60)) + std::chrono::milliseconds(random.Below(1000));
      AddLine({.time = at,
               .service = std::string(habit.service),
               .level = "INFO",
               .message = std::string(habit.request) + " 200 in " +
                          std::to_string(20 + random.Below(180)) + " ms",
               .trace_id = random.Word(16, "0123456789abcdef"),
               .status = 200},
              lines);
    }
    if (random.Below(90) == 0)
      AddLine(
          {.time = minute + seconds(random.Below(60)),
           .service = "catalog-api",
           .level = "WARN",
           .message = "slow query on items took " + std::to_string(900 + random.Below(900)) + " ms",
           .trace_id = {},
           .status = {}},
          lines);
  }

  void Rollouts() {
    StoryRandom random = RandomFor(2);
    std::string events;
    for (const Duration at : {std::chrono::hours(20), std::chrono::hours(7)}) {
      const std::string hash = ReplicaSetHash(&random);
      for (int i = 0; i < 3; ++i) {
        const Pod pod = MakePod(&random, "catalog-api", hash, "catalog");
        for (const std::string_view reason : {"Scheduled", "Pulled", "Started"}) {
          const Instant t = start_ - at + seconds(random.Below(40));
          events += KubernetesEventJson(
                        pod, {.uid = random.Uuid(),
                              .type = "Normal",
                              .reason = std::string(reason),
                              .message = reason == "Scheduled"
                                             ? "Successfully assigned shop/" + pod.name
                                             : std::string(reason) + " container catalog",
                              .component = reason == "Scheduled" ? "default-scheduler" : "kubelet",
                              .count = 1,
                              .first = t,
                              .last = t}) +
                    "\n";
        }
      }
    }
    Send("rollouts", kKubernetes, std::move(events));
  }

  // Nine hours ago the mail queue was away for six minutes: high, and over.
  void QueueOutage() {
    StoryRandom random = RandomFor(3);
    std::string lines;
    for (int i = 0; i < 18; ++i)
      AddLine({.time = start_ - kQueueDown + seconds(20 * i + static_cast<int>(random.Below(9))),
               .service = "notification-worker",
               .level = "ERROR",
               .message = "connection refused by amqp://queue.shop:5672",
               .trace_id = {},
               .status = {}},
              &lines);
    Send("a queue outage", kLogs, std::move(lines));
  }

  void ProbeFlap() {
    StoryRandom random = RandomFor(4);
    const Pod pod = MakePod(&random, "catalog-api", ReplicaSetHash(&random), "catalog");
    PodEvent event{.uid = random.Uuid(),
                   .type = "Warning",
                   .reason = "Unhealthy",
                   .message =
                       "Readiness probe failed: Get \"http://10.0.1.7:8080/ready\": context "
                       "deadline exceeded",
                   .count = 1,
                   .first = start_ - kProbeFlap,
                   .last = start_ - kProbeFlap};
    std::string events = KubernetesEventJson(pod, event) + "\n";
    event.count = 3;
    event.last = event.first + minutes(2);
    events += KubernetesEventJson(pod, event) + "\n";
    Send("a probe that flaps", kKubernetes, std::move(events));
  }

  void Run(const WorkflowRun& run) {
    StoryRandom random(run.id * 2 + (run.conclusion.empty() ? 0 : 1));
    Send("deploy " + std::to_string(run.id), kGithub, WorkflowRunJson(run),
         {{"x-github-event", "workflow_run"}, {"x-github-delivery", random.Uuid()}});
  }

  void EarlierDeploys() {
    constexpr std::array<std::pair<uint64_t, Duration>, 2> kRuns = {
        {{4815, std::chrono::hours(22)}, {4819, std::chrono::hours(3) + minutes(30)}}};
    for (const auto& [id, ago] : kRuns)
      Run({.id = id,
           .name = "Deploy Checkout Service",
           .path = ".github/workflows/deploy-checkout.yml",
           .sha = Sha(id),
           .status = "completed",
           .conclusion = "success",
           .title = "Weekly dependency update",
           .created = start_ - ago,
           .updated = start_ - ago + minutes(4)});
  }

  // Three new pods, each killed for memory and then backed off; the kubelet counts in one Event
  // object per pod.
  void CrashLoop() {
    StoryRandom random = RandomFor(5);
    const std::string hash = ReplicaSetHash(&random);
    std::string events;
    for (int i = 0; i < 3; ++i) {
      const Pod pod = MakePod(&random, "checkout-api", hash, "checkout");
      const Instant first = start_ - kFirstOom + seconds(7 * i);
      for (int restart = 1; restart <= 3; ++restart)
        events += OomKilledPodJson(pod, first + seconds(90 * (restart - 1)) - seconds(25),
                                   first + seconds(90 * (restart - 1)), restart) +
                  "\n";
      PodEvent backoff{.uid = random.Uuid(),
                       .type = "Warning",
                       .reason = "BackOff",
                       .message = "Back-off restarting failed container checkout in pod " +
                                  pod.name + "_shop(" + pod.uid + ")",
                       .count = 1,
                       .first = first + seconds(17),
                       .last = first + seconds(17)};
      for (const auto& [count, after] :
           {std::pair<int64_t, Duration>{1, seconds(17)}, {4, minutes(2)}, {11, minutes(5)}}) {
        backoff.count = count;
        backoff.last = first + after;
        events += KubernetesEventJson(pod, backoff) + "\n";
      }
    }
    Send("checkout-api crashes", kKubernetes, std::move(events));
  }

  void ServerErrors() {
    StoryRandom random = RandomFor(6);
    std::string lines;
    for (Duration t = kServerErrors; t > kRollbackDone; t -= seconds(5 + random.Below(6))) {
      AddLine({.time = start_ - t + std::chrono::milliseconds(random.Below(1000)),
               .service = "payments-api",
               .level = "ERROR",
               .message = "POST /v1/charge 500 in " + std::to_string(3000 + random.Below(500)) +
                          " ms: checkout-api did not answer",
               .trace_id = random.Word(16, "0123456789abcdef"),
               .status = 500},
              &lines);
    }
    Send("payments-api answers 500", kLogs, std::move(lines));
  }

  void Alarm() {
    StoryRandom random = RandomFor(7);
    Send("HighCPU-PaymentsAPI", kCloudWatch,
         AlarmChangeJson({.id = random.Uuid(),
                          .name = "HighCPU-PaymentsAPI",
                          .service = "payments-api",
                          .state = "ALARM",
                          .previous = "OK",
                          .reason = "Threshold Crossed: 3 datapoints were greater than 85.0",
                          .time = start_ - kAlarm,
                          .previous_time = start_ - kStoryBackfill}));
  }

  void LoginTimeouts() {
    StoryRandom random = RandomFor(8);
    std::string lines;
    for (Duration t = kLoginTimeouts; t > Duration::zero(); t -= seconds(12 + random.Below(12)))
      TimeoutLine(start_ - t, &random, &lines);
    Send("auth-service times out", kLogs, std::move(lines));
  }

  static void TimeoutLine(Instant at, StoryRandom* random, std::string* lines) {
    AddLine({.time = at,
             .service = "auth-service",
             .level = "ERROR",
             .message = "Login DB connection timeout after " +
                        std::to_string(5000 + random->Below(40)) + " ms",
             .trace_id = random->Word(16, "0123456789abcdef"),
             .status = {}},
            lines);
  }

  // After the story the logins still time out, less often.
  void OpenTroubleMinute(Instant minute, std::string* lines) const {
    StoryRandom random = RandomFor(static_cast<uint64_t>(MinuteOf(minute)) + 1'000'000'000);
    if (random.Below(3) == 0) TimeoutLine(minute + seconds(random.Below(60)), &random, lines);
  }

  void Rollback() {
    const WorkflowRun run{.id = 4822,
                          .name = "Rollback Checkout Service",
                          .path = ".github/workflows/rollback-checkout.yml",
                          .sha = Sha(4819),
                          .status = "in_progress",
                          .conclusion = {},
                          .title = "Rollback to the build of run 4819",
                          .created = start_ - kRollbackStart,
                          .updated = start_ - kRollbackStart + seconds(4)};
    Run(run);
    WorkflowRun done = run;
    done.status = "completed";
    done.conclusion = "success";
    done.updated = start_ - kRollbackDone;
    Run(done);
  }

  Alert ErrorRateAlert() const {
    return {.name = "HighErrorRate",
            .service = "checkout-api",
            .severity = "critical",
            .summary = "More than 5 % of the orders fail",
            .runbook = "https://runbooks.example/checkout/high-error-rate",
            .starts_at = start_ - kErrorRateAlert,
            .ends_at = now_ + kAlertExpiry};
  }
  Alert LoginAlert() const {
    return {.name = "HighLatency",
            .service = "auth-service",
            .severity = "critical",
            .summary = "Half of the logins take longer than 5 s",
            .runbook = "https://runbooks.example/auth/high-latency",
            .starts_at = start_ - kLoginAlert,
            .ends_at = now_ + kAlertExpiry};
  }

  void Alerts() {
    std::vector<Alert> firing = {LoginAlert()};
    if (now_ - start_ < kSameTelling) firing.push_back(ErrorRateAlert());
    Send("alerts fire", kAlerts, AlertsJson(firing));
    Alert resolved = ErrorRateAlert();
    resolved.ends_at = start_ - kRecovered;
    Send("checkout recovers", kAlerts, AlertsJson({resolved}));
  }

  const Instant start_;
  const uint64_t seed_;
  const Instant now_;
  std::vector<StoryDelivery> deliveries_;
};

}  // namespace

std::vector<StoryDelivery> TellStory(Instant start, uint64_t seed, Instant now) {
  Teller teller(start, seed, now);
  teller.QuietDay();
  teller.Deploy();
  return teller.Take();
}

std::vector<StoryDelivery> ContinueStory(Instant start, uint64_t seed, int64_t from_minute,
                                         int64_t to_minute, Instant now) {
  Teller teller(start, seed, now);
  teller.Minutes(from_minute, to_minute);
  return teller.Take();
}

uint64_t HighIncidentsSince(Instant start, Instant from) {
  // The first high minute of each incident the story opens.
  constexpr Duration kOpenings[] = {
      kQueueDown,       // notification-worker: ConnectionRefused
      kFirstOom,        // checkout-api: OOMKilled
      kFirstOom,        // checkout-api: CrashLoopBackOff
      kServerErrors,    // payments-api: Http5xx
      kAlarm,           // payments-api: HighCPU
      kErrorRateAlert,  // checkout-api: HighErrorRate
      kLoginTimeouts,   // auth-service: DatabaseConnectionTimeout
      kLoginAlert,      // auth-service: HighLatency
      kDeployFailed,    // checkout-service: DeployFailed
      kRollbackStart,   // checkout-service: the rollback itself
  };
  return static_cast<uint64_t>(
      std::ranges::count_if(kOpenings, [&](Duration before) { return start - before >= from; }));
}

}  // namespace srehub::app
