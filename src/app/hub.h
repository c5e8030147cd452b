// The hub as one object: opens the store, reads rules and playbooks, takes requests in process or
// over HTTP, keeps itself up to date, reloads and stops. Thread-safe.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "app/config.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/result.h"
#include "http/message.h"
#include "http/server.h"
#include "store/store.h"

namespace srehub::app {

struct HubOptions {
  bool log = true;  // JSON lines on stderr; commands that open a folder are silent
};

class Hub {
 public:
  // Errors: kInvalidArgument (rules, playbooks, clock; where = file:line:column), kUnavailable
  // (another process has the folder, or the disk fails), kDataLoss (damaged or newer data).
  // `request` is kept for Reload().
  static Result<std::unique_ptr<Hub>> Open(ConfigRequest request, LoadedConfig loaded,
                                           HubOptions options);
  ~Hub();  // Stop()
  Hub(const Hub&) = delete;
  Hub& operator=(const Hub&) = delete;

  // One request from inside the process: every route, no token asked for. Never throws.
  http::Response Handle(http::Request request) const;

  // Binds the configured addresses, starts the configured collectors (syslog, a watch) and serves
  // until Stop(). Errors as http::Server::Start and Collectors::Start.
  Status Serve();
  std::vector<http::Listener> listeners() const;  // as bound; empty while it does not serve

  // Brings what is derived (recommendations, incidents that change by time) up to date with
  // everything taken in so far, instead of within a second or two.
  void Settle();

  // Reads the configuration, the rules, the playbooks and the certificates again. On an error the
  // former ones stay. Settings that need a restart are left as they are and logged.
  Status Reload();

  // Answers what is in flight, writes what is queued, closes the store: at most five seconds.
  // Idempotent.
  void Stop();

  const Clock& clock() const;
  const Config& config() const;  // as opened
  store::Store* store() const;

 private:
  struct Impl;
  explicit Hub(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// "" is the system's clock, "TIME" stands still, "TIME+" runs on from there.
Result<std::unique_ptr<Clock>> MakeClock(const std::string& text);

}  // namespace srehub::app
