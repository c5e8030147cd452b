// Speaks HTTP with a Kubernetes API server: whole answers, and watches whose lines come over a
// long time. Not thread-safe; everything happens in the calls, none of which blocks longer than
// its limit or past `stop`.
#pragma once

#include <cstddef>
#include <deque>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "collect/kube_config.h"

namespace srehub::collect {

struct KubeReply {
  int status = 0;
  std::string body;
  Duration retry_after{};  // what the server asked for; 0: nothing
};

// One watch. Lines gather in the order received; a line that was broken off is not among them.
class KubeStream {
 public:
  virtual ~KubeStream() = default;
  // The next whole line, without its line break.
  virtual std::optional<std::string> NextLine() = 0;
  // Once over: the status (0: the connection failed) with the beginning of the body when it was
  // not 200, and why the connection ended, if not in order.
  virtual bool over() const = 0;
  virtual const KubeReply& reply() const = 0;
  virtual const std::string& problem() const = 0;
};

class KubeClient {
 public:
  // Errors: kInternal (libcurl cannot be set up).
  static Result<std::unique_ptr<KubeClient>> Create(KubeAccess access, const Clock* clock,
                                                    std::stop_token stop);
  ~KubeClient();

  // `target` is a path with its query. Any status is an answer. Errors: kUnavailable (nobody
  // answers, or no credentials), kDeadlineExceeded, kTooLarge (above 256 MiB).
  Result<KubeReply> Get(const std::string& target);
  // A watch that the server ends after `seconds`. Errors: kUnavailable (no credentials).
  Result<std::unique_ptr<KubeStream>> Watch(const std::string& target, long seconds);
  // Moves all open watches on, waiting at most so long for something to come.
  void Poll(Duration most);

  const KubeAccess& access() const;

 private:
  struct Impl;
  explicit KubeClient(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace srehub::collect
