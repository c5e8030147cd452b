#include "workload.h"

#include <fmt/format.h>
#include <fmt/ostream.h>

#include <fstream>
#include <functional>
#include <iostream>
#include <memory>
#include <queue>
#include <vector>

#include "catalogue.h"
#include "random.h"
#include "records.h"

namespace srehub::bench {
namespace {

constexpr Nanos kEnd = 1'756'231'200 * kSecond;  // 2025-08-26T18:00:00Z
constexpr Nanos kStart = kEnd - 24 * kHour;
constexpr double kLateShare = 0.01, kAgainShare = 0.02;
constexpr Nanos kMaxLate = 30 * kMinute;
constexpr size_t kMaxAgain = 5 * kMaxBatch;
constexpr Nanos kAlertExpiry = 4 * kMinute;  // four times Prometheus' resend delay
constexpr int kAlarmRegions = 2;
constexpr std::array<std::string_view, kAlarmRegions> kRegions = {"eu-west-1", "us-east-1"};
constexpr int kAlertInstances = 10;
constexpr uint64_t kPipelineRunsMax = 10'000;  // a fleet deploys no more for logging more

struct BadDeploy {
  size_t service;  // rank
  Nanos start;     // after kStart
};
constexpr std::array<BadDeploy, 6> kBadDeploys = {{{40, 3 * kHour},
                                                   {2, 7 * kHour},
                                                   {17, 11 * kHour + 20 * kMinute},
                                                   {90, 15 * kHour},
                                                   {8, 19 * kHour + 40 * kMinute},
                                                   {25, 23 * kHour + 5 * kMinute}}};

// Writes lines in the order of their delivery, and some of them again.
class Outbox {
 public:
  Outbox(const std::string& directory, uint64_t seed) : random_(seed) {
    for (size_t i = 0; i < kFeeds; ++i) {
      files_[i].open(fmt::format("{}/{}.ndjson", directory, FeedName(static_cast<Feed>(i))),
                     std::ios::binary);
    }
  }

  void Send(Feed feed, Nanos at, std::string line) {
    Nanos delivered = at + static_cast<Nanos>(random_.Unit() * 2 * kSecond);
    if (random_.Chance(kLateShare)) {
      delivered = at + static_cast<Nanos>(random_.Unit() * kMaxLate);
      ++counts_.late;
    }
    ++counts_.distinct;
    under_way_.push({delivered, sequence_++, feed, std::move(line)});
  }
  void DeliverUntil(Nanos now) {
    while (!under_way_.empty() && under_way_.top().delivered <= now) {
      const Parcel parcel = under_way_.top();
      under_way_.pop();
      Write(parcel.feed, parcel.line);
      if (random_.Chance(kAgainShare)) {
        const size_t i = static_cast<size_t>(parcel.feed);
        again_[i].push(
            {counts_.records[i] + kMaxBatch + random_.Below(kMaxAgain), sequence_++, parcel.line});
      }
      SendAgain(parcel.feed);
    }
  }
  bool Finish() {
    DeliverUntil(INT64_MAX);
    bool good = true;
    for (std::ofstream& file : files_) good = file.flush().good() && good;
    return good;
  }
  const WorkloadCounts& counts() const { return counts_; }

 private:
  struct Parcel {
    Nanos delivered;
    uint64_t sequence;
    Feed feed;
    std::string line;
    bool operator<(const Parcel& o) const {  // the earliest is on top of the queue
      return delivered != o.delivered ? delivered > o.delivered : sequence > o.sequence;
    }
  };
  struct Repeat {
    uint64_t position;  // in its file
    uint64_t sequence;
    std::string line;
    bool operator<(const Repeat& o) const {
      return position != o.position ? position > o.position : sequence > o.sequence;
    }
  };

  void Write(Feed feed, const std::string& line) {
    const size_t i = static_cast<size_t>(feed);
    files_[i] << line << '\n';
    ++counts_.records[i];
    counts_.bytes[i] += line.size() + 1;
    counts_.shortest = std::min(counts_.shortest, line.size());
    counts_.longest = std::max(counts_.longest, line.size());
  }
  void SendAgain(Feed feed) {
    auto& repeats = again_[static_cast<size_t>(feed)];
    while (!repeats.empty() &&
           repeats.top().position <= counts_.records[static_cast<size_t>(feed)]) {
      Write(feed, repeats.top().line);
      repeats.pop();
      ++counts_.sent_again;
    }
  }

