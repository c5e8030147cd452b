#include "records.h"

#include <fmt/format.h>

#include <array>
#include <chrono>

namespace srehub::bench {
namespace {

constexpr std::string_view kHexDigits = "0123456789abcdef";
// Kubernetes' own alphabets: of a ReplicaSet's hash, and of a random suffix.
constexpr std::string_view kHashDigits = "456789bcdf";
constexpr std::string_view kSuffixDigits = "bcdfghjklmnpqrstvwxz2456789";

std::string Draw(std::string_view alphabet, int len, Random* random) {
  std::string out;
  for (int i = 0; i < len; ++i) out += alphabet[random->Below(alphabet.size())];
  return out;
}

struct Civil {
  int year;
  unsigned month, day;
  int64_t hour, minute, second;
};

Civil CivilOf(Nanos t) {
  using std::chrono::days, std::chrono::floor, std::chrono::nanoseconds, std::chrono::sys_time;
  const sys_time<nanoseconds> instant{nanoseconds(t)};
  const auto day = floor<days>(instant);
  const std::chrono::year_month_day date(day);
  const int64_t s = (instant - day).count() / kSecond;
  return {int(date.year()),     unsigned(date.month()),
          unsigned(date.day()), s / 3600,
          s / 60 % 60,          s % 60};
}

std::string FillIn(std::string_view text, Random* random) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%' || i + 1 == text.size()) {
      out += text[i];
      continue;
    }
    switch (text[++i]) {
      case 'd': out += std::to_string(random->Below(9000) + 1); break;
      case 'x': out += HexId(random, 12); break;
      default: out.append(1, '%').append(1, text[i]);
    }
  }
  return out;
}

}  // namespace

std::string IsoSeconds(Nanos t) {
  const Civil c = CivilOf(t);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", c.year, c.month, c.day, c.hour,
                     c.minute, c.second);
}

std::string IsoMillis(Nanos t) {
  std::string out = IsoSeconds(t);
  out.pop_back();
  return fmt::format("{}.{:03}Z", out, t / 1'000'000 % 1000);
}

// Decimal in front, so that nothing can mistake the id for a word.
std::string HexId(Random* random, int len) {
  std::string out = Draw(kHexDigits.substr(1, 9), 1, random);
  return out + Draw(kHexDigits, len - 1, random);
}

std::string Uuid(Random* random) {
  std::string hex = HexId(random, 32);
  for (size_t at : {8U, 13U, 18U, 23U}) hex.insert(at, 1, '-');
  return hex;
}

std::string PodName(std::string_view service, Random* random) {
  return fmt::format("{}-{}-{}", service, Draw(kHashDigits, 10, random),
                     Draw(kSuffixDigits, 5, random));
}

std::string LogRecord(const LogLine& line, std::string_view service, Nanos at, Random* random) {
  std::string out = fmt::format(
      R"({{"timestamp":"{}","level":"{}","logger":"{}","service":"{}","message":"{}",)"
      R"("traceId":"{}","spanId":"{}","thread":"worker-{}","pod":"{}","environment":"production",)"
      R"("version":"1.{}.{}")",
      IsoMillis(at), line.level, line.logger, service, FillIn(line.text, random), HexId(random, 32),
      HexId(random, 16), random->Below(32), PodName(service, random), random->Below(40),
      random->Below(10));
  if (line.http_status != 0) {
    out += fmt::format(
        R"(,"statusCode":{},"durationMs":{},"clientIp":"10.{}.{}.{}","userAgent":"acme-app/{}.2")",
        line.http_status, random->Below(3000), random->Below(250), random->Below(250),
        random->Below(250), random->Below(9));
  } else if (random->Chance(0.4)) {
    out += fmt::format(R"(,"customerId":"{}","region":"eu-west-1","caller":"{}.java:{}")",
                       HexId(random, 16), line.logger, random->Below(900));
  }
  return out + '}';
}

