// What a serving hub takes and gets besides what is posted to it: syslog, a cluster's events.
// Thread-safe.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "app/config.h"
#include "base/clock.h"
#include "base/result.h"
#include "http/metrics.h"
#include "ingest/pipeline.h"

namespace srehub::app {

class Collectors {
 public:
  struct Parts {
    ingest::Pipeline* pipeline = nullptr;
    const Clock* clock = nullptr;
    http::Metrics* metrics = nullptr;
    const char* const* environment = nullptr;  // where a kubeconfig is looked for
    std::function<void(const std::string& what)> report;
  };
  // Starts what is configured. The parts outlive the collectors, the metrics' readers included.
  // Errors: those of the addresses and of the kubeconfig.
  static Result<std::unique_ptr<Collectors>> Start(const Config& config, Parts parts);
  ~Collectors();

  // Takes no more and delivers what it has, while the pipeline still runs. Idempotent.
  void Stop();

 private:
  struct Impl;
  explicit Collectors(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace srehub::app