  Random random_;
  std::array<std::ofstream, kFeeds> files_;
  std::array<std::priority_queue<Repeat>, kFeeds> again_;
  std::priority_queue<Parcel> under_way_;
  uint64_t sequence_ = 0;
  WorkloadCounts counts_;
};

// The fleet: each step is one record, either something that was due or something new.
class Fleet {
 public:
  Fleet(const WorkloadOptions& options, Outbox* outbox)
      : options_(options),
        outbox_(outbox),
        random_(options.seed),
        zipf_(kServices),
        alarm_firing_(kServices * AlarmKinds().size() * kAlarmRegions),
        alert_firing_(kServices * AlertKinds().size() * kAlertInstances) {
    run_share_ = std::min(0.01, static_cast<double>(kPipelineRunsMax) /
                                    static_cast<double>(std::max<uint64_t>(options.events, 1)));
  }

  void Simulate() {
    for (const BadDeploy& deploy : kBadDeploys) PlanBadDeploy(deploy);
    for (uint64_t i = 0; i < options_.events; ++i) {
      const double share =
          (static_cast<double>(i) + random_.Unit()) / static_cast<double>(options_.events);
      now_ = kStart + static_cast<Nanos>(share * static_cast<double>(kEnd - kStart));
      Step();
      outbox_->DeliverUntil(now_);
    }
  }
  const std::vector<std::string>& bad_deploys() const { return bad_deploys_; }

 private:
  using Act = std::function<void()>;
  struct Due {
    Nanos at;
    uint64_t sequence;
    std::shared_ptr<Act> act;
    bool operator<(const Due& o) const { return at != o.at ? at > o.at : sequence > o.sequence; }
  };

  void Step() {
    if (!due_.empty() && due_.top().at <= now_) {
      const Due due = due_.top();
      due_.pop();
      (*due.act)();
      return;
    }
    const double draw = random_.Unit();
    double edge = run_share_;
    if (draw < edge) return StartRun();
    if (draw < (edge += 0.028)) return RaiseAlarm();
    if (draw < (edge += 0.045)) return StartAlert();
    if (draw < (edge += 0.09)) return Lifecycle();
    if (draw < (edge += 0.018)) return StartSeries();
    WriteLog();
  }
  // One record, at exactly `at` if the fleet is not busy.
  void At(Nanos at, Act act) {
    if (at < kEnd) due_.push({at, sequence_++, std::make_shared<Act>(std::move(act))});
  }
  std::string_view AnyService() { return ServiceNames()[zipf_.Draw(&random_)]; }
  Nanos After(double mean_minutes) {
    return now_ +
           static_cast<Nanos>(random_.Exponential(mean_minutes) * static_cast<double>(kMinute));
  }

  void WriteLog() {
    const double draw = random_.Unit();
    const LogLine& line = draw < 0.88    ? random_.Pick(InfoLines())
                          : draw < 0.95  ? random_.Pick(WarningLines())
                          : draw < 0.998 ? random_.Pick(ErrorLines())
                                         : random_.Pick(FatalLines());
    outbox_->Send(Feed::kLogs, now_, LogRecord(line, AnyService(), now_, &random_));
  }

  std::string AnyNode() { return fmt::format("ip-10-0-{}-{}", random_.Below(8), random_.Below(9)); }

  void Lifecycle() {
    const std::string_view service = AnyService();
    ClusterEvent event{&random_.Pick(LifecycleReasons()),
                       Uuid(&random_),
                       PodName(service, &random_),
                       AnyNode(),
                       now_,
                       now_,
                       1};
    outbox_->Send(Feed::kKubernetes, now_, ClusterRecord(event));
  }

  void StartSeries() {
    const std::string_view service = AnyService();
    SendSeries({&random_.Pick(RepeatedReasons()), Uuid(&random_), PodName(service, &random_),
                AnyNode(), now_, now_, 1});
  }
  void SendSeries(ClusterEvent event) {
    event.last = now_;
    outbox_->Send(Feed::kKubernetes, now_, ClusterRecord(event));
    if (random_.Chance(0.25)) return;
    event.count += random_.Between(1, 4);
    At(After(3), [this, event] { SendSeries(event); });
  }

