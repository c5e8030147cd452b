#include "catalogue.h"

namespace srehub::bench {
namespace {

std::vector<std::string> MakeServiceNames() {
  static constexpr std::string_view kDomains[] = {
      "checkout", "payments",  "orders",    "catalog",   "search",   "inventory", "pricing",
      "shipping", "accounts",  "identity",  "sessions",  "profiles", "cart",      "coupons",
      "returns",  "refunds",   "invoices",  "ledger",    "fraud",    "risk",      "loyalty",
      "reviews",  "ratings",   "wishlist",  "recommend", "feed",     "media",     "uploads",
      "thumbs",   "streams",   "events",    "metrics",   "audit",    "billing",   "tax",
      "currency", "customers", "support",   "tickets",   "chat",     "mail",      "sms",
      "push",     "partners",  "suppliers", "warehouse", "routing",  "delivery",  "tracking",
      "geo"};
  static constexpr std::string_view kParts[] = {"-api", "-worker", "-gateway", "-cron"};
  std::vector<std::string> names;
  for (std::string_view part : kParts)
    for (std::string_view domain : kDomains) names.push_back(std::string(domain).append(part));
  return names;
}

}  // namespace

const std::vector<std::string>& ServiceNames() {
  static const std::vector<std::string> kNames = MakeServiceNames();
  return kNames;
}

const std::vector<LogLine>& InfoLines() {
  static const std::vector<LogLine> kLines = {
      {"INFO", "access", "GET /api/v1/items/%d HTTP/1.1 200 in %d ms", 200},
      {"INFO", "access", "POST /api/v1/items HTTP/1.1 201 in %d ms", 201},
      {"INFO", "access", "GET /healthz HTTP/1.1 200 in %d ms", 200},
      {"INFO", "com.acme.shop.OrderFlow", "order %x accepted for customer %d with %d items"},
      {"INFO", "com.acme.shop.OrderFlow", "order %x moved on after %d ms"},
      {"INFO", "com.acme.cache.Refresher", "cache refresh finished in %d ms, %d entries"},
      {"INFO", "com.acme.jobs.Runner", "job %x completed: %d rows in %d ms"},
      {"INFO", "com.acme.bus.Producer", "published message %x at offset %d"},
      {"DEBUG", "com.acme.sql.Pool", "pool statistics: %d active, %d idle, %d waiting"},
  };
  return kLines;
}

const std::vector<LogLine>& WarningLines() {
  static const std::vector<LogLine> kLines = {
      {"WARN", "com.acme.sql.Slow", "slow statement took %d ms and read %d rows"},
      {"WARN", "com.acme.http.Retry", "retrying call %x after %d ms, attempt %d"},
      {"WARN", "com.acme.bus.Consumer", "consumer lag grew to %d messages"},
      {"WARN", "com.acme.http.Limit", "rate limit reached for key %x", 429},
      {"WARN", "com.acme.shop.OrderFlow", "order %x has no price for %d items, using the last one"},
  };
  return kLines;
}

const std::vector<LogLine>& ErrorLines() {
  static const std::vector<LogLine> kLines = {
      {"ERROR", "com.acme.sql.Pool", "DB connection timeout after %d ms, %d waiting"},
      {"ERROR", "com.acme.sql.Tx", "deadlock detected while updating row %d"},
      {"ERROR", "access", "GET /api/v1/items/%d HTTP/1.1 503 in %d ms", 503},
      {"ERROR", "com.acme.http.Client", "dial tcp 10.0.%d.7:8080: connect: connection refused"},
      {"ERROR", "com.acme.http.Client", "call %x gave up: deadline exceeded after %d ms"},
      {"ERROR", "com.acme.shop.OrderFlow", "order %x cannot be priced: field total is missing"},
      {"ERROR", "com.acme.auth.Tokens", "invalid token presented by client %x"},
  };
  return kLines;
}

const std::vector<LogLine>& FatalLines() {
  static const std::vector<LogLine> kLines = {
      {"FATAL", "com.acme.Main", "out of memory: heap of %d MB is used up"},
      {"FATAL", "com.acme.Main", "configuration %x cannot be read, stopping"},
  };
  return kLines;
}

const std::vector<LogLine>& RegressionLines() {
  static const std::vector<LogLine> kLines = {
      {"ERROR", "com.acme.Main", "panic: runtime error: index out of range [%d]"},
      {"ERROR", "com.acme.shop.Checkout", "schema mismatch: column discount does not exist"},
      {"ERROR", "access", "POST /api/v1/items HTTP/1.1 500 in %d ms", 500},
  };
  return kLines;
}

const std::vector<AlarmKind>& AlarmKinds() {
  static const std::vector<AlarmKind> kKinds = {
      {"HighCPU", "CPUUtilization", "AWS/ECS", "AVERAGE", 85.0},
      {"HighMemory", "MemoryUtilization", "AWS/ECS", "AVERAGE", 90.0},
      {"SlowResponse", "TargetResponseTime", "AWS/ApplicationELB", "MAXIMUM", 1.5},
      {"Http5xx", "HTTPCode_Target_5XX_Count", "AWS/ApplicationELB", "SUM", 50.0},
      {"QueueAge", "ApproximateAgeOfOldestMessage", "AWS/SQS", "MAXIMUM", 300.0},
  };
  return kKinds;
}

const std::vector<AlertKind>& AlertKinds() {
  static const std::vector<AlertKind> kKinds = {
      {"HighErrorRate", "critical", "More than 5 % of requests fail"},
      {"HighRequestLatency", "warning", "The 99th percentile is above one second"},
      {"PodNotReady", "warning", "A pod has not been ready for five minutes"},
      {"ErrorBudgetBurn", "critical", "The error budget is gone within two hours at this rate"},
      {"QueueBacklog", "warning", "The queue grows faster than it is worked off"},
      {"CertificateExpiresSoon", "info", "The certificate expires within three weeks"},
      {"ReplicasMismatch", "warning", "Fewer replicas run than are wanted"},
      {"CPUThrottlingHigh", "info", "A quarter of the CPU periods is throttled"},
  };
  return kKinds;
}

const std::vector<ClusterReason>& LifecycleReasons() {
  static const std::vector<ClusterReason> kReasons = {
      {"Scheduled", "Normal", "Successfully assigned %s to a node", "default-scheduler"},
      {"Pulled", "Normal", "Container image already present on machine", "kubelet"},
      {"Created", "Normal", "Created container app", "kubelet"},
      {"Started", "Normal", "Started container app", "kubelet"},
      {"Killing", "Normal", "Stopping container app", "kubelet"},
  };
  return kReasons;
}

const std::vector<ClusterReason>& RepeatedReasons() {
  static const std::vector<ClusterReason> kReasons = {
      {"BackOff", "Warning", "Back-off restarting failed container app in pod", "kubelet"},
      {"BackOff", "Normal", "Back-off pulling image \\\"registry.acme.dev/shop/app:1\\\"",
       "kubelet"},
      {"Unhealthy", "Warning", "Readiness probe failed: HTTP probe failed with statuscode: 503",
       "kubelet"},
      {"FailedScheduling", "Warning", "0/24 nodes are available: 24 Insufficient cpu.",
       "default-scheduler"},
      {"FailedMount", "Warning", "MountVolume.SetUp failed for volume \\\"config\\\"", "kubelet"},
  };
  return kReasons;
}

}  // namespace srehub::bench