std::string ClusterRecord(const ClusterEvent& event) {
  const ClusterReason& reason = *event.reason;
  const size_t at = reason.message.find("%s");
  const std::string message = at == std::string_view::npos
                                  ? std::string(reason.message)
                                  : fmt::format("{}{}{}", reason.message.substr(0, at), event.pod,
                                                reason.message.substr(at + 2));
  return fmt::format(
      R"({{"kind":"Event","apiVersion":"v1","metadata":{{"name":"{0}.{1}","namespace":"shop",)"
      R"("uid":"{2}"}},"involvedObject":{{"kind":"Pod","namespace":"shop","name":"{0}"}},)"
      R"("reason":"{3}","message":"{4}","source":{{"component":"{5}","host":"{6}"}},)"
      R"("firstTimestamp":"{7}","lastTimestamp":"{8}","count":{9},"type":"{10}"}})",
      event.pod, event.uid.substr(0, 8) + event.uid.substr(9, 4), event.uid, reason.reason, message,
      reason.component, event.node, IsoSeconds(event.first), IsoSeconds(event.last), event.count,
      reason.type);
}

std::string AlarmRecord(const AlarmChange& change, Random* random) {
  const AlarmKind& kind = *change.kind;
  const std::string name =
      fmt::format("{}-{}{}", kind.name, change.service, change.critical ? "-critical" : "");
  std::string time = IsoMillis(change.at);
  time.replace(time.size() - 1, 1, "+0000");  // the offset has no colon in what SNS carries
  const bool alarm = change.state == "ALARM";
  return fmt::format(
      R"({{"AlarmName":"{0}","AWSAccountId":"123456789012","NewStateValue":"{1}",)"
      R"("NewStateReason":"Threshold Crossed: 1 datapoint [{2:.1f}] was {3} the threshold ({4:.1f}).",)"
      R"x("StateChangeTime":"{5}","Region":"EU (Ireland)",)x"
      R"("AlarmArn":"arn:aws:cloudwatch:{6}:123456789012:alarm:{0}","OldStateValue":"{7}",)"
      R"("Trigger":{{"MetricName":"{8}","Namespace":"{9}","Statistic":"{10}","Period":60,)"
      R"("Dimensions":[{{"name":"ServiceName","value":"{11}"}}],"Threshold":{4:.1f}}}}})",
      name, change.state, kind.threshold * (alarm ? 1.1 : 0.4) + random->Unit(),
      alarm ? "greater than" : "not greater than", kind.threshold, time, change.region,
      change.old_state, kind.metric, kind.namespace_, kind.statistic, change.service);
}

std::string AlertRecord(const Alert& alert) {
  return fmt::format(
      R"({{"labels":{{"alertname":"{0}","cluster":"eu-1","instance":"10.4.{1}.17:9100",)"
      R"("namespace":"shop","service":"{2}","severity":"{3}"}},)"
      R"("annotations":{{"summary":"{4}","runbook_url":"https://runbooks.acme.dev/{0}"}},)"
      R"("startsAt":"{5}","endsAt":"{6}",)"
      R"("generatorURL":"https://prometheus.acme.dev/graph?g0.expr=alert%3A{0}&g0.tab=1"}})",
      alert.kind->name, alert.instance, alert.service, alert.kind->severity, alert.kind->summary,
      IsoMillis(alert.starts_at), IsoMillis(alert.ends_at));
}

std::string RunRecord(const PipelineRun& run, std::string_view status,
                      std::optional<Nanos> finished_at) {
  std::string out = fmt::format(
      R"({{"workflow":"{0} {1}","status":"{2}","run_id":{3},"repository":"acme/{1}","sha":"{4}",)"
      R"("actor":"{5}","url":"https://github.com/acme/{1}/actions/runs/{3}","started_at":"{6}",)"
      R"("updated_at":"{7}")",
      run.verb, run.service, status, run.run_id, run.sha, run.actor, IsoSeconds(run.started_at),
      IsoSeconds(finished_at.value_or(run.started_at)));
  if (!run.environment.empty()) out += fmt::format(R"(,"environment":"{}")", run.environment);
  return out + '}';
}

}  // namespace srehub::bench
