// The HTTP/1.1 server: sockets, limits, TLS and threads around a Dispatcher.
//
// I/O threads read and write; handlers run on a worker pool with reserved lanes and bounded
// queues; event streams have a thread each. Thread-safe.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/limits.h"
#include "base/result.h"
#include "base/time.h"
#include "http/auth.h"
#include "http/dispatcher.h"
#include "http/metrics.h"
#include "http/worker_pool.h"

namespace srehub::http {

struct ServerLimits {
  size_t max_header_bytes = 16 * 1024;
  size_t max_body_bytes = limits::kMaxBodyBytes;  // as received
  size_t max_buffered_bytes = 128 * 1024 * 1024;  // bodies in memory, all connections
  size_t max_connections = 20'000;  // lowered to what the process may open, less a reserve
  size_t max_streams = 64;
  Duration header_timeout = std::chrono::seconds(10);  // from the first byte; TLS handshake too
  Duration idle_timeout = std::chrono::seconds(60);    // between requests
  Duration body_grace = std::chrono::seconds(10);      // before the minimum rate is asked for
  Duration write_grace = std::chrono::seconds(30);     // the same for answers
  size_t min_bytes_per_second = 1024;
};

struct TlsFiles {
  std::string certificate_file;  // PEM, the chain
  std::string private_key_file;  // PEM
};

struct Listener {
  Address address;
  bool tls = false;
  bool optional = false;  // the server starts without it where its address is taken
};

struct ServerOptions {
  std::vector<Listener> listeners;
  std::optional<TlsFiles> tls;
  size_t io_threads = 2;
  WorkerLimits workers;
  ServerLimits limits;
};

class Server {
 public:
  // Binds and serves. `dispatcher` and `metrics` outlive the server. Errors: kInvalidArgument (a
  // bad name, TLS files), kUnavailable (an address that is taken or not ours).
  static Result<std::unique_ptr<Server>> Start(ServerOptions options, const Dispatcher* dispatcher,
                                               Metrics* metrics);
  ~Server();  // Stop() with five seconds

  // The addresses as bound, with the real port where 0 was asked for.
  const std::vector<Listener>& listeners() const;

  // Why optional listeners are not among them: a sentence each.
  const std::vector<std::string>& left_out() const;

  // Accepts nothing more, closes idle connections, ends streams, lets requests in flight finish;
  // what is not done after `deadline` is cut off. Idempotent.
  void Stop(Duration deadline);

  // Reads the TLS files again; connections that are open keep what they have. On an error the
  // former certificate stays.
  Status ReloadTls();

 private:
  struct Impl;
  explicit Server(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace srehub::http
