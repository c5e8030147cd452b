// A hub as a collector sees it: over HTTP, or a folder opened in this process.
#pragma once

#include <functional>
#include <stop_token>
#include <string>

#include "cli/session.h"
#include "collect/sink.h"

namespace srehub::cli {

// The client must outlive the sink. A status becomes an error code: 408, 429 and 5xx are passing.
class HubSink final : public collect::Sink {
 public:
  explicit HubSink(Client* client) : client_(client) {}
  Result<ingest::Receipt> Deliver(const collect::Batch& batch) override;

 private:
  Client* const client_;
};

// Runs `work` on a thread of its own until it ends or SIGINT or SIGTERM comes; then it is asked to
// stop and waited for. Signals must be blocked already.
Status RunUntilSignal(const std::function<Status(std::stop_token)>& work);

// Where collectors remember how far they came: $XDG_STATE_HOME/srehub or ~/.local/state/srehub.
// Empty when there is no home.
std::string DefaultStateFolder();

}  // namespace srehub::cli