  void RaiseAlarm() {
    const size_t alarm = random_.Below(alarm_firing_.size());
    if (alarm_firing_[alarm]) return WriteLog();
    const size_t kinds = AlarmKinds().size();
    AlarmChange change;
    change.region = kRegions[alarm % kAlarmRegions];
    change.kind = &AlarmKinds()[alarm / kAlarmRegions % kinds];
    change.service = ServiceNames()[alarm / kAlarmRegions / kinds];
    change.critical = alarm % 23 == 0;
    change.state = "ALARM";
    change.old_state = random_.Chance(0.05) ? "INSUFFICIENT_DATA" : "OK";
    change.at = now_;
    alarm_firing_[alarm] = true;
    outbox_->Send(Feed::kCloudwatch, now_, AlarmRecord(change, &random_));
    At(After(8), [this, change, alarm]() mutable {
      alarm_firing_[alarm] = false;
      change.old_state = change.state;
      change.state = random_.Chance(0.05) ? "INSUFFICIENT_DATA" : "OK";
      change.at = now_;
      outbox_->Send(Feed::kCloudwatch, now_, AlarmRecord(change, &random_));
    });
  }

  void StartAlert() {
    const size_t slot = random_.Below(alert_firing_.size());
    if (alert_firing_[slot]) return WriteLog();
    const size_t kinds = AlertKinds().size();
    Alert alert;
    alert.instance = static_cast<int>(slot % kAlertInstances);
    alert.kind = &AlertKinds()[slot / kAlertInstances % kinds];
    alert.service = ServiceNames()[slot / kAlertInstances / kinds];
    alert.starts_at = now_;
    alert.ends_at = now_ + kAlertExpiry;
    alert_firing_[slot] = true;
    outbox_->Send(Feed::kPrometheus, now_, AlertRecord(alert));
    const Nanos over = After(7);
    // Prometheus says it again every minute; of those that go on past the end, the last is kept.
    const Nanos next = over < kEnd ? over : kEnd - static_cast<Nanos>(random_.Unit() * kMinute);
    At(next, [this, alert, slot, over]() mutable {
      alert.ends_at = over < kEnd ? now_ : now_ + kAlertExpiry;
      alert_firing_[slot] = false;
      outbox_->Send(Feed::kPrometheus, now_, AlertRecord(alert));
    });
  }

  void StartRun() {
    const double draw = random_.Unit();
    PipelineRun run;
    run.verb = draw < 0.3 ? "Deploy" : draw < 0.8 ? "Build" : "Test";
    run.service = random_.Pick(ServiceNames());
    if (run.verb == "Deploy") run.environment = random_.Chance(0.7) ? "production" : "staging";
    const std::string_view end = random_.Chance(0.02)   ? "failure"
                                 : random_.Chance(0.02) ? "cancelled"
                                                        : "success";
    SendRun(std::move(run), After(5), end);
  }
  // Returns the run's id.
  int64_t SendRun(PipelineRun run, Nanos over, std::string_view end) {
    run.run_id = next_run_++;
    run.sha = HexId(&random_, 40);
    run.actor = fmt::format("dev-{}", random_.Below(60));
    run.started_at = now_;
    outbox_->Send(Feed::kCicd, now_, RunRecord(run, "in_progress", std::nullopt));
    At(over, [this, run, end] { outbox_->Send(Feed::kCicd, now_, RunRecord(run, end, now_)); });
    return run.run_id;
  }

  // It fails after six minutes; from its first minute on its service says what it never said,
  // and its pods crash, until a good deploy half an hour later has been out for a while.
  void PlanBadDeploy(const BadDeploy& plan) {
    const std::string_view service = ServiceNames()[plan.service];
    const Nanos start = kStart + plan.start;
    const auto deploy = [this, service](Nanos over, std::string_view end) {
      PipelineRun run;
      run.verb = "Deploy";
      run.service = service;
      run.environment = "production";
      return SendRun(std::move(run), over, end);
    };
    At(start, [this, deploy] {
      const int64_t run_id = deploy(now_ + 6 * kMinute, "failure");
      bad_deploys_.push_back(std::to_string(run_id));
    });
    At(start + 35 * kMinute, [this, deploy] { deploy(now_ + 4 * kMinute, "success"); });
    for (Nanos t = start + kMinute; t < start + 38 * kMinute;
         t += random_.Between(3, 20) * kSecond) {
      At(t, [this, service] {
        outbox_->Send(Feed::kLogs, now_,
                      LogRecord(random_.Pick(RegressionLines()), service, now_, &random_));
      });
    }
    for (int pod = 0; pod < 3; ++pod) {
      At(start + (2 + pod) * kMinute, [this, service] {
        SendSeries({&RepeatedReasons()[0], Uuid(&random_), PodName(service, &random_), AnyNode(),
                    now_, now_, 1});
      });
    }
  }

  const WorkloadOptions& options_;
  Outbox* outbox_;
  Random random_;
  Zipf zipf_;
  double run_share_ = 0;
  Nanos now_ = kStart;
  uint64_t sequence_ = 0;
  int64_t next_run_ = 32'985'824'262;
  std::vector<bool> alarm_firing_, alert_firing_;
  std::priority_queue<Due> due_;
  std::vector<std::string> bad_deploys_;
};

void WriteManifest(const WorkloadOptions& options, const WorkloadCounts& counts,
                   const std::vector<std::string>& bad_deploys) {
  std::ofstream out(options.directory + "/manifest.json", std::ios::binary);
  uint64_t records = 0, bytes = 0;
  for (size_t i = 0; i < kFeeds; ++i) {
    records += counts.records[i];
    bytes += counts.bytes[i];
  }
  fmt::print(out,
             "{{\n  \"events\": {}, \"seed\": {}, \"start\": \"{}\", \"end\": \"{}\",\n"
             "  \"records\": {}, \"bytes\": {}, \"distinct\": {}, \"late\": {}, \"sentAgain\": "
             "{},\n  \"shortest\": {}, \"longest\": {}, \"maxBatch\": {},\n  \"feeds\": [\n",
             options.events, options.seed, IsoSeconds(kStart), IsoSeconds(kEnd), records, bytes,
             counts.distinct, counts.late, counts.sent_again, counts.shortest, counts.longest,
             kMaxBatch);
  for (size_t i = 0; i < kFeeds; ++i) {
    const std::string_view name = FeedName(static_cast<Feed>(i));
    fmt::print(out,
               "    {{\"format\": \"{0}\", \"file\": \"{0}.ndjson\", \"records\": {1}, \"bytes\": "
               "{2}}}{3}\n",
               name, counts.records[i], counts.bytes[i], i + 1 < kFeeds ? "," : "");
  }
  fmt::print(out, "  ],\n  \"ask\": {{\n    \"services\": [");
  const std::vector<std::string>& names = ServiceNames();
  for (size_t rank : {0U, 1U, 8U, 25U, 60U, 120U, 199U})
    fmt::print(out, "{}\"{}\"", rank == 0 ? "" : ", ", names[rank]);
  fmt::print(out, "],\n    \"runs\": [");
  for (size_t i = 0; i < bad_deploys.size(); ++i)
    fmt::print(out, "{}\"{}\"", i == 0 ? "" : ", ", bad_deploys[i]);
  fmt::print(out, "]\n  }}\n}}\n");
}

}  // namespace

std::string_view FeedName(Feed feed) {
  switch (feed) {
    case Feed::kLogs: return "logs";
    case Feed::kKubernetes: return "kubernetes";
    case Feed::kPrometheus: return "prometheus";
    case Feed::kCloudwatch: return "cloudwatch";
    case Feed::kCicd: return "cicd";
  }
  return {};
}

bool WriteWorkload(const WorkloadOptions& options, WorkloadCounts* counts) {
  Outbox outbox(options.directory, options.seed ^ 0x5bd1e995);
  Fleet fleet(options, &outbox);
  fleet.Simulate();
  if (!outbox.Finish()) {
    std::cerr << "cannot write to " << options.directory << '\n';
    return false;
  }
  *counts = outbox.counts();
  WriteManifest(options, *counts, fleet.bad_deploys());
  return true;
}

}  // namespace srehub::bench
